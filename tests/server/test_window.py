"""First answers in memory: bounded, and honest about what was forgotten."""

from __future__ import annotations

from agentdesk.core.commands import Done
from agentdesk.server.window import RepeatWindow, Undecided
from agentdesk.store.base import Repeat


def test_it_begins_with_what_the_store_kept() -> None:
    window = RepeatWindow([Repeat("a", Done(1))], complete=True)
    assert window.get("a") == Done(1)
    assert window.get("b") is None


def test_it_forgets_the_oldest_and_says_that_it_is_no_longer_complete() -> None:
    window = RepeatWindow([], complete=True, limit=2)
    for number in range(3):
        window.answered(str(number), Done(number))
    assert len(window) == 2
    assert window.get("0") is None
    assert window.get("2") == Done(2)
    assert not window.complete


def test_a_command_in_the_making_is_known_as_such() -> None:
    window = RepeatWindow([], complete=True)
    assert isinstance(window.begin("a", None), Undecided)
    assert isinstance(window.get("a"), Undecided)
    window.forget("a")
    assert window.get("a") is None
