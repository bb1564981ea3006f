"""What rules on content make of an interaction that begins."""

from __future__ import annotations

from agentdesk.core.commands import CustomerRef, StartInteraction
from agentdesk.core.events import InteractionStarted, Queued
from agentdesk.core.model import CALL, CHAT, Customer, Identity, Presence, Rule, Then, When
from tests.core.conftest import Make
from tests.core.play import Play, queue

REFUNDS = Rule("refunds", When(words=("refund",)), Then("money", {"money": 2}, 3, ("refund",), ("bob", "ann")))
VIPS = Rule("vips", When(customer_tags=("vip",)), Then(priority=9, tags=("vip",)))


def desk_with(play: Make, *rules: Rule) -> Play:
    return play(queue(skills={"sales": 1}), queue("money", skills={"sales": 1, "money": 1}, priority=1), rules=rules)


def begun(desk: Play, command: StartInteraction) -> tuple[InteractionStarted, Queued]:
    events = desk.does(command)
    started = next(event for event in events if isinstance(event, InteractionStarted))
    return started, next(event for event in events if isinstance(event, Queued))


def asking(text: str, **more: object) -> StartInteraction:
    return StartInteraction(CHAT, "sales", CustomerRef(name="Kim"), text, **more)  # type: ignore[arg-type]


def test_a_rule_says_queue_skills_priority_and_tags(play: Make) -> None:
    desk = desk_with(play, REFUNDS)
    started, queued = begun(desk, asking("I want a REFUND"))
    assert (started.queue, started.entry, started.rules) == ("money", "sales", ("refunds",))
    assert (started.skills, started.priority, started.tags) == ({"sales": 1, "money": 2}, 3, ("refund",))
    assert queued.queue == "money"
    chat = desk[started.interaction_id]
    assert (chat.queue, chat.skills, chat.priority, chat.tags) == ("money", started.skills, 3, ("refund",))


def test_what_no_rule_matches_is_as_the_queue_has_it(play: Make) -> None:
    desk = desk_with(play, REFUNDS)
    started, queued = begun(desk, asking("Hello"))
    assert (started.queue, started.entry, started.rules, started.priority) == ("sales", "", (), 0)
    assert started.skills is desk.desk.state.queues["sales"].skills
    assert (queued.prefer, queued.prefer_until_ms) == (None, None)


def test_a_rule_replaces_also_the_priority_that_the_channel_says(play: Make) -> None:
    desk = desk_with(play, REFUNDS)
    assert begun(desk, asking("refund", priority=1))[0].priority == 3
    assert begun(desk, asking("Hello", priority=1))[0].priority == 1


def test_rules_look_at_the_customer_as_the_desk_knows_them(play: Make) -> None:
    desk = desk_with(play, VIPS, Rule("again", When(returning=True), Then(tags=("again",))))
    known = Customer(7, "Kim", 5, (Identity("email", "kim@example.org"),), {}, ("vip",))
    ref = CustomerRef(known=known, interactions=2, last_disposition="refund/late")
    started, _ = begun(desk, StartInteraction(CHAT, "sales", ref, "Hello"))
    assert (started.priority, started.tags) == (9, ("vip", "again"))


def test_a_queue_that_takes_no_such_channel_is_passed_over(play: Make) -> None:
    rules = (
        Rule("calls", When(channels=(CALL,)), Then("money", tags=("call",))),
        Rule("gone", When(channels=(CHAT,)), Then("nowhere")),
    )
    desk = play(queue(channels=(CHAT, CALL)), queue("money"), rules=rules)
    for channel, tags in ((CALL, ("call",)), (CHAT, ())):
        started, _ = begun(desk, StartInteraction(channel, "sales", CustomerRef(name="Kim")))
        assert (started.queue, started.entry, started.tags) == ("sales", "", tags)


def test_the_first_preferred_agent_who_is_there_gets_it_before_others(play: Make) -> None:
    desk = desk_with(play, REFUNDS)
    skills = {"sales": 5, "money": 5}
    desk.agent("cy", skills=skills)
    desk.agent("ann", skills=skills)
    desk.agent("bob", Presence.AWAY, skills=skills)
    chat = desk.chat(text="refund")
    assert desk[chat].prefer == "ann"
    assert desk.offered_to(chat) == "ann"


def test_nobody_there_is_preferred_by_none(play: Make) -> None:
    desk = desk_with(play, REFUNDS)
    desk.agent("bob", Presence.AWAY)
    assert begun(desk, asking("refund"))[1].prefer is None
