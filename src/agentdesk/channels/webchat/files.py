"""Files that visitors send and fetch: bounded, of an allowed kind by content, and only for those they belong to."""

from __future__ import annotations

import secrets
from collections import OrderedDict

import msgspec

from agentdesk.channels.base import ChannelContext, StoredFile
from agentdesk.channels.sniff import media_type, safe_name
from agentdesk.channels.webchat.shown import IDENTITY
from agentdesk.core.model import Attachment
from agentdesk.limits import RateLimit
from agentdesk.protocol.webchat import Problem

FILES_BURST = 20
FILES_PER_S = 0.2
"""Of one visitor."""
ADDRESS_FILES = 20
"""Of one address: at most so many of the largest files in an hour."""
REMEMBERED_MAX = 10_000
SENDABLE_MS = 23 * 3_600_000
"""The store drops what is in no message after a day."""


class Upload(msgspec.Struct, frozen=True):
    """A file that was uploaded, and whose it is: 'v' and the visitor's digest, or 'i' and the interaction that it
    was said in."""

    attachment: Attachment
    owner: str
    at_ms: int


class Uploads:
    """The visitors' files. What they are is remembered for the newest; of others the store is asked."""

    def __init__(self, context: ChannelContext) -> None:
        self._context = context
        self._largest = context.webchat.attachment_bytes
        self._allowed = frozenset(context.webchat.attachment_types)
        self._files = RateLimit(FILES_BURST, FILES_PER_S)
        hourly = ADDRESS_FILES * self._largest
        self._bytes = RateLimit(hourly, hourly / 3600)
        self._remembered: OrderedDict[str, Upload] = OrderedDict()

    def refusal(self, digest: str, address: str, size: int) -> Problem | None:
        """Why a file of this size may not come in before any of it is read; None when it may."""
        if size > self._largest:
            return self.too_big()
        now_s = self._context.clock.steady_s()
        wait_ms = self._files.take(digest, now_s) or self._bytes.take(address, now_s, max(1, size))
        return Problem("too_many", "Too many files in a short time.", wait_ms) if wait_ms else None

    def too_big(self) -> Problem:
        """What to say of a file that is larger than may be."""
        return Problem("too_big", f"A file may have {self._largest} bytes.")

    async def keep(self, digest: str, name: str, data: bytes) -> Attachment | Problem:
        """Keep a file: durable when this returns it."""
        kind = media_type(data)
        if not data:
            return Problem("empty", "The file is empty.")
        if kind not in self._allowed:
            return Problem("file_type", f"Files of the kind {kind} are not taken here.")
        one = Attachment(secrets.token_urlsafe(24), safe_name(name), kind, len(data))
        owner, now_ms = f"v{digest}", self._context.clock.now_ms()
        await self._context.read(self._context.keep_file, one.id, one.name, one.media_type, data, owner, now_ms)
        self._remember(Upload(one, owner, now_ms))
        return one

    async def attachments(self, digest: str, ids: tuple[str, ...]) -> tuple[Attachment, ...] | None:
        """What a visitor's message may carry; None if any of it is unknown or somebody else's."""
        found = []
        for file_id in dict.fromkeys(ids):
            upload = self._recent(file_id) or await self._look_up(file_id)
            if upload is None or not await self._is_theirs(digest, upload.owner):
                return None
            found.append(upload.attachment)
        return tuple(found)

    async def fetch(self, digest: str, file_id: str) -> StoredFile | None:
        """A file that this visitor may see."""
        blob = await self._context.read(self._context.store.file, file_id)
        return blob if blob is not None and await self._is_theirs(digest, blob.owner) else None

    def _recent(self, file_id: str) -> Upload | None:
        upload = self._remembered.get(file_id)
        return None if upload is None or self._is_stale(upload.at_ms) else upload

    def _is_stale(self, at_ms: int) -> bool:
        return self._context.clock.now_ms() - at_ms > SENDABLE_MS

    async def _look_up(self, file_id: str) -> Upload | None:
        kept = await self._context.read(self._context.store.file, file_id)
        if kept is None or (kept.owner[:1] == "v" and self._is_stale(kept.at_ms)):
            return None
        return Upload(Attachment(kept.id, kept.name, kept.media_type, len(kept.data)), kept.owner, kept.at_ms)

    async def _is_theirs(self, digest: str, owner: str) -> bool:
        """Whether a file is a visitor's own upload, or part of one of their interactions."""
        if owner[:1] != "i" or not owner[1:].isdigit():
            return owner == f"v{digest}"
        interaction_id = int(owner[1:])
        interaction = self._context.desk.interaction(interaction_id)
        if interaction is None:
            interaction = await self._context.read(self._context.store.interaction, interaction_id)
        customer = await self._context.read(self._context.store.customer_by_identity, IDENTITY, digest)
        return interaction is not None and customer is not None and interaction.customer_id == customer.id

    def _remember(self, upload: Upload) -> None:
        self._remembered[upload.attachment.id] = upload
        self._remembered.move_to_end(upload.attachment.id)
        if len(self._remembered) > REMEMBERED_MAX:
            self._remembered.popitem(last=False)
