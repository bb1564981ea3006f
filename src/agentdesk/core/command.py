"""The base of everything that can be asked of the desk, who asks, and how long what they say may be."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from agentdesk.core.mail import ADDRESSES_MAX
from agentdesk.core.model import Attachment, Role

TEXT_MAX = 20_000
NAME_MAX = 200
LIST_MAX = 50

Text = Annotated[str, Meta(max_length=TEXT_MAX)]
Name = Annotated[str, Meta(max_length=NAME_MAX)]
Names = Annotated[tuple[Name, ...], Meta(max_length=LIST_MAX)]
Attributes = Annotated[dict[Name, Annotated[str, Meta(max_length=2_000)]], Meta(max_length=LIST_MAX)]
Addresses = Annotated[tuple[Annotated[str, Meta(max_length=320 + NAME_MAX)], ...], Meta(max_length=ADDRESSES_MAX)]
Files = Annotated[tuple[Attachment, ...], Meta(max_length=10)]


class Actor(msgspec.Struct, frozen=True):
    """Who asks: kind is agent, customer (through a channel) or system; id is the agent's or the channel's."""

    kind: str
    id: str
    role: Role = Role.AGENT
    name: str = ""


class Command(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Base of every command."""
