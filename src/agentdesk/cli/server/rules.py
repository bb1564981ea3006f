"""`agentdesk server rules test`: rules on a text, or on what came in lately."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from agentdesk.cli.parser import add_config_option, add_json_option, command, commands_of
from agentdesk.cli.period import stretch_ms
from agentdesk.errors import DeskError

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands
    from agentdesk.config import ServerSettings
    from agentdesk.core.rules import Facts, Outcome
    from agentdesk.server.configuring.past import Past

LAST_DEFAULT = "7d"

MORE = """\
With --text it says which rules match that text and what they ask for. Otherwise it plays what came in lately (--last)
through the rules and prints how often each matched, and what would have gone to another queue than it did. The
database is only read, also while the server runs. Of a customer it sees what is known of them today."""

EXAMPLES = """\
agentdesk server rules test --text "Where is my refund?" --language en
  agentdesk server rules test new.yaml --last 7d"""


def add(commands: Commands) -> None:
    """Describe the commands."""
    rules = command(commands, "rules", None, summary="try the rules on what comes in", more="", example=EXAMPLES)
    inner = commands_of(rules)
    parser = command(inner, "test", run, summary="run the rules on a text or on history", more=MORE, example=EXAMPLES)
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="other settings (default: the server's own)")
    one = parser.add_argument_group("one text")
    one.add_argument("--text", help="what the customer writes first")
    one.add_argument("--subject", default="", help="its subject")
    one.add_argument("--channel", default="chat", help="default: chat")
    one.add_argument("--queue", default="", metavar="ID", help="the queue it came for (default: where such things go)")
    one.add_argument("--language", default="", metavar="CODE", help="default: recognised from the text")
    one.add_argument("--page", default="", metavar="URL", help="the page it came from")
    one.add_argument("--address", default="", help="the address it was written to")
    one.add_argument("--attribute", action="append", default=[], metavar="NAME=VALUE", help="repeat it for more")
    one.add_argument("--tag", action="append", default=[], help="a tag of the customer; repeat it for more")
    one.add_argument("--last-disposition", default="", metavar="CODE", help="how the customer's last one ended")
    one.add_argument("--returning", action="store_true", help="the customer was here before")
    parser.add_argument("--last", default=LAST_DEFAULT, metavar="TIME", help=f"how far back (default: {LAST_DEFAULT})")
    add_config_option(parser)
    add_json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Try the rules."""
    from agentdesk.cli.server.settings import settings_of
    from agentdesk.config import read_server

    here = settings_of(args)
    new = read_server(args.file) if args.file is not None else here
    return _on_text(args, new) if args.text is not None else _on_history(args, here, new)


def _on_text(args: argparse.Namespace, settings: ServerSettings) -> int:
    from agentdesk.core.rules import evaluate
    from agentdesk.server.desk_settings import rules

    facts = _facts(args, settings)
    outcome = evaluate(rules(settings), facts)
    if args.json:
        print(json.dumps(msgspec.to_builtins(outcome), indent=2, ensure_ascii=False))
    else:
        print(*_in_words(facts, outcome, settings), sep="\n")
    return 0


def _facts(args: argparse.Namespace, settings: ServerSettings) -> Facts:
    from agentdesk.channels.language import language_of
    from agentdesk.core.rules import Facts

    attributes = dict(map(_attribute, args.attribute))
    attributes |= {name: value for name, value in (("page", args.page), ("address", args.address)) if value}
    return Facts(
        channel=args.channel,
        queue=args.queue or _usual_queue(args.channel, settings),
        text=args.text,
        subject=args.subject,
        language=args.language or language_of(args.text, settings.webchat.languages),
        attributes=attributes,
        customer_tags=tuple(args.tag),
        last_disposition=args.last_disposition,
        interactions=int(args.returning or bool(args.last_disposition)),
    )


def _attribute(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise DeskError(f"{text!r} is not an attribute", "Write it like plan=gold.", title="Nothing was tried")
    return name, value


def _usual_queue(channel: str, settings: ServerSettings) -> str:
    named = settings.webchat.queue if channel == "chat" else ""
    return named or next((queue.id for queue in settings.queues if channel in queue.channels), "")


def _in_words(facts: Facts, outcome: Outcome, settings: ServerSettings) -> list[str]:
    from agentdesk.cli.table import plain

    lines = [f"Language  {facts.language or 'not recognised'}"]
    lines += [f"Matches   {', '.join(outcome.matched) or 'no rule'}"]
    takes = {queue.id: queue.channels for queue in settings.queues}
    moved = outcome.queue and facts.channel in takes.get(outcome.queue, ())
    target = outcome.queue if moved else facts.queue
    lines += [f"Queue     {target or '-'}" + (f" (came for {facts.queue})" if target != facts.queue else "")]
    if outcome.queue and not moved:
        lines += [f"          {outcome.queue} is passed over: it doesn't take {facts.channel}"]
    if outcome.skills:
        lines += ["Skills    " + " ".join(f"{name}={level}" for name, level in sorted(outcome.skills.items()))]
    if outcome.priority is not None:
        lines += [f"Priority  {outcome.priority}"]
    if outcome.tags:
        lines += [f"Tags      {', '.join(outcome.tags)}"]
    if outcome.prefer:
        lines += [f"Prefers   {', '.join(outcome.prefer)}"]
    return list(map(plain, lines))


def _on_history(args: argparse.Namespace, here: ServerSettings, new: ServerSettings) -> int:
    past = history(here, new, stretch(args.last))
    if args.json:
        shown = msgspec.to_builtins(msgspec.structs.replace(past, moves={}))
        shown["moves"] = [{"from": old, "to": now, "count": count} for (old, now), count in past.moves.items()]
        print(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        print(*history_lines(past), sep="\n")
    return 0


def stretch(text: str) -> int:
    """`7d` in milliseconds."""
    length_ms = stretch_ms(text)
    if length_ms is None:
        raise DeskError(f"{text!r} is not a time", "Write it like 90m, 12h, 7d or 2w.", title="Nothing was tried")
    return length_ms


def history(here: ServerSettings, new: ServerSettings, last_ms: int) -> Past:
    """What the new rules would have made of the time before now, beside the rules there are here."""
    from agentdesk.server.clock import SystemClock
    from agentdesk.server.configuring.past import look_back
    from agentdesk.server.desk_settings import rules
    from agentdesk.store.sqlite import open_store

    store = open_store(here.database, deciding=False)
    try:
        return look_back(store, rules(here), new, SystemClock().now_ms() - last_ms, _progress)
    finally:
        store.close()
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _progress(done_ms: int, all_ms: int) -> None:
    if sys.stderr.isatty():
        print(f"\rlooking at history {done_ms * 100 // max(all_ms, 1):3} %", end="", file=sys.stderr, flush=True)


def history_lines(past: Past) -> list[str]:
    """The report, line by line."""
    from agentdesk.cli.table import table, when

    if not past.looked_at:
        return [f"Nothing came in since {when(past.since_ms)}."]
    lines = [f"Looked at {past.looked_at} interactions since {when(past.since_ms)}."]
    if past.rules:
        heads = ("RULE", "MATCHED", "SHARE", "FOR EXAMPLE")
        rows = [
            (
                hits.rule,
                str(hits.matched),
                f"{hits.matched * 100 / past.looked_at:.1f} %",
                "; ".join(f"#{number} {text}" for number, text in hits.examples) or "never matched",
            )
            for hits in past.rules
        ]
        lines += ["", table(heads, rows)]
    else:
        lines += ["There are no rules."]
    if past.moves:
        moves = [(old, now, str(count)) for (old, now), count in past.moves.items()]
        lines += ["", table(("WAITED IN", "WOULD WAIT IN", "HOW MANY"), moves)]
    else:
        lines += ["", "Nothing would have waited in another queue."]
    if past.changed:
        lines += [f"{past.changed} would have had other skills, priority, tags or preferred agents."]
    return lines
