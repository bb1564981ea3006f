"""How long a wait is said to be, and when a queue takes chats. Pure.

An estimate that ticks every second annoys and lies; it is said in steps that grow with it, always rounded up.
"""

from __future__ import annotations

from collections.abc import Iterable

from agentdesk.config.hours import is_open, next_opening_ms, state_at
from agentdesk.config.server import QueueSettings, RouteSettings
from agentdesk.core.model import CHAT, MESSAGE

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS


def rounded_ms(estimate_ms: int | None) -> int | None:
    """Up to the next 15 s under a minute, minute under ten, five minutes beyond."""
    if estimate_ms is None:
        return None
    if estimate_ms <= MINUTE_MS:
        step = 15 * SECOND_MS
    elif estimate_ms <= 10 * MINUTE_MS:
        step = MINUTE_MS
    else:
        step = 5 * MINUTE_MS
    return max(step, -(-estimate_ms // step) * step)


def serving(queues: Iterable[QueueSettings], queue: QueueSettings, now_ms: int) -> QueueSettings:
    """The queue that serves the chats of a queue now: itself, or the one to which its route leads outside hours."""
    state = state_at(queue.hours, now_ms)
    route = queue.holiday if state == "holiday" and queue.holiday != RouteSettings() else queue.closed
    if state == "open" or route.channel not in (None, CHAT):
        return queue
    return next((one for one in queues if one.id == route.queue and CHAT in one.channels), queue)


def takes_chats(queue: QueueSettings, signed_in: int, now_ms: int) -> bool:
    """Whether a conversation can begin: within hours, and with somebody there."""
    return signed_in > 0 and is_open(queue.hours, now_ms)


def opens_ms(queue: QueueSettings, now_ms: int) -> int | None:
    """When the queue opens next, if it is outside hours now."""
    return next_opening_ms(queue.hours, now_ms)


def chosen_queue(queues: tuple[QueueSettings, ...], asked: str, default: str) -> QueueSettings | None:
    """The queue that a page asked for, else the configured one, else the first that takes chats."""
    wanted = asked or default
    return next((queue for queue in queues if CHAT in queue.channels and wanted in ("", queue.id)), None)


def message_queue(queues: tuple[QueueSettings, ...], chosen: QueueSettings) -> QueueSettings | None:
    """Where messages left go: the queue of the chat if it takes them, else the first that does."""
    return next((queue for queue in (chosen, *queues) if MESSAGE in queue.channels), None)
