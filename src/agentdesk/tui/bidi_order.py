"""UAX #9, the bidirectional algorithm, for one line whose explicit controls were already taken out by `clean`.

Rules P2-P3, W1-W7, N0-N2, I1-I2 and L1-L4. A rule is a function that rewrites the list of types; `levels`
runs them in the standard's order. Characters of type BN, and any control that came through, are skipped.
"""

from __future__ import annotations

from unicodedata import bidirectional

from agentdesk.tui.bidi_pairs import CLOSING, MIRROR, OPENING

BRACKETS_MAX = 63
"""Open brackets looked at together, as the standard fixes it (BD16)."""

_SKIPPED = frozenset({"BN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_NEUTRAL = frozenset({"B", "S", "WS", "ON"})
_SIDE = {"L": "L", "R": "R", "EN": "R", "AN": "R"}
_CANONICAL = {"\u2329": "\u3008", "\u232a": "\u3009"}


def base_level(text: str) -> int:
    """1 when the first strong character is right-to-left, else 0 (P2, P3)."""
    for c in text:
        kind = bidirectional(c)
        if kind == "L":
            return 0
        if kind in ("R", "AL"):
            return 1
    return 0


def levels(text: str, base: int) -> list[int]:
    """The embedding level of each character."""
    original = [bidirectional(c) or "L" for c in text]
    real = [at for at, kind in enumerate(original) if kind not in _SKIPPED]
    types = [original[at] for at in real]
    side = "R" if base & 1 else "L"
    _marks(types, side)
    _european_after_arabic(types, side)
    _separators(types)
    _terminators(types)
    _leftovers(types, side)
    _bracket_pairs(types, [text[at] for at in real], [original[at] for at in real], side)
    _neutrals(types, side)
    found = [base] * len(text)
    for at, kind in zip(real, types, strict=True):
        found[at] = base + _raise(kind, base)
    return _whitespace(_fill_skipped(found, original, base), original, base)


def order(found: list[int]) -> list[int]:
    """The positions in the order they are shown, left to right (L2)."""
    shown = list(range(len(found)))
    if not found:
        return shown
    lowest_odd = min(level | 1 for level in found)
    for level in range(max(found), lowest_odd - 1, -1):
        start = None
        for at in range(len(shown) + 1):
            if at < len(shown) and found[shown[at]] >= level:
                start = at if start is None else start
            elif start is not None:
                shown[start:at] = shown[start:at][::-1]
                start = None
    return shown


def display_order(text: str, base: int) -> tuple[list[int], list[int]]:
    """(positions as shown, level of each position), combining marks kept after their base letter (L3)."""
    found = levels(text, base)
    shown = order(found)
    at = 0
    while at < len(shown):
        end = at
        while end < len(shown) and _is_rtl_mark(text, found, shown[end]):
            end += 1
        if end > at and end < len(shown) and found[shown[end]] & 1:
            shown[at : end + 1] = shown[at : end + 1][::-1]
        at = end + 1
    return shown, found


def mirrored(c: str) -> str:
    """The character as it looks in right-to-left text (L4)."""
    return MIRROR.get(c, c)


def _is_rtl_mark(text: str, found: list[int], at: int) -> bool:
    return bool(found[at] & 1) and bidirectional(text[at]) == "NSM"


def _marks(types: list[str], side: str) -> None:
    """W1: a mark takes the type of what it stands on."""
    before = side
    for at, kind in enumerate(types):
        if kind == "NSM":
            types[at] = before
        before = types[at]


def _european_after_arabic(types: list[str], side: str) -> None:
    """W2, W3: digits after Arabic letters are Arabic numbers; Arabic letters are right-to-left."""
    strong = side
    for at, kind in enumerate(types):
        if kind in ("R", "L", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            types[at] = "AN"
    types[:] = ["R" if kind == "AL" else kind for kind in types]


def _separators(types: list[str]) -> None:
    """W4: one separator between two numbers belongs to them."""
    for at in range(1, len(types) - 1):
        before, kind, after = types[at - 1 : at + 2]
        if before != after:
            continue
        if (kind == "ES" and before == "EN") or (kind == "CS" and before in ("EN", "AN")):
            types[at] = before


def _runs(types: list[str], wanted: frozenset[str]) -> list[tuple[int, int]]:
    """(start, end) of each run of the wanted types."""
    runs = []
    start = None
    for at, kind in enumerate([*types, ""]):
        if kind in wanted:
            start = at if start is None else start
        elif start is not None:
            runs.append((start, at))
            start = None
    return runs


def _terminators(types: list[str]) -> None:
    """W5: currency and percent signs beside a European number belong to it."""
    for start, end in _runs(types, frozenset({"ET"})):
        if (start and types[start - 1] == "EN") or (end < len(types) and types[end] == "EN"):
            types[start:end] = ["EN"] * (end - start)


def _leftovers(types: list[str], side: str) -> None:
    """W6, W7: other separators are neutral; European numbers in left-to-right text are left-to-right."""
    strong = side
    for at, kind in enumerate(types):
        if kind in ("ES", "ET", "CS"):
            types[at] = "ON"
        elif kind in ("R", "L"):
            strong = kind
        elif kind == "EN" and strong == "L":
            types[at] = "L"


def _paired(types: list[str], chars: list[str]) -> list[tuple[int, int]]:
    """BD16: the bracket pairs, by opening position."""
    stack: list[tuple[str, int]] = []
    pairs = []
    for at, kind in enumerate(types):
        c = _CANONICAL.get(chars[at], chars[at])
        if kind != "ON":
            continue
        if c in CLOSING:
            if len(stack) == BRACKETS_MAX:
                break
            stack.append((_CANONICAL.get(CLOSING[c], CLOSING[c]), at))
        elif c in OPENING:
            depth = next((d for d in range(len(stack) - 1, -1, -1) if stack[d][0] == c), None)
            if depth is not None:
                pairs.append((stack[depth][1], at))
                del stack[depth:]
    return sorted(pairs)


def _bracket_pairs(types: list[str], chars: list[str], original: list[str], side: str) -> None:
    """N0: both brackets of a pair take the direction of what they hold, or of what stands before them."""
    for opening, closing in _paired(types, chars):
        inside = {_SIDE[kind] for kind in types[opening + 1 : closing] if kind in _SIDE}
        if not inside:
            continue
        direction = side
        if side not in inside:
            direction = next((_SIDE[kind] for kind in reversed(types[:opening]) if kind in _SIDE), side)
        for at in (opening, closing):
            types[at] = direction
            after = at + 1
            while after < len(types) and original[after] == "NSM":
                types[after] = direction
                after += 1


def _neutrals(types: list[str], side: str) -> None:
    """N1, N2: neutrals between two of one direction take it, others that of the line."""
    for start, end in _runs(types, _NEUTRAL):
        before = _SIDE[types[start - 1]] if start else side
        after = _SIDE[types[end]] if end < len(types) else side
        types[start:end] = [before if before == after else side] * (end - start)


def _raise(kind: str, base: int) -> int:
    """I1, I2: how far above the line's level a type lies."""
    if base & 1:
        return int(kind in ("L", "EN", "AN"))
    return {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)


def _fill_skipped(found: list[int], original: list[str], base: int) -> list[int]:
    level = base
    for at, kind in enumerate(original):
        if kind in _SKIPPED:
            found[at] = level
        level = found[at]
    return found


def _whitespace(found: list[int], original: list[str], base: int) -> list[int]:
    """L1: separators, and white space before one or at the end of the line, lie at the line's level."""
    trailing = True
    for at in range(len(found) - 1, -1, -1):
        kind = original[at]
        if kind in ("B", "S"):
            trailing = True
        elif kind != "WS" and kind not in _SKIPPED:
            trailing = False
        if trailing:
            found[at] = base
    return found
