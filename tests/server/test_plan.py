"""What a change of the settings would do, worked out on a desk made by hand."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from agentdesk.config.server import (
    DeskSettings,
    LimitSettings,
    OverflowSettings,
    QueueSettings,
    RingSettings,
    RouteSettings,
    RuleSettings,
    ServerSettings,
    ThenSettings,
    WebchatSettings,
    WeightSettings,
)
from agentdesk.core.model import Agent, AgentConfig, Interaction, Presence, Segment, State
from agentdesk.server.configuring.differ import CHANGES_MAX, Change, differences
from agentdesk.server.configuring.missing import missing
from agentdesk.server.configuring.plan import STRANDED_MAX, Live, plan

NOW_MS = 1_800_000_000_000
AGENTS = (
    AgentConfig("ana", "Ana", queues=("billing",), skills={"billing": 3}),
    AgentConfig("budi", "Budi", queues=("support",)),
    AgentConfig("citra", "Citra", skills={"billing": 1}),
)


def queue(name: str, **more: Any) -> QueueSettings:
    return QueueSettings(**{"id": name, "name": name.title(), "channels": ("chat",), **more})


def desk(*queues: QueueSettings, **more: Any) -> ServerSettings:
    return ServerSettings(queues=queues, **more)


def waiting(key: int, queue: str, waited_s: int = 0, **more: Any) -> Interaction:
    segment = Segment(key, key, State.QUEUED, queue, None, NOW_MS)
    at_ms = NOW_MS - waited_s * 1000
    it = Interaction(key, "chat", queue, 1, "Mai", State.QUEUED, at_ms, at_ms, key, segment, entered_ms=at_ms)
    return msgspec.structs.replace(it, **more)


def live(*interactions: Interaction) -> Live:
    agents = [Agent(config, Presence.AVAILABLE, sessions=config.id != "citra") for config in AGENTS]
    return Live(agents, interactions, NOW_MS)


SUPPORT, BILLING = queue("support"), queue("billing", skills={"billing": 2})


def test_the_same_settings_change_nothing() -> None:
    same = plan(desk(SUPPORT, BILLING), desk(SUPPORT, BILLING), live(waiting(1, "billing", skills={"billing": 2})))
    assert (same.changes, same.stranded, same.restart) == ((), (), ())
    assert [(one.queue, one.change, one.gains, one.loses) for one in same.queues] == [
        ("support", "same", (), ()),
        ("billing", "same", (), ()),
    ]
    assert [(one.able_before, one.able_after) for one in same.queues] == [(2, 2), (1, 1)]


def test_agents_gain_and_lose_by_skills_and_rings() -> None:
    easier = queue("billing", skills={"billing": 1})
    (one,) = plan(desk(BILLING), desk(easier), live()).queues
    assert (one.change, one.gains, one.loses) == ("changed", ("citra",), ())
    assert (one.able_before, one.able_after, one.here_before, one.here_after) == (1, 2, 1, 1)
    ring = RingSettings(after_s=30, queues=("support",), skills={"billing": 0})
    (one,) = plan(desk(BILLING), desk(queue("billing", skills={"billing": 2}, rings=(ring,))), live()).queues
    assert one.gains == ("budi", "citra")
    (one,) = plan(desk(easier), desk(BILLING), live()).queues
    assert one.loses == ("citra",)


def test_earlier_rings_keep_those_who_could_take_it_by_the_skills_then() -> None:
    harder = RingSettings(after_s=30, skills={"billing": 5}, any_agent=True)
    (one,) = plan(desk(BILLING), desk(queue("billing", skills={"billing": 2}, rings=(harder,))), live()).queues
    assert (one.able_after, one.loses) == (1, ())


def test_what_waits_and_nobody_could_take_any_more_is_named() -> None:
    stuck, fine = waiting(1, "billing", skills={"billing": 2}), waiting(2, "support")
    held = waiting(3, "billing", skills={"billing": 2}, state=State.ACTIVE)
    heavier = DeskSettings(capacity=0)
    found = plan(desk(SUPPORT, BILLING), desk(SUPPORT, BILLING, desk=heavier), live(stuck, fine, held))
    assert [one.interaction_id for one in found.stranded] == [1, 2]
    everybody = RingSettings(after_s=9, any_agent=True)
    before = desk(SUPPORT, queue("billing", rings=(everybody,)))
    odd = waiting(4, "billing", skills={"french": 1})
    assert plan(before, desk(SUPPORT, BILLING), live(odd)).stranded == (), "nobody could take it before, either"
    reached = waiting(5, "billing", skills={"billing": 9})
    lowered = RingSettings(after_s=9, skills={"billing": 0}, any_agent=True)
    found = plan(desk(queue("billing", rings=(lowered,))), desk(queue("billing")), live(reached))
    assert [(one.interaction_id, one.queue, one.skills) for one in found.stranded] == [(5, "billing", {"billing": 9})]


def test_only_so_many_stranded_are_listed_and_all_are_counted() -> None:
    many = [waiting(key, "support") for key in range(1, STRANDED_MAX + 11)]
    found = plan(desk(SUPPORT), desk(SUPPORT, desk=DeskSettings(channel_max={"chat": 0})), live(*many))
    assert (len(found.stranded), found.stranded_count) == (STRANDED_MAX, STRANDED_MAX + 10)


def test_a_removed_queue_says_what_is_still_in_it_and_a_new_one_who_could_work_there() -> None:
    inside = (waiting(1, "support"), waiting(2, "support", state=State.ACTIVE))
    gone, new = plan(desk(SUPPORT), desk(queue("help")), live(*inside)).queues
    assert (gone.queue, gone.change, gone.waiting, gone.live) == ("support", "removed", 1, 2)
    assert (new.queue, new.change, new.able_after, new.gains) == ("help", "new", 1, ("citra",))


def test_what_has_waited_too_long_for_a_new_overflow_leaves_at_once() -> None:
    step = OverflowSettings(to=RouteSettings(queue="billing"), after_s=60)
    after = desk(queue("support", overflow=(step,)), BILLING)
    line = (waiting(1, "support", 61), waiting(2, "support", 59), waiting(3, "support", 600))
    assert plan(desk(SUPPORT, BILLING), after, live(*line)).queues[0].overflows == 2
    assert plan(after, after, live(*line)).queues[0].overflows == 0, "those are on their way already"


def test_settings_that_are_read_at_the_start_only_are_named() -> None:
    after = desk(SUPPORT, limits=LimitSettings(token_days=1), webchat=WebchatSettings(title="Hi", demo_page=False))
    found = plan(desk(SUPPORT), after, live())
    assert found.restart == ("limits.token_days", "webchat.demo_page")
    assert Change("webchat.title", "Chat with us", "Hi") in found.changes


def test_differences_go_by_name_and_see_order() -> None:
    rules = (RuleSettings(name="a", stop=True), RuleSettings(name="b", stop=True))
    assert differences(desk(SUPPORT, BILLING), desk(BILLING, SUPPORT)) == [Change("queues", "in another order", "")]
    assert differences(desk(rules=rules), desk(rules=rules[:1])) == [Change("rules.b", "b", "")]
    changed = (msgspec.structs.replace(rules[0], then=ThenSettings(priority=3)), rules[1])
    assert differences(desk(rules=rules), desk(rules=changed)) == [Change("rules.a.then.priority", "", "3")]
    heavier = desk(desk=DeskSettings(weights=WeightSettings(chat=2)))
    assert differences(desk(), heavier) == [Change("desk.weights.chat", "1", "2")]
    many = tuple(queue(f"q{number}") for number in range(CHANGES_MAX + 9))
    assert len(differences(desk(queue("q")), desk(*many))) == CHANGES_MAX


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            desk(queue("a", rings=(RingSettings(after_s=1, agents=("zoe", "ana")),))),
            ["Ring 1 of queue a names an agent 'zoe', whom there isn't."],
        ),
        (
            desk(rules=(RuleSettings(name="r", then=ThenSettings(prefer=("zoe",), skills={"french": 1})),)),
            [
                "Rule 'r' names an agent 'zoe', whom there isn't.",
                "Rule 'r' asks for french at level 1; nobody has it.",
            ],
        ),
        (desk(queue("a", skills={"billing": 5})), ["Queue a asks for billing at level 5; the best has 3."]),
        (desk(BILLING), []),
    ],
)
def test_names_and_skills_that_nobody_has(settings: ServerSettings, said: list[str]) -> None:
    assert list(missing(settings, {agent.id: agent.skills for agent in AGENTS})) == said
