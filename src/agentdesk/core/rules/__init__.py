"""Rules on content: what comes in, by its words, its customer and where it came from -> queue, skills, priority, tags.

`evaluate` looks at an interaction as it came in: no rule sees what another one did.
"""

from __future__ import annotations

from agentdesk.core.rules.evaluate import Facts, Outcome, evaluate, matches

__all__ = ["Facts", "Outcome", "evaluate", "matches"]
