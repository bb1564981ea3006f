"""Frames to bytes and back: JSON, decoded into typed frames or refused with one error. Both sides use it."""

from __future__ import annotations

from functools import cache

import msgspec

from agentdesk.protocol.messages import FRAME_MAX, ClientFrame, ServerFrame


class BadFrame(Exception):
    """The bytes are no frame of this protocol. `code` is an `ErrorFrame` code; the text says what doesn't fit."""

    def __init__(self, code: str, message: str, key: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.key = key


class _Keyed(msgspec.Struct):
    """What can still be read of a `do` that doesn't fit, so that its error can name it."""

    key: str = ""


_encoder = msgspec.json.Encoder()


@cache
def _client() -> msgspec.json.Decoder[ClientFrame]:
    return msgspec.json.Decoder(ClientFrame)


@cache
def _server() -> msgspec.json.Decoder[ServerFrame]:
    """Each side needs one of the two, and a decoder of so many types takes 1.5 ms to make."""
    return msgspec.json.Decoder(ServerFrame)


_keyed = msgspec.json.Decoder(_Keyed)

encode = _encoder.encode


def decode_client(data: bytes) -> ClientFrame:
    """The frame that a client sent; `BadFrame` when it is none."""
    if len(data) > FRAME_MAX:
        raise BadFrame("too_big", f"A frame may hold {FRAME_MAX} bytes; this one has {len(data)}.")
    try:
        return _client().decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BadFrame("bad_frame", _why(problem), _key_of(data)) from None


def decode_server(data: bytes | str) -> ServerFrame:
    """The frame that the server sent; `BadFrame` when it is none."""
    try:
        return _server().decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BadFrame("bad_frame", _why(problem)) from None


def _why(problem: Exception) -> str:
    if isinstance(problem, msgspec.DecodeError):
        return str(problem)
    return "The frame is not JSON in UTF-8." if isinstance(problem, UnicodeDecodeError) else "The frame nests too deep."


def _key_of(data: bytes) -> str:
    try:
        return _keyed.decode(data).key[:100]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
