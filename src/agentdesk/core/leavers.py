"""Who left while waiting, and the place they had: whoever comes back soon gets it again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from agentdesk.core.model import Interaction

LEAVERS_MAX = 10_000
"""Places that are kept; the oldest go first."""
LOADED_MAX = 1_000
"""Of the newest interactions that were given up, how many a desk that starts hears of."""


class Left(NamedTuple):
    """The place of one who left, and when they did."""

    queue: str
    queued_ms: int
    place: int
    entered_ms: int
    at_ms: int


def back_in_time(gone: Iterable[Interaction], kept_ms: int) -> list[Interaction]:
    """Of those who left, the ones who may still come back when the last of them left, in the order they left."""
    ordered = sorted(gone, key=_ended)
    return [row for row in ordered if _ended(row) + kept_ms >= _ended(ordered[-1])]


def _ended(interaction: Interaction) -> int:
    return interaction.closed_ms or 0


class Leavers:
    """The last places by customer and channel, in the order in which they were left."""

    __slots__ = ("_places",)

    def __init__(self) -> None:
        self._places: dict[tuple[int, str], Left] = {}

    def __len__(self) -> int:
        return len(self._places)

    def add(self, interaction: Interaction, at_ms: int, kept_ms: int) -> None:
        """This one left at that time; what is older than `kept_ms` by then is forgotten."""
        places = self._places
        key = (interaction.customer_id, interaction.channel)
        places.pop(key, None)
        places[key] = Left(interaction.queue, interaction.queued_ms, interaction.place, interaction.entered_ms, at_ms)
        oldest = next(iter(places))
        while len(places) > LEAVERS_MAX or places[oldest].at_ms + kept_ms < at_ms:
            del places[oldest]
            oldest = next(iter(places))

    def find(self, customer_id: int, channel: str, now_ms: int, kept_ms: int) -> Left | None:
        """The place this customer left in this channel within the last `kept_ms`."""
        left = self._places.get((customer_id, channel))
        return left if left is not None and now_ms - left.at_ms <= kept_ms else None

    def forget(self, customer_id: int, channel: str) -> None:
        """They have begun anew, there or at another place."""
        self._places.pop((customer_id, channel), None)
