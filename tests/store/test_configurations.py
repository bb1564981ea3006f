"""Settings that were in effect, what admins did, and what came in: the same of every store."""

from __future__ import annotations

import msgspec

from agentdesk.core.events import InteractionStarted, MessageAdded
from agentdesk.core.model import State
from agentdesk.store import base
from agentdesk.store.base import AuditEntry, Configuration, Store
from tests.store.made import AT_MS, batch, customer, interaction, message, recorded


def configuration(text: str, by: str = "ana") -> Configuration:
    return Configuration(0, AT_MS, by, f"digest of {text}", text)


def entry(action: str = "apply", about: str = "") -> AuditEntry:
    return AuditEntry(0, AT_MS, "ana", action, about, "d")


def test_settings_are_kept_newest_first_with_who_set_them(store: Store) -> None:
    assert store.configurations() == [] and store.audit() == []
    assert [store.put_configuration(configuration(text), entry(about=text)) for text in ("one", "two")] == [1, 2]
    assert store.configurations() == [
        Configuration(2, AT_MS, "ana", "digest of two", "two"),
        Configuration(1, AT_MS, "ana", "digest of one", "one"),
    ]
    assert [(one.id, one.about) for one in store.audit()] == [(2, "two"), (1, "one")]


def test_settings_that_were_taken_back_stay_marked(store: Store) -> None:
    store.put_configuration(configuration("one"), entry())
    store.put_configuration(configuration("two"), entry())
    store.undo_configuration(2, entry("rollback"))
    assert [(one.id, one.undone) for one in store.configurations()] == [(2, True), (1, False)]
    assert [one.action for one in store.audit()] == ["rollback", "apply", "apply"]
    assert store.put_configuration(configuration("three"), entry()) == 3


def test_only_so_many_settings_are_kept(store: Store) -> None:
    for number in range(base.CONFIGURATIONS_KEPT + 3):
        store.put_configuration(configuration(str(number)), entry())
    kept = store.configurations()
    assert [kept[0].text, kept[-1].text] == [str(base.CONFIGURATIONS_KEPT + 2), "3"]
    assert len(kept) == base.CONFIGURATIONS_KEPT


def test_the_audit_log_comes_in_pages(store: Store) -> None:
    for number in range(5):
        store.put_audit(entry(about=str(number)))
    assert [one.about for one in store.audit(limit=2)] == ["4", "3"]
    assert [one.about for one in store.audit(before=4, limit=2)] == ["2", "1"]
    assert store.audit(before=1) == []


def test_what_came_in_is_as_rules_see_it(store: Store) -> None:
    ended = msgspec.structs.replace(interaction(1), state=State.CLOSED, disposition="refund/late", queue="billing")
    came = [InteractionStarted(key, "chat", "support", 1, "Ann", key, entry="sales") for key in (1, 2)]
    texts = [(1, "where is it?"), (1, "hello?"), (2, "again")]
    said = [MessageAdded(message(key, text, interaction_id=about)) for key, (about, text) in enumerate(texts, 1)]
    events = recorded(came[0], said[0], said[1], came[1], said[2])
    store.commit([batch(*events, interactions=[ended, interaction(2)], customers=[customer(1)])])
    newest, oldest = store.arrivals()
    assert (newest.seq, newest.at_ms, newest.started, newest.text) == (4, events[3].at_ms, came[1], "again")
    assert (newest.last_disposition, newest.returning) == ("refund/late", True)
    assert (oldest.seq, oldest.started, oldest.text) == (1, came[0], "where is it?")
    assert (oldest.last_disposition, oldest.returning) == ("", False)
    assert newest.customer == customer(1)
    assert [one.seq for one in store.arrivals(before=4)] == [1]
    assert [one.seq for one in store.arrivals(limit=1)] == [4]


def test_one_who_came_without_a_word_or_a_customer_is_there_too(store: Store) -> None:
    store.commit(
        [batch(*recorded(InteractionStarted(1, "call", "support", 9, "Ann", 1)), interactions=[interaction(1)])]
    )
    (only,) = store.arrivals()
    assert (only.text, only.customer, only.last_disposition, only.returning) == ("", None, "", False)
