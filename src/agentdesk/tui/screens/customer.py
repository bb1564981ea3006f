"""Fills the customer panel: what the mirror knows at once, the timeline when the server has answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from agentdesk.client.mirror import Conversation
from agentdesk.client.port import DeskPort, TimelineEntry
from agentdesk.core.model import Customer, Identity
from agentdesk.errors import DeskError
from agentdesk.tui.ages import age
from agentdesk.tui.presenter import Look, local_time, queue_name
from agentdesk.tui.shortcuts import Shortcuts
from agentdesk.tui.widgets.customer_panel import CustomerPanel, CustomerView, Past

PAGE = 20
"""A timeline page shorter than this was the last one."""

KNOWN_MAX = 20
"""Customers whose timeline is kept while panes come and go."""

SAID_MAX = 120
VISITOR_CHARS = 8

Work = Callable[[Awaitable[None]], object]
"""Runs something in the background, replacing what ran before."""


class CustomerLoader:
    """Shows the customer of the current pane."""

    def __init__(self, panel: CustomerPanel, port: DeskPort, look: Look, work: Work, keys: Shortcuts) -> None:
        self._panel = panel
        self._port = port
        self._look = look
        self._work = work
        self._keys = keys
        self._timelines: dict[int, tuple[list[TimelineEntry], bool]] = {}

    def show(self, conversation: Conversation | None) -> None:
        """Show who this is; nothing without a conversation."""
        if conversation is None:
            self._panel.show(CustomerView())
            return
        customer = conversation.customer
        number = conversation.interaction.customer_id
        known = self._timelines.get(number)
        self._panel.show(self._view(conversation, customer, known))
        if known is None:
            self._work(self._load(number, None))

    def retry(self, conversation: Conversation | None) -> None:
        """Ask again for a timeline that could not be read."""
        if self._panel.view.trouble:
            self.show(conversation)

    def stale(self) -> None:
        """Somebody's history has changed: ask anew when it is shown next."""
        self._timelines.clear()

    def more(self) -> None:
        """The next page of the timeline."""
        number = self._panel.view.customer_id
        known = self._timelines.get(number)
        if known and known[1]:
            self._panel.update(loading=True)
            self._work(self._load(number, known[0][-1].interaction_id))

    async def _load(self, customer_id: int, before: int | None) -> None:
        try:
            page = await self._port.timeline(customer_id, before)
        except DeskError as error:
            if self._panel.view.customer_id == customer_id:
                words = f"{error.title}: {error.message}. {self._keys.of('customer.panel')} tries again."
                self._panel.update(loading=False, trouble=self._look.name(words))
            return
        entries = [*self._timelines.get(customer_id, ([], False))[0], *page] if before is not None else list(page)
        while len(self._timelines) >= KNOWN_MAX:
            del self._timelines[next(iter(self._timelines))]
        self._timelines[customer_id] = (entries, len(page) >= PAGE)
        if self._panel.view.customer_id == customer_id:
            self._panel.update(past=self._past(entries), more=len(page) >= PAGE, loading=False, trouble="")

    def _view(
        self, conversation: Conversation, customer: Customer | None, known: tuple[list[TimelineEntry], bool] | None
    ) -> CustomerView:
        it = conversation.interaction
        clean = self._look.name
        known_by = customer.identities if customer else ()
        attributes = {**(customer.attributes if customer else {}), **it.attributes}
        return CustomerView(
            it.customer_id,
            clean(it.customer_name, 60),
            language=clean(it.language or (customer.language if customer else ""), 10),
            since=f"known {age(self._port.now_ms() - customer.created_ms)}" if customer else "",
            identities=tuple((clean(i.kind, 20), clean(told(i), 80)) for i in known_by),
            attributes=tuple((clean(kind, 20), clean(value, 80)) for kind, value in attributes.items()),
            tags=tuple(clean(tag, 30) for tag in dict.fromkeys((*(customer.tags if customer else ()), *it.tags))),
            past=self._past(known[0]) if known else (),
            more=bool(known and known[1]),
            loading=known is None,
            keys=f"{self._keys.of('customer.edit')} changes · {self._keys.of('talk.tags')} tags the conversation",
        )

    def _past(self, entries: list[TimelineEntry]) -> tuple[Past, ...]:
        return tuple(self._line(entry) for entry in entries)

    def _line(self, entry: TimelineEntry) -> Past:
        live = entry.closed_ms is None
        outcome = "now" if live else (entry.disposition or entry.state)
        return Past(
            entry.interaction_id,
            when(entry.created_ms, self._port.now_ms()),
            entry.channel,
            self._look.name(queue_name(self._port.mirror, entry.queue), 16),
            self._look.name(outcome, 20),
            self._look.name(entry.subject or entry.last_text, SAID_MAX),
            live,
        )


def told(identity: Identity) -> str:
    """An identity as a person uses it; of a browser's long secret-looking number only the beginning."""
    long = identity.kind == "visitor" and len(identity.value) > VISITOR_CHARS * 2
    return identity.value[:VISITOR_CHARS] + "…" if long else identity.value


def when(ms: int, now: int) -> str:
    """The day of something past: today, an age in days, or months."""
    if local_time(ms).date() == local_time(now).date():
        return local_time(ms).strftime("%H:%M")
    return age(max(now - ms, 0))
