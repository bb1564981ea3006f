"""`agentdesk server mail`: try mailboxes and relays, and account for every mail."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from agentdesk.cli.parser import add_config_option, add_json_option, command, commands_of
from agentdesk.errors import DeskError

if TYPE_CHECKING:
    from agentdesk.channels.email.reconcile import Balance
    from agentdesk.cli.parser import Commands
    from agentdesk.config import ServerSettings
    from agentdesk.config.email import MailboxSettings

MORE = """\
Reads the server's settings on its host; nothing is changed, and nothing is sent."""

TEST_MORE = """\
Connects to each mailbox and relay of the settings as the server would, signs in and opens the folder, and explains
the first step that fails. The exit code is 1 when one does."""

RECONCILE_MORE = """\
Every mail that came since a mailbox was set up is a message, a duplicate, ignored or rejected with a reason. This looks
through the whole folder and names what has no outcome, and every rejection. The exit code is 1 when a mail is missing:
the server fetches it when it next looks, so run it again after a moment before worrying."""


def add(commands: Commands) -> None:
    """Describe the commands."""
    example = "agentdesk server mail test\n  agentdesk server mail reconcile desk"
    parser = command(commands, "mail", None, summary="try mailboxes, account for mail", more=MORE, example=example)
    inner = commands_of(parser)
    test = command(
        inner, "test", run_test, summary="try each mailbox and relay, and explain what fails", more=TEST_MORE,
        example="agentdesk server mail test desk",
    )  # fmt: skip
    compare = command(
        inner, "reconcile", run_reconcile, summary="compare mailboxes with what was made of their mail",
        more=RECONCILE_MORE, example="agentdesk server mail reconcile --json",
    )  # fmt: skip
    for one in (test, compare):
        one.add_argument("mailbox", nargs="?", default="", metavar="MAILBOX", help="only this one (its id)")
        add_config_option(one)
    add_json_option(compare)


def run_test(args: argparse.Namespace) -> int:
    """Print each step."""
    from agentdesk.channels.email.trying import try_mailbox, try_relay

    settings = _settings(args)
    good = True
    for box in _chosen(settings, args.mailbox):
        parts = [] if box.imap is None else [("mailbox", try_mailbox(box.imap))]
        smtp = box.smtp or settings.email.smtp
        parts += [] if smtp is None else [("relay", try_relay(smtp))]
        for name, steps in parts:
            for step in steps:
                good &= step.good
                print(f"{box.id} {name}: {'good' if step.good else 'FAILED'}  {step.step}: {step.found}")
                if step.remedy:
                    print(f"    {step.remedy}")
    return 0 if good else 1


def run_reconcile(args: argparse.Namespace) -> int:
    """Print the balance of each mailbox."""
    from agentdesk.channels.email.boxes import imap_place
    from agentdesk.channels.email.reconcile import reconcile
    from agentdesk.store.sqlite import open_store

    settings = _settings(args)
    boxes = [box for box in _chosen(settings, args.mailbox) if box.imap is not None]
    store = open_store(settings.database, deciding=False)
    try:
        balances = [reconcile(store, box.id, imap_place(box.imap)) for box in boxes if box.imap is not None]
    except OSError as problem:
        raise _refused(f"the mailbox is not reached ({problem})", "Run: agentdesk server mail test") from None
    finally:
        store.close()
    if args.json:
        import msgspec

        print(json.dumps(msgspec.to_builtins(balances), indent=2, ensure_ascii=False))
    else:
        print("\n\n".join(map(_in_words, balances)))
    return 1 if any(balance.unsettled for balance in balances) else 0


def _in_words(balance: Balance) -> str:
    outcomes = ", ".join(f"{count} {name}" for name, count in balance.outcomes.items()) or "nothing yet"
    lines = [f"{balance.mailbox}: {balance.in_folder} in the folder; {outcomes}; {balance.gone} deleted there since"]
    lines += [f"  MISSING  {one.uid}  {one.sender}  {one.subject}" for one in balance.unsettled]
    lines += [f"  rejected {one.uid or ''}  {one.sender}  {one.subject}  {one.reason}" for one in balance.rejected]
    return "\n".join(lines)


def _settings(args: argparse.Namespace) -> ServerSettings:
    from agentdesk.cli.server.settings import settings_of

    settings = settings_of(args)
    if not settings.email.mailboxes:
        raise _refused("there is no mailbox in the settings", "Add one under email.mailboxes.")
    return settings


def _chosen(settings: ServerSettings, name: str) -> list[MailboxSettings]:
    from agentdesk.config.problems import nearest

    known = {box.id: box for box in settings.email.mailboxes}
    if name and name not in known:
        raise _refused(f"there is no mailbox {name!r}", nearest(name, known))
    return [known[name]] if name else list(known.values())


def _refused(message: str, remedy: str) -> DeskError:
    return DeskError(message, remedy, title="No mail was looked at")
