"""What opens over the desk: presence, canned responses, transfer, search, help, palette, questions.

What few starts of the desk open is imported when it opens: the live desk is there so much sooner.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from agentdesk.client.mirror import Conversation, Mirror
from agentdesk.client.port import Canned, DeskPort
from agentdesk.core.commands import ClientCommand, Pick, SetPresence, Snooze, Transfer
from agentdesk.core.model import Presence
from agentdesk.tui import canned
from agentdesk.tui.presenter import Look, day_and_time, queue_name
from agentdesk.tui.shortcuts import Shortcuts
from agentdesk.tui.widgets.picker import Item, Picker

if TYPE_CHECKING:
    from textual.app import App

    from agentdesk.tui.screens.form import Row
    from agentdesk.tui.widgets.pane import Pane

COLLEAGUE = "@"
NO_QUEUE = "No other queue fits. @name gives it to a colleague."
"""A transfer target that begins so is an agent's sign-in name."""


class Panels:
    """Opens panels and carries out what was picked in them."""

    def __init__(self, app: App[None], port: DeskPort, look: Look, shortcuts: Shortcuts) -> None:
        self._app = app
        self._port = port
        self._look = look
        self._shortcuts = shortcuts
        self.responses: tuple[Canned, ...] = ()
        self.away_reasons: tuple[str, ...] = ()

    # -- presence -------------------------------------------------------------------------------------------

    def presence(self) -> None:
        """Pick how to be: available, away for a reason, offline."""
        items = self.presence_items()
        self._app.push_screen(Picker("Your presence", _filter(items)), self._set_presence)

    def presence_items(self) -> list[Item]:
        """The states, each with one key."""
        reasons = self.away_reasons or self._port.mirror.away_reasons or ("break",)
        away = [
            Item(
                f"away:{reason}",
                f"Away: {self._look.name(reason, 40)}",
                "no offers; what you hold stays yours",
                key=str(n),
            )
            for n, reason in enumerate(reasons[:9], 1)
        ]
        available = Item("available:", "Available", "work is offered to you", key="a")
        offline = Item("offline:", "Offline", "no offers; sign off for the day", key="o")
        return [available, *away, offline]

    def _set_presence(self, value: str | None) -> None:
        if value is not None:
            state, _, reason = value.partition(":")
            self._port.submit(SetPresence(Presence(state), reason))

    def toggle_presence(self) -> None:
        """Available, or away for the first reason."""
        agent = self._port.mirror.agent
        available = agent is not None and agent.presence is Presence.AVAILABLE
        self._set_presence(next(i.value for i in self.presence_items()[1:]) if available else "available:")

    # -- canned responses -----------------------------------------------------------------------------------

    def canned(self, pane: Pane, conversation: Conversation, typed: str = "") -> None:
        """Find a response and put it, filled in, where the cursor is."""
        usable = canned.for_queue(self.responses, conversation.interaction.queue)
        values = self.values(conversation)

        def narrow(wanted: str) -> Sequence[Item]:
            return [self._response(found, values) for found in canned.search(usable, wanted)]

        def use(shortcode: str | None) -> None:
            response = next((r for r in usable if r.shortcode == shortcode), None)
            if response is not None and pane.is_attached:
                pane.write("reply")
                filled = canned.fill(response.text, values)
                if not (typed and pane.composer.replace_word(f"/{typed}", filled)):
                    pane.composer.insert(filled)

        empty = "Nothing fits." if usable else "This desk has no canned responses; an admin writes them in config.yaml."
        self._app.push_screen(Picker("Canned responses", narrow, typed=typed, empty=empty), use)

    def _response(self, response: Canned, values: dict[str, str]) -> Item:
        clean = self._look.name
        preview = canned.fill(response.text, values)
        return Item(
            response.shortcode,
            f"/{clean(response.shortcode, 40)}",
            clean(response.title, 60),
            "\n".join(clean(row, 500) for row in preview.split("\n")[:20]),
        )

    def expand(self, pane: Pane, conversation: Conversation, before: str) -> None:
        """Tab after `/code`: the response it means, or the list to choose from."""
        code = canned.shortcode_before(before)
        if code is None:
            return
        usable = canned.for_queue(self.responses, conversation.interaction.queue)
        response = canned.expand(usable, code)
        if response is None:
            self.canned(pane, conversation, code)
        else:
            pane.composer.replace_word(f"/{code}", canned.fill(response.text, self.values(conversation)))

    def suggestion(self, conversation: Conversation, before: str) -> str:
        """What a shortcode that is being typed would become, for the hint row."""
        code = canned.shortcode_before(before)
        if not code:
            return ""
        found = canned.search(canned.for_queue(self.responses, conversation.interaction.queue), code)[:3]
        return "   ".join(f"/{self._look.name(r.shortcode, 20)} {self._look.name(r.title, 24)}" for r in found) + (
            "   Tab" if found else ""
        )

    def values(self, conversation: Conversation) -> dict[str, str]:
        """What placeholders mean in this conversation."""
        it = conversation.interaction
        customer = conversation.customer
        mirror = self._port.mirror
        known = {identity.kind: identity.value for identity in (customer.identities if customer else ())}
        return canned.values(
            {**known, "name": it.customer_name, "language": it.language},
            {**(customer.attributes if customer else {}), **it.attributes},
            {"name": mirror.name, "id": mirror.user},
            {"id": str(it.id), "subject": it.subject, "queue": queue_name(mirror, it.queue), "channel": it.channel},
        )

    # -- transfer -------------------------------------------------------------------------------------------

    def transfer(self, conversation: Conversation) -> None:
        """Pick another queue, or type `@name` for a colleague."""
        it = conversation.interaction

        def narrow(typed: str) -> Sequence[Item]:
            if typed.startswith(COLLEAGUE):
                return (
                    [Item(typed, f"Agent {self._look.name(typed[1:], 40)}", "their sign-in name")] if typed[1:] else []
                )
            return _filter(_queues(self._port.mirror, it.queue, self._look))(typed)

        def go(value: str | None) -> None:
            if value is not None and value.startswith(COLLEAGUE):
                self._port.submit(Transfer(it.id, agent=value[1:].strip()))
            elif value is not None:
                self._port.submit(Transfer(it.id, queue=value))

        title = f"Transfer {self._look.name(it.customer_name, 40)} to"
        teach = "Type to narrow · @name for a colleague · Enter transfers · Esc close"
        self._app.push_screen(Picker(title, narrow, teach=teach, empty=NO_QUEUE), go)

    # -- what waits -----------------------------------------------------------------------------------------

    def pick(self) -> None:
        """Take something that waits out of its order."""
        from agentdesk.tui.screens.why import heads

        def take(value: str | None) -> None:
            if value is not None:
                self._port.submit(Pick(int(value)))

        narrow = heads(self._port.mirror, self._look)
        teach = "Type to narrow · Enter takes it · Esc close"
        self._app.push_screen(Picker("Pick what waits", narrow, teach=teach, empty="Nobody waits."), take)

    def why(self, conversation: Conversation | None = None) -> None:
        """Choose what to ask about, and show why."""
        from agentdesk.tui.screens.why import Why, subjects

        def ask(about: str | None) -> None:
            if about is not None:
                self._app.push_screen(Why(self._port, self._look, about))

        narrow = subjects(self._port.mirror, self._look, conversation.interaction.id if conversation else None)
        teach = "Type to narrow · Enter shows why · Esc close"
        self._app.push_screen(Picker("Why?", narrow, teach=teach, empty="Nothing to ask about."), ask)

    # -- snooze ---------------------------------------------------------------------------------------------

    def snooze(self, conversation: Conversation) -> None:
        """Pick one of the usual times, or type another."""
        from agentdesk.tui.moments import choices, moment_ms

        it = conversation.interaction

        def narrow(typed: str) -> Sequence[Item]:
            now = self._port.now_ms()
            usual = {when: words for words, when in choices(now) if typed.strip().casefold() in words.casefold()}
            meant = moment_ms(typed, now)
            own = [Item(str(meant), day_and_time(meant))] if meant is not None and meant not in usual else []
            return [*own, *(Item(str(when), words, day_and_time(when)) for when, words in usual.items())]

        def go(value: str | None) -> None:
            if value is not None:
                self._port.submit(Snooze(it.id, int(value)))

        title = f"Snooze {self._look.name(it.customer_name, 40)} until"
        teach = "Type a time, as 45m or thu 10:00 · Enter snoozes · Esc close"
        empty = "Write 45m, 2h, 14:00, thu 10:00, tomorrow or 2026-12-24 8:30; within a year."
        self._app.push_screen(Picker(title, narrow, teach=teach, empty=empty), go)

    # -- what is known --------------------------------------------------------------------------------------

    def customer(self, conversation: Conversation) -> None:
        """Change a customer's name, tags and attributes."""
        from agentdesk.tui.screens.customer_form import change, rows

        number, then = conversation.interaction.id, conversation.customer
        if then is None:
            return

        def done(values: tuple[str, ...]) -> str:
            now = self._port.mirror.conversations.get(number, conversation).customer or then
            return self._ask(change(number, then, now, values))

        self._form(f"What is known of {self._look.name(then.name, 40)}", rows(then), done)

    def tags(self, conversation: Conversation) -> None:
        """Change a conversation's tags before its end."""
        from agentdesk.tui.screens.customer_form import tagging, tags_row

        it = conversation.interaction
        then = it.tags

        def done(values: tuple[str, ...]) -> str:
            now = self._port.mirror.conversations.get(it.id, conversation).interaction.tags
            return self._ask(tagging(it.id, then, now, values[0]))

        self._form(f"Tags of this conversation with {self._look.name(it.customer_name, 40)}", [tags_row(then)], done)

    def _ask(self, asked: ClientCommand | str | None) -> str:
        """Submit what a form means; why not, in words, if it means nothing that can be asked."""
        if isinstance(asked, str):
            return asked
        if asked is not None:
            self._port.submit(asked)
        return ""

    def _form(self, title: str, rows: Sequence[Row], done: Callable[[tuple[str, ...]], str]) -> None:
        from agentdesk.tui.screens.form import Form

        teach = "Enter keeps · Tab next · Esc close"
        self._app.push_screen(Form(title, rows, done, teach=teach, glyphs=self._look.glyphs))

    # -- the rest -------------------------------------------------------------------------------------------

    def search(self, conversation: Conversation | None) -> None:
        """Search over all history."""
        from agentdesk.tui.screens.search import Search

        it = conversation.interaction if conversation else None
        self._app.push_screen(Search(self._port, self._look, (it.customer_id, it.customer_name) if it else None))

    def history(self, interaction_id: int, name: str) -> None:
        """Read a past interaction."""
        from agentdesk.tui.screens.history import History

        title = f"{self._look.name(name, 40)}, interaction {interaction_id}"
        self._app.push_screen(History(self._port, self._look, interaction_id, title))

    def help(self, contexts: Sequence[str]) -> None:
        """The keys that work here."""
        from agentdesk.tui.screens.help import Help

        self._app.push_screen(Help(contexts, self._shortcuts))

    def palette(self) -> None:
        """All actions, to be found by name."""
        from textual.command import CommandPalette

        from agentdesk.tui.palette import ActionProvider

        self._app.push_screen(CommandPalette(providers=[ActionProvider], placeholder="What do you want to do?"))

    def quit(self, unsent: str) -> None:
        """Leave; ask first when something has not been sent."""
        if not unsent:
            self._app.exit()
            return

        from agentdesk.tui.screens.confirm import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                self._app.exit()

        self._app.push_screen(Confirm("Something has not been sent", unsent, "leave all the same"), answered)


def _filter(items: Sequence[Item]) -> Callable[[str], Sequence[Item]]:
    def narrow(typed: str) -> Sequence[Item]:
        wanted = typed.casefold().strip()
        return [item for item in items if wanted in item.title.casefold()]

    return narrow


def _queues(mirror: Mirror, here: str, look: Look) -> list[Item]:
    items = []
    for queue in sorted(mirror.queues.values(), key=lambda queue: queue.id):
        if queue.id == here:
            continue
        stats = mirror.queue_stats.get(queue.id)
        detail = f"{stats.waiting} waiting, {stats.agents_ready} free" if stats else ""
        items.append(Item(queue.id, look.name(queue.name, 40), detail))
    return items
