"""The one inbox of the desk: decides each command as it comes, commits in groups, then publishes and answers.

    submit -> (repeat? first answer) -> Desk.handle -> wait for the commit -> listeners, then answers

While one group is being written the next one gathers. Nothing leaves before its commit. A commit that fails is
fatal: the desk in memory is ahead of the disk, so the process must stop and start again from what is durable.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from copy import copy
from typing import NamedTuple, Protocol

from agentdesk.core.commands import Actor, Answer, AnyCommand, Done, Refused
from agentdesk.core.desk import Decision, Desk
from agentdesk.core.events import Recorded
from agentdesk.errors import DeskError
from agentdesk.server.clock import Clock
from agentdesk.server.tasks import Tasks, Work
from agentdesk.server.view import DeskView
from agentdesk.server.window import OnAnswer, RepeatWindow, Undecided
from agentdesk.store.base import Batch, Repeat

INBOX_MAX = 10_000
LOOK_BACK_MAX = 500
"""Keys looked up in the store at once."""
TIMER_MAX_MS = 3_600_000
"""A deadline further away is looked at again by then."""
COMMIT_TIMEOUT_S = 30.0
"""How long a stop waits for the last commit."""

logger = logging.getLogger("agentdesk.loop")

BUSY = Refused("busy", "The server has more to do than it can hold. Try again in a moment.")
STOPPING = Refused("busy", "The server is stopping. Try again in a moment.")
BROKEN = Refused("invalid", "The server could not do this; it is in its log.")


class CommitFailed(DeskError):
    """A transaction was not written, so what the desk decided since is lost; start again from what is durable."""

    title = "The database did not take a commit"


class Writer(Protocol):
    """Writes batches in its own thread and calls back on the loop: with None when durable, else with the problem."""

    def submit(self, batch: Batch, done: Callable[[BaseException | None], None]) -> None: ...


class LookBack(Protocol):
    """Reads first answers that are older than the window, off the loop's thread."""

    async def __call__(self, keys: list[str]) -> dict[str, Answer]: ...


class _Asked(NamedTuple):
    """A command that has to wait for a look into the store."""

    command: AnyCommand
    actor: Actor
    key: str
    on_answer: OnAnswer | None
    again: bool


class _Decided(NamedTuple):
    """What was decided and is not committed yet."""

    events: Sequence[Recorded]
    answer: Answer
    key: str
    undecided: Undecided


Listener = Callable[[Sequence[Recorded]], None]


class DeskLoop:
    """Owns the desk, its deadline timer and the server's tasks. All methods belong to the loop's thread."""

    def __init__(
        self,
        desk: Desk,
        writer: Writer,
        clock: Clock,
        window: RepeatWindow,
        look_back: LookBack,
        *,
        inbox_max: int = INBOX_MAX,
    ) -> None:
        self.desk = desk
        self.view = DeskView(desk)
        self.committed_seq = self.view.seq
        self.commands = 0
        self.commits = 0
        self._writer = writer
        self._clock = clock
        self._window = window
        self._look_back = look_back
        self._inbox_max = inbox_max
        self._inbox: deque[_Asked] = deque()
        self._looking_back = False
        self._decided: list[_Decided] = []
        self._writing: list[_Decided] = []
        self._flush_due = False
        self._stopping = False
        self._timer: asyncio.TimerHandle | None = None
        self._timer_ms = 0
        self._listeners: list[Listener] = []
        self._deciders: list[Listener] = []
        self.tasks = Tasks()
        self._idle = asyncio.Event()
        self._idle.set()

    # --- living ---------------------------------------------------------------------------------------------

    async def run(self, started: Callable[[], Work]) -> None:
        """Run `started` with everything at work; return when it does, raise when the desk can't go on."""
        self._set_timer()
        await self.tasks.run(started(), self.drain)

    def spawn(self, work: Work, name: str, *, vital: bool = False) -> None:
        """Start a task that lives at most as long as the server."""
        self.tasks.spawn(work, name, vital=vital)

    def on_committed(self, listener: Listener) -> None:
        """Call the listener with every group of events once it is durable, in order, before the answers go out."""
        self._listeners.append(listener)

    def on_decided(self, listener: Listener) -> None:
        """Call the listener with the events of each decision while the desk stands as they left it.

        They are not durable yet: nothing of them may leave the process.
        """
        self._deciders.append(listener)

    def stop_accepting(self) -> None:
        """Refuse every command from now on as busy; what was taken is still committed and answered."""
        self._stopping = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def drain(self) -> None:
        """Stop accepting, and wait until all that was decided is durable and answered."""
        self.stop_accepting()
        if self.tasks.failure is None:
            async with asyncio.timeout(COMMIT_TIMEOUT_S):
                await self._idle.wait()

    # --- commands -------------------------------------------------------------------------------------------

    async def submit(self, command: AnyCommand, actor: Actor, key: str = "", *, again: bool = True) -> Answer:
        """Ask, and wait for the answer. With a key, a repeat gets the first answer."""
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def on_answer(answer: Answer) -> None:
            if not answered.done():
                answered.set_result(answer)

        self.submit_nowait(command, actor, key, on_answer, again=again)
        return await answered

    def submit_nowait(
        self,
        command: AnyCommand,
        actor: Actor,
        key: str = "",
        on_answer: OnAnswer | None = None,
        *,
        again: bool = False,
    ) -> None:
        """Ask; `on_answer` is called once, after the commit. It may be called before this returns.

        `again` says that it may have been asked longer ago than the window remembers.
        """
        asked = _Asked(command, actor, key, on_answer, again)
        if self._stopping or self.load >= self._inbox_max:
            _tell(on_answer, STOPPING if self._stopping else BUSY)
        elif self._inbox:
            self._inbox.append(asked)
        else:
            self._take(asked)

    @property
    def is_accepting(self) -> bool:
        """Whether commands are taken."""
        return not self._stopping

    @property
    def load(self) -> int:
        """Commands that were taken and are not committed yet."""
        return len(self._inbox) + len(self._decided) + len(self._writing)

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call once everything decided so far is durable, in its turn; at once if it is."""
        if self._decided or self._writing:
            self._decided.append(_Decided((), Done(), "", Undecided(lambda _: call())))
            self._flush_soon()
        else:
            call()

    async def durable(self) -> None:
        """Wait until everything decided so far is durable."""
        done = asyncio.Event()
        self.after_commit(done.set)
        await done.wait()

    def _take(self, asked: _Asked) -> None:
        """Answer a repeat, look further back, or decide."""
        known = self._window.get(asked.key) if asked.key else None
        if isinstance(known, Undecided):
            if asked.on_answer is not None:
                known.waiting.append(asked.on_answer)
        elif known is not None:
            _tell(asked.on_answer, known)
        elif asked.again and asked.key and not self._window.complete:
            self._inbox.append(asked)
            self._look_back_soon()
        else:
            self._decide(asked)

    def _decide(self, asked: _Asked) -> None:
        undecided = self._window.begin(asked.key, asked.on_answer) if asked.key else Undecided(asked.on_answer)
        decision = self._handle(asked)
        self.commands += 1
        self._hold(decision, asked.key, undecided)

    def _handle(self, asked: _Asked) -> Decision:
        """One of the three places that catch everything: a command that the desk can't bear must not end it.

        Deciding is pure and only applying numbers events: when no number was given out, nothing has changed and
        the desk is sound. Otherwise it may not be, and the process starts again from what is durable.
        """
        seq = self.view.seq
        try:
            return self.desk.handle(asked.command, self._clock.now_ms(), asked.actor)
        except Exception as problem:
            kind = type(asked.command).__name__
            logger.exception("%s from %s %s failed", kind, asked.actor.kind, asked.actor.id)
            if self.view.seq != seq:
                self._fail(problem)
                raise
            return Decision(BROKEN, [])

    def _hold(self, decision: Decision, key: str, undecided: Undecided) -> None:
        """Keep a decision until it is durable. One without events waits too: it may rest on one that isn't yet."""
        if decision.events:
            for listener in self._deciders:
                listener(decision.events)
        elif not self._decided and not self._writing:
            self._answer(_Decided((), decision.answer, key, undecided))
            return
        self._decided.append(_Decided(decision.events, decision.answer, key, undecided))
        self._flush_soon()

    # --- committing -----------------------------------------------------------------------------------------

    def _flush_soon(self) -> None:
        """Hand over what was decided at the end of this turn of the loop, unless a group is being written."""
        if not self._flush_due and not self._writing:
            self._flush_due = True
            self._idle.clear()
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_due = False
        if not self._decided or self._writing:
            return
        self._writing, self._decided = self._decided, []
        self._set_timer()
        events = [event for decided in self._writing for event in decided.events]
        if not events:
            self._after_write(None)
            return
        repeats = [Repeat(one.key, one.answer) for one in self._writing if one.key and isinstance(one.answer, Done)]
        batch = Batch(events, self.desk.take_changes(), repeats, copy(self.desk.state.counters))
        try:
            self._writer.submit(batch, self._after_write)
        except DeskError as problem:
            self._fail(problem)

    def _after_write(self, problem: BaseException | None) -> None:
        if problem is not None:
            self._fail(problem)
        if self.tasks.failure is not None:
            return
        written, self._writing = self._writing, []
        self.commits += 1
        self._flush()
        try:
            self._publish(written)
        except Exception as broken:
            # Some may not have heard of what is durable: sessions have to resume by number from a new process.
            logger.exception("what was committed could not be published")
            self._fail(broken)
        if not self._decided and not self._writing:
            self._idle.set()

    def _publish(self, written: list[_Decided]) -> None:
        events = [event for decided in written for event in decided.events]
        if events:
            self.committed_seq = events[-1].seq
            for listener in self._listeners:
                listener(events)
        for decided in written:
            self._answer(decided)

    def _answer(self, decided: _Decided) -> None:
        if decided.key:
            if isinstance(decided.answer, Refused):
                self._window.forget(decided.key)
            else:
                self._window.answered(decided.key, decided.answer)
        for on_answer in decided.undecided.waiting:
            on_answer(decided.answer)

    def _fail(self, problem: BaseException) -> None:
        """Nothing more is taken, and `run` raises: those who wait get no answer and will ask the next process."""
        self.stop_accepting()
        logger.critical("the desk can't go on: %s: %s", type(problem).__name__, problem)
        failure = CommitFailed(str(problem), "Free space or repair the disk, then start the server again.")
        failure.__cause__ = problem
        self.tasks.fail(failure)

    # --- time and looking back ------------------------------------------------------------------------------

    def _set_timer(self) -> None:
        """Wake up at the desk's next deadline."""
        due_ms = self.desk.next_deadline()
        if self._stopping or due_ms is None or (self._timer is not None and self._timer_ms == due_ms):
            return
        if self._timer is not None:
            self._timer.cancel()
        delay_s = min(max(0, due_ms - self._clock.now_ms()), TIMER_MAX_MS) / 1000
        self._timer_ms = due_ms
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._tick)

    def _tick(self) -> None:
        self._timer = None
        try:
            decision = self.desk.tick(self._clock.now_ms())
        except Exception as problem:
            logger.exception("the deadline could not be served")
            self._fail(problem)
            return
        if decision.events:
            self._hold(decision, "", Undecided(None))
        self._set_timer()

    def _look_back_soon(self) -> None:
        if not self._looking_back:
            self._looking_back = True
            self.spawn(self._look_back_now(), "look back", vital=True)

    async def _look_back_now(self) -> None:
        """Read the older answers that the head of the inbox waits for, then go on with all of it, in order."""
        keys = [asked.key for asked in self._inbox if asked.again and asked.key][:LOOK_BACK_MAX]
        try:
            known: dict[str, Answer] = await self._look_back(keys)
        except DeskError as problem:
            logger.warning("older answers can't be read: %s", problem)
            known = dict.fromkeys(keys, BUSY)
        self._looking_back = False
        waiting, self._inbox = self._inbox, deque()
        looked = set(keys)
        while waiting:
            asked = waiting.popleft()
            if asked.key in known:
                _tell(asked.on_answer, known[asked.key])
                continue
            self._take(asked._replace(again=asked.again and asked.key not in looked))
            if self._inbox:
                self._inbox.extend(waiting)
                return


def _tell(on_answer: OnAnswer | None, answer: Answer) -> None:
    if on_answer is not None:
        on_answer(answer)
