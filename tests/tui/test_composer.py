"""Composing and commanding, replies and notes, drafts, history, pastes: what hands meet in the composer."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widgets import Static

from agentdesk.core.commands import TEXT_MAX
from agentdesk.tui.actions import bindings_for
from agentdesk.tui.bidi import visual
from agentdesk.tui.composer import Composer
from agentdesk.tui.editor import LINES_MAX, Editor
from agentdesk.tui.safe_app import SafeApp


class Probe(SafeApp[None]):
    BINDINGS = [*bindings_for("desk", "command")]

    def __init__(self) -> None:
        super().__init__()
        self.composer = Composer()
        self.seen: list[tuple[str, ...]] = []

    def compose(self) -> ComposeResult:
        yield Static("above")
        yield self.composer

    def action_act(self, action_id: str) -> None:
        self.seen.append(("act", action_id))

    def on_composer_submitted(self, event: Composer.Submitted) -> None:
        self.seen.append(("submitted", event.text, event.mode))

    def on_composer_changed(self, event: Composer.Changed) -> None:
        self.seen.append(("changed", event.text, event.mode))

    def on_composer_complete_wanted(self, event: Composer.CompleteWanted) -> None:
        self.seen.append(("complete", event.text))

    def on_composer_state_changed(self, event: Composer.StateChanged) -> None:
        self.seen.append(("state", str(event.composing), event.mode))

    def of(self, kind: str) -> list[tuple[str, ...]]:
        return [one[1:] for one in self.seen if one[0] == kind]


def prompt(app: Probe) -> str:
    return str(app.query_one(".composer--prompt", Static).content)


async def writing(app: Probe, pilot: Pilot[None], mode: str = "reply") -> None:
    assert app.composer.compose_as(mode)  # type: ignore[arg-type]
    await pilot.pause()
    app.seen.clear()


async def test_letters_are_text_while_composing_and_act_while_commanding() -> None:
    app = Probe()
    async with app.run_test() as pilot:
        await writing(app, pilot)
        await pilot.press("d", "1", "z")
        assert app.composer.text == "d1z" and app.of("act") == []
        await pilot.press("escape")
        assert not app.composer.composing
        await pilot.press("d", "1", "z", "enter")
        assert app.of("act") == [("offer.decline",), ("pane.1",), ("pane.zoom",), ("write.reply",)]
        assert app.composer.text == "d1z"
        assert app.of("state") == [("False", "reply")]


async def test_desk_keys_work_while_composing() -> None:
    app = Probe()
    async with app.run_test() as pilot:
        await writing(app, pilot)
        await pilot.press("f2", "pageup", "ctrl+p")
        assert app.of("act") == [("pane.urgent",), ("read.older",), ("app.palette",)]
        assert app.composer.composing and app.composer.text == ""


async def test_enter_sends_and_empties() -> None:
    app = Probe()
    async with app.run_test() as pilot:
        await writing(app, pilot)
        await pilot.press("h", "i", "enter")
        assert app.of("submitted") == [("hi", "reply")] and app.composer.text == ""
        await pilot.press("space", "enter")
        assert len(app.of("submitted")) == 1, "white space alone is not a message"


async def test_new_lines_grow_the_field_up_to_a_bound() -> None:
    app = Probe()
    async with app.run_test() as pilot:
        await writing(app, pilot)
        await pilot.press("a", "ctrl+o", "b", "shift+enter", "c")
        assert app.composer.text == "a\nb\nc"
        await pilot.pause()
        editor = app.query_one(Editor)
        assert editor.size.height == 3
        for _ in range(12):
            await pilot.press("ctrl+o")
        await pilot.pause()
        assert editor.size.height == LINES_MAX
        await pilot.press("enter")
        await pilot.pause()
        assert editor.size.height == 1 and app.of("submitted")[0][0].startswith("a\nb\nc")


async def test_reply_and_note_differ_in_word_colour_and_border_and_keep_their_own_text() -> None:
    app = Probe()
    async with app.run_test() as pilot:
        await writing(app, pilot)
        await pilot.press("r", "e")
        reply = (prompt(app), app.composer.styles.border_left, app.composer.styles.background)
        app.composer.toggle_mode()
        await pilot.pause()
        note = (prompt(app), app.composer.styles.border_left, app.composer.styles.background)
        assert reply[0].startswith("reply") and note[0].startswith("NOTE")
        assert reply[1][0] != note[1][0] and reply[1][1] != note[1][1] and reply[2] != note[2]
        assert app.composer.text == "" and app.composer.composing
        await pilot.press("n", "enter")
        assert app.of("submitted") == [("n", "note")]
        app.composer.toggle_mode()
        assert app.composer.text == "re" and app.composer.mode == "reply"
        assert app.composer.draft("note") == ""


async def test_changes_by_hand_are_told_and_those_by_program_are_not() -> None:
    app = Probe()
    async with app.run_test() as pilot:
        await writing(app, pilot)
        app.composer.set_text("draft from the server")
        app.composer.set_text("other", "note")
        await pilot.pause()
        assert app.of("changed") == [] and app.composer.draft("note") == "other"
        await pilot.press("x")
        assert app.of("changed") == [("draft from the serverx", "reply")]


async def test_history_comes_back_and_what_was_being_written_waits() -> None:
    app = Probe()
    async with app.run_test() as pilot:
        await writing(app, pilot)
        app.composer.remember(["one", "two"])
        await pilot.press("t", "h", "r", "e", "e", "enter", "n", "e", "w")
        for key, text in (
            ("ctrl+up", "three"),
            ("ctrl+up", "two"),
            ("ctrl+up", "one"),
            ("ctrl+up", "one"),
            ("ctrl+down", "two"),
            ("ctrl+down", "three"),
            ("ctrl+down", "new"),
        ):
            await pilot.press(key)
            assert app.composer.text == text


async def test_a_paste_is_text_also_while_commanding() -> None:
    app = Probe()
    async with app.run_test() as pilot:
        app.composer.command()
        await pilot.pause()
        app.composer.post_message(events.Paste("d\x1b[31m\r\nx\ty"))
        await pilot.pause()
        assert app.composer.text == "d[31m\nx    y" and app.composer.composing
        assert app.of("act") == [] and app.of("submitted") == []


async def test_a_text_has_an_end() -> None:
    app = Probe()
    async with app.run_test() as pilot:
        await writing(app, pilot)
        app.composer.insert("x" * (TEXT_MAX + 500))
        await pilot.press("y", "z")
        assert app.composer.text == "x" * TEXT_MAX


async def test_tab_asks_for_a_completion_of_what_stands_before() -> None:
    app = Probe()
    async with app.run_test() as pilot:
        await writing(app, pilot)
        await pilot.press("/", "h", "i", "tab")
        assert app.of("complete") == [("/hi",)]
        assert app.composer.replace_word("/hi", "Hello there")
        assert app.composer.text == "Hello there" and not app.composer.replace_word("/hi", "x")
        await pilot.press("!")
        assert app.composer.text == "Hello there!"


async def test_what_could_not_be_sent_is_put_back_before_the_rest() -> None:
    app = Probe()
    async with app.run_test() as pilot:
        await writing(app, pilot)
        await pilot.press("b", "enter", "c")
        app.composer.put_back("b", "reply")
        assert app.composer.text == "b\nc"
        app.composer.put_back("n", "note")
        assert app.composer.draft("note") == "n"


async def test_an_ended_conversation_takes_notes_only_and_says_why() -> None:
    app = Probe()
    async with app.run_test() as pilot:
        await writing(app, pilot)
        await pilot.press("h", "i")
        app.composer.close_replies("Budi left at 10:42")
        await pilot.pause()
        assert not app.composer.composing and not app.composer.compose_as("reply")
        assert app.query_one(".composer--closed").display
        assert app.composer.compose_as("note")
        await pilot.press("n", "enter")
        assert app.of("submitted") == [("n", "note")]
        app.composer.close_replies("")
        assert app.composer.compose_as("reply") and app.composer.text == "hi"


async def test_right_to_left_text_is_previewed_as_the_customer_sees_it() -> None:
    app = Probe()
    async with app.run_test() as pilot:
        await writing(app, pilot)
        preview = app.query_one(".composer--preview", Static)
        app.composer.insert("hello")
        await pilot.pause()
        assert not preview.display
        app.composer.set_text("سلام دوست")
        await pilot.pause()
        assert preview.display and str(preview.content).startswith("   ")
        assert str(preview.content).strip() == visual("سلام دوست")


async def test_keys_of_the_line_editor_stay_as_hands_know_them() -> None:
    app = Probe()
    async with app.run_test() as pilot:
        await writing(app, pilot)
        app.composer.insert("one two")
        await pilot.press("ctrl+w", "ctrl+a", "x", "ctrl+e", "y", "ctrl+underscore")
        assert app.composer.text == "xone "
        await pilot.press("ctrl+u")
        assert app.composer.text == ""
