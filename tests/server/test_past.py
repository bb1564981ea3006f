"""Rules on recorded history: what each would have matched and what would have waited elsewhere."""

from __future__ import annotations

import pytest

from agentdesk.config.server import QueueSettings, RuleSettings, ServerSettings, ThenSettings, WhenSettings
from agentdesk.core.events import InteractionStarted, MessageAdded, Recorded
from agentdesk.core.model import Rule, Then, When
from agentdesk.server.configuring import past
from agentdesk.server.configuring.past import EXAMPLES_MAX, look_back
from agentdesk.store.memory import MemoryStore
from tests.store.made import AT_MS, batch, customer, interaction, message

QUEUES = (
    QueueSettings(id="support", name="Support"),
    QueueSettings(id="billing", name="Billing", channels=("chat",)),
    QueueSettings(id="mail", name="Mail", channels=("email",)),
)


def store_of(*texts: str, hour_apart: bool = False, queue: str = "support", entry: str = "") -> MemoryStore:
    """A store in which these began an interaction each, all of one customer."""
    store = MemoryStore()
    events: list[Recorded] = []
    for key, text in enumerate(texts, 1):
        came = InteractionStarted(key, "chat", queue, 1, "Ann", key, entry=entry)
        at_ms = AT_MS + key * 3_600_000 * hour_apart
        for event in (came, MessageAdded(message(key, text, interaction_id=key))):
            events.append(Recorded(len(events) + 1, at_ms, event))
    rows = [interaction(key) for key in range(1, len(texts) + 1)]
    store.commit([batch(*events, interactions=rows, customers=[customer(1)])])
    return store


def settings(*rules: RuleSettings) -> ServerSettings:
    return ServerSettings(queues=QUEUES, rules=rules)


def rule(name: str, word: str, **then: object) -> RuleSettings:
    return RuleSettings(name=name, when=WhenSettings(words=(word,)), then=ThenSettings(**then))  # type: ignore[arg-type]


def test_each_rule_says_how_often_it_matched_and_the_newest_examples() -> None:
    store = store_of(*["my refund?"] * 5, "hello")
    new = settings(rule("refunds", "refund", queue="billing"), rule("never", "unobtainium", tags=("x",)))
    found = look_back(store, (), new, AT_MS, lambda done, all: None)
    refunds, never = found.rules
    assert (found.looked_at, refunds.matched, never.matched) == (6, 5, 0)
    assert refunds.examples == [(key, "my refund?") for key in (5, 4, 3)] and len(refunds.examples) == EXAMPLES_MAX
    assert found.moves == {("support", "billing"): 5}
    assert found.changed == 0


def test_what_the_rules_there_are_do_already_is_no_change() -> None:
    store = store_of("refund", "refund", "hello")
    old = (Rule("old", When(words=("refund",)), Then(tags=("money",))),)
    assert look_back(store, old, settings(rule("new", "refund", tags=("money",))), 0, lambda *_: None).changed == 0
    assert look_back(store, old, settings(rule("new", "refund", tags=("cash",))), 0, lambda *_: None).changed == 2
    assert look_back(store, old, settings(), 0, lambda *_: None).changed == 2


def test_the_queue_it_came_for_is_looked_at_also_where_rules_moved_it() -> None:
    moved = store_of("refund", "refund", queue="billing", entry="support")
    from_support = RuleSettings(
        name="r", when=WhenSettings(queues=("support",), words=("refund",)), then=ThenSettings(queue="billing")
    )
    old = (Rule("r", When(queues=("support",), words=("refund",)), Then("billing")),)
    same = look_back(moved, old, settings(from_support), 0, lambda *_: None)
    assert (same.rules[0].matched, same.moves) == (2, {})
    assert look_back(moved, old, settings(), 0, lambda *_: None).moves == {("billing", "support"): 2}
    assert look_back(moved, (), settings(), 0, lambda *_: None).moves == {}, "hours had led it there"


def test_a_queue_that_doesnt_take_the_channel_is_passed_over() -> None:
    found = look_back(store_of("refund"), (), settings(rule("r", "refund", queue="mail")), 0, lambda *_: None)
    assert (found.rules[0].matched, found.moves) == (1, {})


def test_only_the_time_asked_for_is_looked_at_and_the_way_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "PAGE", 10)
    store = store_of(*["refund"] * 40, hour_apart=True)
    told: list[tuple[int, int]] = []
    new = settings(rule("r", "refund", queue="billing"))
    found = look_back(store, (), new, AT_MS + 15 * 3_600_000, lambda *way: told.append(way))
    assert found.looked_at == 26
    assert told == [(hours * 3_600_000, 25 * 3_600_000) for hours in (9, 19)]


def test_returning_customers_and_how_it_ended_are_seen() -> None:
    new = settings(
        RuleSettings(name="back", when=WhenSettings(returning=True), then=ThenSettings(tags=("back",))),
        RuleSettings(name="first", when=WhenSettings(returning=False), then=ThenSettings(tags=("first",))),
    )
    back, first = look_back(store_of("a", "b", "c"), (), new, 0, lambda *_: None).rules
    assert (back.matched, first.matched) == (2, 1)
