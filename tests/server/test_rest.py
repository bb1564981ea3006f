"""The REST interface against a real server: what integrators do, what is refused and how, who may do what."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
import pytest

from agentdesk.core.commands import AcceptOffer, Done
from agentdesk.core.events import MessageAdded, Offered
from agentdesk.core.model import Role
from agentdesk.server.http.operation import Operation
from agentdesk.server.http.routes import OPERATIONS
from tests.server.rest import PREFIX, Rest, code_of
from tests.server.wire import Wire, agent, start_chat
from tests.serving import RunningServer

NEW = {
    "channel": "task",
    "queue": "support",
    "customer": {"identities": [{"kind": "email", "value": "mai@example.com"}], "name": "Mai"},
    "text": "Call me about order 4711",
    "subject": "order 4711",
}


async def held(server: RunningServer, ana: Wire) -> int:
    """A chat that this agent holds."""
    await start_chat(server, "where is my parcel?")
    offered = await ana.event(Offered)
    assert isinstance(await ana.do(AcceptOffer(offered.offer.id)), Done)
    return offered.offer.interaction_id


# --- what integrators do ----------------------------------------------------------------------------------------


async def test_an_interaction_is_brought_in_once_and_read_back(server: RunningServer) -> None:
    async with Rest(server, await server.token("boss", "admin")) as boss:
        first = await boss.post("/interactions", NEW, key="import-1")
        again = await boss.post("/interactions", NEW, key="import-1")
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        number = first.json()["interaction_id"]
        read = (await boss.get(f"/interactions/{number}")).json()
        assert (read["channel"], read["state"], read["subject"]) == ("task", "queued", "order 4711")
        customer = (await boss.get(f"/customers/{read['customer_id']}")).json()
        assert customer["name"] == "Mai"
        assert [one["text"] for one in (await boss.get(f"/interactions/{number}/messages")).json()] == [NEW["text"]]
        assert (await boss.get(f"/interactions/{number}/segments")).json()[-1]["state"] == "queued"
        happened = (await boss.get(f"/interactions/{number}/events")).json()
        kinds = [one["event"]["type"] for one in happened]
        assert {"InteractionStarted", "MessageAdded", "Queued"} <= set(kinds)
        second = await boss.post("/interactions", {**NEW, "client_id": "2"}, key="import-2")
        assert second.json()["customer_id"] == read["customer_id"]
        timeline = (await boss.get(f"/customers/{read['customer_id']}/timeline")).json()
        assert [one["interaction_id"] for one in timeline] == [second.json()["interaction_id"], number]


async def test_search_and_pages(server: RunningServer) -> None:
    async with Rest(server, await server.token("boss", "admin")) as boss:
        numbers = []
        for n in range(3):
            made = await boss.post("/interactions", {**NEW, "text": f"parcel {n} to Hà Nội"}, key=str(n))
            numbers.append(made.json()["interaction_id"])
        found = (await boss.get("/search", q="ha noi parcel", limit=2)).json()
        assert [one["message"]["interaction_id"] for one in found] == [numbers[2], numbers[1]]
        rest = (await boss.get("/search", q="ha noi parcel", before=found[-1]["message"]["id"])).json()
        assert [one["message"]["interaction_id"] for one in rest] == [numbers[0]]
        assert (await boss.get("/search", q="   ")).json() == []
        assert [one["name"] for one in (await boss.get("/customers", q="mai")).json()] == ["Mai"]
        page = (await boss.get("/interactions", queue="support", limit=2)).json()
        assert [one["id"] for one in page] == [numbers[2], numbers[1]]


async def test_an_agent_works_over_rest(server: RunningServer) -> None:
    async with agent(server) as ana, Rest(server, ana.token) as rest:
        number = await held(server, ana)
        said = await rest.post(f"/interactions/{number}/messages", {"text": "on its way"}, key="m1")
        assert said.status_code == 201
        assert (
            await rest.post(f"/interactions/{number}/messages", {"text": "on its way"}, key="m1")
        ).json() == said.json()
        assert (await ana.event(MessageAdded)).message.text == "on its way"
        done = await rest.post("/commands", {"command": {"type": "EndInteraction", "interaction_id": number}})
        assert done.json()["type"] == "Done"
        assert (await rest.get("/presence")).json()["presence"] == "available"
        away = await rest.put("/presence", {"presence": "away", "reason": "lunch"})
        assert (away.json()["presence"], away.json()["reason"]) == ("away", "lunch")
        queues = (await rest.get("/queues")).json()
        assert [one["queue"]["id"] for one in queues] == ["sales", "support"] or len(queues) == 2
        assert [one["id"] for one in (await rest.get("/agents")).json()] == ["ana"]


async def test_a_supervisor_changes_an_agents_presence_and_reads_the_log(server: RunningServer) -> None:
    async with agent(server), Rest(server, await server.token("sue", "supervisor")) as sue:
        changed = await sue.put("/agents/ana/presence", {"presence": "away", "reason": "meeting"})
        assert changed.json()["presence"] == "away"
        log = (await sue.get("/events", limit=1000)).json()
        assert [one["seq"] for one in log] == list(range(1, len(log) + 1))
        assert log[-1]["event"]["type"] == "PresenceChanged"
        assert (await sue.get("/events", after=log[-1]["seq"])).json() == []
        assert code_of(await sue.put("/agents/nobody/presence", {"presence": "away"})) == "unknown"


async def test_files_go_up_for_what_one_holds_and_come_back_as_downloads(server: RunningServer) -> None:
    async with agent(server) as ana, Rest(server, ana.token) as rest:
        number = await held(server, ana)
        path = f"/files?interaction={number}&name=..%2Fquote%20%22x%22.txt"
        made = await rest.http.post(path, content=b"ten per cent off")
        assert made.status_code == 201
        file = made.json()
        assert (file["media_type"], file["size"]) == ("text/plain", 16)
        assert "/" not in file["name"]
        body = {"text": "here you are", "attachments": [file]}
        assert (await rest.post(f"/interactions/{number}/messages", body)).status_code == 201
        fetched = await rest.get(f"/files/{file['id']}")
        assert fetched.content == b"ten per cent off"
        assert fetched.headers["content-disposition"].startswith("attachment;")
        assert fetched.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in fetched.headers["content-security-policy"]
        page = await rest.http.post(f"/files?interaction={number}&name=a.txt", content=b"<html><script>x</script>")
        assert code_of(page) == "invalid"
        assert code_of(await rest.http.post(f"/files?interaction={number}&name=a", content=b"")) == "bad_request"
        assert code_of(await rest.http.post("/files?interaction=999&name=a", content=b"x")) == "not_permitted"


async def test_settings_are_those_of_ones_queues(server: RunningServer) -> None:
    async with Rest(server, await server.token("ana")) as ana:
        settings = (await ana.get("/settings")).json()
        assert settings["away_reasons"] == ["break", "lunch", "meeting", "training"]


async def test_health_and_metrics(server: RunningServer) -> None:
    async with Rest(server) as nobody, Rest(server, await server.token("sue", "supervisor")) as sue:
        ready = await nobody.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        assert (await nobody.get("/health/live")).json()["version"]
        await start_chat(server)
        text = (await sue.get("/metrics")).text
        assert 'agentdesk_queue_waiting{queue="support"} 1' in text
        for line in text.splitlines():
            assert re.fullmatch(r"# (HELP|TYPE) \w+ .+|\w+(\{\w+=\"[^\"]*\"\})? -?\d+(\.\d+)?", line), line
        server.parts.loop.stop_accepting()
        assert (await nobody.get("/health/ready")).status_code == 503
        assert (await nobody.get("/health/live")).status_code == 200


# --- what is refused --------------------------------------------------------------------------------------------

HOSTILE: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("GET", "/nothing", {}, 404, "not_found"),
    ("DELETE", "/queues", {}, 405, "bad_method"),
    ("GET", "/customers/999999", {}, 404, "not_found"),
    ("GET", "/interactions/99999999999999999999999", {}, 404, "not_found"),
    ("GET", "/interactions/0", {}, 404, "not_found"),
    ("GET", "/interactions?limit=1000000", {}, 400, "bad_request"),
    ("GET", "/interactions?limit=x", {}, 400, "bad_request"),
    ("GET", "/interactions?colour=red", {}, 400, "bad_request"),
    ("GET", "/search?q=" + "x" * 600, {}, 400, "bad_request"),
    ("GET", "/files/nothing", {}, 404, "not_found"),
    ("POST", "/commands", {"content": b"{"}, 400, "bad_request"),
    ("POST", "/commands", {"content": b"\xff\xfe"}, 400, "bad_request"),
    ("POST", "/commands", {"content": b"[" * 100_000}, 400, "bad_request"),
    ("POST", "/commands", {"json": {"command": {"type": "ConfigureDesk"}}}, 400, "bad_request"),
    ("POST", "/commands", {"json": {"command": {"type": "Hold", "interaction_id": 4}}}, 404, "unknown"),
    ("POST", "/commands", {"content": b" " * 2_000_000}, 413, "too_big"),
    ("POST", "/interactions", {"json": {**NEW, "queue": "nowhere"}}, 404, "unknown"),
    ("POST", "/interactions", {"json": {**NEW, "text": "x" * 20_001}}, 400, "bad_request"),
    ("PUT", "/presence", {"json": {"presence": "asleep"}}, 400, "bad_request"),
    ("POST", "/login", {"json": {"user": "ana"}}, 400, "bad_request"),
    ("PUT", "/presence", {"json": {"presence": "away"}, "headers": {"idempotency-key": "k" * 101}}, 400, "bad_request"),
]  # fmt: skip


HOSTILE_IDS = [f"{number} {method} {path[:40]}" for number, (method, path, *_) in enumerate(HOSTILE)]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("method", "path", "options", "status", "code"), HOSTILE, ids=HOSTILE_IDS)
async def test_what_does_not_fit_is_refused_in_the_documented_shape(
    shared_server: RunningServer, method: str, path: str, options: dict[str, Any], status: int, code: str
) -> None:
    async with Rest(shared_server, await shared_server.token("boss", "admin")) as boss:
        answer = await boss.http.request(method, path, **options)
        assert (answer.status_code, code_of(answer)) == (status, code), answer.text


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("header", ["", "Basic YTpi", "Bearer", "Bearer nonsense", "bearer %FF"])
async def test_without_a_good_token_there_is_nothing(shared_server: RunningServer, header: str) -> None:
    async with Rest(shared_server) as nobody:
        answer = await nobody.http.get("/customers", headers={"authorization": header} if header else {})
        assert (answer.status_code, code_of(answer)) == (401, "not_signed_in")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_who_asks_too_often_is_told_to_wait(tmp_path: Any) -> None:
    from agentdesk.config.server import LimitSettings
    from tests.server.conftest import server_settings
    from tests.serving import running_server

    config = server_settings(tmp_path, limits=LimitSettings(requests_per_s=2))
    async with running_server(tmp_path, config) as server, Rest(server, await server.token("ana")) as ana:
        codes = [(await ana.get("/whoami")).status_code for _ in range(6)]
        assert codes[:4] == [200] * 4
        assert 429 in codes
        assert int((await ana.get("/whoami")).headers.get("retry-after", "1")) >= 1


# --- who may do what --------------------------------------------------------------------------------------------


def _request(operation: Operation) -> tuple[str, dict[str, Any]]:
    path = re.sub(r"\{\w+:int\}", "999", operation.path)
    path = re.sub(r"\{\w+\}", "nothing", path)
    return path, {"content": b"{}"} if operation.body is not None or operation.raw_body else {}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.name for one in OPERATIONS])
async def test_every_operation_asks_for_its_role(shared_server: RunningServer, operation: Operation) -> None:
    order = [Role.AGENT, Role.SUPERVISOR, Role.ADMIN]
    tokens = {role: await shared_server.token(f"a-{role}", role) for role in order}
    path, options = _request(operation)
    async with httpx.AsyncClient(base_url=shared_server.url + PREFIX, timeout=10) as http:
        answer = await http.request(operation.method, path, **options)
        if operation.role is None:
            assert answer.status_code != 401 or code_of(answer) == "sign_in_refused"
            return
        assert answer.status_code == 401
        for role in order:
            headers = {"authorization": f"Bearer {tokens[role]}"}
            answer = await http.request(operation.method, path, headers=headers, **options)
            permitted = order.index(role) >= order.index(operation.role)
            assert (answer.status_code == 403 and "for the role" in answer.text) is not permitted
            assert answer.status_code != 500


# --- the description --------------------------------------------------------------------------------------------


async def test_openapi_describes_every_operation_and_every_reference_is_there(server: RunningServer) -> None:
    async with Rest(server) as nobody:
        document = (await nobody.get("/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(one.method, PREFIX + re.sub(r":int\}", "}", one.path)) for one in OPERATIONS}
    names = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names))
    for reference in re.findall(r'"\$ref": ?"#/components/(\w+)/(\w+)"', str(document).replace("'", '"')):
        assert reference[1] in document["components"][reference[0]]
    for path, methods in document["paths"].items():
        wanted = set(re.findall(r"\{(\w+)\}", path))
        for one in methods.values():
            assert {p["name"] for p in one["parameters"] if p["in"] == "path"} == wanted


async def test_the_page_needs_nothing_from_elsewhere(server: RunningServer) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http:
        page = await http.get("/api/docs")
        assert page.status_code == 200
        assert "default-src 'none'" in page.headers["content-security-policy"]
        for name in re.findall(r'(?:src|href)="([^"]+)"', page.text):
            assert "//" not in name
            assert (await http.get(f"/api/{name}")).status_code == 200


async def test_requests_wait_for_their_commit(server: RunningServer) -> None:
    async with agent(server) as ana, Rest(server, ana.token) as rest:
        number = await held(server, ana)
        bodies = [{"text": f"line {n}", "client_id": str(n)} for n in range(20)]
        answers = await asyncio.gather(*(rest.post(f"/interactions/{number}/messages", one) for one in bodies))
        assert all(one.status_code == 201 for one in answers)
        kept = await asyncio.to_thread(server.store.messages, number)
        assert {one["text"] for one in bodies} <= {one.text for one in kept}
