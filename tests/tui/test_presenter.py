"""From the mirror to the screen: who is urgent, what an offer shows, how often the bell rings. No app needed."""

from __future__ import annotations

from agentdesk.core.commands import EndInteraction, SendMessage
from agentdesk.core.model import MessageKind
from agentdesk.tui import presenter
from agentdesk.tui.dispositions import Filled
from agentdesk.tui.presenter import Look
from agentdesk.tui.screens.bell import AGAIN_MS, RINGS_MAX, Bell
from agentdesk.tui.screens.keeping import Keeping
from agentdesk.tui.transcript import Delivery
from tests.client.fake_port import FakeDesk, interaction_of

LOOK = Look()


def desk() -> FakeDesk:
    fake = FakeDesk("ana")
    fake.connect()
    return fake


def test_the_least_slack_comes_first_and_where_nothing_is_due_last() -> None:
    fake = desk()
    budi, lan, sara = (fake.chat(name) for name in ("Budi", "Lan", "Sara"))
    fake.submit(SendMessage(budi, "answered", client_id="1"))
    fake.advance(10)
    fake.customer_writes("Sara", "again")
    order = presenter.by_urgency(fake.mirror.conversations.values(), fake.mirror)
    assert order == [lan, sara, budi] or order == [sara, lan, budi]
    assert order[-1] == budi
    fake.submit(EndInteraction(lan))
    assert presenter.by_urgency(fake.mirror.conversations.values(), fake.mirror)[0] == sara


def test_the_slack_runs_from_full_to_late() -> None:
    fake = desk()
    chat = fake.chat("Budi")
    interaction = fake.mirror.conversations[chat].interaction
    levels = [
        presenter.slack_of(interaction, fake.mirror, fake.now + seconds * 1000, LOOK).level for seconds in (0, 90, 121)
    ]
    assert levels == ["ok", "low", "late"]
    fake.submit(SendMessage(chat, "hi", client_id="1"))
    assert presenter.slack_of(interaction, fake.mirror, fake.now, LOOK).level == "none"


def test_an_offer_shows_who_what_where_and_how_long() -> None:
    fake = desk()
    fake.available()
    fake.customer_writes("Budi", "halo\nada orang?", language="id")
    (offer,) = presenter.inbox(fake.mirror, {}, None, fake.now + 5_000, LOOK, "").offers
    assert (offer.name, offer.channel, offer.queue, offer.left_ms) == ("Budi", "chat", "Support", 25_000)
    assert offer.marks == ("id",)
    assert "halo" in offer.said and "\n" not in offer.said


def test_the_top_row_names_the_queue_that_waits_longest() -> None:
    fake = desk()
    fake.customer_writes("Budi", "halo", queue="sales")
    fake.advance(5)
    fake.customer_writes("Lan", "xin chào")
    top = presenter.top(fake.mirror, fake.link, fake.now, LOOK)
    assert (top.queue, top.waiting, top.oldest_ms) == ("Sales", 1, 5_000)
    assert top.service_level is None


def test_what_is_under_way_stands_behind_what_is_kept() -> None:
    fake = desk()
    chat = fake.chat("Budi")
    fake.hold()
    fake.submit(SendMessage(chat, "mine", client_id="c1"))
    entries = presenter.entries(fake.mirror.conversations[chat], "Ana")
    assert [(entry.who, entry.state) for entry in entries] == [("Budi", None), ("Ana", Delivery.PENDING)]


def test_the_bell_rings_for_new_offers_and_reminds_for_a_while() -> None:
    rings: list[int] = []
    bell = Bell(lambda: rings.append(1))
    bell.hear({1}, 0)
    bell.hear({1}, AGAIN_MS - 1)
    assert len(rings) == 1
    bell.hear({1}, AGAIN_MS)
    assert len(rings) == 2
    for turn in range(2, 50):
        bell.hear({1}, AGAIN_MS * turn)
    assert len(rings) == RINGS_MAX
    bell.hear({1, 2}, AGAIN_MS * 60)
    assert len(rings) == RINGS_MAX + 1
    bell.hear(set(), AGAIN_MS * 70)
    assert len(rings) == RINGS_MAX + 1


def test_a_bell_that_is_off_is_silent() -> None:
    rings: list[int] = []
    Bell(lambda: rings.append(1), on=False).hear({1}, 0)
    assert rings == []


def test_many_keys_are_one_draft_and_each_draft_is_newer() -> None:
    fake = desk()
    chat = fake.chat("Budi")
    timers: list[tuple[float, object]] = []
    keeping = Keeping(fake, lambda seconds, then: timers.append((seconds, then)))
    for text in ("h", "ha", "hal"):
        keeping.draft(chat, MessageKind.OUTBOUND, text)
    assert len(timers) == 1 and keeping.unsaved
    keeping.flush()
    keeping.draft(chat, MessageKind.NOTE, "psst")
    keeping.flush()
    draft = interaction_of(fake, chat).draft  # type: ignore[union-attr]
    assert draft is not None
    assert (draft.text, draft.kind, draft.version) == ("psst", MessageKind.NOTE, 2)
    keeping.sent(chat)
    keeping.flush()
    left = interaction_of(fake, chat).draft  # type: ignore[union-attr]
    assert left is None or left.text == ""


def test_wrapup_that_is_done_is_not_saved_after_it() -> None:
    fake = desk()
    chat = fake.chat("Budi")
    keeping = Keeping(fake, lambda seconds, then: None)
    keeping.wrapup(chat, Filled("solved"))
    keeping.done(chat)
    assert not keeping.unsaved
