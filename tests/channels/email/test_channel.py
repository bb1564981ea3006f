"""Mail through a real server: mails become interactions, answers reach the customer and come back in the thread."""

from __future__ import annotations

import asyncio
import email
import email.utils
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from email.message import Message as Mail
from pathlib import Path
from typing import Any

import pytest

from agentdesk.channels.email.channel import Email
from agentdesk.config.email import EmailSettings, ImapSettings, MailboxSettings, MailListenSettings, SmtpSettings
from agentdesk.config.server import QueueSettings, WebchatSettings, WrapupSettings
from agentdesk.core.commands import (
    AcceptOffer,
    Actor,
    CancelSend,
    ConfigureAgent,
    Done,
    EndInteraction,
    SendMessage,
    SessionOpened,
    SetPresence,
)
from agentdesk.core.mail import Delivery
from agentdesk.core.model import AgentConfig, Interaction, Message, MessageKind, Presence
from agentdesk.server.parts import SYSTEM
from tests.mailing.dovecot import PACKAGES, Dovecot, is_installed, private_dovecot
from tests.mailing.handing import hand_over_lmtp
from tests.mailing.relay import ScriptedRelay, scripted_relay
from tests.serving import RunningServer, running_server, settings

ANA = Actor("agent", "ana", name="Ana")
WAIT_S = 30.0


def mail(text: str = "Where is my parcel?", **headers: str) -> bytes:
    lines = {
        "From": "Kim <kim@example.org>",
        "To": "desk@example.test",
        "Subject": "Parcel",
        "Message-ID": "<1@example.org>",
        "Content-Type": "text/plain; charset=utf-8",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{head}\r\n{text}\r\n".encode()


class Desk:
    """A server with one mailbox, an agent at work, and what they see."""

    def __init__(self, server: RunningServer, relay: ScriptedRelay) -> None:
        self.server = server
        self.relay = relay
        self.channel = next(c for c in server.app.channels if isinstance(c, Email))
        self._changed = asyncio.Condition()
        server.parts.loop.on_committed(lambda events: asyncio.ensure_future(self._tell()))

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def until(self, condition: Any) -> Any:
        """Wait until something holds after a commit; what it is."""
        async with asyncio.timeout(WAIT_S), self._changed:
            while not (found := condition()):
                await self._changed.wait()
            return found

    def live(self) -> list[Interaction]:
        return sorted(self.server.parts.loop.view.interactions(), key=lambda one: one.id)

    async def does(self, command: Any, actor: Actor = ANA) -> Done:
        answer = await self.server.parts.loop.submit(command, actor)
        assert isinstance(answer, Done), answer
        return answer

    async def take(self) -> Interaction:
        """Accept what is offered to ana."""
        one = await self.until(lambda: next((i for i in self.live() if i.offer is not None), None))
        await self.does(AcceptOffer(one.offer.id))
        return next(i for i in self.live() if i.id == one.id)

    async def messages(self, interaction_id: int) -> list[Message]:
        return await asyncio.to_thread(self.server.store.messages, interaction_id)

    async def reply(self, interaction_id: int, text: str = "On its way.", **more: Any) -> int:
        return (await self.does(SendMessage(interaction_id, text, **more))).id

    async def delivered(self, interaction_id: int, state: Delivery) -> str:
        """Wait until the last mail is in this state; the relay's words."""

        def last() -> Any:
            one = next((i for i in self.live() if i.id == interaction_id), None)
            return one is not None and one.sends and one.sends[-1].state is state and one.sends[-1]

        return str((await self.until(last)).words)

    async def until_idle(self) -> None:
        """Wait until the mailbox has been read and waits for more."""
        while (health := self.channel.health.get("desk")) is None or health.state != "idle":
            self.channel.health_changed.clear()
            await self.channel.health_changed.wait()

    async def hand(self, raw: bytes, to: str = "desk@example.test") -> str:
        """Hand a mail over as the host's mail server does; the answer."""
        return await hand_over_lmtp(self.channel.port, raw, to)

    def outgoing(self, number: int = -1) -> Mail:
        return email.message_from_bytes(self.relay.mails[number])


def email_settings(relay_port: int, **box: Any) -> EmailSettings:
    smtp = SmtpSettings(host="127.0.0.1", port=relay_port, tls="none")
    signature = "Yours\n{{agent.name}}"
    desk = MailboxSettings(id="desk", address="desk@example.test", name="Example", signature=signature, **box)
    return EmailSettings(mailboxes=(desk,), smtp=smtp, listen=MailListenSettings(port=0), hold_s=0)


@asynccontextmanager
async def at_work(folder: Path, relay: ScriptedRelay, email_: EmailSettings) -> AsyncIterator[Desk]:
    queue = QueueSettings(id="mail", name="Mail", channels=("email",), wrapup=WrapupSettings(mode="none"))
    config = settings(folder, webchat=WebchatSettings(enabled=False), queues=(queue,), email=email_)
    async with running_server(folder, config) as server:
        await server.token("ana", capacity=20)
        desk = Desk(server, relay)
        await desk.does(ConfigureAgent(AgentConfig("ana", "Ana", capacity=20)), SYSTEM)
        await desk.channel.listening.wait()
        await desk.does(SessionOpened("ana"), SYSTEM)
        await desk.does(SetPresence(Presence.AVAILABLE))
        yield desk


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with scripted_relay() as relay, at_work(tmp_path, relay, email_settings(relay.port)) as desk:
        yield desk


async def test_a_mail_is_an_interaction_and_its_answer_a_mail(desk: Desk) -> None:
    assert (await desk.hand(mail(References="<0@example.org>"))).startswith("250 2.0.0 message")
    taken = await desk.take()
    assert (taken.channel, taken.subject, taken.customer_name) == ("email", "Parcel", "Kim")
    (said,) = await desk.messages(taken.id)
    assert said.text == "Where is my parcel?"
    assert said.mail is not None and said.mail.sender == "Kim <kim@example.org>"
    await desk.reply(taken.id, "It is **on** its way.")
    assert await desk.delivered(taken.id, Delivery.SENT) == "250 2.0.0 queued as 4711"
    sent = desk.outgoing()
    assert (sent["To"], sent["Subject"], sent["In-Reply-To"]) == ("kim@example.org", "Re: Parcel", "<1@example.org>")
    plain, page = (part.get_payload(decode=True).decode() for part in sent.walk() if not part.is_multipart())
    assert plain.startswith("It is **on** its way.")
    assert plain.split()[-3:] == ["--", "Yours", "Ana"]
    assert "<strong>on</strong>" in page


async def test_an_answer_to_ours_goes_on_in_the_thread(desk: Desk) -> None:
    await desk.hand(mail())
    taken = await desk.take()
    await desk.reply(taken.id)
    await desk.delivered(taken.id, Delivery.SENT)
    ours = desk.outgoing()["Message-ID"]
    quoted = "On Mon, 23 Nov 2026 at 10:00, Ana <desk@example.test> wrote:\r\n> On its way."
    answer = mail(f"Thanks!\r\n\r\n{quoted}", In_Reply_To=ours, Message_ID="<2@example.org>")
    assert (await desk.hand(answer)) == f"250 2.0.0 message {taken.id}"
    assert [m.text for m in await desk.messages(taken.id)] == ["Where is my parcel?", "On its way.", "Thanks!"]
    assert len(desk.live()) == 1


async def test_a_reply_address_alone_finds_the_thread(desk: Desk) -> None:
    await desk.hand(mail())
    taken = await desk.take()
    await desk.reply(taken.id)
    await desk.delivered(taken.id, Delivery.SENT)
    address = email.utils.parseaddr(desk.outgoing()["Reply-To"])[1]
    assert address.startswith("desk+ad-")
    assert (await desk.hand(mail("Again", Message_ID="<3@example.org>"), address)) == f"250 2.0.0 message {taken.id}"


async def test_a_stranger_with_somebodys_reference_starts_anew(desk: Desk) -> None:
    await desk.hand(mail())
    taken = await desk.take()
    await desk.hand(mail("Me too", From="eve@example.net", References="<1@example.org>", Message_ID="<4@example.net>"))
    other = await desk.take()
    assert other.id != taken.id
    assert other.attributes["resembles"].startswith(str(taken.id))


async def test_a_mail_that_comes_after_its_answer_joins_it(desk: Desk) -> None:
    await desk.hand(mail("And another thing", References="<1@example.org>", Message_ID="<2@example.org>"))
    taken = await desk.take()
    assert (await desk.hand(mail())) == f"250 2.0.0 message {taken.id}"
    stranger = mail("Not me", From="eve@example.net", Message_ID="<9@example.org>")
    await desk.hand(mail("x", References="<9@example.org>", Message_ID="<8@example.org>", From="bo@example.org"))
    assert (await desk.hand(stranger)) == "250 2.0.0 message 3"


async def test_the_same_mail_twice_is_one_message(desk: Desk) -> None:
    first, again = await desk.hand(mail()), await desk.hand(b"Received: by another\r\n" + mail())
    assert first.startswith("250 2.0.0 message") and again.startswith("250 2.0.0 duplicate")
    assert len(desk.live()) == 1
    store = desk.server.store
    assert await asyncio.to_thread(store.intake_counts, "desk") == {"duplicate": 1, "message": 1}


async def test_an_answer_to_a_closed_one_brings_it_back_to_its_agent(desk: Desk) -> None:
    await desk.hand(mail())
    taken = await desk.take()
    await desk.does(EndInteraction(taken.id))
    assert desk.live() == []
    await desk.hand(mail("One more thing", References="<1@example.org>", Message_ID="<5@example.org>"))
    back = await desk.take()
    assert (back.id, back.agent) == (taken.id, "ana")
    assert [m.text for m in await desk.messages(taken.id)] == ["Where is my parcel?", "One more thing"]


async def test_a_bounce_reopens_for_its_author_with_the_servers_words(desk: Desk) -> None:
    await desk.hand(mail())
    taken = await desk.take()
    await desk.reply(taken.id)
    await desk.delivered(taken.id, Delivery.SENT)
    ours = desk.outgoing()["Message-ID"]
    await desk.does(EndInteraction(taken.id))
    bounce = (
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; kim@example.org\r\nAction: failed\r\n"
        "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 No such user\r\n\r\n--b\r\n"
        f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {ours}\r\nSubject: Re: Parcel\r\n\r\n--b--"
    )
    report = mail(
        bounce,
        From="MAILER-DAEMON@mx.example.org",
        Subject="Undelivered",
        Message_ID="<b@mx.example.org>",
        Content_Type='multipart/report; report-type=delivery-status; boundary="b"',
    )
    assert "ignored" in await desk.hand(report)
    back = await desk.take()
    assert back.id == taken.id
    assert back.sends[-1].state is Delivery.BOUNCED
    assert "550 5.1.1 No such user" in back.sends[-1].words


async def test_a_refusal_is_told_and_a_held_mail_can_be_taken_back(tmp_path: Path) -> None:
    async with scripted_relay() as relay:
        held = email_settings(relay.port)
        config = EmailSettings(mailboxes=held.mailboxes, smtp=held.smtp, listen=held.listen, hold_s=600)
        async with at_work(tmp_path, relay, config) as desk:
            await desk.hand(mail())
            taken = await desk.take()
            message = await desk.reply(taken.id)
            await desk.does(CancelSend(taken.id, message))
            await desk.delivered(taken.id, Delivery.CANCELLED)
            assert relay.mails == []


async def test_never_twice_and_never_silently_lost_by_the_relay(desk: Desk) -> None:
    await desk.hand(mail())
    taken = await desk.take()
    desk.relay.answers["RCPT"] = "550 5.1.1 No such user"
    await desk.reply(taken.id)
    assert await desk.delivered(taken.id, Delivery.FAILED) == "550 5.1.1 No such user"
    desk.relay.answers = {"END": "die"}
    await desk.reply(taken.id, "Second")
    await desk.delivered(taken.id, Delivery.UNCERTAIN)
    assert len(desk.relay.mails) == 1
    desk.relay.answers = {"MAIL": "451 4.7.1 Greylisted"}
    await desk.reply(taken.id, "Third")
    assert "Greylisted" in await desk.delivered(taken.id, Delivery.DEFERRED)


async def test_somebody_with_too_many_open_mails_goes_on_in_the_newest(desk: Desk) -> None:
    most = desk.server.parts.loop.desk.state.desk.live_per_customer_max
    for number in range(most):
        await desk.hand(mail(f"Mail {number}", Message_ID=f"<{number}@example.org>"))
    assert (await desk.hand(mail("One more", Message_ID="<more@example.org>"))) == f"250 2.0.0 message {most}"
    assert (await desk.hand(mail("Bo here", Message_ID="<b@example.org>", From="bo@example.org"))).startswith("250")
    assert [m.text for m in await desk.messages(most)] == [f"Mail {most - 1}", "One more"]


async def test_what_cannot_be_read_is_accounted_for(desk: Desk) -> None:
    assert "rejected" in await desk.hand(b"\r\n")
    (intake,) = await asyncio.to_thread(desk.server.store.intakes, "desk")
    assert intake.outcome == "rejected" and intake.reason


async def test_a_note_is_never_sent(desk: Desk) -> None:
    await desk.hand(mail())
    taken = await desk.take()
    await desk.reply(taken.id, "They are angry", kind=MessageKind.NOTE)
    await desk.reply(taken.id, "Sorry!")
    await desk.delivered(taken.id, Delivery.SENT)
    assert len(desk.relay.mails) == 1
    assert b"angry" not in desk.relay.mails[0]


# --- with a mailbox ---------------------------------------------------------------------------------------------


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    if not is_installed():
        reason = f"needs Dovecot: apt install {PACKAGES}"
        if os.environ.get("AGENTDESK_REQUIRE_SERVICES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with private_dovecot() as dovecot:
        yield dovecot


async def test_a_mailbox_is_read_and_where_it_was_is_kept_over_a_restart(tmp_path: Path, dovecot: Dovecot) -> None:
    (tmp_path / "password").write_text(dovecot.password)
    imap = ImapSettings(
        host="127.0.0.1",
        port=dovecot.imap_port,
        tls="none",
        user=dovecot.user,
        password_file=str(tmp_path / "password"),
    )
    async with scripted_relay() as relay:
        config = email_settings(relay.port, imap=imap)
        await asyncio.to_thread(dovecot.deliver, mail("Before our time", Message_ID="<old@example.org>"))
        async with at_work(tmp_path, relay, config) as desk:
            await desk.until_idle()
            for number in range(5):
                await asyncio.to_thread(dovecot.deliver, mail(f"Mail {number}", Message_ID=f"<m{number}@example.org>"))
            await desk.until(lambda: len(desk.live()) == 5)
        for number in range(5, 8):
            await asyncio.to_thread(dovecot.deliver, mail(f"Mail {number}", Message_ID=f"<m{number}@example.org>"))
        async with at_work(tmp_path, relay, config) as desk:
            await desk.until(lambda: len(desk.live()) == 8)
            texts = {(await desk.messages(one.id))[0].text for one in desk.live()}
            assert texts == {f"Mail {number}" for number in range(8)}
            assert await asyncio.to_thread(desk.server.store.intake_counts, "desk") == {"message": 8}
