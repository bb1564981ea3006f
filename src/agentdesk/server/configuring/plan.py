"""What new settings would do to the desk as it is: who could take what, what moves, what needs a restart. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from agentdesk.config.server import ServerSettings
from agentdesk.core.model import Agent, AgentConfig, Interaction, QueueConfig, State
from agentdesk.server.configuring.differ import Change, differences, needs_restart
from agentdesk.server.configuring.missing import missing
from agentdesk.server.configuring.staff import Staff
from agentdesk.server.desk_settings import queue_configs

NAMES_MAX = 20
STRANDED_MAX = 50
WAITS = (State.QUEUED, State.OFFERED)


class QueuePlan(msgspec.Struct, frozen=True):
    """What happens to a queue: new, removed, changed or the same.

    `able` are the agents who can take what asks for the queue's own skills in its last ring, `here` those of them who
    are signed in. `overflows` are waiting ones that would leave at once.
    """

    queue: str
    change: str
    live: int
    waiting: int
    able_before: int
    able_after: int
    here_before: int
    here_after: int
    gains: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()
    overflows: int = 0


class Stranded(msgspec.Struct, frozen=True):
    """What waits and could be taken by somebody, and by nobody any more."""

    interaction_id: int
    queue: str
    skills: dict[str, int]


class Plan(msgspec.Struct, frozen=True):
    """What a change would do. `stranded` are at most `STRANDED_MAX` of `stranded_count`; `restart` are settings that
    take effect at the next start; `unknown` are names and skills that nobody has."""

    changes: tuple[Change, ...]
    queues: tuple[QueuePlan, ...]
    stranded: tuple[Stranded, ...]
    stranded_count: int
    restart: tuple[str, ...]
    unknown: tuple[str, ...]


class Live(msgspec.Struct, frozen=True):
    """The desk as it is: its agents, and what is live."""

    agents: Sequence[Agent]
    interactions: Sequence[Interaction]
    now_ms: int


def plan(before: ServerSettings, after: ServerSettings, live: Live) -> Plan:
    """What a change from one to the other would do to the desk."""
    old = {queue.id: queue for queue in queue_configs(before)}
    new = {queue.id: queue for queue in queue_configs(after)}
    agents = [agent.config for agent in live.agents]
    staff, changed = Staff(agents), Staff(_as_set(agent, before, after) for agent in agents)
    here = {agent.id for agent in live.agents if agent.sessions}
    inside: dict[str, list[Interaction]] = {}
    for one in live.interactions:
        inside.setdefault(one.queue, []).append(one)
    changes = differences(before, after)
    stranded = list(_stranded(live, old, new, staff, changed))
    return Plan(
        tuple(changes),
        tuple(
            _queue(name, old.get(name), new.get(name), inside.get(name, ()), live.now_ms, staff, here)
            for name in dict.fromkeys((*old, *new))
        ),
        tuple(stranded[:STRANDED_MAX]),
        len(stranded),
        tuple(change.key for change in changes if needs_restart(change.key)),
        tuple(missing(after, {agent.id: agent.skills for agent in agents})),
    )


def _queue(
    name: str,
    old: QueueConfig | None,
    new: QueueConfig | None,
    inside: Sequence[Interaction],
    now_ms: int,
    staff: Staff,
    here: Collection[str],
) -> QueuePlan:
    before = staff.able(old, old.skills) if old is not None else set()
    after = staff.able(new, new.skills) if new is not None else set()
    waiting = [one for one in inside if one.state in WAITS]
    change = "new" if old is None else "removed" if new is None else "same" if old == new else "changed"
    return QueuePlan(
        name,
        change,
        len(inside),
        len(waiting),
        len(before),
        len(after),
        len(before.intersection(here)),
        len(after.intersection(here)),
        tuple(sorted(after - before)[:NAMES_MAX]),
        tuple(sorted(before - after)[:NAMES_MAX]),
        sum(1 for one in waiting if _is_due(new, one, now_ms) and not _is_due(old, one, now_ms)),
    )


def _is_due(queue: QueueConfig | None, one: Interaction, now_ms: int) -> bool:
    """Whether it has waited so long in its queue that it overflows."""
    times = [step.after_s for step in queue.overflow if step.after_s is not None] if queue is not None else []
    return bool(times) and one.entered_ms + min(times) * 1000 <= now_ms


def _stranded(
    live: Live,
    old: Mapping[str, QueueConfig],
    new: Mapping[str, QueueConfig],
    staff: Staff,
    changed: Staff,
) -> Iterator[Stranded]:
    """What waits and nobody could take any more. A queue that is removed keeps its old settings while it is used."""
    known: dict[tuple[object, ...], bool] = {}
    for one in live.interactions:
        before = old.get(one.queue)
        if one.state not in WAITS or before is None:
            continue
        key = (one.queue, one.channel, one.weight, tuple(sorted(one.skills.items())))
        if key not in known:
            after = new.get(one.queue, before)
            known[key] = not _can(after, one, changed) and _can(before, one, staff)
        if known[key]:
            yield Stranded(one.id, one.queue, one.skills)


def _can(queue: QueueConfig, one: Interaction, staff: Staff) -> bool:
    return staff.can(queue, one.skills, one.channel, one.weight)


def _as_set(agent: AgentConfig, before: ServerSettings, after: ServerSettings) -> AgentConfig:
    """An agent with what their account leaves to the desk: the capacity, where it is the desk's, and the maximum."""
    capacity = after.desk.capacity if agent.capacity == before.desk.capacity else agent.capacity
    most = {str(channel): count for channel, count in after.desk.channel_max.items()}
    return msgspec.structs.replace(agent, capacity=capacity, channel_max=most)
