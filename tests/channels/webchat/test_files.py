"""Files over HTTP: what comes in, who gets it out, and that it can't run."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from browsing import PNG
from people import agent_at
from serving import running_server, settings

from agentdesk.channels import bodies
from agentdesk.channels.webchat import files
from agentdesk.client.visitor import ChatRefused, Visitor
from agentdesk.config.server import WebchatSettings


async def test_a_file_goes_to_the_agent_and_back_to_its_visitor_only(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path) as server,
        agent_at(server.url, await server.token("ana")) as ana,
        Visitor(server.url) as budi,
        Visitor(server.url) as thief,
    ):
        await budi.wait_for(lambda memory: memory.welcomes)
        await thief.wait_for(lambda memory: memory.welcomes)
        file = await budi.upload("../cup.svg", PNG)
        assert (file.name, file.type, file.size) == ("cup.svg", "image/png", len(PNG))
        with pytest.raises(ChatRefused, match="unknown_file"):
            await thief.say("look", (file.id,))
        said = await budi.say("", (file.id,))
        chat = await ana.accept()
        [attached] = ana.conversation(chat).messages[0].attachments
        assert attached.id == file.id
        assert await ana.client.file(file.id) == PNG
        assert budi.memory.messages[said].files == (file,)
        assert await budi.download(file.id) == PNG
        for stranger in (thief, Visitor(server.url, token="x" * 43)):
            with pytest.raises(ChatRefused, match="unknown_file"):
                await stranger.download(file.id)
        second = await budi.upload("note.txt", b"two")
        await budi.say("and this", (second.id, second.id))
        read = await ana.reads(chat, "and this")
        assert [one.id for one in read.attachments] == [second.id]


async def test_a_file_is_for_whoever_may_read_the_messages_of_its_conversation(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path) as server,
        agent_at(server.url, await server.token("ana")) as ana,
        Visitor(server.url) as budi,
    ):
        headers = {"authorization": f"Bearer {await server.token('bob')}"}
        async with httpx.AsyncClient(base_url=f"{server.url}/api/v1", headers=headers, trust_env=False) as bob:
            await budi.wait_for(lambda memory: memory.welcomes)
            file = await budi.upload("cup.png", PNG)
            path = f"/files/{file.id}"
            assert (await bob.get(path)).status_code == 404, "not sent yet"
            await budi.say("look", (file.id,))
            chat = await ana.accept()
            [said] = (await bob.get(f"/interactions/{chat}/messages")).json()
            assert [one["id"] for one in said["attachments"]] == [file.id]
            assert (await bob.get(path)).content == PNG
            assert (await bob.get(path, headers={"authorization": "Bearer x"})).status_code == 401


async def test_a_file_that_waited_too_long_is_not_sent_but_one_that_was_sent_is_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        running_server(tmp_path) as server,
        agent_at(server.url, await server.token("ana")),
        Visitor(server.url) as budi,
    ):
        await budi.wait_for(lambda memory: memory.welcomes)
        sent, unsent = await budi.upload("a.txt", b"a"), await budi.upload("b.txt", b"b")
        said = await budi.say("", (sent.id,), cid="one")
        monkeypatch.setattr(files, "SENDABLE_MS", -1)
        assert await budi.say("", (sent.id,), cid="one") == said
        with pytest.raises(ChatRefused, match="unknown_file"):
            await budi.say("", (unsent.id,))


async def test_a_file_is_served_so_that_nothing_in_it_can_run(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server, Visitor(server.url) as budi:
        await budi.wait_for(lambda memory: memory.welcomes)
        file = await budi.upload("x\r\nSet-Cookie: a=b.txt", b"plain <script>alert(1)</script>")
        headers = {"authorization": f"Bearer {budi.memory.token}"}
        async with httpx.AsyncClient(base_url=server.url, headers=headers, trust_env=False) as http:
            answer = await http.get(f"/chat/files/{file.id}")
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith("attachment; ")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<!doctype html><script>alert(1)</script>", "file_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file_type"),
        (b"MZ" + bytes(200), "file_type"),
        (b"PK\x03\x04" + bytes(200), "file_type"),
        (PNG + bytes(3_000), "too_big"),
    ],
)
async def test_what_is_not_taken(tmp_path: Path, data: bytes, code: str) -> None:
    config = settings(tmp_path, webchat=WebchatSettings(attachment_bytes=2_000))
    async with running_server(tmp_path, config) as server, Visitor(server.url) as budi:
        await budi.wait_for(lambda memory: memory.welcomes)
        with pytest.raises(ChatRefused, match=code):
            await budi.upload("photo.png", data)


async def test_a_body_that_lies_about_its_size_is_cut(tmp_path: Path) -> None:
    config = settings(tmp_path, webchat=WebchatSettings(attachment_bytes=2_000))

    async def endless():  # type: ignore[no-untyped-def]
        for _ in range(100):
            yield bytes(1_000)

    async with running_server(tmp_path, config) as server, Visitor(server.url) as budi:
        await budi.wait_for(lambda memory: memory.welcomes)
        async with httpx.AsyncClient(trust_env=False) as http:
            headers = {"authorization": f"Bearer {budi.memory.token}"}
            answer = await http.post(f"{server.url}/chat/files", content=endless(), headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (413, "too_big")


@pytest.mark.parametrize(("path", "code"), [("/chat/session", "bad_frame"), ("/api/v1/login", "bad_request")])
async def test_a_body_that_does_not_come_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, code: str
) -> None:
    monkeypatch.setattr(bodies, "BODY_TIMEOUT_S", 0.1)
    async with running_server(tmp_path) as server:
        reader, writer = await asyncio.open_connection(*server.url.removeprefix("http://").split(":"))
        writer.write(f"POST {path} HTTP/1.1\r\nHost: desk\r\nContent-Length: 9\r\n\r\n{{".encode())
        answer = await asyncio.wait_for(reader.readuntil(b"}"), 10)
        assert b"did not come in time" in answer and code.encode() in answer
        writer.close()
        await writer.wait_closed()


async def test_only_a_connected_visitor_uploads_and_not_without_end(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server, Visitor(server.url) as budi:
        with pytest.raises(ChatRefused, match="bad_token"):
            await Visitor(server.url, token="x" * 43).upload("a.txt", b"a")
        with pytest.raises(ChatRefused, match="bad_token"):
            await Visitor(server.url).upload("a.txt", b"a")
        await budi.wait_for(lambda memory: memory.welcomes)
        with pytest.raises(ChatRefused, match="too_many"):
            for number in range(30):
                await budi.upload(f"{number}.txt", b"a")


async def test_pages_of_other_origins_are_kept_out(tmp_path: Path) -> None:
    config = settings(tmp_path, webchat=WebchatSettings(origins=("https://shop.example",)))
    async with (
        running_server(tmp_path, config) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as http,
    ):
        asks = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
        ours = await http.options("/chat/files", headers={"origin": "https://shop.example", **asks})
        assert ours.status_code == 204
        assert ours.headers["access-control-allow-origin"] == "https://shop.example"
        assert "authorization" in ours.headers["access-control-allow-headers"]
        theirs = await http.options("/chat/files", headers={"origin": "https://evil.example", **asks})
        assert theirs.status_code == 403 and "access-control-allow-origin" not in theirs.headers
        refused = await http.post("/chat/session", headers={"origin": "https://evil.example"})
        assert (refused.status_code, refused.json()["code"]) == (403, "bad_origin")


async def test_a_session_over_http(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as http,
    ):
        answer = await http.post("/chat/session", json={"page": "https://shop.example/", "language": "fa"})
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        opened = answer.json()
        assert len(opened["token"]) == 43 and opened["status"]["state"] == "offline"
        again = await http.post("/chat/session", json={"token": opened["token"]})
        assert again.json()["token"] == opened["token"]
        for body, code in ((b"{", "bad_frame"), (b'{"token":"x"}', "bad_frame"), (b'{"queue":"no"}', "unknown_queue")):
            refused = await http.post("/chat/session", content=body)
            assert refused.json()["code"] == code
        big = await http.post("/chat/session", content=json.dumps({"page": "x" * 100_000}))
        assert big.status_code == 413
