"""Plain text whose lines flow (RFC 3676): a paragraph in one line again. Pure."""

from __future__ import annotations


def unflowed(text: str, *, joined: bool = False) -> str:
    """Text in `format=flowed`, a line per paragraph; quotes keep their depth, the signature its lines."""
    found: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare[1:] if bare.startswith(" ") else bare
        flows = bare.endswith(" ") and bare != "-- "
        kept = bare[:-1] if flows and joined else bare
        if open_depth == depth and bare != "-- ":
            found[-1].append(kept)
        else:
            found.append([">" * depth + " " if depth else "", kept])
        open_depth = depth if flows else -1
    lines = ("".join(pieces) for pieces in found)
    return "\n".join(line if line == "-- " else line.rstrip() for line in lines)
