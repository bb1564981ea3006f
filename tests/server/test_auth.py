"""Signing in: right and wrong passwords, limits by user and by address, tokens and their end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from agentdesk.config.server import LimitSettings
from agentdesk.server.auth import Principal, principal_of
from agentdesk.server.clock import SystemClock
from agentdesk.server.passwords import hash_password, new_token, token_hash, verify_password
from agentdesk.store.base import Token, User
from tests.server.conftest import server_settings
from tests.server.rest import Rest, code_of
from tests.serving import PASSWORD, RunningServer, no_tracebacks, put_user, running_server

USER = User("ana", "Ana", "agent", "hash")
TOKEN = Token("h", "ana", "", 0)


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[RunningServer]:
    """A server that lets a user try three times."""
    limits = LimitSettings(sign_in_tries=3, sign_in_window_s=3_600, requests_per_s=5_000)
    with no_tracebacks():
        async with running_server(tmp_path, server_settings(tmp_path, limits=limits)) as running:
            await asyncio.to_thread(put_user, running.store, "ana")
            yield running


def credentials(user: str = "ana", password: str = PASSWORD) -> dict[str, str]:
    return {"user": user, "password": password, "label": "test"}


async def test_the_right_password_gets_a_token_that_works(server: RunningServer) -> None:
    await asyncio.to_thread(put_user, server.store, "ana", queues=("sales",))
    async with Rest(server) as nobody:
        answer = await nobody.post("/login", credentials())
        assert answer.status_code == 200
        signed_in = answer.json()
        assert (signed_in["user"], signed_in["role"]) == ("ana", "agent")
        assert len(signed_in["token"]) >= 43
    kept = server.store.tokens("ana")
    assert [one.hash for one in kept] == [token_hash(signed_in["token"])]
    assert signed_in["token"] not in repr(kept)
    async with Rest(server, signed_in["token"]) as ana:
        assert (await ana.get("/whoami")).json()["queues"] == ["sales"]
        assert (await ana.post("/logout")).status_code == 204
        assert code_of(await ana.get("/whoami")) == "not_signed_in"


@pytest.mark.parametrize("user", ["ana", "nobody-at-all"])
async def test_a_wrong_password_and_an_unknown_user_look_alike(strict: RunningServer, user: str) -> None:
    async with Rest(strict) as nobody:
        answer = await nobody.post("/login", credentials(user, "wrong"))
        assert (answer.status_code, code_of(answer)) == (401, "sign_in_refused")
        assert "unknown" not in answer.text


async def test_a_user_may_try_only_so_often_and_is_told_when_to_come_back(strict: RunningServer) -> None:
    async with Rest(strict) as nobody:
        for _ in range(3):
            assert (await nobody.post("/login", credentials(password="wrong"))).status_code == 401
        answer = await nobody.post("/login", credentials())
        assert (answer.status_code, code_of(answer)) == (429, "too_fast")
        assert 0 < int(answer.headers["retry-after"]) <= 1_201


async def test_an_address_may_try_only_so_often_whoever_it_tries(tmp_path: Path) -> None:
    limits = LimitSettings(sign_in_tries=1, sign_in_window_s=3_600, requests_per_s=5_000)
    config = server_settings(tmp_path, limits=limits)
    async with running_server(tmp_path, config) as server, Rest(server) as nobody:
        codes = [(await nobody.post("/login", credentials(f"user-{n}", "x"))).status_code for n in range(11)]
    assert codes == [401] * 10 + [429]


async def test_signing_in_gives_the_tries_back(strict: RunningServer) -> None:
    async with Rest(strict) as nobody:
        for _ in range(2):
            for password, status in (("wrong", 401), ("wrong", 401), (PASSWORD, 200)):
                assert (await nobody.post("/login", credentials(password=password))).status_code == status


async def test_a_disabled_user_may_not_sign_in(strict: RunningServer) -> None:
    user = strict.store.user("ana")
    assert user is not None
    await asyncio.to_thread(strict.store.put_user, msgspec.structs.replace(user, disabled=True))
    async with Rest(strict) as nobody:
        assert code_of(await nobody.post("/login", credentials())) == "sign_in_refused"


async def test_the_log_names_the_user_and_never_the_password(
    strict: RunningServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with Rest(strict) as nobody:
        await nobody.post("/login", credentials(password="hunter2-wrong"))
        answer = await nobody.post("/login", credentials())
    ours = "\n".join(one.getMessage() for one in caplog.records if one.name.startswith("agentdesk"))
    assert "ana" in ours
    assert "hunter2" not in ours
    assert PASSWORD not in ours
    assert answer.json()["token"] not in ours


async def test_tokens_are_listed_without_their_secret_and_can_be_taken_away(server: RunningServer) -> None:
    first, second = await server.token("ana"), await server.token("ana")
    async with Rest(server, first) as ana, Rest(server, second) as other:
        listed = (await ana.get("/tokens")).json()
        assert [one["current"] for one in listed].count(True) == 1
        assert first not in str(listed)
        victim = next(one["id"] for one in listed if not one["current"])
        assert (await ana.http.delete(f"/tokens/{victim}")).status_code == 204
        assert code_of(await other.get("/whoami")) == "not_signed_in"
        assert code_of(await ana.http.delete(f"/tokens/{victim}")) == "not_found"


async def test_other_peoples_tokens_are_for_admins(server: RunningServer) -> None:
    ana, boss = await server.token("ana"), await server.token("boss", "admin")
    async with Rest(server, ana) as agent, Rest(server, boss) as admin:
        assert code_of(await agent.get("/tokens", user="boss")) == "not_permitted"
        listed = (await admin.get("/tokens", user="ana")).json()
        assert (await admin.http.delete(f"/tokens/{listed[0]['id']}", params={"user": "ana"})).status_code == 204
        done = (await admin.get("/audit", limit=1)).json()[0]
        assert (done["action"], done["about"]) == ("token revoke", "Revoked a token of ana.")
        assert code_of(await agent.get("/whoami")) == "not_signed_in"


@pytest.mark.parametrize(
    ("user", "token"),
    [
        (None, TOKEN),
        (USER, None),
        (msgspec.structs.replace(USER, disabled=True), TOKEN),
        (USER, msgspec.structs.replace(TOKEN, revoked=True)),
        (USER, msgspec.structs.replace(TOKEN, expires_ms=100)),
        (msgspec.structs.replace(USER, role="emperor"), TOKEN),
    ],
    ids=["no user", "no token", "disabled", "revoked", "expired", "no such role"],
)
def test_who_is_nobody(user: User | None, token: Token | None) -> None:
    assert principal_of(user, token, 100) is None


def test_who_is_somebody() -> None:
    assert isinstance(principal_of(USER, msgspec.structs.replace(TOKEN, expires_ms=101), 100), Principal)


async def test_who_signs_in_while_accounts_are_looked_at_stays_signed_in(server: RunningServer) -> None:
    await server.token("first")
    access = server.parts.access
    looks = [asyncio.ensure_future(access.look()) for _ in range(20)]
    tokens = [await server.token(f"user{n}") for n in range(20)]
    for token in tokens:
        assert await access.principal(token) is not None
        looks.append(asyncio.ensure_future(access.look()))
    await asyncio.gather(*looks)
    assert [token for token in tokens if access.current(token_hash(token)) is None] == []


async def test_an_expired_token_is_no_longer_good(server: RunningServer) -> None:
    await asyncio.to_thread(put_user, server.store, "ana")
    secret = new_token()
    now_ms = SystemClock().now_ms()
    server.store.put_token(Token(token_hash(secret), "ana", "", now_ms - 10, expires_ms=now_ms - 1))
    async with Rest(server, secret) as ana:
        assert code_of(await ana.get("/whoami")) == "not_signed_in"


def test_passwords_are_argon2id_and_verified() -> None:
    kept = hash_password("a good password")
    assert kept.startswith("$argon2id$")
    assert verify_password("a good password", kept)
    assert not verify_password("another", kept)
    assert not verify_password("a good password", None)
    assert not verify_password("x", "not a hash")
