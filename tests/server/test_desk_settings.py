"""What the admin wrote reaches the desk: every setting of it, as it is."""

from __future__ import annotations

import pytest

from agentdesk.config.server import (
    DeskSettings,
    HoursSettings,
    OverflowSettings,
    QueueSettings,
    RingSettings,
    RouteSettings,
    RuleSettings,
    ServerSettings,
    ThenSettings,
    WhenSettings,
)
from agentdesk.core.model import DeskConfig, Overflow, QueueConfig, Ring, Route, Rule, Strategy, Then, When
from agentdesk.server.desk_settings import desk_config, queue_configs


def test_the_desk_gets_what_the_file_says() -> None:
    settings = DeskSettings(
        missed_offers_max=3,
        agent_grace_s=4,
        customer_grace_s=5,
        priority_s=6,
        refused_pause_s=7,
        slack_percent=8,
        interrupts={"call": ("email",)},
        silent_after_s=9,
        silent_weights={"chat": 0},
        return_s=10,
        trace=False,
        timezone="Asia/Jakarta",
        day_begins="08:00",
    )
    assert desk_config(ServerSettings(desk=settings), 0) == DeskConfig(
        missed_offers_max=3,
        agent_grace_s=4,
        customer_grace_s=5,
        priority_s=6,
        refused_pause_s=7,
        slack_percent=8,
        interrupts={"call": ("email",)},
        silent_after_s=9,
        silent_weights={"chat": 0},
        return_s=10,
        trace=False,
        day_offset_ms=3_600_000,
    )


def test_a_rule_is_the_same_on_both_sides() -> None:
    when = WhenSettings(
        channels=("chat",),
        queues=("a",),
        languages=("en",),
        words=("w",),
        pattern="p",
        page=("g",),
        address=("h",),
        attributes={"k": "v"},
        customer_tags=("t",),
        last_dispositions=("d",),
        returning=True,
    )
    then = ThenSettings(queue="b", skills={"x": 2}, priority=3, tags=("u",), prefer=("ana",))
    settings = ServerSettings(rules=(RuleSettings(name="n", when=when, then=then, stop=True),))
    assert desk_config(settings, 0).rules == (
        Rule(
            "n",
            When(("chat",), ("a",), ("en",), ("w",), "p", ("g",), ("h",), {"k": "v"}, ("t",), ("d",), True),
            Then("b", {"x": 2}, 3, ("u",), ("ana",)),
            True,
        ),
    )


def test_a_queue_is_the_same_on_both_sides() -> None:
    queue = QueueSettings(
        id="a",
        name="A",
        channels=("chat",),
        strategy="round_robin",
        rings=(RingSettings(after_s=1, skills={"x": 1}, queues=("b",), agents=("ana",), any_agent=True),),
        offer_timeouts={"chat": 5},
        pull=True,
        affinity_s=6,
        overflow=(OverflowSettings(to=RouteSettings(queue="b", channel="message"), longer_than=0),),
        closed=RouteSettings(queue="b"),
        holiday=RouteSettings(channel="message"),
        hours=HoursSettings(),
    )
    assert queue_configs(ServerSettings(queues=(queue,))) == (
        QueueConfig(
            "a",
            "A",
            ("chat",),
            strategy=Strategy.ROUND_ROBIN,
            rings=(Ring(1, {"x": 1}, ("b",), ("ana",), True),),
            offer_timeouts={"chat": 5},
            pull=True,
            affinity_s=6,
            overflow=(Overflow(Route("b", "message"), longer_than=0),),
            closed=Route("b"),
            holiday=Route("", "message"),
        ),
    )


def test_without_a_holiday_route_holidays_go_as_when_closed() -> None:
    queue = QueueSettings(id="a", name="A", closed=RouteSettings(queue="b"))
    assert queue_configs(ServerSettings(queues=(queue,)))[0].holiday == Route("b")


@pytest.mark.parametrize("now_ms", [0, 1_800_000_000_000])
def test_what_the_file_leaves_out_is_what_the_desk_would_choose(now_ms: int) -> None:
    assert desk_config(ServerSettings(), now_ms) == DeskConfig()
    (queue,) = queue_configs(ServerSettings(queues=(QueueSettings(id="a", name="A"),)))
    assert queue == QueueConfig("a", "A", ("chat", "message"))
