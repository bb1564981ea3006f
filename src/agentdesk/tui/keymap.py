"""A user's own keys: YAML of action id to keys, checked as a whole, every problem reported with its line.

    offer.take: f3
    read.older: [pageup, ctrl+b]
    pane.zoom: []            # no key; still in the palette
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import yaml
from textual.keys import _character_to_key  # noqa: PLC2701  the only maker of Textual's key names

from agentdesk.tui.actions import ACTIONS, BY_ID, TOGETHER, Action

FILE_BYTES_MAX = 64_000
"""A keymap is a page of text; something larger is not one."""
