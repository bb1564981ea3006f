"""The server's REST interface as typed calls. Errors reach the caller as `agentdesk.errors`, ready for a person."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import msgspec

from agentdesk.client.address import is_loopback
from agentdesk.client.port import Hit, Settings, TimelineEntry
from agentdesk.core.model import Customer, Message
from agentdesk.errors import Failed, SignInRefused, Unreachable

if TYPE_CHECKING:
    import httpx

    from agentdesk.client.why import WhyAnswer
    from agentdesk.core.routing.explain import WhyAgent

PREFIX = "/api/v1"
WAIT_S = 15.0
CONNECTIONS_MAX = 4
LABEL_MAX = 100

T = TypeVar("T")


class Problem(msgspec.Struct):
    """What went wrong, and what to do about it."""

    code: str = ""
    message: str = ""
    remedy: str = ""


class ProblemBody(msgspec.Struct):
    """What an error answer holds."""

    error: Problem = msgspec.field(default_factory=Problem)


class SignedIn(msgspec.Struct):
    """The answer to a password."""

    token: str


class Api:
    """Calls to one server with one token. Close it when done."""

    def __init__(self, url: str, token: str = "") -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._http: httpx.AsyncClient | None = None

    async def get(self, path: str, kind: type[T], **params: str | int | None) -> T:
        """Fetch something and decode it."""
        body = await self._call("GET", path, params)
        return _decode(body, kind)

    async def post(self, path: str, body: object, kind: type[T]) -> T:
        """Send something and decode the answer."""
        return _decode(await self._call("POST", path, {}, msgspec.json.encode(body)), kind)

    async def settings(self) -> Settings:
        """What the server tells clients once."""
        return await self.get("/settings", Settings)

    async def customer(self, customer_id: int) -> Customer:
        """What is known of one customer."""
        return await self.get(f"/customers/{customer_id}", Customer)

    async def timeline(self, customer_id: int, before: int | None = None) -> tuple[TimelineEntry, ...]:
        """A page of a customer's interactions, newest first."""
        return await self.get(f"/customers/{customer_id}/timeline", tuple[TimelineEntry, ...], before=before)

    async def messages(self, interaction_id: int, before: int | None = None) -> tuple[Message, ...]:
        """A page of an interaction's messages in order, the newest or those just before an id."""
        return await self.get(f"/interactions/{interaction_id}/messages", tuple[Message, ...], before=before)

    async def search(self, query: str, customer_id: int | None = None, before: int | None = None) -> tuple[Hit, ...]:
        """Messages that hold every word, newest first."""
        return await self.get("/search", tuple[Hit, ...], q=query, customer=customer_id, before=before)

    async def file(self, file_id: str) -> bytes:
        """The bytes of an attachment."""
        return await self._call("GET", f"/files/{file_id}", {})

    async def why(self, interaction_id: int) -> WhyAnswer:
        """What routing does with an interaction now, and the offers there were."""
        from agentdesk.client.why import WhyAnswer

        return await self.get(f"/interactions/{interaction_id}/why", WhyAnswer)

    async def why_agent(self, agent: str) -> WhyAgent:
        """Why nothing comes to an agent."""
        from agentdesk.core.routing.explain import WhyAgent

        return await self.get(f"/agents/{quote(agent, safe='')}/why", WhyAgent)

    async def sign_in(self, user: str, password: str, label: str) -> str:
        """Exchange a password for a token; `label` names it in the list of what is signed in."""
        body = {"user": user, "password": password, "label": label[:LABEL_MAX]}
        return (await self.post("/login", body, SignedIn)).token

    async def sign_out(self) -> None:
        """Revoke this token on the server."""
        await self._call("POST", "/logout", {})

    async def renew(self, token: str) -> None:
        """Call with another token from now on."""
        self._token = token
        await self.close()

    async def close(self) -> None:
        """Let go of the connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    def _new_client(self) -> httpx.AsyncClient:
        import httpx  # 60 ms that a start without a REST call doesn't pay

        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        return httpx.AsyncClient(
            base_url=self._url + PREFIX,
            headers=headers,
            timeout=WAIT_S,
            limits=httpx.Limits(max_connections=CONNECTIONS_MAX),
            trust_env=not is_loopback(self._url),
            verify=self._url.startswith("https:"),
        )

    async def _call(self, method: str, path: str, params: dict[str, Any], body: bytes | None = None) -> bytes:
        if self._http is None:
            # importing httpx and reading the certificates takes 150 ms, in which a screen could take no key
            client = await asyncio.to_thread(self._new_client)
            self._http = self._http or client
        import httpx

        http = self._http
        given = {name: value for name, value in params.items() if value is not None}
        headers = {} if body is None else {"content-type": "application/json"}
        try:
            answer = await http.request(method, path, params=given, content=body, headers=headers)
        except httpx.TimeoutException:
            raise Unreachable(f"{self._url} did not answer within {WAIT_S:.0f} seconds", "Try again.") from None
        except httpx.HTTPError as error:
            message = f"no connection to {self._url}: {error}"
            raise Unreachable(message, "Check the address, and that the server runs.") from None
        if answer.is_success:
            return answer.content
        raise _error(answer.status_code, answer.content)


def _decode(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise Failed(f"the answer is not what this client expects ({error})", "Update the older of the two.") from None


def _error(status: int, body: bytes) -> Failed | SignInRefused:
    try:
        problem = msgspec.json.decode(body, type=ProblemBody).error
    except msgspec.MsgspecError:
        problem = Problem()
    message = problem.message or f"the server answered {status}"
    if status == 401:
        return SignInRefused(message, problem.remedy or "Sign in again: agentdesk login")
    return Failed(message, problem.remedy)
