"""A user's keys: what is taken, what is refused, and how it is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from agentdesk.tui.actions import (
    ACTIONS,
    BY_ID,
    CONTEXTS,
    TOGETHER,
    Situation,
    bindings_for,
    footer,
    palette,
    why_not,
)
from agentdesk.tui.key_reference import markdown
from agentdesk.tui.keymap import default_clashes, keymap_for, normal

ROOT = Path(__file__).parent.parent.parent


def test_the_registry_has_no_clash_of_its_own() -> None:
    assert default_clashes() == []


def test_no_key_of_ours_is_one_that_terminals_own() -> None:
    for action in ACTIONS:
        result = keymap_for({action.id: action.keys})
        assert result.problems == (), action.id


def test_ids_are_unique_and_contexts_known() -> None:
    assert len(BY_ID) == len(ACTIONS)
    assert {action.context for action in ACTIONS} == set(CONTEXTS)
    assert all(action.description and "." in action.id for action in ACTIONS)


def test_meeting_contexts_meet_both_ways() -> None:
    for context, others in TOGETHER.items():
        assert context in others
        assert all(context in TOGETHER[other] for other in others)


def test_a_good_keymap_becomes_textuals() -> None:
    result = keymap_for({"offer.take": ["f9", "ctrl+b"], "write.note_anywhere": ["f3"], "pane.zoom": []})
    assert result.problems == ()
    assert result.keymap == {"offer.take": "f9,ctrl+b", "write.note_anywhere": "f3", "pane.zoom": "f24"}


@pytest.mark.parametrize(
    ("action", "key", "words"),
    [
        ("offer.take", "ctrl+s", "terminals stop the screen with it"),
        ("offer.accept", "ctrl+j", "it is Enter in many terminals"),
        ("offer.take", "f10", "terminals open their menu"),
        ("offer.take", "alt+x", "own Alt with a letter"),
        ("offer.take", "ctrl+shift+x", "with and without Shift"),
        ("offer.take", "x", "it is text while you write"),
        ("compose.newline", "?", "it is text while you write"),
        ("offer.accept", "ctlr+x", "is not a key"),
        ("offer.accept", "", "is not a key"),
        ("offer.accept", "bogus", "is not a key"),
        ("offer.take", "ctrl+a", "moves or edits text"),
        ("offer.accept", "d", "is also offer.decline (Decline the offer)"),
        ("offer.tke", "f3", "is not an action; did you mean offer.take?"),
    ],
)
def test_what_is_wrong_is_said_in_words(action: str, key: str, words: str) -> None:
    result = keymap_for({action: [key]})
    assert result.keymap == {}
    assert words in result.report()


def test_every_problem_is_reported_at_once_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "client.yaml"
    path.write_text("theme: dark\nkeys:\n  offer.take: [ctrl+s]\n  pane.zom: [z]\n  offer.accept: [d]\n")
    keys = {"offer.take": ["ctrl+s"], "pane.zom": ["z"], "offer.accept": ["d"]}
    problems = keymap_for(keys, path).problems
    assert [problem.split(": ")[0] for problem in problems] == ["client.yaml:3", "client.yaml:4", "client.yaml:5"]


def test_two_actions_may_change_places() -> None:
    assert keymap_for({"offer.accept": ["d"], "offer.decline": ["a"]}).problems == ()


def test_one_key_has_one_name() -> None:
    assert normal("?") == normal("question_mark") == "question_mark"
    assert normal("/") == "slash" and normal("G") == "G"


async def test_an_override_moves_the_key_and_unbinding_frees_it() -> None:
    class Probe(App[None]):
        BINDINGS = [*bindings_for("command")]
        done: list[str] = []

        def compose(self) -> ComposeResult:
            yield Static("")

        def action_act(self, action_id: str) -> None:
            self.done.append(action_id)

    app = Probe()
    async with app.run_test() as pilot:
        app.set_keymap(keymap_for({"offer.accept": ["d"], "offer.decline": ["a"], "pane.zoom": []}).keymap)
        await pilot.press("a", "d", "z", "question_mark", "<")
    assert app.done == ["offer.decline", "offer.accept", "help.here", "read.find_older"]


def test_conditions_say_why_not() -> None:
    assert why_not("offer.take", Situation()) == "Nothing is offered to you now."
    assert why_not("offer.take", Situation(offers=1)) is None
    assert why_not("write.reply", Situation(panes=1, pane_state="wrapping")) == "This conversation has ended."


def test_footer_and_palette_follow_the_situation() -> None:
    calm, busy = Situation(), Situation(offers=1, panes=2, pane_state="active")
    assert "offer.take" not in {action.id for action in footer("command", calm)}
    assert "offer.take" in {action.id for action in footer("command", busy)}
    listed = palette("command", calm)
    assert {action.id: reason for action, reason in listed}["offer.take"] == "Nothing is offered to you now."
    assert len({action.description for action, _ in listed}) == len(listed)


def test_bindings_carry_their_ids() -> None:
    assert all(isinstance(binding, Binding) and binding.id in BY_ID for binding in bindings_for(*CONTEXTS))


def test_the_key_reference_is_up_to_date() -> None:
    made = (ROOT / "docs" / "keys.md").read_text(encoding="utf-8")
    assert made == markdown(), "run: python -m agentdesk.tui.key_reference > docs/keys.md"
