"""What is kept only for a while goes while the server runs."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from agentdesk.server.clock import SystemClock
from agentdesk.store.base import FileBlob, Token
from agentdesk.store.memory import MemoryStore
from tests.serving import running_server

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class PrunedStore(MemoryStore):
    """Says when it was pruned."""

    def __init__(self) -> None:
        super().__init__()
        self.pruned = threading.Event()

    def prune(self, before_ms: int, unsent_before_ms: int) -> int:
        gone = super().prune(before_ms, unsent_before_ms)
        self.pruned.set()
        return gone


async def test_expired_tokens_go_after_a_week_and_unsent_files_after_a_day(tmp_path: Path) -> None:
    store, now_ms = PrunedStore(), SystemClock().now_ms()
    for days in (6, 8):
        store.put_token(Token(f"{days} days", "ana", "", 0, expires_ms=now_ms - days * DAY_MS))
    for hours in (23, 25):
        store.put_file(FileBlob(f"{hours} hours", "a.txt", "text/plain", b"a", "v1", now_ms - hours * HOUR_MS))
    async with running_server(tmp_path, store=store):
        assert await asyncio.to_thread(store.pruned.wait, 10)
    assert [token.hash for token in store.tokens()] == ["6 days"]
    assert [key for key in ("23 hours", "25 hours") if store.file(key)] == ["23 hours"]
