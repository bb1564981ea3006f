"""Signing in and out, who I am, and one's own tokens."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from agentdesk.core.model import Role
from agentdesk.server.http.operation import Call, Operation
from agentdesk.server.http.problems import ApiError, not_found
from agentdesk.store.base import AuditEntry, Token


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signs in. `label` says from where, for the list of tokens."""

    user: Annotated[str, Meta(min_length=1, max_length=200)]
    password: Annotated[str, Meta(min_length=1, max_length=1000)]
    label: Annotated[str, Meta(max_length=100)] = ""


class SignedIn(msgspec.Struct, frozen=True):
    """A new token; it is shown only now."""

    token: str
    user: str
    name: str
    role: str
    expires_ms: int | None


class WhoAmI(msgspec.Struct, frozen=True):
    """Who a token stands for."""

    user: str
    name: str
    role: str
    queues: tuple[str, ...]
    expires_ms: int | None


class TokenInfo(msgspec.Struct, frozen=True):
    """A token without its secret. `id` names it; `current` is the one of this request."""

    id: str
    user: str
    label: str
    created_ms: int
    expires_ms: int | None
    current: bool


class TokenQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose tokens: one's own, or (admins) another user's."""

    user: Annotated[str, Meta(max_length=200)] = ""


async def sign_in(call: Call) -> SignedIn:
    """Exchange a password for a token."""
    body: SignIn = call.body
    signed_in = await call.parts.access.sign_in(body.user, body.password, body.label, call.address)
    if signed_in is None:
        raise ApiError(401, "sign_in_refused", "The name or the password is wrong.", "Try again, or ask an admin.")
    secret, token = signed_in
    user = await call.read(call.parts.store.user, token.user)
    return SignedIn(secret, user.id, user.name, user.role, token.expires_ms)


async def sign_out(call: Call) -> None:
    """Revoke the token of this request."""
    await call.parts.access.revoke(call.who.token)


async def who_am_i(call: Call) -> WhoAmI:
    """Say who the token stands for."""
    who = call.who
    return WhoAmI(who.user.id, who.user.name, who.role, who.user.queues, who.expires_ms)


async def tokens(call: Call) -> list[TokenInfo]:
    """Tokens that are valid, newest first."""
    user = _whose(call, call.query.user)
    now_ms = call.parts.clock.now_ms()
    found: list[Token] = await call.read(call.parts.store.tokens, user)
    valid = [one for one in found if not one.revoked and (one.expires_ms is None or one.expires_ms > now_ms)]
    valid.sort(key=lambda one: -one.created_ms)
    return [
        TokenInfo(one.hash[:16], one.user, one.label, one.created_ms, one.expires_ms, one.hash == call.who.token)
        for one in valid
    ]


async def revoke_token(call: Call) -> None:
    """Take a token away; its sessions end within a second."""
    user = _whose(call, call.query.user)
    found: list[Token] = await call.read(call.parts.store.tokens, user)
    for one in found:
        if one.hash[:16] == call.path["token"] and not one.revoked:
            await call.parts.access.revoke(one.hash)
            about = f"Revoked a token of {user}."
            entry = AuditEntry(0, call.parts.clock.now_ms(), call.who.user.id, "token revoke", about)
            await call.read(call.parts.store.put_audit, entry)
            return
    raise not_found("such token")


def _whose(call: Call, user: str) -> str:
    if user and user != call.who.user.id and not call.who.may(Role.ADMIN):
        raise ApiError(403, "not_permitted", "Other people's tokens are for admins.", "Ask an admin.")
    return user or call.who.user.id


OPERATIONS = (
    Operation("POST", "/login", "sign_in", "Exchange a password for a token", sign_in, SignedIn, None,
              body=SignIn, tag="accounts"),
    Operation("POST", "/logout", "sign_out", "Revoke this token", sign_out, tag="accounts"),
    Operation("GET", "/whoami", "who_am_i", "Who this token stands for", who_am_i, WhoAmI, tag="accounts"),
    Operation("GET", "/tokens", "tokens", "Valid tokens, newest first", tokens, list[TokenInfo],
              query=TokenQuery, tag="accounts"),
    Operation("DELETE", "/tokens/{token}", "revoke_token", "Revoke a token", revoke_token,
              query=TokenQuery, tag="accounts"),
)  # fmt: skip
