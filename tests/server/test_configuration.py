"""Settings of a server that runs: planned, applied, undone, over REST; agents and customers go on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import yaml

from agentdesk.config import read_server
from agentdesk.config.server import ListenSettings
from agentdesk.core.commands import AcceptOffer, CompleteWrapup, Done, EndInteraction
from agentdesk.core.events import Offered, QueueConfigured, QueueRemoved
from agentdesk.core.model import Hours
from agentdesk.protocol.messages import SettingsChanged
from agentdesk.server.app import build, serve
from agentdesk.store.base import Store
from agentdesk.store.memory import MemoryStore
from tests.server.rest import Rest, code_of
from tests.server.wire import agent, start_chat
from tests.serving import RunningServer, no_tracebacks

NAME = "ana"
BASE: dict[str, Any] = {
    "webchat": {"enabled": False},
    "queues": [{"id": "support", "name": "Support", "channels": ["chat", "task"]}],
}


def text_of(**changes: Any) -> str:
    return yaml.safe_dump({**BASE, **changes}, sort_keys=False)


class File:
    """The settings file as a person on the host sees it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def is_there(self) -> bool:
        return self.path.exists()

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def write(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")


@contextlib.asynccontextmanager
async def desk(folder: Path, store: Store | None = None) -> AsyncIterator[RunningServer]:
    """A server that was started from a file with `BASE` in it."""
    file = folder / "config.yaml"
    if not File(file).is_there:
        File(file).write(text_of())
    read = msgspec.structs.replace(read_server(file), server=ListenSettings(port=0, data_dir=str(folder)))
    store = store or MemoryStore()
    app = build(read, store, file=file)
    ready: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    with no_tracebacks():
        async with asyncio.TaskGroup() as tasks:
            work = tasks.create_task(serve(app, lambda *told: ready.set_result(told)))
            await asyncio.wait((ready, work), return_when=asyncio.FIRST_COMPLETED)
            url, stop = ready.result()
            try:
                yield RunningServer(url, app, store, stop)
            finally:
                stop()
                await work


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path / "config.yaml")


async def admin(server: RunningServer) -> Rest:
    return Rest(server, await server.token("boss", "admin"))


def good(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_change_holds_at_once_and_is_in_the_file(tmp_path: Path, file: File) -> None:
    new = text_of(
        queues=[*BASE["queues"], {"id": "billing", "name": "Billing", "channels": ["chat"], "skills": {"billing": 2}}],
        rules=[{"name": "refunds", "when": {"words": ["refund"]}, "then": {"queue": "billing"}}],
        dispositions=[{"code": "done", "label": "Done"}],
        canned=[{"shortcode": "hi", "title": "Hi", "text": "Hello"}],
        away_reasons=["tea"],
    )
    async with desk(tmp_path) as server, await admin(server) as boss, agent(server) as ana:
        applied = good(await boss.post("/configuration", {"text": new}))
        assert file.text == new
        assert File(tmp_path / "config.yaml~").text == text_of()
        assert [one["queue"]["id"] for one in good(await boss.get("/queues"))] == ["support", "billing"]
        assert server.parts.loop.view.config.rules[0].name == "refunds"
        told = good(await boss.get("/settings"))
        assert (told["away_reasons"], told["canned"][0]["text"]) == (["tea"], "Hello")
        assert told["dispositions"][0]["code"] == "done"
        assert (await ana.event(QueueConfigured)).queue.dispositions[0].code == "done"
        await ana.until(SettingsChanged)
        assert good(await boss.get("/configuration"))["digest"] == applied["digest"]
    async with desk(tmp_path) as server, await admin(server) as boss:
        assert {one["queue"]["id"] for one in good(await boss.get("/queues"))} == {"billing", "support"}, (
            "after a start"
        )


async def test_a_conversation_goes_on_over_a_change_of_its_queue(tmp_path: Path) -> None:
    async with desk(tmp_path) as server, await admin(server) as boss, agent(server) as ana:
        await start_chat(server, "where is it?")
        offered = await ana.event(Offered)
        assert isinstance(await ana.do(AcceptOffer(offered.offer.id)), Done)
        gone = text_of(queues=[{"id": "help", "name": "Help", "channels": ["chat"]}])
        plan = good(await boss.post("/configuration/plan", {"text": gone}))
        assert [(one["queue"], one["change"], one["live"]) for one in plan["queues"]] == [
            ("support", "removed", 1),
            ("help", "new", 0),
        ]
        good(await boss.post("/configuration", {"text": gone}))
        assert {one["queue"]["id"] for one in good(await boss.get("/queues"))} == {"support", "help"}
        assert server.parts.loop.view.interaction(offered.offer.interaction_id).agent == NAME
        assert isinstance(await ana.do(EndInteraction(offered.offer.interaction_id)), Done)
        assert isinstance(await ana.do(CompleteWrapup(offered.offer.interaction_id)), Done)
        await server.parts.configurations.opening.look()
        assert (await ana.event(QueueRemoved)).queue == "support"


async def test_a_plan_changes_nothing(tmp_path: Path, file: File) -> None:
    async with desk(tmp_path) as server, await admin(server) as boss:
        seq = server.parts.loop.view.seq
        new = text_of(queues=[{**BASE["queues"][0], "skills": {"billing": 5}}])
        plan = good(await boss.post("/configuration/plan", {"text": new}))
        assert [one["key"] for one in plan["changes"]] == ["queues.support.skills.billing"]
        assert plan["unknown"] == ["Queue support asks for billing at level 5; nobody has it."]
        assert server.parts.loop.view.seq == seq
        assert file.text == text_of()
        planned, started = good(await boss.get("/audit"))
        assert (planned["action"], planned["by"], started["action"]) == ("plan", "boss", "start")
        assert planned["about"].endswith("1 settings differ, 0 waiting stranded.")


async def test_rollback_goes_back_one_by_one_and_a_repeat_no_further(tmp_path: Path, file: File) -> None:
    async with desk(tmp_path) as server, await admin(server) as boss:
        texts = [text_of(away_reasons=[reason]) for reason in ("tea", "nap")]
        digests = [good(await boss.post("/configuration", {"text": text}))["digest"] for text in texts]
        done = good(await boss.post("/configuration/rollback", {"digest": digests[1]}))
        assert (done["undone"]["digest"], done["now"]["digest"]) == (digests[1], digests[0])
        assert good(await boss.get("/settings"))["away_reasons"] == ["tea"]
        assert file.text == texts[0]
        repeated = await boss.post("/configuration/rollback", {"digest": digests[1]})
        assert (repeated.status_code, code_of(repeated)) == (409, "stale")
        good(await boss.post("/configuration/rollback", {"digest": digests[0]}))
        assert good(await boss.get("/settings"))["away_reasons"][0] == "break"
        assert file.text == text_of()
        first = good(await boss.get("/configuration"))
        last = await boss.post("/configuration/rollback", {"digest": first["digest"]})
        assert (last.status_code, code_of(last)) == (422, "invalid")
        assert [one["action"] for one in good(await boss.get("/audit"))] == [
            "rollback",
            "rollback",
            "apply",
            "apply",
            "start",
        ]
        assert {one["by"] for one in good(await boss.get("/audit"))} == {"boss", "server"}


async def test_the_same_settings_again_are_no_second_change(tmp_path: Path, file: File) -> None:
    async with desk(tmp_path) as server, await admin(server) as boss:
        new = text_of(away_reasons=["tea"])
        first = good(await boss.post("/configuration", {"text": new}))
        file.write("# somebody's own\n")
        assert good(await boss.post("/configuration", {"text": new})) == first
        assert file.text == new
        assert [one["action"] for one in good(await boss.get("/audit"))] == ["apply", "start"]


async def test_settings_with_problems_change_nothing_and_say_where(tmp_path: Path, file: File) -> None:
    async with desk(tmp_path) as server, await admin(server) as boss:
        for path in ("/configuration", "/configuration/plan"):
            refused = await boss.post(path, {"text": "queues:\n  - {id: a, name: A, strategy: bset}\n"})
            assert (refused.status_code, code_of(refused)) == (422, "invalid")
            assert "config.yaml:2: queues[1].strategy: expected one of" in refused.json()["error"]["message"]
        outside = await boss.post("/configuration", {"text": text_of(canned_file="/etc/passwd")})
        assert "not in the folder of the settings" in outside.json()["error"]["message"]
        assert file.text == text_of()
        assert [one["action"] for one in good(await boss.get("/audit"))] == ["start"]


async def test_only_admins_may(tmp_path: Path) -> None:
    async with desk(tmp_path) as server, Rest(server, await server.token("sup", "supervisor")) as sup:
        for answer in (
            await sup.post("/configuration", {"text": text_of()}),
            await sup.post("/configuration/plan", {"text": text_of()}),
            await sup.post("/configuration/rollback", {"digest": "x"}),
            await sup.get("/configuration"),
            await sup.get("/audit"),
        ):
            assert (answer.status_code, code_of(answer)) == (403, "not_permitted")


async def test_new_hours_and_capacity_reach_queue_and_agents(tmp_path: Path) -> None:
    async with desk(tmp_path) as server, await admin(server) as boss, agent(server):
        closed = {**BASE["queues"][0], "hours": {"timezone": "UTC"}}
        new = text_of(queues=[closed], desk={"capacity": 3, "channel_max": {"chat": 2}})
        good(await boss.post("/configuration", {"text": new}))
        config = server.parts.loop.view.agent(NAME).config
        assert (config.capacity, config.channel_max) == (3, {"chat": 2})
        assert server.parts.loop.view.hours("support") is Hours.CLOSED


async def test_a_file_that_cant_be_written_changes_nothing(tmp_path: Path, file: File) -> None:
    async with desk(tmp_path) as server, await admin(server) as boss:
        server.parts.configurations._file = tmp_path / "gone" / "config.yaml"
        refused = await boss.post("/configuration", {"text": text_of(away_reasons=["tea"])})
        assert refused.status_code == 422 and "can't be written" in refused.json()["error"]["message"]
        assert good(await boss.get("/settings"))["away_reasons"][0] == "break"
        assert [one["action"] for one in good(await boss.get("/audit"))] == ["start"]


async def test_a_start_keeps_what_it_finds_only_once(tmp_path: Path, file: File) -> None:
    store = MemoryStore()
    for _ in range(2):
        async with desk(tmp_path, store):
            pass
    file.write(text_of(away_reasons=["tea"]))
    async with desk(tmp_path, store):
        pass
    assert [(one.action, one.by) for one in store.audit()] == [("start", "server")] * 2
    assert [one.text for one in store.configurations()] == [text_of(away_reasons=["tea"]), text_of()]
