"""YAML nodes -> typed settings, by the types of the structs; every misfit becomes a problem with its line.

Text is taken as written: `no`, `9:00` and `1.10` stay what they are where a setting is text. A key without a
value means the default, so that a list whose entries are commented out reads as if it weren't there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import inspect

from agentdesk.config.problems import Problem, nearest

Key = tuple[str | int, ...]
Kind = inspect.Type

TRUE = frozenset(("true", "yes", "on"))
FALSE = frozenset(("false", "no", "off"))
_INT = re.compile(r"[-+]?[0-9][0-9_]*\Z")
_FLOAT = re.compile(r"[-+]?[0-9][0-9_]*(\.[0-9]*)?\Z")


class _Unreadable:
    """Stands for a value whose problem is already written down."""


UNREADABLE = _Unreadable()


def dotted(key: Key) -> str:
    """`("queues", 1, "id")` as a person writes it: queues[2].id, counting from one."""
    text = ""
    for part in key:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


class Converter:
    """Reads one file's nodes; collects `problems` and remembers the line of every key."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.lines: dict[Key, int] = {}
        self._known: list[str] = []

    def convert(self, node: yaml.Node | None, struct: type[Any]) -> Any:
        """An instance of the struct, or `UNREADABLE` with at least one problem."""
        kind = inspect.type_info(struct)
        self._known = settings_of(struct)
        if node is None or _is_null(node):
            node = yaml.MappingNode("tag:yaml.org,2002:map", [], yaml.Mark("", 0, 0, 0, "", 0))
        value = self.read(node, kind, ())
        return UNREADABLE if self.problems else value

    def problem(self, key: Key, message: str, remedy: str = "") -> None:
        """Write down a problem at a key; its line is the key's own or that of the nearest one above it."""
        place = key
        while place and place not in self.lines:
            place = place[:-1]
        self.problems.append(Problem(self.file, self.lines.get(place, 0), dotted(key), message, remedy))

    def suggestion(self, name: str, here: Iterable[str]) -> str:
        """What was probably meant: a setting that is like it here, or one of that name in another place."""
        close = nearest(name, here)
        elsewhere = [known for known in self._known if known.rpartition(".")[2] == name]
        return close if close.startswith("Did") or not elsewhere else f"Did you mean {elsewhere[0]}?"

    def read(self, node: yaml.Node, kind: Kind, key: Key) -> Any:
        """The value of a node by the kind that its setting has."""
        self.lines.setdefault(key, node.start_mark.line + 1)
        reader = _READERS.get(type(kind))
        assert reader is not None, f"no reader for settings of kind {kind}"
        return reader(self, node, kind, key)

    def misfit(self, node: yaml.Node, kind: Kind, key: Key, remedy: str = "") -> _Unreadable:
        """Write down that the node is not what was expected."""
        self.problem(key, f"expected {expected(kind)}, found {_shown(node)}.", remedy)
        return UNREADABLE


def expected(kind: Kind) -> str:
    """A kind in words, for a message."""
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        return _number_expected(kind)
    if isinstance(kind, inspect.LiteralType):
        return f"one of {', '.join(str(value) for value in kind.values)}"
    if isinstance(kind, inspect.VarTupleType):
        entries = isinstance(kind.item_type, inspect.StructType)
        return "a list of entries, each beginning with -" if entries else f"a list, each {expected(kind.item_type)}"
    return {
        inspect.StrType: "text",
        inspect.BoolType: "true or false",
        inspect.DictType: "keys with values",
        inspect.StructType: "keys with values",
    }[type(kind)]


def _number_expected(kind: inspect.IntType | inspect.FloatType) -> str:
    name = "a whole number" if isinstance(kind, inspect.IntType) else "a number"
    if kind.ge is not None and kind.le is not None:
        return f"{name} from {kind.ge} to {kind.le}"
    return f"{name} of at least {kind.ge}" if kind.ge is not None else name


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null") and not node.style


def _shown(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        text = node.value if len(node.value) <= 40 else node.value[:39] + "…"
        return repr(text) if text else "nothing"
    return "a list" if isinstance(node, yaml.SequenceNode) else "keys with values"


def _struct(to: Converter, node: yaml.Node, kind: inspect.StructType, key: Key) -> Any:
    if not isinstance(node, yaml.MappingNode):
        return to.misfit(node, kind, key)
    fields = {field.encode_name: field for field in kind.fields}
    values: dict[str, Any] = {}
    for name, child in _entries(to, node, key):
        field = fields.get(name)
        if field is None:
            to.problem((*key, name), "there is no such setting.", to.suggestion(name, fields))
        elif not _is_null(child):
            values[field.name] = to.read(child, field.type, (*key, name))
    return _build(to, kind, values, key)


def _build(to: Converter, kind: inspect.StructType, values: dict[str, Any], key: Key) -> Any:
    missing = [field.encode_name for field in kind.fields if field.required and field.name not in values]
    for name in missing:
        to.problem((*key, name), "this setting is missing.", f"Write it under {dotted(key)}." if key else "")
    if missing or UNREADABLE in values.values():
        return UNREADABLE
    return kind.cls(**values)


def _entries(to: Converter, node: yaml.MappingNode, key: Key) -> list[tuple[str, yaml.Node]]:
    """The entries of a mapping in order; keys that are no text or come twice are problems."""
    seen: dict[str, yaml.Node] = {}
    for name_node, child in node.value:
        line = name_node.start_mark.line + 1
        if not isinstance(name_node, yaml.ScalarNode):
            to.lines[(*key, "?")] = line
            to.problem((*key, "?"), f"expected a name, found {_shown(name_node)}.")
            continue
        name = name_node.value
        to.lines.setdefault((*key, name), line)
        if name in seen:
            first = to.lines[(*key, name)]
            to.problems.append(
                Problem(to.file, line, dotted((*key, name)), f"this setting is already in line {first}.", "Keep one.")
            )
            continue
        seen[name] = child
    return list(seen.items())


def _dict(to: Converter, node: yaml.Node, kind: inspect.DictType, key: Key) -> Any:
    if not isinstance(node, yaml.MappingNode):
        return to.misfit(node, kind, key)
    values: dict[str, Any] = {}
    for name, child in _entries(to, node, key):
        known = kind.key_type.values if isinstance(kind.key_type, inspect.LiteralType) else None
        if known is not None and name not in known:
            to.problem((*key, name), "there is no such setting.", nearest(name, map(str, known)))
            continue
        values[name] = to.read(child, kind.value_type, (*key, name))
    return UNREADABLE if UNREADABLE in values.values() else values


def _list(to: Converter, node: yaml.Node, kind: inspect.VarTupleType, key: Key) -> Any:
    if isinstance(node, yaml.ScalarNode) and not isinstance(kind.item_type, inspect.StructType):
        node = yaml.SequenceNode("tag:yaml.org,2002:seq", [node], node.start_mark, node.end_mark)
    if not isinstance(node, yaml.SequenceNode):
        return to.misfit(node, kind, key)
    if kind.max_length is not None and len(node.value) > kind.max_length:
        to.problem(key, f"expected at most {kind.max_length} entries, found {len(node.value)}.")
        return UNREADABLE
    values = tuple(to.read(child, kind.item_type, (*key, place)) for place, child in enumerate(node.value))
    return UNREADABLE if UNREADABLE in values else values


def _text(to: Converter, node: yaml.Node, kind: inspect.StrType, key: Key) -> Any:
    if not isinstance(node, yaml.ScalarNode) or _is_null(node):
        return to.misfit(node, kind, key)
    text: str = node.value
    if kind.min_length is not None and len(text) < kind.min_length:
        return to.misfit(node, kind, key)
    if kind.max_length is not None and len(text) > kind.max_length:
        to.problem(key, f"expected at most {kind.max_length} characters, found {len(text)}.")
        return UNREADABLE
    if kind.pattern is not None and not re.search(kind.pattern, text):
        to.problem(key, f"{_shown(node)} has characters that can't be here.", f"It must match {kind.pattern}")
        return UNREADABLE
    return text


def _flag(to: Converter, node: yaml.Node, kind: inspect.BoolType, key: Key) -> Any:
    word = node.value.lower() if isinstance(node, yaml.ScalarNode) else ""
    if word in TRUE:
        return True
    return False if word in FALSE else to.misfit(node, kind, key)


def _number(to: Converter, node: yaml.Node, kind: inspect.IntType | inspect.FloatType, key: Key) -> Any:
    whole = isinstance(kind, inspect.IntType)
    form = _INT if whole else _FLOAT
    if not isinstance(node, yaml.ScalarNode) or len(node.value) > 20 or not form.match(node.value):
        return to.misfit(node, kind, key)
    value = int(node.value) if whole else float(node.value)
    low = kind.ge is not None and value < kind.ge
    high = kind.le is not None and value > kind.le
    return to.misfit(node, kind, key) if low or high else value


def _choice(to: Converter, node: yaml.Node, kind: inspect.LiteralType, key: Key) -> Any:
    if isinstance(node, yaml.ScalarNode) and node.value in kind.values:
        return node.value
    word = node.value if isinstance(node, yaml.ScalarNode) else ""
    close = nearest(word, map(str, kind.values))
    return to.misfit(node, kind, key, close if close.startswith("Did") else "")


def _optional(to: Converter, node: yaml.Node, kind: inspect.UnionType, key: Key) -> Any:
    return to.read(node, _without_none(kind), key)


def _without_none(kind: inspect.UnionType) -> Kind:
    (only,) = (member for member in kind.types if not isinstance(member, inspect.NoneType))
    return only


_READERS: dict[type[Kind], Callable[[Converter, yaml.Node, Any, Key], Any]] = {
    inspect.StructType: _struct,
    inspect.DictType: _dict,
    inspect.VarTupleType: _list,
    inspect.StrType: _text,
    inspect.BoolType: _flag,
    inspect.IntType: _number,
    inspect.FloatType: _number,
    inspect.LiteralType: _choice,
    inspect.UnionType: _optional,
}


def settings_of(struct: type[msgspec.Struct]) -> list[str]:
    """The dotted name of every setting of a struct, lists and free keys shown as `[]` and `*`."""
    return _names(inspect.type_info(struct), "")


def _names(kind: Kind, above: str) -> list[str]:
    if isinstance(kind, inspect.UnionType):
        return _names(_without_none(kind), above)
    if isinstance(kind, inspect.VarTupleType):
        return _names(kind.item_type, f"{above}[]") if isinstance(kind.item_type, inspect.StructType) else [above]
    if isinstance(kind, inspect.StructType):
        names: list[str] = []
        for field in kind.fields:
            name = f"{above}.{field.encode_name}" if above else field.encode_name
            if isinstance(field.type, inspect.VarTupleType) and field.type.item_type is kind:
                names.append(name)
            else:
                names += _names(field.type, name)
        return names
    return [above]
