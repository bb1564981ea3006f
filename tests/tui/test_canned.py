"""Canned responses: found, filled in, expanded where one types, never sent with a blank left."""

from __future__ import annotations

import pytest

from agentdesk.client.port import Canned
from agentdesk.tui import canned
from agentdesk.tui.screens import desk as desk_screen
from tests.client.fake_port import FakeDesk
from tests.tui.robot import desk_robot

RESPONSES = (
    Canned("refund", "Refund booked", "Your refund for {{customer.order}} is booked."),
    Canned("refund-late", "Refund is late", "Sorry that it took so long."),
    Canned("hello", "Greeting", "Hello {{customer.first_name}}, this is {{agent.name}}."),
    Canned("sales-only", "Offer", "We offer …", ("sales",)),
)


def codes(found: list[Canned]) -> list[str]:
    return [response.shortcode for response in found]


def test_the_shortcode_comes_first_then_what_is_like_it() -> None:
    assert codes(canned.search(RESPONSES, "refund"))[:2] == ["refund", "refund-late"]
    assert codes(canned.search(RESPONSES, "/late"))[0] == "refund-late"
    assert codes(canned.search(RESPONSES, "greting"))[0] == "hello"
    assert codes(canned.search(RESPONSES, "took so long"))[0] == "refund-late"
    assert canned.search(RESPONSES, "qqqqqq") == []
    assert len(canned.search(RESPONSES, "")) == 4


def test_a_queue_sees_its_own_and_those_of_all() -> None:
    assert "sales-only" not in codes(canned.for_queue(RESPONSES, "support"))
    assert "sales-only" in codes(canned.for_queue(RESPONSES, "sales"))


def test_a_shortcode_is_only_one_at_the_end_and_after_a_space() -> None:
    assert canned.shortcode_before("/ref") == "ref"
    assert canned.shortcode_before("see /ref") == "ref"
    assert canned.shortcode_before("and/or") is None
    assert canned.shortcode_before("/ref and") is None


def test_a_shortcode_expands_when_it_can_mean_one_thing_only() -> None:
    assert canned.expand(RESPONSES, "refund") == RESPONSES[0]
    assert canned.expand(RESPONSES, "hel") == RESPONSES[2]
    assert canned.expand(RESPONSES, "ref") is None
    assert canned.expand(RESPONSES, "") is None


def test_placeholders_are_filled_and_those_without_a_value_stay() -> None:
    values = canned.values({"name": "Budi Santoso"}, {"Plan": "gold"}, {"name": "Ana"}, {"id": "7"})
    assert canned.fill("{{customer.first_name}} {{ agent.name }} {{customer.plan}} {{interaction.id}}", values) == (
        "Budi Ana gold 7"
    )
    assert canned.fill("{{customer.order}}", values) == "{{customer.order}}"
    assert canned.blanks("a {{customer.order}} b {{x}}") == ["{{customer.order}}", "{{x}}"]


async def test_tab_expands_a_shortcode_in_the_reply() -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi")
        await desk.press("r")
        await desk.type("/hi")
        await desk.expect("/hi Greeting")
        await desk.press("tab")
        await desk.until(lambda: desk.pane.composer.text == "Hello Budi, this is Ana.")
        await desk.press("enter")
        await desk.expect("Hello Budi, this is Ana.")


async def test_the_list_narrows_previews_and_inserts() -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi")
        await desk.press("r")
        await desk.type("well, ")
        await desk.press("f4")
        await desk.expect("Canned responses", "/hi", "Greeting", "/bye")
        await desk.type("goodby")
        await desk.expect("Thank you, Budi!")
        await desk.press("enter")
        await desk.until(lambda: desk.pane.composer.text == "well, Thank you, Budi!")


async def test_a_reply_with_a_blank_in_it_is_not_sent() -> None:
    fake = FakeDesk("ana", canned=RESPONSES)
    async with desk_robot(fake=fake) as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("r")
        await desk.type("/refund")
        await desk.press("tab")
        await desk.until(lambda: "{{customer.order}}" in desk.pane.composer.text)
        await desk.press("enter")
        await desk.expect("Not sent: blanks are left")
        assert "{{customer.order}}" in desk.pane.composer.text
        assert len(fake.store.messages(chat, limit=9)) == 1


async def test_responses_and_reasons_that_an_admin_changes_are_there_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_screen, "SETTINGS_SPREAD_S", 1)
    async with desk_robot(fake=FakeDesk("ana", canned=())) as desk:
        await desk.chats("Budi")
        await desk.until(lambda: desk.desk.panels.away_reasons)
        desk.fake.change_settings(RESPONSES, ("tea",))
        await desk.until(lambda: desk.desk.panels.responses == RESPONSES)
        await desk.press("f4")
        await desk.expect("/refund", "Refund booked")
        await desk.press("escape", "p")
        await desk.expect("Away: tea")


async def test_a_desk_without_any_says_where_they_come_from() -> None:
    async with desk_robot(fake=FakeDesk("ana", canned=())) as desk:
        await desk.chats("Budi")
        await desk.press("f4")
        await desk.expect("no canned responses")
