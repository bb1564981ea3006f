"""First answers by idempotency key: the newest in memory, bounded; older ones are the store's."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from agentdesk.core.commands import Answer
from agentdesk.store.base import Repeat

WINDOW_MAX = 50_000
"""Answers kept in memory; about 300 bytes each."""

OnAnswer = Callable[[Answer], None]


class Undecided:
    """A command that was decided and is not committed yet; those who asked again wait with the first."""

    __slots__ = ("waiting",)

    def __init__(self, on_answer: OnAnswer | None) -> None:
        self.waiting: list[OnAnswer] = [] if on_answer is None else [on_answer]


class RepeatWindow:
    """The newest keys and their first answers. `complete` says that no older key exists anywhere."""

    def __init__(self, repeats: Iterable[Repeat], *, complete: bool, limit: int = WINDOW_MAX) -> None:
        self.complete = complete
        self._limit = limit
        self._entries: dict[str, Answer | Undecided] = {}
        for repeat in repeats:
            self.answered(repeat.key, repeat.answer)

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str) -> Answer | Undecided | None:
        """What is known of a key."""
        return self._entries.get(key)

    def begin(self, key: str, on_answer: OnAnswer | None) -> Undecided:
        """A new key is being decided."""
        undecided = Undecided(on_answer)
        self._entries[key] = undecided
        self._drop_oldest()
        return undecided

    def answered(self, key: str, answer: Answer) -> None:
        """This is the first answer to a key."""
        self._entries[key] = answer
        self._drop_oldest()

    def forget(self, key: str) -> None:
        """The command was not decided after all; the key may be used again."""
        self._entries.pop(key, None)

    def _drop_oldest(self) -> None:
        while len(self._entries) > self._limit:
            del self._entries[next(iter(self._entries))]
            self.complete = False
