"""The mail channel: follows its mailboxes, takes what is handed over, sends what agents write."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Coroutine, Sequence
from concurrent.futures import CancelledError as Abandoned
from contextlib import suppress
from pathlib import Path
from typing import Any

from starlette.routing import BaseRoute

from agentdesk.channels.base import ChannelContext
from agentdesk.channels.email.boxes import Boxes, imap_place
from agentdesk.channels.email.came import Came
from agentdesk.channels.email.imap import Fetched, Follower, Health, Spot
from agentdesk.channels.email.intake import Taker
from agentdesk.channels.email.listener import MailListener
from agentdesk.channels.email.outbox import Outbox
from agentdesk.channels.email.pool import MailReader
from agentdesk.channels.email.tokens import Keys
from agentdesk.config.email import MailboxSettings
from agentdesk.core.events import DeliveryChanged, MessageAdded, Recorded
from agentdesk.protocol.mail import MailSpot

KEY_NAME = "mail.key"
TAKE_S = 120.0
"""How long a mailbox waits until one of its mails is settled."""

logger = logging.getLogger("agentdesk.email")


class Email:
    """One for the server. `health` is how each mailbox does; `listening` is set once all doors are open."""

    def __init__(self, context: ChannelContext) -> None:
        self._context = context
        settings = context.settings()
        self._settings = settings.email
        self._boxes = Boxes(settings.email, settings.queues)
        keys = Keys({"a": own_key(Path(context.listen.data_dir) / KEY_NAME)}, "a")
        self._reader = MailReader(settings.email.readers)
        self._taker = Taker(context, self._boxes, self._reader, keys)
        self._outbox = Outbox(context, self._boxes, keys)
        self._followers: list[Follower] = []
        self._listener: MailListener | None = None
        self.health: dict[str, Health] = {}
        self.health_changed = asyncio.Event()
        self.port = 0
        self.listening = asyncio.Event()

    def routes(self) -> list[BaseRoute]:
        """Nothing over HTTP."""
        return []

    def committed(self, events: Sequence[Recorded]) -> None:
        """A mail that an agent sent, or sends again, may be due."""
        if any(_concerns_outbox(recorded) for recorded in events):
            self._outbox.wake()

    def agent_typing(self, interaction_id: int, active: bool) -> None:
        """Nobody sees that in a mail."""

    async def run(self) -> None:
        """Follow, listen and send for as long as the server runs."""
        for box in self._boxes:
            if box.imap is not None:
                await self._follow(box)
        await self._listen()
        self.listening.set()
        await self._outbox.run()

    async def stop(self) -> None:
        """Take nothing more; what is not settled is fetched or handed over again."""
        if self._listener is not None:
            await self._listener.close()
        followers, self._followers = self._followers, []
        for follower in followers:
            follower.wish_stop()
        await self._reader.close()
        for follower in followers:
            await asyncio.to_thread(follower.stop)

    # --- mailboxes ----------------------------------------------------------------------------------------------

    async def _follow(self, box: MailboxSettings) -> None:
        assert box.imap is not None
        context = self._context
        spot = await context.read(context.store.mail_spot, box.id)
        if spot is None:
            spot = MailSpot(box.id, context.clock.now_ms())
            await context.read(context.store.put_mail_spot, spot)
        loop, since_ms = asyncio.get_running_loop(), spot.since_ms

        def settled(work: Coroutine[Any, Any, None]) -> None:
            taking = asyncio.run_coroutine_threadsafe(work, loop)
            try:
                taking.result(TAKE_S)
            except Abandoned:
                raise RuntimeError("the server stops") from None
            except TimeoutError:
                taking.cancel()
                raise

        def deliver(fetched: Fetched) -> None:
            settled(self._take_fetched(box, fetched, since_ms))

        def keep(begins: Spot) -> None:
            settled(self._keep_spot(MailSpot(box.id, begins.since_ms, begins.uidvalidity, begins.uid)))

        def tell(health: Health) -> None:
            with suppress(RuntimeError):  # the loop may be closed before its threads have ended
                loop.call_soon_threadsafe(self._note_health, box.id, health)

        follower = Follower(
            imap_place(box.imap),
            Spot(spot.since_ms, spot.uidvalidity, spot.uid),
            deliver,
            tell,
            keep,
            bytes_max=self._settings.size_bytes,
        )
        self._followers.append(follower)
        follower.start()

    async def _keep_spot(self, spot: MailSpot) -> None:
        await self._context.read(self._context.store.put_mail_spot, spot)

    def _note_health(self, box_id: str, health: Health) -> None:
        self.health[box_id] = health
        self.health_changed.set()

    async def _take_fetched(self, box: MailboxSettings, fetched: Fetched, since_ms: int) -> None:
        came = Came(box, fetched.raw, fetched.size, fetched.whole, fetched.uidvalidity, fetched.uid)
        await self._taker.take(came, MailSpot(box.id, since_ms, fetched.uidvalidity, fetched.uid))

    # --- the other door -----------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        settings = self._settings.listen
        if settings is None:
            return
        self._listener = MailListener(
            self._take_handed,
            lambda address: self._boxes.for_address(address) is not None,
            protocol=settings.protocol,
            bytes_max=self._settings.size_bytes,
        )
        self.port = await self._listener.open(settings.host, settings.port)
        logger.info("taking mail by %s on %s:%s", settings.protocol, settings.host, self.port)

    async def _take_handed(self, address: str, sender: str, raw: bytes) -> str:
        box = self._boxes.for_address(address)
        assert box is not None, "the recipient was ours a moment ago"
        intake = await self._taker.take(Came(box, raw, len(raw), envelope_to=(address,)))
        return f"{intake.outcome} {intake.interaction_id or intake.reason}"


def _concerns_outbox(recorded: Recorded) -> bool:
    event = recorded.event
    if isinstance(event, MessageAdded):
        return event.message.mail is not None and event.message.mail.due_ms is not None
    return isinstance(event, DeliveryChanged)


def own_key(path: Path) -> bytes:
    """The key that signs our ids; made when there is none yet, readable by the server only."""
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        key = secrets.token_bytes(32)
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(key.hex(), encoding="ascii")
    return key
