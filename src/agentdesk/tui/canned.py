"""Canned responses: found by shortcode or fuzzily, filled in from customer, agent and interaction. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

RESULTS_MAX = 50
SCORE_MIN = 55
"""Below this a fuzzy match is no help."""

_placeholder = re.compile(r"\{\{\s*([\w.\-]{1,100})\s*\}\}")
_shortcode = re.compile(r"(?:^|\s)/([\w\-.]{0,60})$")


class Response(Protocol):
    """A canned response as this module needs it."""

    @property
    def shortcode(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def queues(self) -> tuple[str, ...]: ...


R = TypeVar("R", bound=Response)


def for_queue(responses: Sequence[R], queue: str) -> list[R]:
    """Those that may be used in this queue; one that names no queue may be used in all."""
    return [response for response in responses if not response.queues or queue in response.queues]


def search(responses: Sequence[R], wanted: str) -> list[R]:
    """The responses that `wanted` can mean, best first: shortcode, then title and text, mistypings forgiven."""
    wanted = wanted.strip().removeprefix("/").casefold()
    if not wanted:
        return sorted(responses, key=lambda r: r.shortcode)[:RESULTS_MAX]
    ranked = {
        number: rank
        for number, response in enumerate(responses)
        if (rank := _rank(response.shortcode.casefold(), wanted)) is not None
    }
    for number, score in _fuzzy(responses, wanted):
        ranked.setdefault(number, 100 - score)
    order = sorted(ranked, key=lambda number: (ranked[number], responses[number].shortcode))
    return [responses[number] for number in order[:RESULTS_MAX]]


def _rank(shortcode: str, wanted: str) -> float | None:
    if shortcode == wanted:
        return -3
    if shortcode.startswith(wanted):
        return -2
    return -1 if wanted in shortcode else None


def _fuzzy(responses: Sequence[Response], wanted: str) -> list[tuple[int, float]]:
    from rapidfuzz import fuzz, process, utils  # 7 ms that the start need not pay

    texts = [f"{response.shortcode} {response.title} {response.text}" for response in responses]
    found = process.extract(
        wanted,
        texts,
        scorer=fuzz.partial_token_set_ratio if " " in wanted else fuzz.partial_ratio,
        processor=utils.default_process,
        score_cutoff=SCORE_MIN,
        limit=RESULTS_MAX,
    )
    return [(number, score) for _, score, number in found]


def shortcode_before(text: str) -> str | None:
    """The shortcode that stands at the end of `text`, without its slash; None when there is none."""
    found = _shortcode.search(text)
    return found[1] if found else None


def expand(responses: Sequence[R], shortcode: str) -> R | None:
    """The response that a shortcode means: itself, or the only one that begins so."""
    if not shortcode:
        return None
    wanted = shortcode.casefold()
    begins = [response for response in responses if response.shortcode.casefold().startswith(wanted)]
    exact = [response for response in begins if response.shortcode.casefold() == wanted]
    if exact:
        return exact[0]
    return begins[0] if len(begins) == 1 else None


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; one without a value stays, so that it is seen and not sent."""
    return _placeholder.sub(lambda found: values.get(found[1].casefold()) or found[0], text)


def blanks(text: str) -> list[str]:
    """The placeholders that are still in a text."""
    return [found[0] for found in _placeholder.finditer(text)]


def values(
    customer: Mapping[str, str], attributes: Mapping[str, str], agent: Mapping[str, str], interaction: Mapping[str, str]
) -> dict[str, str]:
    """What placeholders mean here: customer.name, customer.first_name, customer.ATTRIBUTE, agent.…, interaction.…"""
    out = {f"customer.{name.casefold()}": value for name, value in attributes.items()}
    for who, fields in (("customer", customer), ("agent", agent), ("interaction", interaction)):
        out.update({f"{who}.{name}": value for name, value in fields.items()})
        if full := fields.get("name"):
            out[f"{who}.first_name"] = full.split()[0]
    return out
