"""The demo without a terminal: scripted agents in place of the screen, and an account of every message at the end."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from random import Random

from agentdesk.cli.demo.account import Summary, summary
from agentdesk.cli.demo.crowd import Crowd, Pace
from agentdesk.cli.demo.ledger import Ledger
from agentdesk.cli.demo.people import ANSWERS, GOODBYES
from agentdesk.cli.demo.place import Place, User, open_place
from agentdesk.client.bot import Bot, Manners
from agentdesk.client.desk import DeskClient
from agentdesk.client.link import clock_ms, sleep
from agentdesk.client.mirror import Conversation
from agentdesk.core.model import Interaction, Message
from agentdesk.store.sqlite import open_store

AGENTS = [User("ana", "Ana"), User("rina", "Rina"), User("minh", "Minh")]
PACE = Pace(arrivals_s=(2.0, 8.0), at_once_max=14, speed=15.0)
MANNERS = Manners(
    accept_s=(0.02, 0.2),
    reply_s=(0.05, 0.4),
    end_s=(0.1, 0.3),
    wrapup_s=(0.1, 0.4),
    replies_max=8,
    goodbyes=GOODBYES,
)
QUIET_WAIT_S = 10.0
PAGE = 200


def run_headless(seconds: float, random: Random) -> Summary:
    """Run for so long, and count."""
    with open_place(AGENTS, random) as place:
        ledger = Ledger()
        began = clock_ms()
        asyncio.run(_work(place, ledger, seconds, random))
        spent = (clock_ms() - began) / 1000
        messages, interactions = _read(place.database)
        return summary(ledger, messages, interactions, spent)


async def _work(place: Place, ledger: Ledger, seconds: float, random: Random) -> None:
    bots = [
        Bot(DeskClient(place.url, account.token), MANNERS, Random(random.random()), answer)
        for account in place.accounts.values()
    ]
    crowd = Crowd(place.url, ledger, PACE, random, place.tokens)
    for bot in bots:
        ledger.watch(bot.client)
    async with asyncio.TaskGroup() as tasks:
        working = [tasks.create_task(bot.run()) for bot in bots]
        coming = tasks.create_task(crowd.run())
        await sleep(seconds)
        coming.cancel()
        await asyncio.wait((coming,))
        await _quiet(bots)
        for task in working:
            task.cancel()


async def _quiet(bots: list[Bot]) -> None:
    """Wait until the agents have an answer to everything they said, and have heard what the customers last said."""
    until = clock_ms() + QUIET_WAIT_S * 1000
    calm = 0
    while calm < 3 and clock_ms() < until:
        await sleep(0.1)
        calm = 0 if any(bot.client.mirror.asked for bot in bots) else calm + 1


def answer(conversation: Conversation, random: Random) -> str:
    """Something an agent says, in the customer's language."""
    return random.choice(ANSWERS.get(conversation.interaction.language, ANSWERS["en"]))


def _read(database: Path) -> tuple[list[Message], list[Interaction]]:
    """Everything the database holds, page by page."""
    with closing(open_store(database, deciding=False)) as store:
        interactions: list[Interaction] = []
        while page := store.interactions(before=interactions[-1].id if interactions else None, limit=PAGE):
            interactions += page
        messages: list[Message] = []
        for one in interactions:
            after = 0
            while found := store.messages(one.id, after=after, limit=PAGE):
                messages += found
                after = found[-1].id
        return messages, interactions
