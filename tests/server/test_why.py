"""Why, over REST: what waits, what was offered to whom and why, who may ask."""

from __future__ import annotations

from agentdesk.client.api import Api
from agentdesk.core.commands import DeclineOffer, Done
from agentdesk.core.events import Offered
from tests.server.rest import Rest, code_of
from tests.server.wire import agent, start_chat
from tests.serving import RunningServer


async def test_what_waits_says_what_keeps_each_agent_and_what_was_offered(server: RunningServer) -> None:
    async with agent(server) as ana, Rest(server, await server.token("sam", "supervisor")) as sam:
        await start_chat(server, "where is my parcel?")
        offered = await ana.event(Offered)
        number = offered.offer.interaction_id
        why = (await sam.get(f"/interactions/{number}/why")).json()
        assert (why["live"]["state"], why["live"]["agent"]) == ("offered", "ana")
        (offer,) = why["offers"]
        assert (offer["agent"], offer["outcome"], offer["trace"]["how"]) == ("ana", "", "longest_idle")
        assert isinstance(await ana.do(DeclineOffer(offered.offer.id, "busy")), Done)
        why = (await sam.get(f"/interactions/{number}/why")).json()
        assert (why["live"]["state"], why["live"]["place"]) == ("queued", 1)
        assert {one["agent"]: one["stop"]["filter"] for one in why["live"]["candidates"]}["ana"] == "refused"
        assert "rest" in [one["what"] for one in why["live"]["coming"]]
        assert [(one["outcome"], one["reason"]) for one in why["offers"]] == [("declined", "busy")]
        mine = await sam.get("/agents/ana/why")
        assert [one["stopped"] for one in mine.json()["queues"]] == [{"refused": 1}]
        assert mine.json()["ledger"]["declined"] == 1


async def test_agents_ask_about_what_is_theirs(server: RunningServer) -> None:
    async with agent(server) as ana, Rest(server, await server.token("ben", queues=("sales",))) as ben:
        await start_chat(server, "hello")
        number = (await ana.event(Offered)).offer.interaction_id
        refused = await ben.get(f"/interactions/{number}/why")
        assert (refused.status_code, code_of(refused)) == (403, "not_permitted")
        refused = await ben.get("/agents/ana/why")
        assert (refused.status_code, code_of(refused)) == (403, "not_permitted")
        assert (await ben.get("/interactions/99/why")).status_code == 404
        async with Rest(server, ana.token) as hers:
            assert (await hers.get(f"/interactions/{number}/why")).status_code == 200
            assert (await hers.get("/agents/ana/why")).json()["offers"] == 1


async def test_clients_read_the_answers(server: RunningServer) -> None:
    async with agent(server) as ana:
        await start_chat(server, "hello")
        number = (await ana.event(Offered)).offer.interaction_id
        api = Api(server.url, ana.token)
        try:
            why = await api.why(number)
            assert why.live is not None and why.live.agent == "ana"
            assert [one.agent for one in why.offers] == ["ana"]
            assert (await api.why_agent("ana")).offers == 1
        finally:
            await api.close()
