"""What becomes of a mail at every step of the dialogue with the relay, and when the relay dies there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agentdesk.channels.email.smtp import Outcome, Relay, Sent, hand_over
from tests.mailing.relay import ScriptedRelay, scripted_relay

RAW = b"From: desk@example.test\r\nTo: kim@example.org\r\nSubject: Re: Hi\r\n\r\n.hidden dot\r\nBye\r\n"


@pytest.fixture
async def relay() -> AsyncIterator[ScriptedRelay]:
    async with scripted_relay() as relay:
        yield relay


class Steps:
    """Whether the relay may have the mail."""

    def __init__(self) -> None:
        self.committed = 0

    async def __call__(self) -> None:
        self.committed += 1


async def send(relay: ScriptedRelay, *to: str, step_s: float = 5.0) -> tuple[Outcome, int]:
    steps = Steps()
    place = Relay("127.0.0.1", relay.port, tls="none")
    outcome = await hand_over(place, "desk@example.test", to or ("kim@example.org",), RAW, steps, step_s)
    return outcome, steps.committed


async def test_a_mail_arrives_byte_for_byte_after_the_commit(relay: ScriptedRelay) -> None:
    outcome, committed = await send(relay)
    assert (outcome.state, committed) == (Sent.SENT, 1)
    assert outcome.words == "250 2.0.0 queued as 4711"
    assert relay.mails == [RAW]


@pytest.mark.parametrize("step", ["greeting", "MAIL", "RCPT"])
async def test_not_now_is_tried_again_and_nothing_was_handed_over(relay: ScriptedRelay, step: str) -> None:
    relay.answers[step] = "451 4.7.1 Greylisted, come back later"
    outcome, committed = await send(relay)
    assert (outcome.state, committed) == (Sent.DEFERRED, 0)
    assert "Greylisted" in outcome.words


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
async def test_never_is_a_failure_in_the_relays_words(relay: ScriptedRelay, step: str) -> None:
    relay.answers[step] = "550 5.1.1 No such user here"
    outcome, committed = await send(relay)
    assert (outcome.state, committed) == (Sent.FAILED, 0)
    assert outcome.words == "550 5.1.1 No such user here"


@pytest.mark.parametrize("step", ["DATA", "END"])
@pytest.mark.parametrize(
    ("answer", "state"), [("452 4.3.1 Disk full", Sent.DEFERRED), ("554 5.7.1 Looks like spam", Sent.FAILED)]
)
async def test_an_answer_to_the_mail_itself_is_known_for_certain(
    relay: ScriptedRelay, step: str, answer: str, state: Sent
) -> None:
    relay.answers[step] = answer
    outcome, _ = await send(relay)
    assert (outcome.state, outcome.words) == (state, answer)
    assert relay.mails == []


@pytest.mark.parametrize("step", ["greeting", "EHLO", "MAIL", "RCPT"])
@pytest.mark.parametrize("how", ["die", "silence"])
async def test_a_relay_that_is_lost_before_the_mail_has_nothing(relay: ScriptedRelay, step: str, how: str) -> None:
    relay.answers[step] = how
    relay.answers["HELO"] = how
    outcome, committed = await send(relay, step_s=0.3)
    assert (outcome.state, committed) == (Sent.DEFERRED, 0)


@pytest.mark.parametrize("how", ["die", "die-untaken", "silence"])
async def test_a_relay_that_is_lost_after_the_mail_may_have_it(relay: ScriptedRelay, how: str) -> None:
    relay.answers["END"] = how
    outcome, committed = await send(relay, step_s=0.5)
    assert (outcome.state, committed) == (Sent.UNCERTAIN, 1)
    assert len(relay.mails) == (0 if how == "die-untaken" else 1)


async def test_one_of_several_recipients_is_refused(relay: ScriptedRelay) -> None:
    relay.answers["RCPT"] = lambda line: "550 5.1.1 Who?" if "gone@" in line else "250 ok"
    outcome, _ = await send(relay, "kim@example.org", "gone@example.org")
    assert outcome.state is Sent.SENT
    assert outcome.refused == {"gone@example.org": "550 5.1.1 Who?"}
    assert len(relay.mails) == 1


async def test_a_greylisted_recipient_holds_the_mail_back_for_all(relay: ScriptedRelay) -> None:
    relay.answers["RCPT"] = lambda line: "450 4.7.1 Later" if "slow@" in line else "250 ok"
    outcome, committed = await send(relay, "kim@example.org", "slow@example.org")
    assert (outcome.state, committed) == (Sent.DEFERRED, 0)
    assert relay.mails == []


async def test_nobody_listens() -> None:
    async with scripted_relay() as gone:
        port = gone.port
    steps = Steps()
    outcome = await hand_over(Relay("127.0.0.1", port, tls="none"), "a@b.test", ["kim@example.org"], RAW, steps, 2.0)
    assert (outcome.state, steps.committed) == (Sent.DEFERRED, 0)


async def test_a_commit_that_fails_sends_nothing(relay: ScriptedRelay) -> None:
    async def fails() -> None:
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        await hand_over(Relay("127.0.0.1", relay.port, tls="none"), "a@b.test", ["kim@example.org"], RAW, fails)
    assert relay.mails == []


@pytest.mark.parametrize("address", ["kim@example.org>\r\nRCPT TO:<victim@example.org", "kim", "a b@c.test", "@"])
async def test_addresses_cannot_smuggle_commands(relay: ScriptedRelay, address: str) -> None:
    outcome, committed = await send(relay, address)
    assert (outcome.state, committed) == (Sent.FAILED, 0)
    assert "not an address" in outcome.words
    assert relay.connections == 0


async def test_a_mail_to_nobody_fails(relay: ScriptedRelay) -> None:
    place = Relay("127.0.0.1", relay.port, tls="none")
    assert (await hand_over(place, "desk@example.test", [], RAW, Steps())).state is Sent.FAILED
