"""What is wrong in a settings file: where it is, what was expected, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from agentdesk.errors import SettingsError

PROBLEMS_SHOWN_MAX = 50


class Problem(msgspec.Struct, frozen=True):
    """One thing to mend. `key` is the dotted path of the setting, empty for the file as a whole."""

    file: Path
    line: int
    key: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return ": ".join(part for part in (place, self.key, self.message) if part) + (
            f" {self.remedy}" if self.remedy else ""
        )


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which known word was probably meant, or which there are."""
    import difflib  # 3 ms that only a mistake pays

    words = sorted(known)
    close = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]}?"
    return f"Known here: {', '.join(words)}." if words else ""


def as_error(problems: list[Problem]) -> SettingsError:
    """All problems as one error to show a person."""
    lines = [str(problem) for problem in problems[:PROBLEMS_SHOWN_MAX]]
    if len(problems) > PROBLEMS_SHOWN_MAX:
        lines.append(f"… and {len(problems) - PROBLEMS_SHOWN_MAX} more")
    count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
    return SettingsError(
        "\n".join(lines),
        "Mend the file and try again; `agentdesk server check` shows what is left.",
        title=f"The settings have {count}",
    )
