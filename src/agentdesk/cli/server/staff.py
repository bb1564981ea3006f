"""The staff of `agentdesk server whatif`: who is left out, who comes in, who learns what."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import msgspec

from agentdesk.config.problems import nearest
from agentdesk.errors import DeskError

if TYPE_CHECKING:
    from agentdesk.core.model import AgentConfig
    from agentdesk.planning.scenario import Scenario, Setting

LIKE_MAX = 1_000


def with_staff(setting: Setting, scenario: Scenario, args: argparse.Namespace) -> tuple[Setting, Scenario]:
    """The setting and the scenario with the staff that the options ask for. DeskError for one that doesn't exist."""
    agents = {agent.id: agent for agent in setting.agents}
    for option in args.skill:
        name, skill, level = _skill(option)
        agent = _known(agents, name)
        agents[name] = msgspec.structs.replace(agent, skills={**agent.skills, skill: level})
    more: dict[str, str] = {}
    for option in args.like:
        name, count = _like(option)
        more |= {f"{name}+{number}": name for number in range(1, count + 1) if _known(agents, name)}
    for name in args.without:
        _known(agents, name)
    left = [agent for agent in agents.values() if agent.id not in args.without]
    extra = [msgspec.structs.replace(agents[model], id=new, name=new) for new, model in more.items()]
    shifts = list(scenario.shifts)
    for new, model in more.items():
        shifts += [msgspec.structs.replace(shift, agent=new) for shift in scenario.shifts if shift.agent == model]
    shifts.sort(key=lambda shift: shift.at_ms)
    return (
        msgspec.structs.replace(setting, agents=(*left, *extra)),
        msgspec.structs.replace(scenario, shifts=tuple(shifts)),
    )


def _known(agents: dict[str, AgentConfig], name: str) -> AgentConfig:
    if name not in agents:
        raise DeskError(f"there is no agent {name!r}", nearest(name, agents), title="Nothing was played")
    return agents[name]


def _skill(option: str) -> tuple[str, str, int]:
    name, _, rest = option.partition(":")
    skill, _, level = rest.partition("=")
    if not skill or level not in {"0", "1", "2", "3", "4", "5"}:
        raise _misread("--skill", option, "ana:billing=3, with a level from 0 to 5")
    return name, skill, int(level)


def _like(option: str) -> tuple[str, int]:
    name, _, count = option.partition(":")
    if not count.isdecimal() or not 1 <= int(count) <= LIKE_MAX:
        raise _misread("--like", option, f"ana:2, with a number up to {LIKE_MAX}")
    return name, int(count)


def _misread(option: str, value: str, form: str) -> DeskError:
    return DeskError(f"{option} {value!r} can't be read", f"Write it like {form}.", title="Nothing was played")
