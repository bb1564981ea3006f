from __future__ import annotations

from agentdesk.core.commands import AcceptOffer, CustomerEnds, DeclineOffer, EndInteraction, SetPresence, Transfer
from agentdesk.core.events import OfferAccepted, Offered, OfferRescinded, PresenceChanged
from agentdesk.core.model import Presence, State
from tests.core.conftest import Make
from tests.core.play import BOSS, CHANNEL, queue


def test_a_chat_is_offered_at_once_and_debited(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.chat()
    assert desk.kinds()[-1] == "Offered"
    assert desk.offered_to(chat) == "ann"
    assert desk.who("ann").load == 1
    assert desk.since[-1].agent == "ann"


def test_an_offer_accepted_has_a_holder(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.chat()
    desk.accept(chat, "ann")
    assert (desk[chat].state, desk[chat].agent, desk.who("ann").holding) == (State.ACTIVE, "ann", (chat,))
    assert desk.who("ann").offers == ()


def test_a_declined_chat_goes_to_another_and_keeps_its_place(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.chat()
    place = (desk[chat].queued_ms, desk[chat].place)
    desk.agent("ben")
    desk.decline(chat, "ann")
    assert desk.kinds() == ["OfferDeclined", "Queued", "Offered"]
    assert desk.offered_to(chat) == "ben"
    assert (desk[chat].queued_ms, desk[chat].place) == place


def test_it_never_goes_back_to_who_declined_while_somebody_able_is_busy(play: Make) -> None:
    desk = play()
    desk.agent("ann", capacity=1)
    desk.active("ann")
    desk.agent("ben")
    chat = desk.chat()
    desk.decline(chat, "ben")
    assert desk.kinds() == ["OfferDeclined", "Queued"]
    assert desk[chat].refused_by == ("ben",)


def test_when_everyone_who_is_there_has_declined_it_rests_and_then_starts_again(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    desk.agent("ben")
    chat = desk.chat()
    desk.decline(chat, "ann")
    desk.decline(chat, "ben")
    assert desk.kinds() == ["OfferDeclined", "Queued", "InteractionRested"]
    assert desk.desk.next_deadline() == desk.now + 15_000
    assert desk.later(14.999) == []
    desk.later(0.001)
    assert desk.kinds() == ["EveryoneRefused", "Offered"]
    assert desk.offered_to(chat) == "ann"


def test_a_desk_may_ask_them_again_at_once(play: Make) -> None:
    desk = play(refused_pause_s=0)
    desk.agent("ann")
    chat = desk.chat()
    desk.decline(chat, "ann")
    assert desk.kinds() == ["OfferDeclined", "Queued", "EveryoneRefused", "Offered"]


def test_what_rests_keeps_its_place(play: Make) -> None:
    desk = play()
    desk.agent("ann", capacity=1)
    chat = desk.chat()
    desk.decline(chat, "ann")
    younger = desk.chat()
    third = desk.chat()
    assert desk.offered_to(younger) == "ann"
    assert desk.desk.waiting_order("sales") == [chat, third]
    desk.later(16)
    desk.decline(younger, "ann")
    assert desk.offered_to(chat) == "ann"


def test_what_rests_goes_at_once_to_who_has_not_refused_it(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.chat()
    desk.decline(chat, "ann")
    desk.agent("ben")
    assert desk.offered_to(chat) == "ben"
    desk.decline(chat, "ben")
    assert desk.kinds() == ["OfferDeclined", "Queued", "InteractionRested"]
    assert desk.desk.next_deadline() == desk.now + 15_000


def test_going_away_and_coming_back_does_not_cut_the_rest_short(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.chat()
    desk.decline(chat, "ann")
    desk.does(SetPresence(Presence.AWAY, "lunch"), "ann")
    desk.does(SetPresence(Presence.AVAILABLE), "ann")
    assert desk[chat].state is State.QUEUED
    desk.later(15)
    assert desk.offered_to(chat) == "ann"


def test_what_rests_may_be_handed_to_who_declined_it(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.chat()
    desk.decline(chat, "ann")
    desk.does(Transfer(chat, agent="ann"), BOSS)
    assert desk.offered_to(chat) == "ann"
    assert desk.later(16) == []


def test_what_ends_while_it_rests_is_not_thought_of_again(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    ended, abandoned = desk.chat(), desk.chat()
    desk.decline(ended, "ann")
    desk.decline(abandoned, "ann")
    desk.does(EndInteraction(ended), BOSS)
    desk.does(CustomerEnds(abandoned))
    assert desk.desk.next_deadline() is None
    assert desk.later(16) == []


def test_it_rests_also_when_the_last_one_able_goes_away(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    desk.agent("ben", capacity=1)
    desk.decline(desk.chat(), "ann")
    desk.accept(1, "ben")
    chat = desk.chat()
    desk.decline(chat, "ann")
    desk.does(SetPresence(Presence.AWAY, "lunch"), "ben")
    assert desk.kinds() == ["PresenceChanged", "InteractionRested"]
    desk.later(15)
    assert desk.offered_to(chat) == "ann"


def test_a_missed_offer_puts_the_agent_on_not_responding(play: Make) -> None:
    desk = play(queue(offer_timeout_s=20))
    desk.agent("ann")
    first, second = desk.chat(), desk.chat()
    desk.agent("ben")
    assert desk.later(19) == []
    desk.later(1)
    assert desk.who("ann").presence is Presence.NOT_RESPONDING
    taken_away = ["OfferMissed", "Queued", "PresenceChanged", "OfferRescinded", "Queued"]
    assert desk.kinds() == [*taken_away, "Offered", "Offered"]
    assert (desk.offered_to(first), desk.offered_to(second)) == ("ben", "ben")


def test_it_takes_as_many_missed_in_a_row_as_the_desk_says(play: Make) -> None:
    desk = play(missed_offers_max=2)
    desk.agent("ann")
    desk.chat()
    desk.later(31)
    assert desk.who("ann").presence is Presence.AVAILABLE
    desk.later(15)
    desk.later(31)
    assert desk.who("ann").presence is Presence.NOT_RESPONDING


def test_declining_is_a_sign_of_life(play: Make) -> None:
    desk = play(missed_offers_max=2)
    desk.agent("ann")
    chat = desk.chat()
    desk.later(31)
    desk.later(15)
    desk.decline(chat, "ann")
    desk.later(15)
    assert desk.offered_to(chat) == "ann"
    desk.later(31)
    assert desk.who("ann").presence is Presence.AVAILABLE


def test_a_desk_may_not_care_about_missed_offers(play: Make) -> None:
    desk = play(missed_offers_max=0)
    desk.agent("ann")
    desk.chat()
    desk.later(31)
    assert desk.kinds() == ["OfferMissed", "Queued", "InteractionRested"]
    assert desk.who("ann").presence is Presence.AVAILABLE


def test_saying_available_again_makes_good_for_what_was_missed(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.chat()
    desk.later(31)
    desk.does(SetPresence(Presence.AVAILABLE), "ann")
    assert desk.who("ann").missed_in_a_row == 0
    assert desk.offered_to(chat) == "ann"


def test_who_was_set_aside_gets_it_when_back_though_somebody_able_is_busy(play: Make) -> None:
    desk = play()
    desk.agent("ben", capacity=1)
    desk.active("ben")
    desk.agent("ann")
    chat = desk.chat()
    desk.later(31)
    assert desk[chat].refused_by == ()
    desk.does(SetPresence(Presence.AVAILABLE), "ann")
    assert desk.offered_to(chat) == "ann"


def test_who_declined_before_is_not_forgiven_when_somebody_else_misses_it(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    desk.agent("ben")
    chat = desk.chat()
    desk.decline(chat, "ann")
    desk.later(31)
    assert desk.kinds()[-1] == "InteractionRested"
    desk.does(SetPresence(Presence.AVAILABLE), "ben")
    assert desk.offered_to(chat) == "ben"


def test_who_goes_away_loses_their_offers_and_keeps_what_they_hold(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    held, offered = desk.active("ann"), desk.chat()
    events = desk.does(SetPresence(Presence.AWAY, "lunch"), "ann")
    assert isinstance(events[0], PresenceChanged)
    assert isinstance(events[1], OfferRescinded)
    assert desk[offered].state is State.QUEUED
    assert desk[offered].refused_by == ()
    assert desk[held].agent == "ann"


def test_a_queue_may_accept_for_its_agents(play: Make) -> None:
    desk = play(queue(auto_accept=True))
    desk.agent("ann")
    chat = desk.chat()
    offered, accepted = (recorded.event for recorded in desk.since[-2:])
    assert isinstance(offered, Offered)
    assert isinstance(accepted, OfferAccepted)
    assert accepted.automatic
    assert desk[chat].agent == "ann"


def test_an_accept_after_the_end_of_the_offer_is_too_late(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    offer = desk.offer(desk.chat())
    desk.now += 31_000
    answer = desk.do(AcceptOffer(offer), "ann")
    assert getattr(answer, "code", "") == "too_late"
    assert desk.kinds()[0] == "OfferMissed"


def test_whose_offer_it_is(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    desk.agent("ben")
    offer = desk.offer(desk.chat())
    assert desk.refuses(AcceptOffer(offer), "ben") == "not_permitted"
    assert desk.refuses(DeclineOffer(offer), BOSS) == "not_permitted"
    assert desk.refuses(AcceptOffer(offer), CHANNEL) == "not_permitted"
    assert desk.refuses(AcceptOffer(99), "ann") == "unknown"
    assert desk.refuses(AcceptOffer(0), "ann") == "unknown"


def test_a_customer_who_ends_takes_the_offer_with_them(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.chat()
    desk.does(CustomerEnds(chat))
    assert desk.kinds() == ["OfferRescinded", "InteractionAbandoned"]
    assert [recorded.agent for recorded in desk.since] == ["ann", None]
    assert desk.who("ann").load == 0
