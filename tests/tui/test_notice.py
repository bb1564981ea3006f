"""A notice's mark says without colour whether something is wrong."""

from __future__ import annotations

import pytest

from agentdesk.tui.glyphs import ASCII, UNICODE, Glyphs
from agentdesk.tui.widgets.notice import Notice, Trouble


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_only_what_is_wrong_is_marked_as_a_warning(glyphs: Glyphs) -> None:
    shown = {}
    for level in ("warn", "late", "good", "dim"):
        notice = Notice(glyphs=glyphs)
        notice.trouble = Trouble("Saved", level=level)
        shown[level] = notice._rows(40)[0].plain.split()[0]
    assert shown["warn"] == shown["late"] == glyphs.warn
    assert glyphs.warn not in (shown["good"], shown["dim"])
