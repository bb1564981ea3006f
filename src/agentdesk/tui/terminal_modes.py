"""What is asked of the terminal itself, around the time a full-screen app runs. Imports nothing heavy.

`CSI 8 l` (BDSM, explicit) makes VTE and its kin draw characters where they are put instead of reordering them
once more. tmux swallows it from inside, so there it goes through tmux's passthrough.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_EXPLICIT = "\x1b[8l"
_IMPLICIT = "\x1b[8h"


@contextmanager
def explicit_direction(wanted: bool) -> Iterator[None]:
    """While inside, the terminal leaves the order of characters to us; nothing happens when not `wanted`."""
    if not wanted or not sys.stdout.isatty():
        yield
        return
    _write(_EXPLICIT)
    try:
        yield
    finally:
        _write(_IMPLICIT)


def _write(sequence: str) -> None:
    if os.environ.get("TMUX"):
        sequence = "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    sys.stdout.write(sequence)
    sys.stdout.flush()
