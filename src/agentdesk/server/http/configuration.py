"""The settings while the server runs: what a change would do, doing it, undoing it, and what admins did."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from agentdesk.config.document import FILE_BYTES_MAX
from agentdesk.core.model import Role
from agentdesk.errors import SettingsError
from agentdesk.server.configuring.live import Moved
from agentdesk.server.configuring.plan import Plan
from agentdesk.server.http.operation import Call, Operation
from agentdesk.server.http.problems import ApiError
from agentdesk.store.base import AuditEntry, Configuration


class NewSettings(msgspec.Struct, frozen=True):
    """A whole settings file (YAML)."""

    text: Annotated[str, Meta(max_length=FILE_BYTES_MAX)]


class Undo(msgspec.Struct, frozen=True):
    """Take back the settings of this digest, so that a repeat doesn't go back further."""

    digest: Annotated[str, Meta(max_length=100)]


class RolledBack(msgspec.Struct, frozen=True):
    """What was taken back, and what is in effect now."""

    undone: Configuration
    now: Configuration


class AuditQuery(msgspec.Struct, frozen=True):
    """A page of the audit log."""

    before: int | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] = 50


async def configuration(call: Call) -> Configuration:
    """The settings that are in effect, as they were written."""
    try:
        return await call.parts.configurations.current()
    except SettingsError as problem:
        raise ApiError(404, "not_found", problem.message, problem.remedy) from None


async def plan(call: Call) -> Plan:
    """What these settings would do to the desk as it is. Nothing changes."""
    body: NewSettings = call.body
    try:
        return await call.parts.configurations.plan(body.text, call.who.user.id)
    except SettingsError as problem:
        raise _invalid(problem) from None


async def apply(call: Call) -> Configuration:
    """Make these settings take effect."""
    body: NewSettings = call.body
    try:
        return await call.parts.configurations.apply(body.text, call.who.user.id)
    except SettingsError as problem:
        raise _invalid(problem) from None


async def rollback(call: Call) -> RolledBack:
    """Go back to the settings before."""
    body: Undo = call.body
    try:
        return RolledBack(*await call.parts.configurations.rollback(body.digest, call.who.user.id))
    except SettingsError as problem:
        raise _invalid(problem) from None
    except Moved as problem:
        raise ApiError(409, "stale", problem.message, problem.remedy) from None


async def audit(call: Call) -> list[AuditEntry]:
    """What admins did, newest first."""
    query: AuditQuery = call.query
    found: list[AuditEntry] = await call.read(call.parts.store.audit, before=query.before, limit=query.limit)
    return found


def _invalid(problem: SettingsError) -> ApiError:
    return ApiError(422, "invalid", problem.message, problem.remedy)


OPERATIONS = (
    Operation("GET", "/configuration", "configuration", "The settings in effect", configuration, Configuration,
              Role.ADMIN, tag="settings"),
    Operation("POST", "/configuration/plan", "plan_configuration", "What settings would do", plan, Plan,
              Role.ADMIN, body=NewSettings, tag="settings"),
    Operation("POST", "/configuration", "apply_configuration", "Make settings take effect", apply, Configuration,
              Role.ADMIN, body=NewSettings, tag="settings"),
    Operation("POST", "/configuration/rollback", "roll_back_configuration", "Go back to the settings before", rollback,
              RolledBack, Role.ADMIN, body=Undo, tag="settings"),
    Operation("GET", "/audit", "audit", "What admins did, newest first", audit, list[AuditEntry],
              Role.ADMIN, query=AuditQuery, tag="settings"),
)  # fmt: skip
