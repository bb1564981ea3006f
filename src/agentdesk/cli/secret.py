"""Passwords on the command line: asked for without echo, read from a pipe, or made up."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
import warnings

from agentdesk.errors import DeskError

GENERATED_BYTES = 12
LINE_MAX = 4_096


def add_password_options(parser: argparse.ArgumentParser) -> None:
    """The ways to give a new password; without one of them it is made up and shown once."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--ask-password", action="store_true", help="ask for the password instead of making one up")
    group.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def new_password(args: argparse.Namespace) -> tuple[str, bool]:
    """The new password these arguments ask for, and whether it was made up (and must be shown)."""
    if args.password_stdin:
        return _long_enough(read_stdin()), False
    if args.ask_password:
        password = ask("New password: ")
        if ask("Once more: ") != password:
            raise DeskError("the two passwords differ", "Try again.", title="No password was set")
        return _long_enough(password), False
    return secrets.token_urlsafe(GENERATED_BYTES), True


def ask(prompt: str) -> str:
    """A password from the terminal, without echo."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass(prompt)
    except (EOFError, getpass.GetPassWarning) as gone:
        why = "there is no terminal here to ask for the password"
        raise DeskError(why, "Pipe it in with --password-stdin.", title="A password is needed") from gone


def read_stdin() -> str:
    """One line of standard input, without its end."""
    return sys.stdin.readline(LINE_MAX).rstrip("\r\n")


def _long_enough(password: str) -> str:
    from agentdesk.server.passwords import PASSWORD_MAX, PASSWORD_MIN

    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        why = f"a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters"
        raise DeskError(why, "Choose another.", title="No password was set")
    return password
