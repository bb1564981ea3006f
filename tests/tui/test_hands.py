"""Every action of the desk has a hand, and files that customers send are saved without harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentdesk.core.commands import ReceiveMessage
from agentdesk.core.model import Attachment
from agentdesk.paths import user_state_dir
from agentdesk.store.base import FileBlob
from agentdesk.tui.actions import in_contexts
from agentdesk.tui.screens.attachments import safe_name, write_new
from tests.tui.robot import desk_robot


async def test_every_action_of_the_registry_does_something() -> None:
    async with desk_robot() as desk:
        wanted = {action.id for action in in_contexts("desk", "command")}
        assert set(desk.desk._hands) == wanted


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("invoice 7.pdf", "invoice 7.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        (".bashrc", "bashrc"),
        ("a\x1b]52;c;x\x07.png", "a_52_c_x_.png"),
        ("///", "___"),
        ("", "file"),
        ("é中.txt", "é中.txt"),
    ],
)
def test_a_file_name_can_do_no_harm(name: str, kept: str) -> None:
    safe = safe_name(name)
    assert "/" not in safe and not safe.startswith(".") and "\x1b" not in safe
    if name.isascii() and "\x1b" not in name:
        assert safe == kept


def test_a_saved_file_never_replaces_another(tmp_path: Path) -> None:
    paths = [write_new(tmp_path / "files", "a.txt", bytes([number])) for number in range(3)]
    assert [path.name for path in paths] == ["a.txt", "a 2.txt", "a 3.txt"]
    assert [path.read_bytes() for path in paths] == [b"\0", b"\1", b"\2"]


async def test_the_newest_attachment_is_saved_by_a_key() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("S")
        await desk.expect("Nothing is attached")
        file = Attachment("f1", "photo.png", "image/png", 4)
        desk.fake.store.put_file(FileBlob("f1", "photo.png", "image/png", b"\x89PNG", f"i{chat}", desk.fake.now))
        desk.fake.channel(ReceiveMessage(chat, "", "m9", (file,)))
        await desk.expect("photo.png")
        await desk.press("S")
        await desk.expect("Saved")
        assert (user_state_dir() / "files" / "photo.png").read_bytes() == b"\x89PNG"
