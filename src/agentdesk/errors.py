"""Errors that reach a person: a small tree, split by what the caller does about each.

    DeskError                    something a person must hear: title, message, remedy
    ├── SettingsError            settings can't be used: show every problem, start nothing
    ├── CredentialsError         a kept token can't be read or written: sign in again
    ├── StoreUnusable            the database is newer, damaged, locked or not there: touch nothing
    ├── StoreBusy                a read ran into its time limit: answer 503, the caller may try again
    ├── Failed                   the server answered a request with an error: show it, keep what was typed
    ├── Unreachable              no server answers there: wait and try again, or say how to start one
    └── SignInRefused            the server knows us and says no: ask for the password again

Refusals of the desk are not here: they are values (`agentdesk.core.commands`). Bugs are assertions.
"""

from __future__ import annotations


class DeskError(Exception):
    """What went wrong (`title`), the facts (`message`), and what to do now (`remedy`), each a plain sentence."""

    title = "Something went wrong"

    def __init__(self, message: str, remedy: str = "", *, title: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.title = title or type(self).title

    def __str__(self) -> str:
        return f"{self.title}: {self.message}"


class SettingsError(DeskError):
    """The settings can't be used as they are."""

    title = "The settings can't be used"


class CredentialsError(DeskError):
    """A kept token can't be read or written."""

    title = "The kept token can't be used"


class StoreUnusable(DeskError):
    """The database can't be used, and nothing of it was touched."""

    title = "The database can't be used"


class StoreBusy(DeskError):
    """A read of the database took longer than it may."""

    title = "The database is busy"


class Failed(DeskError):
    """The server answered a request with an error."""

    title = "The server said no"


class Unreachable(DeskError):
    """Nothing answers at the server's address."""

    title = "The server can't be reached"


class SignInRefused(DeskError):
    """The server refuses the name, the password or the token."""

    title = "Signing in was refused"
