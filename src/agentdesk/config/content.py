"""What must hold of rules on content: names are there, patterns compile, and each rule can match something."""

from __future__ import annotations

from collections.abc import Iterator

from agentdesk.config.convert import Key
from agentdesk.config.findings import Finding, twice, unknown
from agentdesk.config.problems import nearest
from agentdesk.config.server import RuleSettings, ServerSettings, ThenSettings, WhenSettings
from agentdesk.patterns import Pattern, PatternError, words


def check_rules(settings: ServerSettings, dispositions: set[str]) -> Iterator[Finding]:
    """Everything that is wrong with the rules; `dispositions` are the paths there are."""
    yield from twice((("rules", place, "name"), rule.name) for place, rule in enumerate(settings.rules))
    last = ""
    for place, rule in enumerate(settings.rules):
        key: Key = ("rules", place)
        if last:
            yield Finding(key, f"this rule is never reached: {last!r} matches everything and stops.", "Move it up.")
        if rule.stop and rule.when == WhenSettings():
            last = last or rule.name
        if not rule.stop and rule.then == ThenSettings():
            yield Finding(key, "this rule does nothing.", "Write what follows under then, or set stop: true.")
        yield from _when(rule.when, settings, dispositions, (*key, "when"))
        yield from _then(rule, settings, key)


def _when(when: WhenSettings, settings: ServerSettings, dispositions: set[str], key: Key) -> Iterator[Finding]:
    yield from unknown("queue", when.queues, (queue.id for queue in settings.queues), (*key, "queues"))
    yield from unknown("disposition", when.last_dispositions, dispositions, (*key, "last_dispositions"))
    for place, text in enumerate(when.words):
        if not words(text):
            yield Finding((*key, "words", place), f"{text!r} has no word in it.", "Use a pattern for signs.")
    try:
        if when.pattern:
            Pattern(when.pattern)
    except PatternError as problem:
        remedy = "Write it for RE2: github.com/google/re2/wiki/Syntax (no look-around, no back-references)."
        yield Finding((*key, "pattern"), f"this pattern can't be used: {problem}.", remedy)
    if when.returning is False and (when.customer_tags or when.last_dispositions):
        why = "this rule can never match: who has never been here has no tags and no last disposition."
        yield Finding((*key, "returning"), why, "Leave returning out.")
    known = {queue.id for queue in settings.queues}
    if known.issuperset(when.queues) and not _channels(when, settings):
        where = f"none of {', '.join(when.queues)}" if when.queues else "no queue"
        what = ", ".join(when.channels) or "anything"
        yield Finding((*key, "channels"), f"this rule can never match: {where} takes {what}.", "Name others.")


def _channels(when: WhenSettings, settings: ServerSettings) -> set[str]:
    """The channels of what a rule may match."""
    from_there = [queue for queue in settings.queues if not when.queues or queue.id in when.queues]
    come: set[str] = {channel for queue in from_there for channel in queue.channels}
    return come.intersection(when.channels) if when.channels else come


def _then(rule: RuleSettings, settings: ServerSettings, key: Key) -> Iterator[Finding]:
    name = rule.then.queue
    if not name:
        return
    queues = {queue.id: queue for queue in settings.queues}
    target = queues.get(name)
    if target is None:
        yield Finding((*key, "then", "queue"), f"there is no queue {name!r}.", nearest(name, queues))
        return
    come = _channels(rule.when, settings)
    if come and not come & set(target.channels):
        why = (
            f"queue {name!r} takes {', '.join(target.channels)}, and this rule matches only {', '.join(sorted(come))}."
        )
        yield Finding((*key, "then", "queue"), why, "Name another queue, or add the channel to its channels.")
