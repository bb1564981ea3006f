"""What agents send, handed to the relay: each mail once, and whatever becomes of it is told.

A row is `queued` or `deferred` until it is due. Before the mail itself leaves, `sending` is committed: from then on the
relay may have it. A row that is still `sending` when the server starts had its relay's answer lost: it is `uncertain`,
told to its author, and sent again only by hand.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from agentdesk.channels.base import ChannelContext
from agentdesk.channels.email.belonging import ACTOR, Belonging
from agentdesk.channels.email.boxes import Boxes, relay
from agentdesk.channels.email.outgoing import composed_for
from agentdesk.channels.email.smtp import Outcome, Sent, hand_over
from agentdesk.channels.email.tokens import Keys
from agentdesk.core.commands import Done, NoteDelivery
from agentdesk.core.mail import LOST, Delivery
from agentdesk.errors import SettingsError
from agentdesk.protocol.mail import OutboxRow

PAGE = 20
LOOK_EVERY_S = 60.0
RETRY_FIRST_MS, RETRY_MOST_MS = 60_000, 4 * 3_600_000
DAY_MS = 86_400_000

INTERRUPTED = "The server stopped while the relay had it: nobody knows whether it arrived. Ask, or send it again."

logger = logging.getLogger("agentdesk.email.outbox")


class _TakenBack(Exception):
    """The agent took the mail back before it left."""


class Outbox:
    """Sends what is due, one mail after the other."""

    def __init__(self, context: ChannelContext, boxes: Boxes, keys: Keys) -> None:
        self._context = context
        self._boxes = boxes
        self._keys = keys
        self._belonging = Belonging(context, boxes)
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something may have become due."""
        self._wake.set()

    async def run(self) -> None:
        """Send for as long as the server runs."""
        await self.settle_interrupted()
        while True:
            self._wake.clear()
            await self.send_due()
            await self._sleep()

    async def settle_interrupted(self) -> None:
        """Whatever was on its way when the last process ended."""
        for row in await self._read_unsettled():
            if row.state is Delivery.SENDING:
                words = (
                    "The server stopped while the relay had it; nobody knows whether it arrived. Ask, or send again."
                )
                await self._tell(row, Delivery.UNCERTAIN, words)

    async def send_due(self) -> None:
        """Everything that is due now."""
        context = self._context
        while rows := await context.read(context.store.due_sends, context.clock.now_ms(), PAGE):
            for row in rows:
                await self._send(row)

    async def _read_unsettled(self) -> list[OutboxRow]:
        return await self._context.read(self._context.store.unsettled_sends, 1_000)

    async def _sleep(self) -> None:
        context = self._context
        due_ms = await context.read(context.store.next_send_ms)
        wait_s = LOOK_EVERY_S if due_ms is None else (due_ms - context.clock.now_ms()) / 1000
        with suppress(TimeoutError):
            async with asyncio.timeout(min(max(wait_s, 0.0), LOOK_EVERY_S)):
                await self._wake.wait()

    async def _send(self, row: OutboxRow) -> None:
        context = self._context
        message = await context.read(context.store.message, row.message_id)
        interaction = await context.read(context.store.interaction, row.interaction_id)
        if message is None or interaction is None or message.mail is None:
            await self._tell(row, Delivery.FAILED, "The message is no longer there.")
            return
        box = self._boxes.by_id(interaction.attributes.get("mailbox", ""))
        smtp = None if box is None else box.smtp or context.settings().email.smtp
        if box is None or smtp is None:
            await self._later(row, message.at_ms, "No relay is set up: give one under email.smtp.")
            return
        try:
            place = relay(smtp, box.address.rpartition("@")[2])
            mail = await composed_for(context, self._keys, box, interaction, message)
            outcome = await hand_over(place, box.address, mail.recipients, mail.raw, lambda: self._leaves(row))
        except _TakenBack:
            return
        except SettingsError as problem:
            outcome = Outcome(Sent.DEFERRED, f"{problem} {problem.remedy}")
        except ValueError as problem:
            outcome = Outcome(Sent.FAILED, str(problem))
        await self._came_to(row, message.at_ms, outcome)

    async def _leaves(self, row: OutboxRow) -> None:
        """Commit that the relay may have it from now on; refused when it was taken back meanwhile."""
        noted = NoteDelivery(row.interaction_id, row.message_id, Delivery.SENDING)
        answer = await self._context.commands(noted, ACTOR)
        if not isinstance(answer, Done):
            raise _TakenBack

    async def _came_to(self, row: OutboxRow, written_ms: int, outcome: Outcome) -> None:
        if outcome.state is Sent.DEFERRED:
            await self._later(row, written_ms, outcome.words)
        elif outcome.refused:
            words = "; ".join(f"{recipient}: {said}" for recipient, said in outcome.refused.items())
            await self._tell(row, Delivery.FAILED, f"Sent to the others, but not to {words}"[:500])
        else:
            await self._tell(row, Delivery(outcome.state.value), outcome.words)

    async def _later(self, row: OutboxRow, written_ms: int, words: str) -> None:
        """Try again after about half the time it has been tried; give up after the days that the settings give."""
        now_ms = self._context.clock.now_ms()
        age_ms = now_ms - written_ms
        if age_ms > self._context.settings().email.retry_days * DAY_MS:
            await self._tell(row, Delivery.FAILED, f"Given up after {age_ms // DAY_MS} days. {words}"[:500])
            return
        wait_ms = min(max(age_ms // 2, RETRY_FIRST_MS), RETRY_MOST_MS)
        await self._tell(row, Delivery.DEFERRED, words, now_ms + wait_ms)

    async def _tell(self, row: OutboxRow, state: Delivery, words: str, due_ms: int = 0) -> None:
        logger.info("Mail %s of interaction %s is %s: %s", row.message_id, row.interaction_id, state, words)
        if state in LOST:
            key = f"outbox:{row.message_id}:{row.attempts}:{state}"
            await self._belonging.lost(row.interaction_id, row.message_id, state, words, key)
            return
        noted = NoteDelivery(row.interaction_id, row.message_id, state, words, due_ms)
        await self._context.commands(noted, ACTOR)
