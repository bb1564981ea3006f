"""Terms in the language of FTS5. Every word is quoted, so nothing a person types is syntax."""

from __future__ import annotations

from agentdesk.store.query import Term


def match(terms: list[Term]) -> str:
    """All terms, anywhere in a row."""
    return " AND ".join(_term(term) for term in terms)


def match_messages(terms: list[Term], customer_id: int | None) -> str:
    """All terms in a message's text, of one customer if given: the customer is a word of the index."""
    said = f"text : ({match(terms)})"
    return said if customer_id is None else f'customer : "c{customer_id}" AND {said}'


def _term(term: Term) -> str:
    quoted = '"' + term.text.replace('"', '""') + '"'
    return quoted + " *" if term.prefix else quoted
