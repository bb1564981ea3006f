"""Mail handed over by LMTP and SMTP is answered with 250 only after it is kept."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable

import pytest

from agentdesk.channels.email.listener import CONNECTIONS_MAX, RECIPIENTS_MAX, MailListener

RAW = b"From: kim@example.org\r\nTo: desk@example.test\r\nSubject: Hi\r\n\r\nHello\r\n"
OURS = {"desk@example.test", "sales@example.test", "desk+t1@example.test"}


class Kept:
    """What was taken; `kept` lets a mail be committed."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str, bytes]] = []
        self.asked = asyncio.Event()
        self.kept = asyncio.Event()
        self.kept.set()
        self.broken: set[str] = set()

    async def take(self, address: str, sender: str, raw: bytes) -> str:
        self.asked.set()
        await self.kept.wait()
        if address in self.broken:
            raise RuntimeError("the disk is full")
        self.mails.append((address, sender, raw))
        return f"kept {len(self.mails)}"


Open = Callable[..., asyncio.Future[int]]


@pytest.fixture
async def kept() -> Kept:
    return Kept()


@pytest.fixture
def opened() -> list[MailListener]:
    return []


@pytest.fixture
async def listen(kept: Kept, opened: list[MailListener]) -> AsyncIterator[Callable[..., object]]:
    async def listen(protocol: str = "lmtp", bytes_max: int = 100_000) -> int:
        listener = MailListener(kept.take, lambda a: a in OURS, protocol=protocol, bytes_max=bytes_max)
        opened.append(listener)
        return await listener.open("127.0.0.1", 0)

    yield listen
    for listener in opened:
        await listener.close()


def lmtp(port: int, *recipients: str, raw: bytes = RAW) -> dict[str, tuple[int, bytes]]:
    """Hand a mail over; the recipients that were refused."""
    with smtplib.LMTP("127.0.0.1", port, timeout=20) as client:
        return client.sendmail("kim@example.org", list(recipients), raw)


async def dialogue(port: int, *recipients: str) -> list[str]:
    """What is answered to each recipient, to DATA, and after it; smtplib reads only one answer there."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def heard() -> str:
        while (line := (await reader.readline()).decode())[3:4] == "-":
            pass
        return line

    async def say(line: bytes) -> str:
        writer.write(line + b"\r\n")
        return await heard()

    await heard()
    assert (await say(b"LHLO test")).startswith("250")
    assert (await say(b"MAIL FROM:<kim@example.org>")).startswith("250")
    answers = [await say(f"RCPT TO:<{recipient}>".encode()) for recipient in recipients]
    answers.append(await say(b"DATA"))
    answers.append(await say(RAW + b"."))
    answers += [await heard() for _ in range(sum(answer.startswith("250") for answer in answers[:-2]) - 1)]
    writer.close()
    return answers


async def test_a_mail_is_answered_after_it_is_kept(kept: Kept, listen: Callable[..., Open]) -> None:
    port = await listen()
    kept.kept.clear()
    sending = asyncio.create_task(asyncio.to_thread(lmtp, port, "desk@example.test"))
    await kept.asked.wait()
    assert not sending.done()
    kept.kept.set()
    assert await sending == {}
    assert kept.mails == [("desk@example.test", "kim@example.org", RAW)]


async def test_each_recipient_has_an_answer_of_its_own(kept: Kept, listen: Callable[..., Open]) -> None:
    port = await listen()
    kept.broken = {"sales@example.test"}
    answers = await dialogue(port, "desk@example.test", "sales@example.test", "who@example.test")
    assert [answer[:3] for answer in answers] == ["250", "250", "550", "354", "250", "451"]
    assert [mail[0] for mail in kept.mails] == ["desk@example.test"]


async def test_smtp_refuses_the_whole_when_one_could_not_be_kept(kept: Kept, listen: Callable[..., Open]) -> None:
    port = await listen("smtp")
    kept.broken = {"sales@example.test"}

    def send(*recipients: str) -> int:
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            try:
                client.sendmail("kim@example.org", list(recipients), RAW)
            except smtplib.SMTPDataError as problem:
                return problem.smtp_code
        return 250

    assert await asyncio.to_thread(send, "desk@example.test", "sales@example.test") == 451
    assert await asyncio.to_thread(send, "desk@example.test") == 250


async def test_nobody_here_means_nothing_is_taken(kept: Kept, listen: Callable[..., Open]) -> None:
    port = await listen()
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await asyncio.to_thread(lmtp, port, "who@example.test")
    assert kept.mails == []


async def test_too_large_is_refused_for_good(kept: Kept, listen: Callable[..., Open]) -> None:
    port = await listen(bytes_max=10_000)
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        await asyncio.to_thread(lmtp, port, "desk@example.test", raw=RAW + b"x" * 20_000)
    assert refused.value.smtp_code == 552
    assert kept.mails == []


async def test_long_lines_and_bytes_of_any_kind_arrive_as_they_are(kept: Kept, listen: Callable[..., Open]) -> None:
    port = await listen()
    raw = RAW + b"y" * 50_000 + b"\r\n\xff\xfe\x00 end\r\n"
    assert await asyncio.to_thread(lmtp, port, "desk@example.test", raw=raw) == {}
    assert kept.mails[0][2] == raw


async def test_recipients_are_bounded(kept: Kept, listen: Callable[..., Open]) -> None:
    port = await listen()
    answers = await dialogue(port, *["desk@example.test"] * RECIPIENTS_MAX, "sales@example.test")
    assert answers[RECIPIENTS_MAX].startswith("452")
    assert len(kept.mails) == RECIPIENTS_MAX


async def test_connections_are_bounded_and_a_place_frees_again(
    kept: Kept, listen: Callable[..., Open], opened: list[MailListener]
) -> None:
    port = await listen()
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS_MAX)]
    for reader, _ in held:
        assert (await reader.readline()).startswith(b"220")
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert b"421" in await reader.read()
    writer.close()
    for _, one in held:
        one.close()
    while opened[0].connections:  # noqa: ASYNC110 - the count is what is waited for
        await asyncio.sleep(0)
    assert await asyncio.to_thread(lmtp, port, "desk@example.test") == {}
