"""The border: what is a frame becomes one, what isn't raises the one documented error, whatever it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.protocol.codec import BadFrame, decode_client, decode_server
from agentdesk.protocol.messages import FRAME_MAX, Ping
from tests.protocol.vectors import CLIENT_FRAMES, SERVER_FRAMES, path_of

CLIENT_TEXTS = [path_of(name).read_bytes() for name in CLIENT_FRAMES]
SERVER_TEXTS = [path_of(name).read_bytes() for name in SERVER_FRAMES]


def mutated(texts: list[bytes]) -> st.SearchStrategy[bytes]:
    """A good frame with a stretch replaced by other bytes."""

    @st.composite
    def one(draw: st.DrawFn) -> bytes:
        text = draw(st.sampled_from(texts))
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        return text[:start] + draw(st.binary(max_size=12)) + text[end:]

    return one()


@given(st.binary(max_size=300) | mutated(CLIENT_TEXTS))
def test_anything_a_client_sends_is_a_frame_or_the_documented_error(data: bytes) -> None:
    try:
        decode_client(data)
    except BadFrame as bad:
        assert bad.code == "bad_frame"
        assert bad.message


@given(st.binary(max_size=300) | mutated(SERVER_TEXTS))
def test_anything_a_server_sends_is_a_frame_or_the_documented_error(data: bytes) -> None:
    try:
        decode_server(data)
    except BadFrame as bad:
        assert bad.message


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"null", b'{"type":"nothing"}', b'{"type":"ping","n":"x"}', b"[" * 100_000, b'"\xff"', b"\x00"],
    ids=["empty", "list", "null", "unknown", "wrong type", "deep", "not utf-8", "nul"],
)
def test_hostile_frames(data: bytes) -> None:
    with pytest.raises(BadFrame) as raised:
        decode_client(data)
    assert raised.value.code == "bad_frame"


def test_a_frame_that_is_too_big_is_not_even_read() -> None:
    with pytest.raises(BadFrame) as raised:
        decode_client(b" " * (FRAME_MAX + 1))
    assert raised.value.code == "too_big"


def test_an_error_names_the_command_it_is_about() -> None:
    with pytest.raises(BadFrame) as raised:
        decode_client(b'{"type":"do","key":"k7","command":{"type":"Fly"}}')
    assert raised.value.key == "k7"


def test_unknown_fields_of_a_frame_are_let_pass_so_that_newer_clients_can_talk() -> None:
    assert decode_client(b'{"type":"ping","n":4,"new":true}') == Ping(4)


def test_unknown_fields_of_a_command_are_refused() -> None:
    with pytest.raises(BadFrame):
        decode_client(b'{"type":"do","key":"k","command":{"type":"Hold","interaction_id":1,"extra":2}}')
