"""Wider circles of agents open by the time that something has waited in its queue."""

from __future__ import annotations

import msgspec

from agentdesk.core.changes import Loaded
from agentdesk.core.commands import ConfigureDesk, Transfer
from agentdesk.core.desk import Desk
from agentdesk.core.events import RingEntered
from agentdesk.core.model import DeskConfig, Interaction, Ring
from tests.core.conftest import Make
from tests.core.play import BOSS, SERVER, Play, queue

SKILLED = {"fr": 3}
RINGS = (Ring(20, {"fr": 1}), Ring(60, queues=("other",)), Ring(120, any_agent=True))


def desk_with(play: Make) -> Play:
    return play(queue(skills=SKILLED, rings=RINGS), queue("other", rings=(Ring(10, any_agent=True),)))


def test_a_ring_opens_when_its_time_comes(play: Make) -> None:
    desk = desk_with(play)
    chat = desk.chat()
    assert desk.desk.next_deadline() == desk.now + 20_000
    assert desk.later(20) == [RingEntered(chat, 1)]
    assert desk.desk.next_deadline() == desk.now + 40_000
    assert desk.later(40) == [RingEntered(chat, 2)]
    assert desk.later(60) == [RingEntered(chat, 3)]
    assert (desk[chat].ring, desk.desk.next_deadline()) == (3, None)


def test_after_a_long_pause_only_the_widest_is_entered(play: Make) -> None:
    desk = desk_with(play)
    chat = desk.chat()
    assert desk.later(61) == [RingEntered(chat, 2)]


def test_a_return_counts_on_and_another_queue_anew(play: Make) -> None:
    desk = desk_with(play)
    desk.agent("expert", queues=("sales",), skills=SKILLED, capacity=1)
    desk.agent("colleague", queues=("other",), capacity=0)
    chat = desk.chat()
    entered = desk[chat].entered_ms
    desk.accept(chat, "expert")
    desk.later(25)
    desk.does(Transfer(chat, "sales"), "expert")
    assert (desk[chat].ring, desk[chat].entered_ms) == (1, entered)
    desk.does(Transfer(chat, "other"), BOSS)
    assert (desk[chat].ring, desk[chat].entered_ms) == (0, desk.now)
    assert desk.desk.next_deadline() == desk.now + 10_000


def test_fewer_rings_and_other_times_hold_for_what_waits(play: Make) -> None:
    desk = desk_with(play)
    chat = desk.chat()
    desk.later(61)
    fewer = queue(skills=SKILLED, rings=(Ring(20, {"fr": 1}),))
    desk.does(ConfigureDesk(DeskConfig(), (fewer, queue("other"))), SERVER)
    assert desk[chat].ring == 1
    more = queue(skills=SKILLED, rings=(Ring(20, {"fr": 1}), Ring(90, any_agent=True)))
    desk.does(ConfigureDesk(DeskConfig(), (more, queue("other"))), SERVER)
    assert desk.later(30) == [RingEntered(chat, 2)]


def test_fewer_rings_hold_for_what_is_offered_once_it_waits_again(play: Make) -> None:
    desk = desk_with(play)
    chat = desk.chat()
    desk.later(121)
    desk.agent("expert", queues=("sales",), skills=SKILLED)
    fewer = queue(skills=SKILLED, rings=(Ring(20, {"fr": 1}),))
    desk.does(ConfigureDesk(DeskConfig(), (fewer, queue("other"))), SERVER)
    assert (desk.offered_to(chat), desk[chat].ring) == ("expert", 3)
    desk.decline(chat, "expert")
    assert desk[chat].ring == 1


def test_a_row_from_before_there_were_rings_counts_from_when_it_was_queued(play: Make) -> None:
    desk = desk_with(play)
    chat = desk.chat()
    row = msgspec.json.decode(msgspec.json.encode(desk[chat]))
    for name in ("entered_ms", "ring", "prefer_until_ms", "quiet_since_ms", "full_weight"):
        del row[name]
    desk.take()
    state = desk.desk.state
    customers = list(state.customers.values())
    old = msgspec.convert(row, Interaction)
    loaded = Loaded(state.counters, state.desk, list(state.queues.values()), [], customers, [old])
    assert Desk(loaded).next_deadline() == desk[chat].queued_ms + 20_000


def test_who_is_not_in_the_first_ring_gets_it_in_theirs(play: Make) -> None:
    desk = desk_with(play)
    desk.agent("beginner", queues=("sales",), skills={"fr": 1})
    desk.agent("helper", queues=("other",), skills={"fr": 1})
    desk.agent("anyone", queues=("third",), skills={"fr": 1})
    # Somebody of the first circle is signed in, so that no ring is skipped.
    desk.agent("expert", queues=("sales",), skills=SKILLED, capacity=0)
    chat = desk.chat()
    assert desk.offered_to(chat) is None
    desk.later(20)
    assert desk.offered_to(chat) == "beginner"
    desk.decline(chat, "beginner")
    assert desk.offered_to(chat) is None
    desk.later(40)
    assert desk.offered_to(chat) == "helper"
    desk.decline(chat, "helper")
    desk.later(60)
    assert desk.offered_to(chat) == "anyone"
    offer = desk[chat].offer
    assert offer is not None
    assert offer.ring == 3


def test_what_came_due_during_an_offer_is_entered_on_the_return(play: Make) -> None:
    desk = desk_with(play)
    desk.agent("expert", queues=("sales",), skills=SKILLED)
    desk.agent("beginner", queues=("sales",), skills={"fr": 1})
    chat = desk.chat()
    desk.later(25)
    desk.decline(chat, "expert")
    assert desk.kinds() == ["OfferDeclined", "Queued", "RingEntered", "Offered"]
    assert (desk[chat].ring, desk.offered_to(chat)) == (1, "beginner")


def test_a_transfer_to_an_agent_says_in_which_ring_it_is(play: Make) -> None:
    desk = desk_with(play)
    desk.agent("expert", queues=("sales",), skills=SKILLED)
    chat = desk.active("expert")
    desk.agent("friend", queues=("other",))
    desk.later(25)
    desk.does(Transfer(chat, agent="friend"), "expert")
    offer = desk[chat].offer
    assert offer is not None
    assert (offer.agent, offer.ring, desk[chat].ring) == ("friend", 1, 1)
