"""The web chat's frames: golden vectors that docs/webchat.md shows, and what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agentdesk.protocol import webchat as wire

ROOT = Path(__file__).parent.parent.parent.parent
VECTORS = sorted((ROOT / "tests" / "vectors" / "webchat").glob("*.json"))
DOCS = ROOT / "docs" / "webchat.md"
SENT = (ROOT / "src" / "agentdesk" / "channels" / "webchat").glob("*.py")
HTTP: dict[str, type[Any]] = {
    "http-session-request": wire.SessionRequest,
    "http-session-reply": wire.SessionReply,
    "http-file": wire.FileInfo,
    "http-problem": wire.Problem,
}


def _decoded(name: str, text: str) -> Any:
    if name in HTTP:
        return msgspec.json.decode(text, type=HTTP[name])
    return wire.decode_visitor_frame(text) if name.startswith("visitor") else wire.decode_server_frame(text)


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_a_vector_is_what_the_code_writes_and_reads(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    frame = _decoded(path.stem, text)
    written = json.loads(wire.encode_frame(frame))
    assert _decoded(path.stem, json.dumps(written)) == frame
    assert _without_defaults(json.loads(text)) == _without_defaults(written)


def _without_defaults(value: Any) -> Any:
    """Members that say nothing may be left out by either side."""
    if isinstance(value, dict):
        return {key: _without_defaults(one) for key, one in value.items() if one not in (None, "", [], {}, False)}
    return value


def test_every_frame_has_a_vector() -> None:
    names = {path.stem.split("-")[0] + ":" + json.loads(path.read_text()).get("type", "") for path in VECTORS}
    visitor = {f"visitor:{frame.__struct_config__.tag}" for frame in wire.VisitorFrame.__args__}
    server = {f"server:{frame.__struct_config__.tag}" for frame in wire.ServerFrame.__args__}
    assert (visitor | server) - names == set()


def test_the_docs_show_every_vector_and_explain_every_error() -> None:
    text = DOCS.read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    shown = [json.loads(line) for block in blocks for line in block.splitlines()]
    missing = [path.stem for path in VECTORS if json.loads(path.read_text(encoding="utf-8")) not in shown]
    assert missing == []
    assert [code for code in wire.ERRORS if f"`{code}`" not in text] == []


def test_no_error_is_said_that_is_not_documented() -> None:
    said = {
        code
        for path in SENT
        for code in re.findall(r'(?:Error|Problem)\("([a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert said and said - wire.ERRORS.keys() == set()


def test_a_newer_side_may_say_more() -> None:
    assert wire.decode_visitor_frame('{"type":"end","why":"bored"}') == wire.End()
    assert wire.decode_server_frame('{"type":"bye","reason":"slow","at":1}') == wire.Bye("slow")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"type":"nope"}',
        '{"type":"msg"}',
        '{"type":"msg","cid":""}',
        '{"type":"msg","cid":"a","text":7}',
        json.dumps({"type": "msg", "cid": "a", "text": "x" * 4001}),
        json.dumps({"type": "msg", "cid": "a", "files": ["f"] * 6}),
        json.dumps({"type": "hello", "token": "short"}),
        json.dumps({"type": "hello", "token": "é" * 43}),
        json.dumps({"type": "hello", "attributes": {"k": "v" * 201}}),
        json.dumps({"type": "hello", "attributes": {str(n): "" for n in range(21)}}),
        '{"type":"read","upto":-1}',
        '{"type":"read","upto":1e99}',
        '{"type":"leave","cid":"a","text":""}',
    ],
)
def test_a_misfit_is_refused(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        wire.decode_visitor_frame(text)
