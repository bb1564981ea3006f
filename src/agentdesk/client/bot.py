"""A scripted agent: accepts, answers, ends and wraps up by itself, with a person's delays or none.

`jobs` is the pure part: what the mirror says is to be done. `Bot` does each job once its delay is over. The demo,
the crash test and the measurements use it, and so may anybody's script.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import NamedTuple

import msgspec

from agentdesk.client.desk import DeskClient
from agentdesk.client.link import clock_ms
from agentdesk.client.mirror import Conversation, Mirror
from agentdesk.core.commands import (
    AcceptOffer,
    ClientCommand,
    CompleteWrapup,
    EndInteraction,
    Refused,
    SendMessage,
    SetPresence,
)
from agentdesk.core.model import MessageKind, Presence, State

DONE_MAX = 10_000
"""Jobs remembered as done; older ones can't come back."""

Delay = tuple[float, float]
Words = Callable[[Conversation, Random], str]


class Job(NamedTuple):
    """Something to do: kind is available, accept, reply, end or wrapup. `upto` tells one reply from the next."""

    kind: str
    id: int = 0
    upto: int = 0


class Manners(msgspec.Struct, frozen=True):
    """How a bot works: seconds from and to for each delay, replies after which it ends a conversation by itself.

    `goodbyes` are words of a customer's last message after which it ends, too.
    """

    accept_s: Delay = (0.0, 0.0)
    reply_s: Delay = (0.0, 0.0)
    end_s: Delay = (0.0, 0.0)
    wrapup_s: Delay = (0.0, 0.0)
    replies_max: int = 1_000
    goodbyes: tuple[str, ...] = ()

    def delay(self, kind: str) -> Delay:
        """Seconds from and to before a job of this kind."""
        return {"accept": self.accept_s, "reply": self.reply_s, "end": self.end_s, "wrapup": self.wrapup_s}.get(
            kind, (0.0, 0.0)
        )


def jobs(mirror: Mirror, manners: Manners) -> list[Job]:
    """What there is to do for the agent of this mirror, by what the mirror shows."""
    found: list[Job] = []
    if mirror.agent is not None and mirror.agent.presence is not Presence.AVAILABLE:
        found.append(Job("available", upto=mirror.agent.presence_since_ms))
    found += [Job("accept", offer) for offer in mirror.offers]
    for number, conversation in mirror.conversations.items():
        if (job := _job(number, conversation, mirror.user, manners)) is not None:
            found.append(job)
    return found


def _job(number: int, conversation: Conversation, user: str, manners: Manners) -> Job | None:
    interaction = conversation.interaction
    if interaction.agent != user:
        return None
    if interaction.state is State.WRAPPING:
        return Job("wrapup", number)
    if interaction.state is not State.ACTIVE or conversation.pending:
        return None
    if interaction.reply_due_since_ms is not None:
        return Job("reply", number, interaction.last_inbound_id)
    return Job("end", number) if _is_over(conversation, user, manners) else None


def _is_over(conversation: Conversation, user: str, manners: Manners) -> bool:
    replies = sum(1 for m in conversation.messages if m.agent == user and m.kind is MessageKind.OUTBOUND)
    if replies >= manners.replies_max:
        return True
    heard = [m.text.casefold() for m in conversation.messages if m.kind is MessageKind.INBOUND]
    return bool(heard) and replies > 0 and any(word in heard[-1] for word in manners.goodbyes)


def say_nothing_new(conversation: Conversation, random: Random) -> str:
    """A reply that says which message it answers."""
    return f"re {conversation.interaction.last_inbound_id}"


class Bot:
    """Works as one agent until cancelled. `asked` counts the commands it gave, by kind of job."""

    def __init__(self, client: DeskClient, manners: Manners, random: Random, words: Words = say_nothing_new) -> None:
        self.client = client
        self.asked: dict[str, int] = {}
        self._manners = manners
        self._random = random
        self._words = words
        self._due: dict[Job, float] = {}
        self._done: dict[Job, None] = {}
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Connect and work."""
        stop = self.client.listen(self._heard)
        try:
            async with asyncio.TaskGroup() as tasks:
                working = tasks.create_task(self._work())
                await self.client.run()
                working.cancel()
        finally:
            stop()

    def _heard(self, topic: str, detail: object) -> None:
        self._changed.set()
        if topic == "answer" and isinstance(detail, tuple) and isinstance(detail[2], Refused):
            self.client.forget(detail[0])

    async def _work(self) -> None:
        while True:
            self._changed.clear()
            if self.client.link.state == "live":
                self._plan()
                self._do_due()
            wait = min(self._due.values(), default=None)
            try:
                async with asyncio.timeout(None if wait is None else max(0.0, wait - clock_ms() / 1000)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _plan(self) -> None:
        """Give new jobs their time; forget those that are no longer there to be done."""
        wanted = [job for job in jobs(self.client.mirror, self._manners) if job not in self._done]
        now = clock_ms() / 1000
        self._due = {job: self._due.get(job) or now + self._pick(job.kind) for job in wanted}

    def _pick(self, kind: str) -> float:
        return self._random.uniform(*self._manners.delay(kind))

    def _do_due(self) -> None:
        now = clock_ms() / 1000
        for job in [job for job, due in self._due.items() if due <= now]:
            del self._due[job]
            self._done[job] = None
            self.asked[job.kind] = self.asked.get(job.kind, 0) + 1
            self.client.submit(self._command(job))
        while len(self._done) > DONE_MAX:
            del self._done[next(iter(self._done))]

    def _command(self, job: Job) -> ClientCommand:
        match job.kind:
            case "available":
                return SetPresence(Presence.AVAILABLE)
            case "accept":
                return AcceptOffer(job.id)
            case "reply":
                return self._reply(self.client.mirror.conversations[job.id])
            case "end":
                return EndInteraction(job.id)
            case _:
                return self._wrapup(self.client.mirror.conversations[job.id])

    def _reply(self, conversation: Conversation) -> SendMessage:
        interaction = conversation.interaction
        return SendMessage(interaction.id, self._words(conversation, self._random), seen=interaction.last_message_id)

    def _wrapup(self, conversation: Conversation) -> CompleteWrapup:
        interaction = conversation.interaction
        queue = self.client.mirror.queues.get(interaction.queue)
        codes = [disposition.code for disposition in queue.dispositions] if queue is not None else []
        chosen = self._random.choice(codes) if codes else ""
        wrapup = interaction.wrapup
        return CompleteWrapup(interaction.id, chosen, wrapup.tags if wrapup else (), wrapup.note if wrapup else "")
