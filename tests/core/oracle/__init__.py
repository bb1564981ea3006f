"""What should be true, worked out anew and slowly from the commands and from docs/routing.md alone: the desk's judge.

It shares no code with the desk and keeps no index: every question is a scan. Each method named after a command is that
command, and returns the code of the refusal it predicts, or an empty word. The files build on each other:

- `things`: what there is: people, interactions, places that were left;
- `floor`: who could take what, and in which order everything waits;
- `moves`: what happens to one interaction or one agent;
- `choice`: which agent, and one step after the other until nothing changes;
- `clock`: what is due when;
- `customers`, `staff`, `server`: the commands.
"""

from __future__ import annotations

from tests.core.oracle.server import Oracle as Oracle
from tests.core.oracle.things import ACTIVE, HELD, OFFERED, SNOOZED, TALKING, WAITING, WRAPPING

__all__ = ["ACTIVE", "HELD", "OFFERED", "SNOOZED", "TALKING", "WAITING", "WRAPPING", "Oracle"]
