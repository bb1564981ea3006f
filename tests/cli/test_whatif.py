"""`agentdesk server whatif` plays what a database has recorded, under other settings and other staff."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from agentdesk.core.changes import Changes
from agentdesk.core.events import Recorded
from agentdesk.core.model import AgentConfig, DeskConfig, Presence, QueueConfig, WrapupMode
from agentdesk.planning.play import Play
from agentdesk.planning.scenario import Scenario, Setting, Shift
from agentdesk.store.base import Batch
from agentdesk.store.sqlite import open_store
from tests.cli.conftest import Type
from tests.planning.drawn import poisson_day

START_MS = 1_795_000_000_000


@pytest.fixture
def recorded(config: Path) -> Path:
    """Eight hours of one queue with too few agents, as a server would have left them."""
    queue = QueueConfig("support", "Support", service_level_s=60, auto_accept=True, wrapup=WrapupMode.NONE)
    agents = tuple(AgentConfig(name, name.title(), capacity=1) for name in ("ana", "budi", "citra"))
    setting = Setting(DeskConfig(), (queue,), agents)
    day = poisson_day(setting, 400, 0.0139, 1 / 220, 1 / 300, seed=11)
    arrivals = tuple(replace(one, at_ms=START_MS + one.at_ms, queue="support") for one in day.arrivals)
    shifts = tuple(Shift(START_MS, agent.id, Presence.AVAILABLE) for agent in agents)
    events: list[Recorded] = []
    play = Play(setting, Scenario(arrivals, shifts), heard=events.append)
    play.run()
    state = play.desk.state
    changes = Changes(queues=dict(state.queues), agents=dict(state.agents), desk=state.desk)
    store = open_store(config.parent / "data" / "agentdesk.db")
    store.commit([Batch(events, changes, [], state.counters)])
    store.close()
    return config


def one_queue(typed: Any) -> dict[str, Any]:
    assert typed.code == 0, typed.err
    (queue,) = (q for q in json.loads(typed.out)["queues"] if q["queue"] == "support")
    return dict(queue)


def test_more_staff_answers_more_in_time(recorded: Path, type_: Type) -> None:
    same = one_queue(type_("server", "whatif", "--json"))
    assert same["before"] == same["after"]
    assert same["recorded"]["arrived"] == same["before"]["arrived"] == 400
    assert same["recorded"]["abandoned"] == same["before"]["abandoned"]
    assert same["recorded"]["service_level"] == same["before"]["service_level"]
    more = one_queue(type_("server", "whatif", "--like", "ana:2", "--json"))
    assert more["before"] == same["before"]
    assert more["after"]["service_level"] > same["before"]["service_level"] + 0.1
    assert more["theory"]["servers"] == same["theory"]["servers"] + 2
    fewer = one_queue(type_("server", "whatif", "--without", "budi", "--json"))
    assert fewer["after"]["abandonment"] > same["before"]["abandonment"]


def test_a_seed_gives_one_answer(recorded: Path, type_: Type) -> None:
    first = type_("server", "whatif", "--like", "ana:1", "--seed", "5", "--json")
    assert first.out == type_("server", "whatif", "--like", "ana:1", "--seed", "5", "--json").out
    assert first.out != type_("server", "whatif", "--like", "ana:1", "--seed", "6", "--json").out


def test_other_settings_come_from_a_file(recorded: Path, type_: Type, tmp_path: Path) -> None:
    other = tmp_path / "new.yaml"
    other.write_text(
        "queues:\n  - {id: support, name: Support, service_level_s: 600, auto_accept: yes, wrapup: {mode: none}}\n"
    )
    same = one_queue(type_("server", "whatif", "--json"))
    patient = one_queue(type_("server", "whatif", str(other), "--json"))
    assert patient["after"]["service_level"] > same["before"]["service_level"]
    assert patient["after"]["abandonment"] == same["before"]["abandonment"]


def test_the_table_shows_what_was_and_what_would_be(recorded: Path, type_: Type) -> None:
    typed = type_("server", "whatif", "--like", "ana:1")
    assert typed.code == 0, typed.err
    for word in ("recorded", "before", "after", "Erlang C", "Erlang A", "in time", "seed 1"):
        assert word in typed.out
    assert typed.err == ""


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--without", "anna"], "there is no agent 'anna'"),
        (["--skill", "ana:billing"], "Write it like ana:billing=3"),
        (["--like", "ana"], "Write it like ana:2"),
        (["--from", "soon"], "is not a time"),
        (["--from", "2030-01-01", "--to", "2029-01-01"], "ends before it begins"),
        (["--from", "2001-01-01", "--to", "2001-01-02"], "nobody came in this period"),
        (["missing.yaml"], "missing.yaml"),
    ],
)
def test_what_cannot_be_played_is_said_with_a_remedy(
    recorded: Path, type_: Type, options: list[str], words: str
) -> None:
    typed = type_("server", "whatif", *options)
    assert typed.code == 1
    assert words in typed.err


def test_an_empty_database_has_nothing_to_play(config: Path, type_: Type) -> None:
    typed = type_("server", "whatif")
    assert typed.code == 1
    assert "nothing has been recorded yet" in typed.err
