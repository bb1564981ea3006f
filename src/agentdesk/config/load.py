"""From a file's path to settings or problems; the only part of the settings that reads files besides `document`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from agentdesk.config.client import ClientSettings
from agentdesk.config.convert import UNREADABLE, Converter
from agentdesk.config.document import read_document
from agentdesk.config.problems import Problem
from agentdesk.config.rules import check
from agentdesk.config.server import CannedSettings, ServerSettings


class CannedFile(msgspec.Struct, frozen=True):
    """A file of canned responses of its own (`canned_file`)."""

    canned: tuple[CannedSettings, ...] = ()


def inspect_server(
    path: Path, text: str | None = None, folder: Path | None = None
) -> tuple[ServerSettings | None, list[Problem]]:
    """The server's settings, or None with every problem.

    With `text` that is what the file holds, and the path only names it. Relative paths are taken from `folder`, else
    from the file's own; with `folder`, canned responses may come only from in there.
    """
    node, problems = read_document(path, text)
    if problems:
        return None, problems
    to = Converter(path)
    settings = to.convert(node, ServerSettings)
    if settings is UNREADABLE:
        return None, to.problems
    assert isinstance(settings, ServerSettings)
    settings = _absolute(settings, (folder or path.parent).absolute())
    if folder is not None and not _is_within(settings.canned_file, folder):
        to.problem(("canned_file",), "this file is not in the folder of the settings.", "Move it there.")
        return None, to.problems
    more, canned_problems = _canned_file(settings)
    to.problems += canned_problems
    settings = msgspec.structs.replace(settings, canned=(*settings.canned, *more))
    for finding in check(settings):
        to.problem(*finding)
    return (None if to.problems else settings), to.problems


def _is_within(name: str, folder: Path) -> bool:
    return not name or Path(name).resolve().is_relative_to(folder.resolve())


def inspect_client(path: Path) -> tuple[ClientSettings | None, list[Problem]]:
    """A person's client settings, or None with every problem."""
    node, problems = read_document(path)
    if problems:
        return None, problems
    to = Converter(path)
    settings = to.convert(node, ClientSettings)
    return (None if settings is UNREADABLE else settings), to.problems


def _absolute(settings: ServerSettings, folder: Path) -> ServerSettings:
    """The settings with each path in them taken from the folder of the settings file."""

    def place(name: str) -> str:
        return str(folder / Path(name).expanduser()) if name else ""

    listen = settings.server
    tls = msgspec.structs.replace(listen.tls, cert=place(listen.tls.cert), key=place(listen.tls.key))
    listen = msgspec.structs.replace(listen, tls=tls, data_dir=place(listen.data_dir))
    return msgspec.structs.replace(
        settings, server=listen, email=_secrets(settings.email, place), canned_file=place(settings.canned_file)
    )


def _secrets(settings: Any, place: Callable[[str], str]) -> Any:
    """Settings in which each file of a secret is absolute, however deep it lies."""
    if isinstance(settings, tuple):
        return tuple(_secrets(one, place) for one in settings)
    if not isinstance(settings, msgspec.Struct):
        return settings
    changed = {
        name: place(value) if name.endswith("_file") else _secrets(value, place)
        for name, value in msgspec.structs.asdict(settings).items()
    }
    return msgspec.structs.replace(settings, **changed)


def _canned_file(settings: ServerSettings) -> tuple[tuple[CannedSettings, ...], list[Problem]]:
    if not settings.canned_file:
        return (), []
    path = Path(settings.canned_file)
    node, problems = read_document(path)
    if problems:
        return (), problems
    to = Converter(path)
    found = to.convert(node, CannedFile)
    return (() if found is UNREADABLE else found.canned), to.problems
