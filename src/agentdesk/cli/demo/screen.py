"""The demo on a terminal: the agent's desk in front, customers and one colleague in a thread behind it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from random import Random

from agentdesk.cli.connection import client_settings
from agentdesk.cli.demo.crowd import Crowd, Pace, somebody_is_there
from agentdesk.cli.demo.headless import answer
from agentdesk.cli.demo.ledger import Ledger
from agentdesk.cli.demo.people import GOODBYES
from agentdesk.cli.demo.place import Place, User, open_place
from agentdesk.cli.demo.post import Post
from agentdesk.client.bot import Bot, Manners
from agentdesk.client.desk import DeskClient
from agentdesk.client.link import sleep
from agentdesk.client.visitor import Visitor
from agentdesk.core.commands import SetPresence
from agentdesk.core.model import Presence

YOU = User("you", "You", "supervisor")
COLLEAGUE = User("rina", "Rina", capacity=2, queues=("billing",))
COLLEAGUE_MANNERS = Manners(
    accept_s=(3, 9), reply_s=(5, 15), end_s=(2, 6), wrapup_s=(4, 12), replies_max=6, goodbyes=GOODBYES
)
PACE = Pace(arrivals_s=(8.0, 20.0), at_once_max=6, at_first=2)
END_WAIT_S = 10.0
GUIDE_WAIT_S = 600.0

TOUR = (
    "Hello! I am no customer, I only show you round. Accept me, then write back.",
    "Be a customer yourself: open {page} in a browser, and write. Mails that you answer arrive at {mail}.",
    "Ctrl-P finds every action by name, F1 shows the keys. End this chat when you like.",
)


def run_screen(random: Random) -> int:
    """Open the desk with chats coming in; the screen's exit code. Leaving it stops everything."""
    from agentdesk.tui.start import run_desk

    print("agentdesk: starting a server, customers and your desk …", flush=True)
    with open_place([YOU, COLLEAGUE], random) as place:
        print(f"Be a customer yourself, in a browser: {place.page}", flush=True)
        print(f"Mail that you answer arrives at http://127.0.0.1:{place.mail.page}", flush=True)
        client = DeskClient(place.url, place.accounts[YOU.id].token)
        client.submit(SetPresence(Presence.AVAILABLE))
        with _behind(place, random):
            code = run_desk(client, client_settings())
    print(f"The demo is over: its server at {place.url} has stopped, its data are gone.")
    return code


@contextmanager
def _behind(place: Place, random: Random) -> Iterator[None]:
    """Customers and the colleague, on a loop of their own so that the screen's stays free."""
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    ended: Future[None] = Future()

    def work() -> None:
        try:
            ended.set_result(loop.run_until_complete(_work(place, random, stop)))
        except BaseException as problem:  # noqa: BLE001 - told once the screen is gone, where it can be read
            ended.set_exception(problem)

    thread = threading.Thread(target=work, name="customers")
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(END_WAIT_S)
        loop.close()
    ended.result()


async def _work(place: Place, random: Random, stop: asyncio.Event) -> None:
    colleague = Bot(
        DeskClient(place.url, place.accounts[COLLEAGUE.id].token), COLLEAGUE_MANNERS, Random(random.random()), answer
    )
    crowd = Crowd(place.url, Ledger(), PACE, random, place.tokens)
    post = Post(place.mail, random)
    async with asyncio.TaskGroup() as tasks:
        working = [tasks.create_task(work) for work in (_guide(place), colleague.run(), crowd.run(), post.run())]
        await stop.wait()
        for task in working:
            task.cancel()


async def _guide(place: Place) -> None:
    """A first chat that says what this is and where the web page is."""
    async with Visitor(place.url, name="Guide", language="en", queue="support") as guide:
        await guide.wait_for(somebody_is_there, GUIDE_WAIT_S)
        for line in TOUR:
            await guide.say(line.format(page=place.page, mail=f"http://127.0.0.1:{place.mail.page}"))
            await sleep(0.3)
        await asyncio.Event().wait()
