"""Changing what is known of a customer, and a conversation's tags, by keys."""

from __future__ import annotations

import pytest

from agentdesk.core.commands import UpdateCustomer
from agentdesk.core.model import Customer
from agentdesk.tui.screens.customer_form import change, rows, split_tags
from tests.client.fake_port import interaction_of
from tests.tui.robot import Robot, desk_robot

BUDI = Customer(7, "Budi", 1, (), {"plan": "gold", "bio": "two\nlines\x1b[2J"}, ("vip", "a\x07b"))
SHOWN = tuple(row.value for row in rows(BUDI))


def known(desk: Robot, chat: int) -> Customer:
    return desk.fake.desk.state.customers[interaction_of(desk.fake, chat).customer_id]


async def test_name_tags_and_what_is_known_are_changed_from_the_customer_panel() -> None:
    async with desk_robot(size=(80, 24)) as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("f7")
        await desk.expect("C changes", "T tags")
        await desk.press("C")
        await desk.expect("What is known of Budi", "name", "tags", "like plan: gold")
        await desk.type(" S.")
        await desk.press("tab")
        await desk.type("vip, german")
        await desk.press("tab")
        await desk.type("plan: gold")
        await desk.press("enter")
        await desk.until(lambda: known(desk, chat).name == "Budi S.")
        assert known(desk, chat).tags == ("vip", "german")
        assert known(desk, chat).attributes == {"plan": "gold"}
        await desk.expect("Budi S.", "+vip", "gold")
        await desk.press("C", "tab", "tab")
        await desk.press(*["backspace"] * 4, "enter")
        await desk.until(lambda: known(desk, chat).attributes == {})


async def test_a_conversation_is_tagged_before_its_end() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        for typed, tags in (("refund, late", ("refund", "late")), (", refund", ("refund", "late"))):
            await desk.press("T")
            await desk.expect("Tags of this conversation")
            await desk.type(typed)
            await desk.press("enter")
            await desk.until(lambda tags=tags: interaction_of(desk.fake, chat).tags == tags)  # type: ignore[misc]
        await desk.expect("+refund +late")


async def test_escape_changes_nothing() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        before = known(desk, chat)
        await desk.press("C")
        await desk.type("x")
        await desk.press("escape")
        await desk.expect_gone("What is known of")
        assert known(desk, chat) == before


async def test_what_does_not_fit_is_said_in_the_form_and_nothing_typed_is_lost() -> None:
    async with desk_robot(size=(80, 24)) as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("C", *["backspace"] * 4, "enter")
        await desk.expect("A customer needs a name")
        await desk.type("Budi")
        await desk.press("tab", "tab")
        await desk.type("gold")
        await desk.press("enter")
        await desk.expect("kind: value", "plan: gold")
        await desk.press("home")
        await desk.type("plan:")
        await desk.press("enter")
        await desk.until(lambda: known(desk, chat).attributes == {"plan": "gold"})


def test_what_was_not_touched_is_not_sent_even_where_it_is_shown_cleaned() -> None:
    assert change(1, BUDI, BUDI, SHOWN) is None
    name, tags, plan, bio, more = SHOWN
    assert "\x1b" not in bio and "\n" not in bio and "\x07" not in tags
    assert change(1, BUDI, BUDI, ("Budi S.", tags, plan, bio, more)) == UpdateCustomer(1, name="Budi S.")
    silver = change(1, BUDI, BUDI, (name, tags, "silver", bio, more))
    assert silver == UpdateCustomer(1, attributes={"plan": "silver", "bio": "two\nlines\x1b[2J"})
    tagged = change(1, BUDI, BUDI, (name, f"{tags}, new", plan, bio, more))
    assert tagged == UpdateCustomer(1, tags=("vip", "a\x07b", "new"))


def test_what_a_colleague_changed_meanwhile_stays() -> None:
    now = Customer(7, "Budi", 1, (), {"plan": "silver", "city": "Solo"}, ("vip", "late"))
    name, _, plan, _, more = SHOWN
    asked = change(1, BUDI, now, (name, "gold", plan, "", "shoe: 42"))
    assert asked == UpdateCustomer(
        1, attributes={"plan": "silver", "city": "Solo", "shoe": "42"}, tags=("late", "gold")
    )


@pytest.mark.parametrize(
    ("at", "value", "why"),
    [
        (0, "  ", "A customer needs a name"),
        (1, ", ".join(str(n) for n in range(51)), "At most 50 tags"),
        (1, "x" * 201, "at most 200 characters"),
        (4, "no colon", "kind: value"),
        (4, ": nothing", "kind: value"),
        (4, f"{'k' * 201}: v", "at most 200 characters"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(at: int, value: str, why: str) -> None:
    typed = [*SHOWN]
    typed[at] = value
    refused = change(1, BUDI, BUDI, tuple(typed))
    assert isinstance(refused, str) and why in refused


def test_no_more_is_known_than_the_server_keeps() -> None:
    full = Customer(7, "Budi", 1, (), {f"k{n}": "v" for n in range(50)}, ())
    shown = tuple(row.value for row in rows(full))
    assert len(shown) < 40
    assert "At most 50" in str(change(1, full, full, (*shown[:-1], "one: more")))


def test_tags_are_split_at_commas_without_repeats() -> None:
    assert split_tags(" a, b,,a ,  ") == ("a", "b")
