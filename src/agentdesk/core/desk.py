"""The desk: takes commands, answers with events. Decides, then applies; then routes until nothing more can be offered."""

from __future__ import annotations

from agentdesk.core.changes import Changes, Decision, Loaded
from agentdesk.core.stats import HEAD_MAX, AgentStats, QueueStats, WaitingItem

__all__ = ["HEAD_MAX", "AgentStats", "Changes", "Decision", "Loaded", "QueueStats", "WaitingItem"]
