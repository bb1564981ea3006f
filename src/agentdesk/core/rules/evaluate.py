"""What rules make of one interaction. Pure: everything they look at comes in as `Facts`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from agentdesk.core.model import Rule
from agentdesk.core.rules.compiled import Look, looks_of
from agentdesk.patterns import Pattern, encoded, words


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an interaction when it comes in. `queue` is the one it came for; `interactions` is how many
    its customer had before, `last_disposition` how the last of them ended."""

    channel: str
    queue: str
    text: str = ""
    subject: str = ""
    language: str = ""
    attributes: dict[str, str] = {}
    customer_attributes: dict[str, str] = {}
    customer_tags: tuple[str, ...] = ()
    last_disposition: str = ""
    interactions: int = 0


class Outcome(msgspec.Struct, frozen=True):
    """What the rules that matched ask for together; `matched` are their names, in order. Empty or None: nothing."""

    queue: str = ""
    skills: dict[str, int] = {}
    priority: int | None = None
    tags: tuple[str, ...] = ()
    prefer: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()


NOTHING = Outcome()


def evaluate(rules: tuple[Rule, ...], facts: Facts) -> Outcome:
    """What all rules that match ask for, in order, up to one that says `stop`.

    A later rule's queue, priority and preferred agents replace an earlier one's, and so does its level of a skill
    that both name; tags add up.
    """
    outcome = NOTHING
    for rule in matches(rules, facts):
        then = rule.then
        outcome = Outcome(
            then.queue or outcome.queue,
            {**outcome.skills, **then.skills},
            outcome.priority if then.priority is None else then.priority,
            tuple(dict.fromkeys((*outcome.tags, *then.tags))),
            then.prefer or outcome.prefer,
            (*outcome.matched, rule.name),
        )
    return outcome


def matches(rules: tuple[Rule, ...], facts: Facts) -> Iterator[Rule]:
    """The rules that take effect, in order."""
    if not rules:
        return
    content = _Content(facts)
    for look in looks_of(rules):
        if _matches(look, content):
            yield look.rule
            if look.rule.stop:
                return


class _Content:
    """The facts, with their texts made ready when the first rule asks for them."""

    __slots__ = ("_encoded", "_words", "facts")

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._words: tuple[str, str] | None = None
        self._encoded: tuple[bytes, bytes] | None = None

    def says(self, phrases: Iterable[str]) -> bool:
        """Whether subject or text has one of the phrases."""
        if self._words is None:
            self._words = (words(self.facts.subject), words(self.facts.text))
        subject, text = self._words
        return any(phrase in text or phrase in subject for phrase in phrases)

    def fits(self, pattern: Pattern) -> bool:
        """Whether subject or text, each by itself, has the pattern."""
        if self._encoded is None:
            self._encoded = (encoded(self.facts.subject), encoded(self.facts.text))
        return any(map(pattern.found, self._encoded))

    def has(self, name: str, globs: Iterable[Pattern]) -> bool:
        """Whether the interaction's or the customer's attribute of this name is one of the globs."""
        known = (self.facts.attributes.get(name), self.facts.customer_attributes.get(name))
        values = [encoded(value) for value in known if value is not None]
        return any(one.found(value) for one in globs for value in values)


def _matches(look: Look, content: _Content) -> bool:
    """Whether every part of `when` that is given holds, the cheap ones first."""
    when, facts = look.rule.when, content.facts
    return (
        (not when.channels or facts.channel in when.channels)
        and (not when.queues or facts.queue in when.queues)
        and (when.returning is None or when.returning == (facts.interactions > 0))
        and (not when.languages or _speaks(facts.language, when.languages))
        and (not when.customer_tags or not set(when.customer_tags).isdisjoint(facts.customer_tags))
        and (not when.last_dispositions or _ended(facts.last_disposition, when.last_dispositions))
        and (not look.page or content.has("page", look.page))
        and (not look.address or content.has("address", look.address))
        and all(content.has(name, (value,)) for name, value in look.attributes)
        and (not when.words or content.says(look.phrases))
        and (look.pattern is None or content.fits(look.pattern))
    )


def _speaks(language: str, wanted: Sequence[str]) -> bool:
    """Whether a language is one of these, or a variety of one: en-GB is en."""
    said = language.lower().replace("_", "-")
    return any(said == one.lower() or said.startswith(f"{one.lower()}-") for one in wanted)


def _ended(disposition: str, wanted: Sequence[str]) -> bool:
    """Whether a disposition is one of these or below one: refund/late is refund."""
    return any(disposition == one or disposition.startswith(f"{one}/") for one in wanted)
