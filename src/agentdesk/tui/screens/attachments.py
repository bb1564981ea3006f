"""Saving what customers sent along: from the server to a folder of the agent's, under a name that can do no harm."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from agentdesk.client.mirror import Conversation
from agentdesk.client.port import DeskPort
from agentdesk.core.model import Attachment
from agentdesk.errors import DeskError
from agentdesk.paths import user_state_dir
from agentdesk.tui.presenter import Look
from agentdesk.tui.screens.words import error
from agentdesk.tui.widgets.notice import Trouble

NAME_MAX = 80
TRIES_MAX = 1_000
"""Files of one name that are kept beside each other."""


def newest(conversation: Conversation | None) -> Attachment | None:
    """The attachment that came last in a conversation."""
    messages = conversation.messages if conversation else []
    return next((message.attachments[-1] for message in reversed(messages) if message.attachments), None)


def safe_name(name: str) -> str:
    """A file name of letters, digits, dots, dashes and spaces that is neither hidden nor a path."""
    kept = re.sub(r"[^\w. \-]", "_", name).strip(". ")[-NAME_MAX:]
    return kept or "file"


def write_new(folder: Path, name: str, data: bytes) -> Path:
    """Write a file that was not there before; a number makes its name its own."""
    folder.mkdir(parents=True, exist_ok=True)
    stem, dot, ending = name.rpartition(".")
    for number in range(1, TRIES_MAX):
        numbered = name if number == 1 else f"{stem or ending} {number}{dot}{ending if stem else ''}"
        try:
            with (folder / numbered).open("xb") as file:
                file.write(data)
        except FileExistsError:
            continue
        return folder / numbered
    raise FileExistsError(f"{folder} has {TRIES_MAX} files named {name}")


async def save(port: DeskPort, attachment: Attachment, look: Look) -> Trouble:
    """Fetch and save it; what to tell the agent."""
    try:
        data = await port.file(attachment.id)
        path = await asyncio.to_thread(write_new, user_state_dir() / "files", safe_name(attachment.name), data)
    except DeskError as failure:
        return error(failure, look, look.name(attachment.name, 60))
    except OSError as failure:
        return Trouble(
            "The file can't be saved", look.name(str(failure)), remedy="Make room, or set AGENTDESK_STATE_DIR."
        )
    return Trouble("Saved", look.name(str(path)), level="good")
