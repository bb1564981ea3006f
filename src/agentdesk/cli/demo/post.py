"""Customers of the demo who write mails, and the place where the answers arrive: shown on a page of its own.

They hand their mails over by LMTP, as a host's mail server does; what agents send goes to a relay that the demo runs.
"""

from __future__ import annotations

import asyncio
import email
import smtplib
from collections import deque
from email.headerregistry import Address
from email.message import EmailMessage
from email.message import Message as Mail
from email.policy import default
from email.utils import make_msgid
from html import escape
from random import Random
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from uvicorn import Config, Server

from agentdesk.cli.demo.people import PEOPLE, Person, topic_for
from agentdesk.cli.demo.place import ADDRESS, Ports
from agentdesk.client.link import sleep

KEPT = 50
HAND_OVER_S = 20.0
WRITES_S = (12.0, 40.0)
THANKS_S = (5.0, 20.0)
THANKS = {"en": "Thank you!", "id": "Terima kasih!", "vi": "Cảm ơn bạn!", "fa": "متشکرم!"}

HEAD = """<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>Mail of the demo</title>
<style>body{font:16px/1.5 system-ui;max-width:48rem;margin:2rem auto;padding:0 1rem}article{border:1px solid #bbb;
border-radius:6px;padding:0 1rem;margin:1rem 0}pre{white-space:pre-wrap;font:inherit}</style>
<h1>Mail that the desk has sent</h1>"""


class Post:
    """Writes, receives, and shows. Runs until cancelled."""

    def __init__(self, ports: Ports, random: Random) -> None:
        self._ports = ports
        self._random = random
        self._answered: set[str] = set()
        self._waiting: dict[str, Person] = {}
        self.arrived: deque[Mail[Any, Any]] = deque(maxlen=KEPT)
        self._thanks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Open the relay and the page; then write."""
        loop = asyncio.get_running_loop()
        relay = await loop.create_server(lambda: SMTP(self, hostname="demo", loop=loop), "127.0.0.1", self._ports.relay)
        async with relay, asyncio.TaskGroup() as tasks:
            app = Starlette(routes=[Route("/", self._page)])
            config = Config(app, host="127.0.0.1", port=self._ports.page, log_level="critical", lifespan="off")
            tasks.create_task(Server(config).serve())
            tasks.create_task(self._write())

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """What the desk sends arrives; whoever hears from it for the first time says thanks."""
        content = envelope.content
        mail: Mail[Any, Any] = email.message_from_bytes(content if isinstance(content, bytes) else b"", policy=default)
        self.arrived.appendleft(mail)
        for address in envelope.rcpt_tos:
            person = self._waiting.get(address)
            if person is not None and address not in self._answered:
                self._answered.add(address)
                thanks = asyncio.get_running_loop().create_task(self._thank(person, address, mail))
                self._thanks.add(thanks)
                thanks.add_done_callback(self._thanks.discard)
        return "250 2.0.0 it is on the page"

    async def _write(self) -> None:
        number = 0
        while True:
            await self._pause(WRITES_S)
            number += 1
            person = self._random.choice(PEOPLE)
            address = f"customer{number}@example.org"
            self._waiting[address] = person
            lines = topic_for(person, self._random).lines[:-1] or ("Hello",)
            await self._hand_over(_mail(person, address, lines[0][:60], "\n\n".join(lines)))

    async def _thank(self, person: Person, address: str, answered: Mail[Any, Any]) -> None:
        await self._pause(THANKS_S)
        mail = _mail(person, address, str(answered["Subject"]), THANKS.get(person.language, THANKS["en"]))
        mail["In-Reply-To"] = str(answered["Message-ID"])
        await self._hand_over(mail)

    async def _hand_over(self, mail: EmailMessage) -> None:
        await asyncio.to_thread(self._lmtp, mail)

    def _lmtp(self, mail: EmailMessage) -> None:
        with smtplib.LMTP("127.0.0.1", self._ports.lmtp, timeout=HAND_OVER_S) as door:
            door.send_message(mail)

    async def _pause(self, between: tuple[float, float]) -> None:
        await sleep(self._random.uniform(*between))

    async def _page(self, request: Request) -> HTMLResponse:
        shown = "".join(_shown(mail) for mail in self.arrived) or "<p>None yet. Answer a mail in the desk.</p>"
        return HTMLResponse(HEAD + shown, headers={"Content-Security-Policy": "default-src 'self' 'unsafe-inline'"})


def _mail(person: Person, address: str, subject: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = Address(person.name, addr_spec=address)
    mail["To"] = ADDRESS
    mail["Subject"] = " ".join(subject.split())
    mail["Message-ID"] = make_msgid(domain="example.org")
    mail.set_content(text)
    return mail


def _shown(mail: Mail[Any, Any]) -> str:
    body = mail.get_body(("plain",)) if isinstance(mail, EmailMessage) else None
    text = "" if body is None else str(body.get_content())
    head = "".join(f"<b>{name}</b> {escape(str(mail[name] or ''))}<br>" for name in ("To", "Subject"))
    return f'<article dir="auto"><p>{head}</p><pre>{escape(text)}</pre></article>'
