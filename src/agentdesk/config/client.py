"""Every setting of a person's client (client.yaml), typed, with its default."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class ClientSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file. `keys` maps an action's id to the keys that do it; an empty list unbinds it."""

    server: Annotated[str, Meta(max_length=500)] = ""
    theme: Annotated[str, Meta(max_length=100)] = "dark"
    glyphs: Literal["unicode", "ascii"] = "unicode"
    bidi: Literal["app", "terminal", "off"] = "app"
    bell: bool = True
    keys: dict[str, tuple[str, ...]] = {}
