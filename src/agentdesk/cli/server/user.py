"""`agentdesk server user …`: who may sign in, as what, and what they work on."""

from __future__ import annotations

import argparse
import json
import re
from typing import TYPE_CHECKING

import msgspec

from agentdesk.cli.parser import add_config_option, add_json_option, command, commands_of
from agentdesk.cli.secret import add_password_options, new_password
from agentdesk.errors import DeskError

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands
    from agentdesk.config import ServerSettings
    from agentdesk.store.base import User

ROLES = ("agent", "supervisor", "admin")
CAPACITY_MAX = 100
LEVEL_MAX = 5
_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,49}\Z")

MORE = """\
Works while the server runs, too: it sees the change at the user's next request."""

ADD_MORE = """\
Without a password option one is made up and shown once. Without --queue the user works in every queue; without
--capacity the desk's own holds (desk.capacity in the settings)."""


def add(commands: Commands) -> None:
    """Describe the commands."""
    example = 'agentdesk server user add ana --name "Ana Pratama" --skill billing=3\nagentdesk server user list'
    user = command(commands, "user", None, summary="add, change and list users", more=MORE, example=_lines(example))
    inner = commands_of(user)
    _describe_add(inner)
    _describe_change(inner)
    _describe_list(inner)
    for name, run, summary in (
        ("passwd", passwd, "give a user a new password and end their sessions"),
        ("disable", disable, "keep a user from signing in, and end their sessions"),
        ("enable", enable, "let a disabled user sign in again"),
    ):
        one = command(inner, name, run, summary=summary, more="", example=f"agentdesk server user {name} ana")
        one.add_argument("id", metavar="NAME", help="the sign-in name")
        add_config_option(one)
        if name == "passwd":
            add_password_options(one)


def _lines(example: str) -> str:
    return example.replace("\n", "\n  ")


def _describe_add(inner: Commands) -> None:
    example = 'agentdesk server user add ana --name "Ana Pratama" --queue billing --skill id=5 --skill billing=3'
    parser = command(inner, "add", add_user, summary="add a user", more=ADD_MORE, example=example)
    parser.add_argument("id", metavar="NAME", help="the sign-in name: small letters, digits, . _ -")
    parser.add_argument("--role", choices=ROLES, default="agent", help="what they may do (default: agent)")
    parser.add_argument("--name", default="", help="the name customers see (default: the sign-in name)")
    _add_work_options(parser)
    add_password_options(parser)
    add_config_option(parser)


def _describe_change(inner: Commands) -> None:
    more = "Only what is given changes. `--queue all` means every queue, `--skill billing=0` takes a skill away."
    example = "agentdesk server user change ana --role supervisor --queue all"
    parser = command(inner, "change", change, summary="change a user's role, name or work", more=more, example=example)
    parser.add_argument("id", metavar="NAME", help="the sign-in name")
    parser.add_argument("--role", choices=ROLES, help="what they may do")
    parser.add_argument("--name", help="the name customers see")
    _add_work_options(parser)
    add_config_option(parser)


def _describe_list(inner: Commands) -> None:
    parser = command(inner, "list", show, summary="list users", more="", example="agentdesk server user list --json")
    add_json_option(parser)
    add_config_option(parser)


def _add_work_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--queue", action="append", metavar="ID", help="a queue to work in; repeat it for more")
    parser.add_argument(
        "--skill", action="append", metavar="NAME=LEVEL", help="a skill and its level, 1 to 5; repeat it for more"
    )
    parser.add_argument("--capacity", type=int, metavar="POINTS", help="how much at once (a chat costs 1, a call 6)")
    parser.add_argument(
        "--may-pick",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="whether they may take what waits out of its order; supervisors always may",
    )


def add_user(args: argparse.Namespace) -> int:
    """Add a user."""
    from agentdesk.cli.server.accounts import accounts
    from agentdesk.cli.server.settings import settings_of
    from agentdesk.store.base import User

    settings = settings_of(args)
    if not _ID.match(args.id):
        raise _wrong(f"{args.id!r} can't be a sign-in name", "Use small letters, digits and . _ - (50 at most).")
    fresh = User(id=args.id, name=args.name or args.id, role=args.role, password="")
    fresh = _with_work(fresh, args, settings)
    password, made_up = new_password(args)
    with accounts(settings) as desk:
        if desk.find(args.id) is not None:
            raise _wrong(f"there is a user {args.id} already", f"Change it: agentdesk server user change {args.id}")
        desk.create(fresh, password)
    print(f"Added {args.role} {args.id}.")
    if made_up:
        print(f"Password (shown only now): {password}")
    return 0


def change(args: argparse.Namespace) -> int:
    """Change what is given."""
    from agentdesk.cli.server.accounts import accounts
    from agentdesk.cli.server.settings import settings_of

    settings = settings_of(args)
    with accounts(settings) as desk:
        user = desk.get(args.id)
        changed = msgspec.structs.replace(user, role=args.role or user.role, name=args.name or user.name)
        desk.save(_with_work(changed, args, settings))
    print(f"Changed {args.id}.")
    return 0


def show(args: argparse.Namespace) -> int:
    """List users."""
    from agentdesk.cli.server.accounts import accounts
    from agentdesk.cli.server.settings import settings_of
    from agentdesk.cli.table import table, when

    with accounts(settings_of(args)) as desk:
        users = desk.all()
    if args.json:
        print(json.dumps([_public(user) for user in users], indent=2, ensure_ascii=False))
        return 0
    heads = ("NAME", "ROLE", "SHOWN AS", "QUEUES", "SKILLS", "CAPACITY", "ADDED", "")
    rows = [
        (
            user.id,
            user.role,
            user.name,
            ",".join(user.queues) or "all",
            " ".join(f"{skill}={level}" for skill, level in sorted(user.skills.items())) or "-",
            "-" if user.capacity is None else str(user.capacity),
            when(user.created_ms),
            ", ".join(word for word, is_so in (("may pick", user.may_pick), ("disabled", user.disabled)) if is_so),
        )
        for user in users
    ]
    print(table(heads, rows))
    return 0


def passwd(args: argparse.Namespace) -> int:
    """Give a user a new password."""
    from agentdesk.cli.server.accounts import accounts
    from agentdesk.cli.server.settings import settings_of

    with accounts(settings_of(args)) as desk:
        user = desk.get(args.id)
        password, made_up = new_password(args)
        ended = desk.set_password(user, password)
    print(f"{args.id} has a new password; {_sign_ins(ended)}.")
    if made_up:
        print(f"Password (shown only now): {password}")
    return 0


def disable(args: argparse.Namespace) -> int:
    """Keep a user from signing in."""
    from agentdesk.cli.server.accounts import accounts
    from agentdesk.cli.server.settings import settings_of

    with accounts(settings_of(args)) as desk:
        ended = desk.disable(desk.get(args.id))
    print(f"{args.id} can't sign in any more; {_sign_ins(ended)}.")
    return 0


def enable(args: argparse.Namespace) -> int:
    """Let a user sign in again."""
    from agentdesk.cli.server.accounts import accounts
    from agentdesk.cli.server.settings import settings_of

    with accounts(settings_of(args)) as desk:
        desk.save(msgspec.structs.replace(desk.get(args.id), disabled=False))
    print(f"{args.id} can sign in again.")
    return 0


def _with_work(user: User, args: argparse.Namespace, settings: ServerSettings) -> User:
    """The user with the queues, skills and capacity that the arguments give."""
    if args.queue is not None:
        user = msgspec.structs.replace(user, queues=_queues(args.queue, settings))
    if args.skill is not None:
        skills = {**user.skills, **dict(map(_skill, args.skill))}
        user = msgspec.structs.replace(user, skills={name: level for name, level in skills.items() if level})
    if args.capacity is not None:
        if not 0 <= args.capacity <= CAPACITY_MAX:
            raise _wrong(f"a capacity is 0 to {CAPACITY_MAX} points", "Give another number.")
        user = msgspec.structs.replace(user, capacity=args.capacity)
    if args.may_pick is not None:
        user = msgspec.structs.replace(user, may_pick=args.may_pick)
    return user


def _queues(named: list[str], settings: ServerSettings) -> tuple[str, ...]:
    if named == ["all"]:
        return ()
    known = [queue.id for queue in settings.queues]
    for name in named:
        if name not in known:
            raise _wrong(f"there is no queue {name!r}", f"The settings have: {', '.join(known)}.")
    return tuple(dict.fromkeys(named))


def _skill(text: str) -> tuple[str, int]:
    name, _, level = text.partition("=")
    if not name or not level.isdecimal() or int(level) > LEVEL_MAX:
        raise _wrong(f"{text!r} is not a skill with a level", f"Write it like billing=3 (levels 1 to {LEVEL_MAX}).")
    return name, int(level)


def _sign_ins(ended: int) -> str:
    return {0: "nobody was signed in", 1: "one sign-in was ended"}.get(ended, f"{ended} sign-ins were ended")


def _public(user: User) -> dict[str, object]:
    shown: dict[str, object] = msgspec.to_builtins(user)
    del shown["password"]
    return shown


def _wrong(message: str, remedy: str) -> DeskError:
    return DeskError(message, remedy, title="Nothing was changed")
