"""Keeps on the server what an agent is still writing: drafts and wrap-up, a few times a second at most."""

from __future__ import annotations

from collections.abc import Callable

from agentdesk.client.port import DeskPort
from agentdesk.core.commands import SaveDraft, SaveWrapup
from agentdesk.core.model import MessageKind
from agentdesk.tui.dispositions import Filled

KEEP_S = 0.4
"""What was typed in this time goes as one command."""

Later = Callable[[float, Callable[[], None]], object]
"""Calls a function after so many seconds."""


class Keeping:
    """Collects what changed and sends it when the time is up; `flush` sends it at once."""

    def __init__(self, port: DeskPort, later: Later) -> None:
        self._port = port
        self._later = later
        self._drafts: dict[int, tuple[MessageKind, str]] = {}
        self._wrapups: dict[int, Filled] = {}
        self._versions: dict[int, int] = {}
        self._saved: set[int] = set()
        self._due = False

    def draft(self, interaction_id: int, kind: MessageKind, text: str) -> None:
        """The text of a draft is this now."""
        self._drafts[interaction_id] = (kind, text)
        self._schedule()

    def sent(self, interaction_id: int) -> None:
        """What was drafted has been sent: drop it on the server where it got there."""
        self._drafts.pop(interaction_id, None)
        if self._has_draft(interaction_id):
            self.draft(interaction_id, MessageKind.OUTBOUND, "")

    def wrapup(self, interaction_id: int, filled: Filled) -> None:
        """Wrap-up is filled in so far."""
        self._wrapups[interaction_id] = filled
        self._schedule()

    def done(self, interaction_id: int) -> None:
        """Wrap-up is complete; nothing of it needs keeping any more."""
        self._wrapups.pop(interaction_id, None)

    @property
    def unsaved(self) -> bool:
        """Whether something has not been handed to the client yet."""
        return bool(self._drafts or self._wrapups)

    def flush(self) -> None:
        """Hand everything over now."""
        self._due = False
        drafts, self._drafts = self._drafts, {}
        wrapups, self._wrapups = self._wrapups, {}
        for number, (kind, text) in drafts.items():
            self._port.submit(SaveDraft(number, text, kind, self._next_version(number)))
            self._saved.add(number)
            if not text:
                self._saved.discard(number)
        for number, filled in wrapups.items():
            self._port.submit(SaveWrapup(number, filled.disposition, filled.tags, filled.note))

    def _schedule(self) -> None:
        if not self._due:
            self._due = True
            self._later(KEEP_S, self.flush)

    def _has_draft(self, interaction_id: int) -> bool:
        conversation = self._port.mirror.conversations.get(interaction_id)
        kept = conversation.interaction.draft if conversation else None
        return interaction_id in self._saved or bool(kept and kept.text)

    def _next_version(self, interaction_id: int) -> int:
        conversation = self._port.mirror.conversations.get(interaction_id)
        kept = conversation.interaction.draft if conversation else None
        version = max(self._versions.get(interaction_id, 0), kept.version if kept else 0) + 1
        self._versions[interaction_id] = version
        return version
