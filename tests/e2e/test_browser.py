"""The widget in a real browser, against a real server and an agent at a desk."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from browsing import PNG, chromium, visiting, wire_to
from people import agent_at
from playwright.async_api import Browser
from serving import (
    QUEUES,
    RunningServer,
    ServerProcess,
    put_token,
    put_user,
    running_server,
    settings,
    start_server_process,
)

from agentdesk.core.commands import EndInteraction
from agentdesk.core.model import Attachment, State
from agentdesk.store.sqlite import open_store, restore

pytestmark = pytest.mark.services

HOSTILE = "<script>window.hit=1</script><img src=x onerror=window.hit=1> javascript:alert(1) [@click=quit]"
QUEUES_WITH_MESSAGES = tuple(msgspec.structs.replace(queue, channels=("chat", "message")) for queue in QUEUES)


@pytest.fixture
async def browser(require_service: Callable[[str, str], str]) -> AsyncIterator[Browser]:
    async with chromium(require_service("chromium", "apt-get install chromium fonts-noto-core")) as found:
        yield found


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RunningServer]:
    async with running_server(tmp_path, settings(tmp_path, queues=QUEUES_WITH_MESSAGES)) as running:
        yield running


async def test_a_visitor_and_an_agent_talk(browser: Browser, server: RunningServer) -> None:
    token = await server.token("ana", name="Ana Putri")
    async with agent_at(server.url, token) as ana, visiting(browser, server.url) as widget:
        await widget.open()
        await widget.sees("Hello! How can we help?")
        await widget.say("Where is my order?")
        await widget.is_sent("Where is my order?")
        await widget.notes("You are next")
        chat = await ana.accept()
        assert (await ana.reads(chat, "Where is my order?")).author == "Visitor"
        await widget.page.get_by_text(re.compile("You are talking to .?Ana Putri")).wait_for()
        ana.client.typing(chat, True)
        await widget.page.get_by_text(re.compile("Ana Putri.? is typing…")).wait_for()
        said = await ana.say(chat, "Let me look: https://example.com/track?id=1.")
        link = widget.page.get_by_role("link", name="https://example.com/track?id=1")
        assert await link.get_attribute("rel") == "noopener noreferrer nofollow"
        await widget.page.get_by_text("Read", exact=True).first.wait_for()
        await ana.wait_for(lambda m: m.conversations[chat].interaction.read_upto == said)
        await widget.box.press_sequentially("thank")
        await ana.heard_of("typing", lambda typing: typing.active and typing.text.startswith("t"))
        await widget.box.press("Enter")
        await ana.reads(chat, "thank")
        await widget.picture("chat")
        await ana.client.do(EndInteraction(chat))
        await widget.notes("The chat has ended")
        assert await widget.texts() == ["Where is my order?", "Let me look: https://example.com/track?id=1.", "thank"]


async def test_a_reload_keeps_everything_and_says_nothing_twice(browser: Browser, server: RunningServer) -> None:
    token = await server.token("ana")
    async with agent_at(server.url, token) as ana, visiting(browser, server.url) as widget:
        await widget.open()
        await widget.say("one")
        await widget.is_sent("one")
        chat = await ana.accept()
        await ana.say(chat, "two")
        await widget.sees("two")
        await widget.page.reload()
        await widget.panel.wait_for()  # it was open, so it opens again
        await widget.sees("two")
        await widget.say("three")
        await ana.reads(chat, "three")
        await widget.is_sent("three")
        assert await widget.texts() == ["one", "two", "three"]
        assert len(ana.client.mirror.conversations) == 1


async def test_two_windows_show_the_same(browser: Browser, server: RunningServer) -> None:
    token = await server.token("ana")
    async with agent_at(server.url, token) as ana, visiting(browser, server.url) as widget:
        await widget.open()
        await widget.say("from the first")
        await widget.is_sent("from the first")
        other_page = await widget.page.context.new_page()
        await other_page.goto(f"{server.url}/demo?lang=en")
        other = type(widget)(other_page)
        await other.open()
        await other.sees("from the first")
        await other.say("from the second")
        await widget.sees("from the second")
        chat = await ana.accept()
        await ana.say(chat, "to both")
        for one in (widget, other):
            await one.sees("to both")
            assert await one.texts() == ["from the first", "from the second", "to both"]
        assert other.problems == []


async def test_a_lost_network_loses_nothing(browser: Browser, server: RunningServer) -> None:
    token = await server.token("ana")
    async with agent_at(server.url, token) as ana, visiting(browser, server.url) as widget:
        await widget.open()
        await widget.say("before")
        chat = await ana.accept()
        await widget.page.context.set_offline(True)
        await widget.page.get_by_text("No connection. Trying again…").wait_for()
        await widget.say("written offline")
        await widget.page.get_by_text("Sending…").wait_for()
        await ana.say(chat, "said meanwhile")
        await widget.picture("no-network")
        await widget.page.context.set_offline(False)
        await widget.sees("said meanwhile")
        await widget.is_sent("written offline")
        await ana.reads(chat, "written offline")
        assert await widget.texts() == ["before", "said meanwhile", "written offline"]


async def test_a_socket_that_died_while_asleep_is_found_out(browser: Browser, server: RunningServer) -> None:
    """A laptop that slept has a socket that looks open and never says anything again."""
    token = await server.token("ana")
    async with (
        agent_at(server.url, token) as ana,
        wire_to(server.url) as (address, wire),
        visiting(browser, address) as widget,
    ):
        await widget.open()
        await widget.say("before")
        chat = await ana.accept()
        await widget.page.get_by_text(re.compile("You are talking to")).wait_for()
        wire.go_silent()
        await ana.say(chat, "while you slept")
        await widget.page.clock.fast_forward(26_000)  # it asks …
        await widget.page.clock.fast_forward(9_000)  # … and hears nothing
        await widget.sees("while you slept")
        await widget.say("awake")
        await ana.reads(chat, "awake")
        assert await widget.texts() == ["before", "while you slept", "awake"]


async def test_a_killed_server_keeps_the_place_and_what_was_written_meanwhile(browser: Browser, tmp_path: Path) -> None:
    config = settings(tmp_path)
    store = open_store(config.database)
    put_user(store, "ana")
    token = put_token(store, "ana")
    store.close()
    server = await asyncio.to_thread(start_server_process, tmp_path, config)
    try:
        async with (
            agent_at(server.url, token) as ana,
            visiting(browser, server.url) as first,
            visiting(browser, server.url) as second,
        ):
            for widget, text in ((first, "I was first"), (second, "I was second")):
                await widget.open()
                await widget.say(text)
                await widget.is_sent(text)
            await asyncio.to_thread(server.kill)
            await second.page.get_by_text("No connection. Trying again…").wait_for()
            await second.say("written while it was down")
            server = await asyncio.to_thread(_started_again, server, tmp_path)
            await second.is_sent("written while it was down")
            assert await second.texts() == ["I was second", "written while it was down"]
            await ana.wait_for(lambda _: ana.client.link.state == "live")
            found = [await ana.accept(), await ana.accept()]
            assert found == sorted(found)
            await ana.reads(found[0], "I was first")
            await ana.reads(found[1], "written while it was down")
            for chat, widget in zip(found, (first, second), strict=True):
                await ana.say(chat, f"hello {chat}")
                await widget.sees(f"hello {chat}")
    finally:
        await asyncio.to_thread(_end, server)


async def test_a_server_that_restarts_is_waited_for_quietly(browser: Browser, tmp_path: Path) -> None:
    config = settings(tmp_path)
    server = await asyncio.to_thread(start_server_process, tmp_path, config)
    try:
        async with visiting(browser, server.url) as widget:
            await widget.open()
            await widget.notes("Nobody is here right now.")
            assert await asyncio.to_thread(server.stop) == 0
            await widget.notes("Reconnecting…")
            await widget.picture("restarting")
            assert await widget.page.get_by_role("alert").count() == 0
            server = await asyncio.to_thread(_started_again, server, tmp_path)
            await widget.notes("Nobody is here right now.")
    finally:
        await asyncio.to_thread(_end, server)


async def test_a_restored_backup_is_shown_as_it_is(browser: Browser, tmp_path: Path) -> None:
    """The ids that the desk gives out then are below what the page has seen."""
    config, backup = settings(tmp_path), tmp_path / "backup.db"
    store = open_store(config.database)
    put_user(store, "ana")
    token = put_token(store, "ana")
    store.close()
    server = await asyncio.to_thread(start_server_process, tmp_path, config)
    try:
        async with agent_at(server.url, token) as ana, visiting(browser, server.url) as widget:
            await widget.open()
            await widget.say("kept")
            await widget.is_sent("kept")
            chat = await ana.accept()
            await asyncio.to_thread(_back_up, config.database, backup)
            lost = [await ana.say(chat, f"lost {number}") for number in range(5)]
            await widget.sees("lost 4")
            await asyncio.to_thread(_end, server)
            await asyncio.to_thread(restore, backup, config.database)
            await widget.page.get_by_text("No connection. Trying again…").wait_for()
            server = await asyncio.to_thread(start_server_process, tmp_path, config, port=urlsplit(server.url).port)
            await widget.said("lost 0").wait_for(state="detached")
            await ana.wait_for(lambda _: ana.client.link.state == "live")
            await widget.page.get_by_role("button", name="Close chat").click()
            assert await ana.say(chat, "new") < lost[-1]
            await widget.page.get_by_role("button", name=re.compile("Chat with us, .?1.? unread")).wait_for()
            await widget.open()
            assert await widget.texts() == ["kept", "new"]
    finally:
        await asyncio.to_thread(_end, server)


def _back_up(database: Path, target: Path) -> None:
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def _end(server: ServerProcess) -> None:
    server.kill()
    assert server.process.stdout is not None
    server.process.stdout.close()


def _started_again(server: ServerProcess, data_dir: Path) -> ServerProcess:
    _end(server)
    return start_server_process(data_dir, server.config, port=urlsplit(server.url).port or 0)


async def test_files_go_both_ways_by_what_they_are(browser: Browser, server: RunningServer) -> None:
    token = await server.token("ana")
    async with agent_at(server.url, token) as ana, visiting(browser, server.url) as widget:
        picker = widget.page.locator("#agentdesk-chat input[type=file]")
        await widget.open()
        await picker.set_input_files({"name": "cup.jpg", "mimeType": "image/jpeg", "buffer": PNG})
        await widget.page.get_by_role("button", name="Remove: cup.jpg").wait_for()
        await widget.page.get_by_role("button", name="Send", exact=True).click()
        image = widget.page.get_by_role("img", name="cup.jpg")
        await image.wait_for()
        assert await image.evaluate("image => image.complete && image.naturalWidth") == 10
        chat = await ana.accept()
        [file] = ana.conversation(chat).messages[0].attachments
        assert (file.name, file.media_type, file.size) == ("cup.jpg", "image/png", len(PNG))
        assert await ana.client.file(file.id) == PNG
        for name, data in (("page.png", b"<!doctype html><script>1</script>"), ("x.txt", b"<svg onload=1>")):
            await picker.set_input_files({"name": name, "mimeType": "image/png", "buffer": data})
            await widget.page.get_by_text(re.compile(f"Files like .?{re.escape(name)}.? are not taken")).wait_for()
        back = await asyncio.to_thread(_upload, server.url, token, chat, b"10 % off")
        await ana.say(chat, "for you", attachments=(back,))
        async with widget.page.expect_download() as saved:
            await widget.page.get_by_role("button", name=re.compile("Download .?offer.txt")).click()
        assert await asyncio.to_thread(Path(await (await saved.value).path()).read_bytes) == b"10 % off"
        await widget.picture("files")


OPEN_AND_ATTACH = """() => {
  agentdeskChat.open();
  const picker = document.querySelector('#agentdesk-chat').shadowRoot.querySelector('input[type=file]');
  const files = new DataTransfer();
  files.items.add(new File(['so early'], 'early.txt'));
  picker.files = files.files;
  picker.dispatchEvent(new Event('change'));
}"""


async def test_a_file_chosen_before_the_server_answers_is_sent(browser: Browser, server: RunningServer) -> None:
    token = await server.token("ana")
    async with agent_at(server.url, token) as ana, visiting(browser, server.url) as widget:
        await widget.page.get_by_role("button", name="Chat with us").wait_for()
        await widget.page.evaluate(OPEN_AND_ATTACH)
        await widget.page.get_by_role("button", name="Send", exact=True).click()
        await widget.page.get_by_role("button", name=re.compile("Download .?early.txt")).wait_for()
        chat = await ana.accept()
        [file] = ana.conversation(chat).messages[0].attachments
        assert await ana.client.file(file.id) == b"so early"


async def test_a_picture_stays_the_same_element_from_sending_to_sent(browser: Browser, server: RunningServer) -> None:
    """It is loaded once, and never gone in between."""
    token = await server.token("ana")
    async with agent_at(server.url, token), visiting(browser, server.url) as widget:
        fetched: list[str] = []
        widget.page.on(
            "request", lambda request: fetched.append(request.url) if "/chat/files/" in request.url else None
        )
        await widget.open()
        await widget.page.locator("#agentdesk-chat input[type=file]").set_input_files(
            {"name": "cup.png", "mimeType": "image/png", "buffer": PNG}
        )
        await widget.page.get_by_role("button", name="Send", exact=True).click()
        sent = widget.page.locator("#agentdesk-chat .m.me:not(.pending) img")
        assert await sent.evaluate("image => image.complete && image.naturalWidth") == 10
        assert len(fetched) == 1


def _upload(url: str, token: str, chat: int, data: bytes) -> Attachment:
    answer = httpx.post(
        f"{url}/api/v1/files",
        params={"interaction": chat, "name": "offer.txt"},
        content=data,
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 201, answer.text
    return msgspec.json.decode(answer.content, type=Attachment)


async def test_with_nobody_there_a_message_can_be_left(browser: Browser, server: RunningServer) -> None:
    token = await server.token("ana")
    async with visiting(browser, server.url) as widget:
        await widget.open()
        await widget.page.get_by_label("Your name").fill("Bu Sari")
        await widget.page.get_by_label("Your e-mail").fill("sari@example.org")
        await widget.page.get_by_label("Your message").fill("Please call me about order 7")
        await widget.picture("offline-form")
        await widget.page.get_by_role("button", name="Leave message").click()
        await widget.page.get_by_text("Thank you! We have your message").wait_for()
        await widget.picture("offline-thanks")
        async with agent_at(server.url, token) as ana:
            left = await ana.accept()
            interaction = ana.conversation(left).interaction
            assert (interaction.channel, interaction.customer_name) == ("message", "Bu Sari")
            assert interaction.attributes["email"] == "sari@example.org"
            await ana.reads(left, "Please call me about order 7")
            await ana.say(left, "Gladly")
            await widget.sees("Gladly")


async def test_hostile_text_stays_text(browser: Browser, server: RunningServer) -> None:
    token = await server.token("ana", name="<b>Ana</b>")
    async with agent_at(server.url, token) as ana, visiting(browser, server.url) as widget:
        await widget.open()
        await widget.say(HOSTILE)
        chat = await ana.accept()
        await ana.reads(chat, HOSTILE)
        await ana.say(chat, HOSTILE)
        await widget.page.locator("#agentdesk-chat .m:not(.me):not(.greet) .b").nth(0).wait_for()
        await widget.page.get_by_text("<b>Ana</b>").first.wait_for()
        await widget.page.reload()
        await widget.said(HOSTILE).nth(1).wait_for()
        assert await widget.texts() == [HOSTILE, HOSTILE]
        assert await widget.page.evaluate("window.hit") is None
        assert await widget.page.locator("#agentdesk-chat .b script, #agentdesk-chat .b img").count() == 0


async def test_persian_runs_from_the_right(browser: Browser, server: RunningServer) -> None:
    token = await server.token("ana", name="Ana Putri")
    async with agent_at(server.url, token) as ana, visiting(browser, server.url, lang="fa") as widget:
        await widget.open()
        await widget.say("سلام، سفارش ۱۲۳ من نرسید (order #123)")
        chat = await ana.accept()
        await ana.say(chat, "Hello, one moment.")
        await widget.sees("Hello, one moment.")
        ana.client.typing(chat, True)
        await widget.page.get_by_text("در حال نوشتن است…").wait_for()
        mine = await widget.mine().first.bounding_box()
        theirs = await widget.page.locator("#agentdesk-chat .m:not(.me)").last.bounding_box()
        panel = await widget.panel.bounding_box()
        assert mine and theirs and panel
        assert mine["x"] < theirs["x"], "the visitor's own side is the left one"
        assert panel["x"] < 100, "the widget stands at the end of the line, on the left"
        directions = "bubble => getComputedStyle(bubble).direction"
        assert await widget.mine().first.locator(".b").evaluate(directions) == "rtl"
        assert await widget.said("Hello, one moment.").evaluate(directions) == "ltr"
        await widget.picture("persian")


async def test_the_keyboard_is_enough(browser: Browser, server: RunningServer) -> None:
    token = await server.token("ana")
    async with agent_at(server.url, token) as ana, visiting(browser, server.url) as widget:
        keys = widget.page.keyboard
        active = "document.activeElement.shadowRoot?.activeElement?.getAttribute('aria-label')"
        launcher = widget.page.get_by_role("button", name="Chat with us")
        await launcher.focus()
        await keys.press("Enter")
        await widget.panel.wait_for()
        await keys.type("by keys alone")
        await keys.press("Enter")
        await widget.is_sent("by keys alone")
        await ana.accept()
        seen = set()
        for _ in range(8):  # Tab goes round inside
            await keys.press("Tab")
            seen.add(await widget.page.evaluate(active))
        assert {"End chat", "Close chat", "Attach a file", "Conversation"} <= seen
        await keys.press("Escape")
        assert await widget.panel.count() == 0
        assert await launcher.evaluate("button => button.getRootNode().activeElement === button")
        await ana.say(next(iter(ana.client.mirror.conversations)), "are you there?")
        await widget.page.get_by_role("button", name=re.compile("Chat with us, .?1.? unread")).wait_for()
        await widget.picture("unread")
        await keys.press("Enter")
        await widget.page.get_by_role("button", name="End chat").focus()
        await keys.press("Enter")
        await widget.page.get_by_role("group", name="End this chat?").wait_for()
        await keys.press("Shift+Tab")
        await keys.press("Enter")
        await widget.notes("The chat has ended")
        await ana.wait_for(lambda m: all(c.interaction.state is State.WRAPPING for c in m.conversations.values()))


EMBED = """([queue, lang]) => {
  const script = document.createElement('script');
  Object.assign(script.dataset, { queue, lang, open: 'true' });
  script.src = '/widget.js?again';
  document.body.append(script);
}"""


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "The chat is not available on this page."),
        ("id", "Obrolan tidak tersedia di halaman ini."),
        ("vi", "Trò chuyện không khả dụng trên trang này."),
        ("fa", "گفتگو در این صفحه در دسترس نیست."),
    ],
)
async def test_an_error_is_said_in_the_visitors_language(
    browser: Browser, server: RunningServer, lang: str, said: str
) -> None:
    async with visiting(browser, server.url, path="/widget.js") as widget:
        await widget.page.evaluate(EMBED, ["nowhere", lang])
        alert = widget.page.get_by_role("alert")
        await alert.filter(has_text=said).wait_for()
        await widget.page.clock.fast_forward(60_000)
        assert await alert.text_content() == said, "it stays: nothing here will work"


NAMELESS = """() => {
  const root = document.querySelector('#agentdesk-chat').shadowRoot, bad = [];
  for (const e of root.querySelectorAll('button,input:not([hidden]),textarea,[role]')) {
    const label = e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent
      || root.getElementById(e.getAttribute('aria-labelledby') || ' ')?.textContent;
    if (!label?.trim() && !['status', 'alert'].includes(e.getAttribute('role'))) bad.push(e.outerHTML.slice(0, 80));
  }
  const luminance = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map((v) => (v /= 255) <= 0.03928
    ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const back = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (!/, 0\\)$|transparent/.test(c)) return c; } return 'rgb(255,255,255)'; };
  for (const e of root.querySelectorAll('.b,.meta,.note,h2,.sub,.typing,.leave label span,.launch')) {
    if (!e.offsetParent && getComputedStyle(e).position !== 'relative') continue;
    const [x, y] = [luminance(getComputedStyle(e).color), luminance(back(e))].sort((a, b) => b - a);
    if ((x + 0.05) / (y + 0.05) < 4.5) bad.push('contrast ' + e.className + ' ' + ((x + 0.05) / (y + 0.05)).toFixed(2));
  }
  return bad; }"""


async def test_everything_has_a_role_a_name_and_contrast(browser: Browser, server: RunningServer) -> None:
    token = await server.token("ana")
    async with visiting(browser, server.url, width=390, height=780) as widget:
        await widget.open()
        assert await widget.page.evaluate(NAMELESS) == []
        await widget.picture("narrow-offline")
        async with agent_at(server.url, token) as ana:
            await widget.panel.get_by_role("textbox", name="Write a message").wait_for()
            await widget.say("hello")
            chat = await ana.accept()
            await ana.say(chat, "hi")
            await widget.sees("hi")
            assert await widget.page.evaluate(NAMELESS) == []
            assert await widget.log.get_attribute("aria-live") == "polite"
            await widget.picture("narrow-chat")
            size = await widget.panel.bounding_box()
            assert size is not None and (size["width"], size["height"]) == (390, 780), "a phone's whole screen"
