"""The life of an interaction as a table: in which state an event may happen, and which state follows.

Everything that moves an interaction is here and nowhere else. `docs/lifecycle.md` is generated from it.
"""

from __future__ import annotations

from agentdesk.core.events import (
    AffinityEnded,
    ConversationEnded,
    Event,
    EveryoneRefused,
    InteractionAbandoned,
    InteractionClosed,
    InteractionHeld,
    InteractionReopened,
    InteractionRested,
    InteractionResumed,
    InteractionSnoozed,
    InteractionTransferred,
    OfferAccepted,
    OfferDeclined,
    Offered,
    OfferMissed,
    OfferRescinded,
    Overflowed,
    PrioritySet,
    Queued,
    RingEntered,
    SkillsSet,
    WeightChanged,
)
from agentdesk.core.model import State

NEW, QUEUED, OFFERED, ACTIVE = State.NEW, State.QUEUED, State.OFFERED, State.ACTIVE
HELD, SNOOZED, WRAPPING = State.HELD, State.SNOOZED, State.WRAPPING

ENDED = frozenset({State.CLOSED, State.ABANDONED})
"""States that nothing leaves; an interaction in one of them is history."""

CONVERSING = frozenset({ACTIVE, HELD, SNOOZED})
"""States in which an agent holds a conversation that has not ended."""

WAITING = frozenset({QUEUED, OFFERED})
"""States in which nobody holds it yet."""

MOVES: dict[type[Event], dict[State, State]] = {
    Queued: dict.fromkeys((NEW, QUEUED, OFFERED, ACTIVE, HELD, SNOOZED), QUEUED),
    Offered: {QUEUED: OFFERED},
    OfferAccepted: {OFFERED: ACTIVE},
    # An offer's end leaves the state: `Queued`, or the interaction's own end, follows in the same decision.
    OfferDeclined: {OFFERED: OFFERED},
    OfferMissed: {OFFERED: OFFERED},
    OfferRescinded: {OFFERED: OFFERED},
    InteractionRested: {QUEUED: QUEUED},
    EveryoneRefused: {QUEUED: QUEUED},
    RingEntered: {QUEUED: QUEUED},
    AffinityEnded: {QUEUED: QUEUED},
    PrioritySet: {QUEUED: QUEUED, OFFERED: OFFERED},
    SkillsSet: {s: s for s in (QUEUED, OFFERED, ACTIVE, HELD, SNOOZED)},
    # It goes elsewhere; `Queued` follows in the same decision.
    Overflowed: {NEW: NEW, QUEUED: QUEUED},
    WeightChanged: {s: s for s in (ACTIVE, HELD, SNOOZED, WRAPPING)},
    InteractionHeld: {ACTIVE: HELD},
    InteractionSnoozed: {ACTIVE: SNOOZED, HELD: SNOOZED},
    InteractionResumed: {HELD: ACTIVE, SNOOZED: ACTIVE},
    # The holder lets go; `Queued` follows in the same decision.
    InteractionTransferred: {s: s for s in (QUEUED, OFFERED, ACTIVE, HELD, SNOOZED)},
    ConversationEnded: dict.fromkeys((QUEUED, OFFERED, ACTIVE, HELD, SNOOZED), WRAPPING),
    InteractionReopened: {WRAPPING: ACTIVE},
    InteractionClosed: {WRAPPING: State.CLOSED},
    InteractionAbandoned: dict.fromkeys((QUEUED, OFFERED), State.ABANDONED),
}


def after(state: State, event: type[Event]) -> State:
    """The state that follows; an event that cannot happen in this state is a bug of whoever decided it."""
    following = MOVES[event].get(state)
    assert following is not None, f"{event.__name__} cannot happen to an interaction that is {state}"
    return following


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    arrows: dict[tuple[State, State], list[str]] = {}
    for event, moves in MOVES.items():
        for before, following in moves.items():
            if before != following:
                arrows.setdefault((before, following), []).append(event.__name__)
    lines = ["stateDiagram-v2", "    [*] --> new: InteractionStarted, InteractionReturned"]
    lines += [f"    {before} --> {following}: {', '.join(names)}" for (before, following), names in arrows.items()]
    lines += [f"    {state} --> [*]" for state in sorted(ENDED)]
    return "\n".join(lines)


def table() -> str:
    """The table as Markdown: one row per event, with the states it may happen in and what follows."""
    rows = ["| event | from | to |", "|---|---|---|"]
    for event, moves in MOVES.items():
        for following in dict.fromkeys(moves.values()):
            before = ", ".join(state for state, to in moves.items() if to == following)
            rows.append(f"| {event.__name__} | {before} | {following} |")
    return "\n".join(rows)


PAGE = """# The life of an interaction

What may happen to an interaction in which state, and which state follows. Generated from the table in
`src/agentdesk/core/lifecycle.py` by `python -m agentdesk.core.lifecycle > docs/lifecycle.md`; a test holds them equal.

```mermaid
{diagram}
```

{table}

- An offer that ends (declined, missed, rescinded) leaves the state as it is; `Queued` follows in the same decision,
  with the place the interaction had, or its own end does.
- What everyone able who is there has declined or missed rests at its place (`InteractionRested`): somebody else who
  becomes able gets it at once, those who refused only after `desk.refused_pause_s` (`EveryoneRefused`). An offer whose
  miss puts its agent on "not responding" is not refused: they may get it as soon as they are back.
- The holder of an interaction is its agent from acceptance to the end of wrap-up. Transfer, a lost agent and removal
  let go of it; each stay in one state with one holder is a segment.
- After a long silence of the customer it weighs less (`WeightChanged`) until they write or it goes back to the line.
- `snoozed` gives its weight back to the holder's capacity and returns to them; when nobody is at that desk any more it
  returns to the line, like what a lost agent held.
- A customer who writes during `wrapping` reopens the conversation with the same agent. `closed` and `abandoned` are
  final: whoever writes later begins a new interaction, except by mail, where a closed one can live again.
"""


if __name__ == "__main__":  # pragma: no cover - a test holds the page equal to what this writes
    import sys

    sys.stdout.write(PAGE.format(diagram=diagram(), table=table()))
