"""The mirror after frames: told as transcripts of what the server sends."""

from __future__ import annotations

from msgspec import UNSET

from agentdesk.client import echo
from agentdesk.client.fold import fold
from agentdesk.client.interactions import apply
from agentdesk.client.mirror import MESSAGES_MAX, Mirror
from agentdesk.core import events as e
from agentdesk.core.commands import Done, Refused, SendMessage
from agentdesk.core.model import (
    Agent,
    AgentConfig,
    Interaction,
    Message,
    MessageKind,
    Offer,
    Presence,
    Segment,
    State,
)
from agentdesk.protocol import messages as wire

NOW = 1_700_000_000_000


def interaction(number: int = 7, state: State = State.QUEUED) -> Interaction:
    return Interaction(
        number, "chat", "sales", 3, "Budi", state, NOW, NOW, 1, Segment(1, number, state, "sales", None, NOW)
    )


def signed_in() -> Mirror:
    mirror = Mirror()
    fold(mirror, wire.Welcome(1, "ana", "Ana", "agent", 10, "e1", "snapshot", NOW, 15))
    fold(mirror, wire.Snapshot(10, Agent(AgentConfig("ana", "Ana"), Presence.AVAILABLE), (), ()))
    return mirror


def event(mirror: Mirror, seq: int, what: e.AnyEvent, about: wire.HeldInteraction | None = None) -> bool:
    return fold(mirror, wire.EventFrame(seq, NOW + seq, what, about))


def message(number: int, text: str = "halo", kind: MessageKind = MessageKind.INBOUND, client_id: str = "") -> Message:
    agent = None if kind is MessageKind.INBOUND else "ana"
    return Message(number, 7, 3, kind, "Budi", text, NOW, agent, client_id)


def offered() -> Mirror:
    mirror = signed_in()
    offer = Offer(5, 7, "ana", NOW, NOW + 30_000)
    event(mirror, 11, e.Offered(offer, 2), wire.HeldInteraction(interaction(), (message(1),)))
    return mirror


def accepted() -> Mirror:
    mirror = offered()
    event(mirror, 12, e.OfferAccepted(7, 5, "ana", 3))
    return mirror


def test_an_offer_brings_what_led_up_to_it() -> None:
    mirror = offered()
    assert list(mirror.offers) == [5]
    assert mirror.conversations[7].interaction.state is State.OFFERED
    assert [m.text for m in mirror.conversations[7].messages] == ["halo"]
    assert mirror.agent is not None
    assert (mirror.agent.offers, mirror.agent.holding, mirror.agent.load) == ((5,), (), 1)


def test_an_accepted_offer_is_held_and_no_longer_offered() -> None:
    mirror = accepted()
    assert mirror.offers == {}
    assert mirror.conversations[7].interaction.agent == "ana"
    assert mirror.agent is not None
    assert mirror.agent.holding == (7,)


def test_an_event_twice_or_late_changes_nothing() -> None:
    mirror = accepted()
    assert event(mirror, 13, e.MessageAdded(message(2, "ada?")))
    assert not event(mirror, 13, e.MessageAdded(message(2, "ada?")))
    assert not event(mirror, 12, e.OfferMissed(7, 5, "ana"))
    assert [m.id for m in mirror.conversations[7].messages] == [2] or len(mirror.conversations[7].messages) == 2
    assert mirror.conversations[7].interaction.agent == "ana"


def test_a_description_newer_than_its_event_is_not_counted_twice() -> None:
    mirror = signed_in()
    newer = interaction()
    newer.last_message_id, newer.message_count = 2, 2
    about = wire.HeldInteraction(newer, (message(1), message(2)))
    event(mirror, 11, e.Offered(Offer(5, 7, "ana", NOW, NOW + 9), 2), about)
    event(mirror, 12, e.MessageAdded(message(2)))
    conversation = mirror.conversations[7]
    assert [m.id for m in conversation.messages] == [1, 2]
    assert (conversation.interaction.message_count, conversation.unread) == (2, 2)


def test_a_missed_or_declined_offer_leaves_the_mirror() -> None:
    for over in (e.OfferMissed(7, 5, "ana"), e.OfferDeclined(7, 5, "ana"), e.OfferRescinded(7, 5, "ana", "left")):
        mirror = offered()
        event(mirror, 12, over)
        assert mirror.offers == {} and mirror.conversations == {}


def test_a_reply_is_pending_until_its_event_arrives() -> None:
    mirror = accepted()
    echo.asked(mirror, "k1", SendMessage(7, "sebentar", client_id="k1"), NOW)
    pending = mirror.conversations[7].pending
    assert [p.command.text for p in pending] == ["sebentar"]
    fold(mirror, wire.Reply("k1", Done(13, 2)))
    assert [p.key for p in mirror.conversations[7].pending] == ["k1"]
    event(mirror, 13, e.MessageAdded(message(2, "sebentar", MessageKind.OUTBOUND, "k1")))
    assert mirror.conversations[7].pending == []
    assert mirror.asked == {}
    assert mirror.conversations[7].messages[-1].text == "sebentar"


def test_a_refused_reply_says_why_until_it_is_forgotten() -> None:
    mirror = accepted()
    echo.asked(mirror, "k1", SendMessage(7, "ya", client_id="k1", seen=1), NOW)
    fold(mirror, wire.Reply("k1", Refused("stale", "Budi wrote since", (2,))))
    (pending,) = mirror.conversations[7].pending
    assert (pending.failed, pending.code) == ("Budi wrote since", "stale")
    echo.forget(mirror, "k1")
    assert mirror.conversations[7].pending == []


def test_a_snapshot_keeps_only_the_echo_that_it_does_not_hold() -> None:
    mirror = accepted()
    for key in ("k1", "k2"):
        echo.asked(mirror, key, SendMessage(7, key, client_id=key), NOW)
    held = interaction(state=State.ACTIVE)
    held.agent, held.last_message_id = "ana", 2
    messages = (message(1), message(2, "k1", MessageKind.OUTBOUND, "k1"))
    fold(mirror, wire.Snapshot(20, mirror.agent, (wire.HeldInteraction(held, messages),), ()))
    assert [p.key for p in mirror.conversations[7].pending] == ["k2"]
    assert mirror.seq == 20


def test_unread_counts_what_came_since_the_agent_answered_or_looked() -> None:
    mirror = accepted()
    event(mirror, 13, e.MessageAdded(message(2)))
    event(mirror, 14, e.MessageAdded(message(3)))
    assert mirror.conversations[7].unread == 3
    echo.seen(mirror.conversations[7], 2)
    assert mirror.conversations[7].unread == 1
    event(mirror, 15, e.MessageAdded(message(4, "ok", MessageKind.OUTBOUND)))
    assert mirror.conversations[7].unread == 0


def test_an_interaction_that_went_to_somebody_else_is_gone() -> None:
    for gone in (
        e.InteractionTransferred(7, "ana", "support"),
        e.InteractionClosed(7, "done"),
        e.Queued(7, "sales", NOW, 1, "lost", 9),
    ):
        mirror = accepted()
        event(mirror, 13, gone)
        assert mirror.conversations == {}
        assert mirror.agent is not None and mirror.agent.load == 0


def test_wrap_up_is_kept_as_far_as_it_got() -> None:
    mirror = accepted()
    event(mirror, 13, e.ConversationEnded(7, "customer", 4, NOW + 60_000))
    event(mirror, 14, e.WrapupSaved(7, "refund/late", ("vip",), "promised voucher"))
    held = mirror.conversations[7].interaction
    assert held.state is State.WRAPPING and held.wrapup is not None
    assert (held.wrapup.disposition, held.wrapup.tags, held.wrapup.due_ms) == ("refund/late", ("vip",), NOW + 60_000)


def test_messages_are_bounded() -> None:
    mirror = accepted()
    for number in range(2, MESSAGES_MAX + 10):
        event(mirror, number + 20, e.MessageAdded(message(number)))
    assert len(mirror.conversations[7].messages) == MESSAGES_MAX
    assert mirror.conversations[7].messages[-1].id == MESSAGES_MAX + 9


def test_the_agent_is_present_as_the_desk_says() -> None:
    mirror = signed_in()
    event(mirror, 11, e.PresenceChanged("ana", Presence.AWAY, "lunch", "ana"))
    assert mirror.agent is not None
    assert (mirror.agent.presence, mirror.agent.reason) == (Presence.AWAY, "lunch")


def test_refusals_are_counted_as_the_desk_counts_them() -> None:
    one = interaction()
    kept = []
    for seq, what in enumerate(
        (
            e.OfferDeclined(7, 4, "bo"),
            e.OfferMissed(7, 5, "cy", set_aside=True),
            e.InteractionRested(7, NOW + 15_000),
            e.EveryoneRefused(7),
            e.OfferMissed(7, 6, "cy"),
            e.InteractionRested(7, NOW + 30_000),
            e.Offered(Offer(7, 7, "ana", NOW, NOW + 9), 2),
        )
    ):
        apply(one, wire.EventFrame(seq, NOW, what))
        kept.append((one.refused_by, one.rests_until_ms))
    assert kept == [
        (("bo",), UNSET),
        (("bo",), UNSET),
        (("bo",), NOW + 15_000),
        ((), UNSET),
        (("cy",), UNSET),
        (("cy",), NOW + 30_000),
        (("cy",), UNSET),
    ]
