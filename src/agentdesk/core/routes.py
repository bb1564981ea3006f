"""Where a route leads, and when a wait in a queue becomes too long. Pure: the queues are an argument."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from agentdesk.core.model import QueueConfig, Route


class Destination(NamedTuple):
    """Where an interaction goes on."""

    queue: str
    channel: str


class Late(NamedTuple):
    """After how long in a queue an interaction moves, and where to."""

    after_ms: int
    to: Destination


def lead(queues: Mapping[str, QueueConfig], route: Route, queue: str, channel: str) -> Destination | None:
    """Where a route takes what is in this queue and channel; None when that is nowhere else.

    A queue that isn't there or doesn't take the channel is nowhere.
    """
    to = Destination(route.queue or queue, route.channel or channel)
    target = queues.get(to.queue)
    if target is None or to == (queue, channel) or to.channel not in target.channels:
        return None
    return to


def by_wait(queues: Mapping[str, QueueConfig], queue: QueueConfig, channel: str) -> Late | None:
    """When what is of this channel leaves the queue for having waited too long, and where it goes; None if never."""
    first: Late | None = None
    for overflow in queue.overflow:
        if overflow.after_s is None or (first is not None and overflow.after_s * 1000 >= first.after_ms):
            continue
        to = lead(queues, overflow.to, queue.id, channel)
        if to is not None:
            first = Late(overflow.after_s * 1000, to)
    return first
