"""The corpus in tests/data/mail: each mail with what must come of it beside it; what is left out doesn't matter."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentdesk.channels.email.parse import parse
from agentdesk.channels.email.parsed import AddressList, ParsedMail, Rejection
from agentdesk.channels.email.tree import content

CORPUS = Path(__file__).parent.parent.parent / "data" / "mail"
MAILS = sorted(CORPUS.glob("*.eml"))


def _pairs(addresses: AddressList) -> list[list[str]]:
    return [[one.name, one.address] for one in addresses.shown]


def _files(mail: ParsedMail) -> list[list[Any]]:
    return [[one.name, one.media_type, one.size, one.danger] for one in mail.attachments]


def _report(mail: ParsedMail) -> list[list[Any]]:
    assert mail.report is not None
    return [[one.recipient, one.action, one.status, one.diagnostic, one.permanent] for one in mail.report.recipients]


READ: dict[str, Callable[[ParsedMail], Any]] = {
    "sender": lambda mail: mail.sender.address,
    "sender_name": lambda mail: mail.sender.name,
    "to": lambda mail: _pairs(mail.to),
    "cc": lambda mail: _pairs(mail.cc),
    "in_reply_to": lambda mail: list(mail.in_reply_to),
    "references": lambda mail: list(mail.references),
    "visible": lambda mail: mail.reading.visible,
    "signature": lambda mail: mail.reading.signature,
    "folded": lambda mail: len(mail.reading.folded),
    "attachments": _files,
    "inline": lambda mail: [one.content_id for one in mail.attachments if one.inline],
    "report": _report,
    "original": lambda mail: mail.report and mail.report.original_message_id,
    "original_subject": lambda mail: mail.report and mail.report.original_subject,
    "deceptive": lambda mail: [one.target for one in mail.links if one.deceptive],
    "list_id": lambda mail: mail.list_headers.list_id,
    "languages": lambda mail: list(mail.languages),
    "notes": lambda mail: list(mail.notes),
}


def _found(mail: ParsedMail, key: str) -> Any:
    return READ[key](mail) if key in READ else getattr(mail, key)


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_mail_is_read_as_written_beside_it(path: Path) -> None:
    wanted = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    raw = path.read_bytes()
    mail = parse(raw)
    if "reason" in wanted:
        assert isinstance(mail, Rejection)
        assert mail.reason == wanted["reason"]
        return
    assert isinstance(mail, ParsedMail)
    if contained := wanted.pop("contains", None):
        assert contained in mail.text
    if "attachments" in wanted:
        for line, found in zip(wanted["attachments"], mail.attachments, strict=True):
            line[1] = found.media_type if line[1] is None else line[1]
    assert {key: _found(mail, key) for key in wanted} == wanted


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_nothing_of_the_text_is_lost_by_folding(path: Path) -> None:
    mail = parse(path.read_bytes())
    if isinstance(mail, ParsedMail):
        parts = [part.text for part in mail.reading.parts]
        assert "".join("".join(parts).split()) == "".join(mail.text.split())


def test_an_attachment_is_found_again_in_the_mail() -> None:
    raw = (CORPUS / "inline_image.eml").read_bytes()
    mail = parse(raw)
    assert isinstance(mail, ParsedMail)
    (image,) = mail.attachments
    data = content(raw, image)
    assert data.startswith(b"GIF89a") and len(data) == image.size


def test_every_mail_has_its_expected_result() -> None:
    assert len(MAILS) > 40
    assert {path.stem for path in MAILS} == {path.stem for path in CORPUS.glob("*.json")}
