"""Writing in the agent's own editor: the desk lends it the terminal and takes the text when it is done."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from agentdesk.paths import user_state_dir
from agentdesk.tui.safe_app import SafeApp
from agentdesk.tui.text import typed
from agentdesk.tui.widgets.notice import Trouble

if TYPE_CHECKING:
    from agentdesk.tui.widgets.pane import Pane

EDITOR_MAX_S = 3_600.0
"""After this an editor that was forgotten is closed; what it has saved is taken."""
CLOSE_S = 5.0
TEXT_MAX = 100_000
USUAL = ("sensible-editor", "nano", "vi")


def editor() -> list[str]:
    """The command of the agent's editor; empty when there is none."""
    for name in ("VISUAL", "EDITOR"):
        try:
            if words := shlex.split(os.environ.get(name, "")):
                return words
        except ValueError:
            continue
    return next(([found] for name in USUAL if (found := shutil.which(name))), [])


async def write(app: SafeApp[None], pane: Pane, tell: Callable[[Trouble], None]) -> None:
    """What is being written in a pane goes through the editor."""
    text = await edited(app, pane.composer.text)
    if isinstance(text, Trouble):
        tell(text)
    elif pane.is_attached:
        pane.write(pane.composer.mode)
        pane.composer.rewrite(text)


async def edited(app: SafeApp[None], text: str) -> str | Trouble:
    """The text as the editor left it; or why there is none, in words."""
    command = editor()
    if not command:
        return Trouble("There is no editor here", remedy="Set EDITOR, as in: export EDITOR=nano")
    try:
        user_state_dir().mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="writing-", dir=user_state_dir()) as folder:
            path = Path(folder) / "text.md"
            path.write_text(text, encoding="utf-8")
            with app.lend(), _deaf_to_interrupts():
                code = await _run([*command, str(path)])
            return _taken(path, code)
    except SuspendNotSupported:
        return Trouble("This terminal can't be lent to an editor")
    except OSError as error:
        return Trouble(
            "The editor did not work", str(error)[:200], remedy="Is EDITOR right? What you wrote is as it was."
        )


def _taken(path: Path, code: int) -> str | Trouble:
    if code != 0:
        return Trouble("The editor ended with an error", f"code {code}", remedy="What you wrote is as it was.")
    with path.open(encoding="utf-8", errors="replace") as file:
        text = file.read(TEXT_MAX + 1)
    if len(text) > TEXT_MAX:
        return Trouble("The text is too long", f"{TEXT_MAX:,} characters fit", remedy="What you wrote is as it was.")
    return typed(text).rstrip("\n")


async def _run(command: list[str]) -> int:
    process = await asyncio.create_subprocess_exec(*command)
    try:
        async with asyncio.timeout(EDITOR_MAX_S):
            return await process.wait()
    except TimeoutError:
        return 0
    finally:
        if process.returncode is None:
            await _close(process)


async def _close(process: asyncio.subprocess.Process) -> None:
    process.terminate()
    try:
        async with asyncio.timeout(CLOSE_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """An interrupt typed in the editor reaches the desk too, and is not meant for it."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
