"""Attachments: agents fetch what customers sent and put up what they send; nothing served back can run as a page."""

from __future__ import annotations

import secrets
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.responses import Response

from agentdesk.channels.bodies import saved_file
from agentdesk.channels.sniff import MARKUP, media_type, safe_name
from agentdesk.core.model import Attachment
from agentdesk.server.http.operation import ID_MAX, Call, Operation
from agentdesk.server.http.problems import ApiError, bad_request, not_found
from agentdesk.store.base import FileBlob

FILE_ID_BYTES = 18


class UploadQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file is called and the live interaction that it is for."""

    interaction: Annotated[int, Meta(ge=1, le=ID_MAX)]
    name: Annotated[str, Meta(min_length=1, max_length=500)]


async def fetch(call: Call) -> Response:
    """The bytes, to be saved and not shown, for whoever may read the messages of the interaction: every agent.

    What a visitor has uploaded and not sent belongs to none.
    """
    blob: FileBlob | None = await call.read(call.parts.store.file, call.path["file"])
    if blob is None or not blob.owner.startswith("i"):
        raise not_found("such file")
    return saved_file(blob, resource_policy="same-origin")


async def upload(call: Call) -> Attachment:
    """Keep a file that an agent wants to send."""
    query: UploadQuery = call.query
    data: bytes = call.body
    interaction = call.parts.loop.view.interaction(query.interaction)
    if interaction is None or interaction.agent != call.who.user.id:
        raise ApiError(403, "not_permitted", "Files are put up for an interaction that you hold.", "Take it first.")
    if not data:
        raise bad_request("The file is empty.", "Send its bytes as the body.")
    found = media_type(data)
    if found == MARKUP:
        raise ApiError(422, "invalid", "Web pages can't be sent.", "Send it as PDF or plain text.")
    file_id = secrets.token_urlsafe(FILE_ID_BYTES)
    blob = FileBlob(file_id, safe_name(query.name), found, data, f"i{interaction.id}", call.parts.clock.now_ms())
    await call.read(call.parts.store.put_file, blob)
    return Attachment(blob.id, blob.name, blob.media_type, len(data))


OPERATIONS = (
    Operation("GET", "/files/{file}", "fetch_file", "The bytes of an attachment", fetch, bytes,
              produces="application/octet-stream", tag="files"),
    Operation("POST", "/files", "upload_file", "Put up a file to send; its answer goes into a message's attachments",
              upload, Attachment, query=UploadQuery, raw_body=True, body_max="attachment_bytes", status=201,
              tag="files"),
)  # fmt: skip
