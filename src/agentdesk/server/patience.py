"""uvicorn's HTTP protocol with an end to its patience: a request's head has to come in time and be of a sane size."""

from __future__ import annotations

import asyncio
import logging

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_TIMEOUT_S = 20.0
"""From the connection, or from a request's first byte, to the end of its headers."""
HEAD_BYTES_MAX = 64 * 1024

logger = logging.getLogger("agentdesk.http")


class BoundedHttp(HttpToolsProtocol):
    """Drops connections that only hold a place, and heads that never end."""

    _head_timer: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection is there; its first request is awaited."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes came; while they belong to a head they are counted."""
        if self._head_timer is not None:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX and not self._is_whole(data):
                self._give_up()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Another request begins."""
        super().on_message_begin()
        if self._head_timer is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        """The head is here."""
        self._head_came()
        super().on_headers_complete()

    def _is_whole(self, data: bytes) -> bool:
        """Whether the head ends in the first of these bytes, and a body made them many."""
        return 0 <= data.find(b"\r\n\r\n") <= HEAD_BYTES_MAX and self._head_bytes == len(data)

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(HEAD_TIMEOUT_S, self._give_up)

    def _head_came(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        self._head_came()
        logger.debug("dropped a connection whose request did not come")
        self.transport.abort()
