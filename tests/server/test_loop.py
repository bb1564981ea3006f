"""The inbox: answers only after the commit, repeats, groups, deadlines, and what happens when a commit fails."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from agentdesk.core.commands import (
    Actor,
    Answer,
    ConfigureAgent,
    ConfigureDesk,
    CustomerRef,
    Done,
    ReceiveMessage,
    Refused,
    SessionOpened,
    SetPresence,
    StartInteraction,
)
from agentdesk.core.desk import Desk, Loaded
from agentdesk.core.events import InteractionStarted, MessageAdded, Offered, OfferMissed, Recorded
from agentdesk.core.model import AgentConfig, Counters, DeskConfig, Presence, QueueConfig, Role
from agentdesk.server.clock import SystemClock
from agentdesk.server.loop import CommitFailed, DeskLoop
from agentdesk.server.window import RepeatWindow
from tests.server.held_writer import HeldWriter

WAIT_S = 5.0
SYSTEM = Actor("system", "test", Role.ADMIN)
CHANNEL = Actor("customer", "test")
START = StartInteraction("chat", "q", CustomerRef(name="Mai"), text="hello", client_id="1")


def a_desk() -> Desk:
    return Desk(Loaded(Counters(), DeskConfig(), [QueueConfig("q", "Q", offer_timeout_s=1)], [], [], []))


class Bench:
    """A loop on a held writer, and every answer and event that came out, in order."""

    def __init__(self, window: RepeatWindow, kept: dict[str, Answer], inbox_max: int) -> None:
        self.writer = HeldWriter()
        self.looked_up: list[list[str]] = []
        self._kept = kept
        self.loop = DeskLoop(a_desk(), self.writer, SystemClock(), window, self._look_back, inbox_max=inbox_max)
        self.out: list[object] = []
        self.loop.on_committed(self._committed)
        self.failure: BaseException | None = None

    async def _look_back(self, keys: list[str]) -> dict[str, Answer]:
        self.looked_up.append(keys)
        return {key: self._kept[key] for key in keys if key in self._kept}

    def _committed(self, events: object) -> None:
        assert isinstance(events, list)
        self.out += [one.event for one in events]

    def ask(self, command: object, key: str = "", *, again: bool = False, actor: Actor = CHANNEL) -> None:
        self.loop.submit_nowait(command, actor, key, self.out.append, again=again)  # type: ignore[arg-type]

    async def turn(self) -> None:
        """Let what is due on the loop happen."""
        for _ in range(5):
            await asyncio.sleep(0)

    @property
    def answers(self) -> list[Done | Refused]:
        return [one for one in self.out if isinstance(one, Done | Refused)]


@contextlib.asynccontextmanager
async def bench(
    window: RepeatWindow | None = None, kept: dict[str, Answer] | None = None, inbox_max: int = 100
) -> AsyncIterator[Bench]:
    window = RepeatWindow([], complete=True) if window is None else window
    made = Bench(window, kept or {}, inbox_max)
    over = asyncio.Event()

    async def live() -> None:
        await over.wait()

    async def run() -> None:
        try:
            await made.loop.run(live)
        except CommitFailed as failure:
            made.failure = failure

    task = asyncio.ensure_future(run())
    await made.turn()
    yield made
    over.set()
    await made.turn()
    while made.writer.waiting:
        made.writer.commit()
        await made.turn()
    await asyncio.wait_for(task, WAIT_S)


async def test_nothing_is_answered_or_published_before_the_commit() -> None:
    async with bench() as b:
        b.ask(START, "k1")
        await b.turn()
        assert b.out == []
        assert len(b.writer.waiting) == 1
        b.writer.commit()
        kinds = [type(one) for one in b.out]
        assert InteractionStarted in kinds
        assert kinds[-1] is Done


async def test_what_waits_while_a_group_is_written_becomes_one_group() -> None:
    async with bench() as b:
        b.ask(START)
        await b.turn()
        for _ in range(5):
            b.ask(START)
        await b.turn()
        assert len(b.writer.waiting) == 1
        b.writer.commit()
        await b.turn()
        assert len(b.answers) == 1
        batch = b.writer.commit()
        assert sum(isinstance(one.event, InteractionStarted) for one in batch.events) == 5
        assert len(b.answers) == 6


async def test_commands_of_one_turn_go_into_one_group() -> None:
    async with bench() as b:
        for _ in range(3):
            b.ask(START)
        await b.turn()
        assert len(b.writer.waiting) == 1
        assert sum(isinstance(one.event, InteractionStarted) for one in b.writer.waiting[0][0].events) == 3


async def test_a_repeat_before_the_commit_waits_and_one_after_gets_the_first_answer() -> None:
    async with bench() as b:
        b.ask(START, "k")
        b.ask(START, "k")
        await b.turn()
        assert b.out == []
        b.writer.commit()
        first, second = b.answers
        b.ask(START, "k")
        assert b.answers[2] == first == second
        assert len(b.writer.written) == 1


async def test_first_answers_are_written_with_their_events() -> None:
    async with bench() as b:
        b.ask(START, "k")
        b.ask(ReceiveMessage(999, "x"), "refused")
        await b.turn()
        batch = b.writer.commit()
        assert [one.key for one in batch.repeats] == ["k"]
        assert batch.repeats[0].answer == b.answers[0]
        assert isinstance(b.answers[1], Refused)


async def test_a_refusal_waits_for_what_it_may_rest_on() -> None:
    async with bench() as b:
        b.ask(START)
        b.ask(ReceiveMessage(1, "again", client_id="1"))
        await b.turn()
        assert b.answers == []
        b.writer.commit()
        assert len(b.answers) == 2


async def test_a_refusal_is_answered_at_once_when_all_is_durable() -> None:
    async with bench() as b:
        b.ask(ReceiveMessage(999, "x"))
        assert [one.code for one in b.answers if isinstance(one, Refused)] == ["unknown"]


async def test_a_refused_command_may_be_asked_again_under_its_key() -> None:
    async with bench() as b:
        b.ask(ReceiveMessage(1, "hi"), "k")
        b.ask(START)
        b.ask(ReceiveMessage(1, "hi"), "k")
        await b.turn()
        b.writer.commit()
        assert [type(one) for one in b.answers] == [Refused, Done, Done]


async def test_older_keys_are_looked_up_in_the_store_and_order_is_kept() -> None:
    first = Done(seq=7, id=7)
    async with bench(RepeatWindow([], complete=False), {"old": first}) as b:
        b.ask(START, "old", again=True)
        b.ask(START, "new", again=True)
        b.ask(START, "fresh")
        await b.turn()
        assert b.looked_up == [["old", "new"]]
        b.writer.commit()
        assert b.answers[0] == first
        assert len(b.answers) == 3
        batch = b.writer.written[0]
        assert [one.key for one in batch.repeats] == ["new", "fresh"]


async def test_nothing_is_looked_up_while_the_window_knows_every_key() -> None:
    async with bench() as b:
        b.ask(START, "k", again=True)
        await b.turn()
        assert b.looked_up == []


async def test_a_full_inbox_refuses_as_busy() -> None:
    async with bench(inbox_max=2) as b:
        for _ in range(3):
            b.ask(START)
        await b.turn()
        assert [one.code for one in b.answers if isinstance(one, Refused)] == ["busy"]
        b.writer.commit()
        b.ask(START)
        await b.turn()
        b.writer.commit()
        assert sum(isinstance(one, Done) for one in b.answers) == 3


async def test_after_commit_is_called_in_its_turn() -> None:
    async with bench() as b:
        b.loop.after_commit(lambda: b.out.append("at once"))
        assert b.out == ["at once"]
        b.ask(START)
        b.loop.after_commit(lambda: b.out.append("after"))
        await b.turn()
        assert "after" not in b.out
        b.writer.commit()
        await b.turn()
        assert b.out[-1] == "after"
        assert isinstance(b.out[-2], Done)


async def test_a_failed_commit_is_fatal_and_nobody_is_answered() -> None:
    async with bench() as b:
        b.ask(START)
        await b.turn()
        b.ask(START)
        b.writer.fail(OSError("disk full"))
        await b.turn()
        assert b.answers == []
        b.ask(START)
        assert [one.code for one in b.answers if isinstance(one, Refused)] == ["busy"]
    assert isinstance(b.failure, CommitFailed)
    assert "disk full" in b.failure.message


async def test_draining_answers_what_was_taken_and_takes_no_more() -> None:
    async with bench() as b:
        b.ask(START)
        await b.turn()
        draining = asyncio.ensure_future(b.loop.drain())
        await b.turn()
        b.ask(START)
        assert [one.code for one in b.answers if isinstance(one, Refused)] == ["busy"]
        assert not draining.done()
        b.writer.commit()
        await asyncio.wait_for(draining, WAIT_S)
        assert isinstance(b.answers[-1], Done)


async def test_a_deadline_is_served_by_itself() -> None:
    async with bench() as b:
        agent = AgentConfig("ana", "Ana")
        b.ask(ConfigureAgent(agent), actor=SYSTEM)
        b.ask(SessionOpened("ana"), actor=SYSTEM)
        b.ask(SetPresence(Presence.AVAILABLE), actor=Actor("agent", "ana"))
        b.ask(START)
        await b.writer.arrival()
        b.writer.commit()
        assert any(isinstance(one, Offered) for one in b.out)
        await b.writer.arrival()
        b.writer.commit()
        assert any(isinstance(one, OfferMissed) for one in b.out)


async def test_decided_events_are_told_before_they_are_durable() -> None:
    async with bench() as b:
        decided: list[Recorded] = []
        b.loop.on_decided(decided.extend)
        b.ask(START)
        assert any(isinstance(one.event, MessageAdded) for one in decided)
        assert b.out == []


async def test_a_command_that_breaks_the_desk_before_it_changed_is_only_refused(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from agentdesk.core.decide import DECISIONS

    def broken(case: object, command: object) -> None:
        raise AssertionError("a bug")

    monkeypatch.setitem(DECISIONS, ReceiveMessage, broken)  # type: ignore[arg-type]
    async with bench() as b:
        b.ask(START)
        await b.turn()
        b.writer.commit()
        b.ask(ReceiveMessage(1, "secret words"))
        assert [one.code for one in b.answers if isinstance(one, Refused)] == ["invalid"]
        b.ask(START)
        await b.turn()
        b.writer.commit()
        assert sum(isinstance(one, Done) for one in b.answers) == 2
    assert "ReceiveMessage" in caplog.text
    assert "secret words" not in caplog.text


async def test_the_desk_is_configured_through_the_same_inbox() -> None:
    async with bench() as b:
        queues = (QueueConfig("q", "Q"), QueueConfig("new", "New"))
        waiting = asyncio.ensure_future(b.loop.submit(ConfigureDesk(DeskConfig(), queues), SYSTEM))
        await b.turn()
        b.writer.commit()
        assert isinstance(await waiting, Done)
        assert [one.id for one in b.loop.view.queues()] == ["q", "new"]
