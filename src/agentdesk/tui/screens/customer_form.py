"""What of a customer can be changed on the desk, as rows of a form, and the command that a filled one means.

Pure. Values are shown cleaned. Only what was touched is sent, upon what is known by then: a colleague may have changed
something else meanwhile.
"""

from __future__ import annotations

from agentdesk.core.command import LIST_MAX, NAME_MAX
from agentdesk.core.commands import SetTags, UpdateCustomer
from agentdesk.core.model import Customer
from agentdesk.tui.screens.form import Row
from agentdesk.tui.text import clean

KINDS_SHOWN = 20
"""Attributes that can be changed here; more stay as they are."""
VALUE_MAX = 2_000

Values = tuple[str, ...]


def rows(customer: Customer) -> list[Row]:
    """Name, tags, what is known, and a row for something new."""
    known = list(customer.attributes.items())[:KINDS_SHOWN]
    return [
        Row("name", _shown(customer.name, NAME_MAX), NAME_MAX),
        tags_row(customer.tags),
        *(Row(_shown(kind, NAME_MAX), _shown(value, VALUE_MAX), VALUE_MAX) for kind, value in known),
        Row("new", "", VALUE_MAX, "like plan: gold"),
    ]


def tags_row(tags: Values) -> Row:
    """The row of tags."""
    return Row("tags", ", ".join(_shown(tag, NAME_MAX) for tag in tags), LIST_MAX * (NAME_MAX + 2), "like vip, late")


def change(interaction_id: int, then: Customer, now: Customer, values: Values) -> UpdateCustomer | str | None:
    """The command that this means; why it can't be, in words; or None when nothing was touched.

    `then` is the customer as shown, `now` as known by now, `values` what the rows hold.
    """
    name, new = values[0].strip(), values[-1].strip()
    if not name:
        return "A customer needs a name."
    tags = _retagged(then.tags, now.tags, values[1])
    attributes = _known(then, now, values[2:-1], new)
    if isinstance(tags, str):
        return tags
    if isinstance(attributes, str):
        return attributes
    asked = UpdateCustomer(
        interaction_id,
        name if values[0] != _shown(then.name, NAME_MAX) else None,
        attributes if attributes != now.attributes else None,
        tags if tags != now.tags else None,
    )
    return asked if asked != UpdateCustomer(interaction_id) else None


def tagging(interaction_id: int, then: Values, now: Values, typed: str) -> SetTags | str | None:
    """The same for the tags of a conversation."""
    tags = _retagged(then, now, typed)
    if isinstance(tags, str):
        return tags
    return SetTags(interaction_id, tags) if tags != now else None


def split_tags(typed: str) -> Values:
    """Tags between commas, each once."""
    return tuple(dict.fromkeys(tag for part in typed.split(",") if (tag := part.strip())))


def _retagged(then: Values, now: Values, typed: str) -> Values | str:
    """The tags that are there now, with what was taken out and put in; or why not."""
    old, new = split_tags(tags_row(then).value), split_tags(typed)
    gone = set(old) - set(new)
    kept = (tag for tag in now if _shown(tag, NAME_MAX) not in gone)
    tags = tuple(dict.fromkeys((*kept, *(tag for tag in new if tag not in old))))
    if len(tags) > LIST_MAX:
        return f"At most {LIST_MAX} tags can be kept."
    if any(len(tag) > NAME_MAX for tag in tags):
        return f"A tag has at most {NAME_MAX} characters."
    return tags


def _known(then: Customer, now: Customer, values: Values, new: str) -> dict[str, str] | str:
    known = dict(now.attributes)
    for (kind, old), value in zip(then.attributes.items(), values, strict=False):
        if value == _shown(old, VALUE_MAX):
            continue
        if value.strip():
            known[kind] = value.strip()
        else:
            known.pop(kind, None)
    kind, _, value = (part.strip() for part in new.partition(":"))
    if new and not (kind and value):
        return "Write something new as kind: value, like plan: gold"
    if len(kind) > NAME_MAX:
        return f"A kind has at most {NAME_MAX} characters."
    known |= {kind: value} if new else {}
    return known if len(known) <= LIST_MAX else f"At most {LIST_MAX} things can be known of a customer."


def _shown(text: str, limit: int) -> str:
    return clean(text, newlines=False, limit=limit)
