"""What must hold of routing: rings open in order, routes lead to queues that take what comes, overflow ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agentdesk.config.convert import Key
from agentdesk.config.findings import Finding, timezone, unknown
from agentdesk.config.problems import nearest
from agentdesk.config.server import DeskSettings, QueueSettings, RingSettings, RouteSettings, ServerSettings

Queues = Mapping[str, QueueSettings]


def check_routing(settings: ServerSettings) -> Iterator[Finding]:
    """Everything that is wrong with the routing of the desk and its queues."""
    queues = {queue.id: queue for queue in settings.queues}
    yield from _desk(settings.desk)
    for place, queue in enumerate(settings.queues):
        key: Key = ("queues", place)
        yield from _offers(queue, key)
        for at, ring in enumerate(queue.rings):
            yield from _ring(ring, queue.rings[at - 1] if at else None, queues, (*key, "rings", at))
        yield from _when_closed(queue, queues, key)
        yield from _overflow(queue, queues, key)
    yield from _rounds(settings, queues)


def _desk(desk: DeskSettings) -> Iterator[Finding]:
    yield from timezone(desk.timezone, ("desk", "timezone"))
    if desk.silent_weights and not desk.silent_after_s:
        yield Finding(("desk", "silent_weights"), "this has no effect.", "Set desk.silent_after_s, too.")
    for channel, weight in desk.silent_weights.items():
        if weight > getattr(desk.weights, channel):
            why = f"a silent {channel} would weigh more than one who writes."
            yield Finding(("desk", "silent_weights", channel), why, f"Write at most {getattr(desk.weights, channel)}.")


def _offers(queue: QueueSettings, key: Key) -> Iterator[Finding]:
    for channel in queue.offer_timeouts:
        if channel not in queue.channels:
            yield _not_taken(queue, channel, (*key, "offer_timeouts", channel))
    if queue.pull and queue.auto_accept:
        why = "nothing is offered from a queue with pull, so nothing can be accepted by itself."
        yield Finding((*key, "auto_accept"), why, "Set only one of pull and auto_accept.")


def _ring(ring: RingSettings, before: RingSettings | None, queues: Queues, key: Key) -> Iterator[Finding]:
    if before is not None and ring.after_s <= before.after_s:
        why = f"this ring opens at {ring.after_s} s, not after the one before it ({before.after_s} s)."
        yield Finding((*key, "after_s"), why, "Order rings by time.")
    if not (ring.skills or ring.queues or ring.agents or ring.any_agent):
        yield Finding(key, "this ring adds nobody.", "Give it skills, queues, agents, or any_agent: true.")
    yield from unknown("queue", ring.queues, queues, (*key, "queues"))


def _when_closed(queue: QueueSettings, queues: Queues, key: Key) -> Iterator[Finding]:
    for name, route in (("closed", queue.closed), ("holiday", queue.holiday)):
        if route == RouteSettings():
            continue
        yield from _route(route, queue, queues, (*key, name))
        if queue.hours is None:
            yield Finding((*key, name), "this has no effect: the queue is always open.", "Give it hours.")
        elif name == "holiday" and not (queue.hours.holidays.country or queue.hours.holidays.dates):
            yield Finding((*key, name), "this has no effect: the hours have no holidays.", "Set hours.holidays.")


def _overflow(queue: QueueSettings, queues: Queues, key: Key) -> Iterator[Finding]:
    for place, overflow in enumerate(queue.overflow):
        here: Key = (*key, "overflow", place)
        given = [one for one in (overflow.after_s, overflow.longer_than, overflow.estimate_s) if one is not None]
        if len(given) != 1:
            remedy = "Give one of after_s, longer_than and estimate_s; for more write another entry."
            yield Finding(here, f"an overflow has one condition, this has {len(given) or 'none'}.", remedy)
        if overflow.to == RouteSettings():
            yield Finding((*here, "to"), "this leads nowhere.", "Give it a queue, a channel, or both.")
        else:
            yield from _route(overflow.to, queue, queues, (*here, "to"))


def _route(route: RouteSettings, queue: QueueSettings, queues: Queues, key: Key) -> Iterator[Finding]:
    target = queues.get(route.queue or queue.id)
    if target is None:
        yield Finding((*key, "queue"), f"there is no queue {route.queue!r}.", nearest(route.queue, queues))
    elif target.id == queue.id and route.channel is None:
        yield Finding((*key, "queue"), "this leads back into the same queue.", "Name another queue or a channel.")
    elif route.channel is not None and route.channel not in target.channels:
        yield _not_taken(target, route.channel, (*key, "channel"))
    elif route.channel is None and not set(queue.channels) & set(target.channels):
        yield _not_taken(target, " or ".join(queue.channels), (*key, "queue"))


def _not_taken(queue: QueueSettings, what: str, key: Key) -> Finding:
    taken = ", ".join(queue.channels)
    return Finding(key, f"queue {queue.id!r} doesn't take {what}.", f"It takes {taken}; see its channels.")


def _rounds(settings: ServerSettings, queues: Queues) -> Iterator[Finding]:
    """Overflow by time by which something could come back to where it was; named at the queue from which it goes round.

    Overflow on arrival can't: what has overflowed once doesn't again.
    """
    leads = {
        queue.id: {one.to.queue for one in queue.overflow if one.after_s is not None} - {"", queue.id}
        for queue in settings.queues
    }
    reported: set[str] = set()
    for place, queue in enumerate(settings.queues):
        path = _way_back(queue.id, leads)
        if path and not reported.intersection(path):
            reported.update(path)
            why = f"overflow goes round: {' → '.join([*path, queue.id])}."
            yield Finding(("queues", place, "overflow"), why, "Let one of them lead elsewhere.")


def _way_back(start: str, leads: Mapping[str, set[str]]) -> list[str]:
    """The queues on a way from one back to itself, itself first; empty if there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for target in sorted(leads.get(way[-1], ())):
            if target == start:
                return way
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return []
