"""Durable events per second and the wait for a commit, through the real store, beside this disk's own fdatasync.

    python bench/store.py [--quick] [--rounds 5] [--events 60000] [--folder DIR] [--json FILE]

Every round brackets its runs with a probe that overwrites and syncs one page: the disk's pace at that moment is what
a run is held against. `log` writes events alone, and the target for events per second is for it; `desk` is a desk at
work and writes with its events all rows, first answers and full text that belong to them (the mix is below).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import uvloop

from agentdesk.core.changes import Changes
from agentdesk.core.commands import Done
from agentdesk.core.events import (
    AnyEvent,
    CustomerCreated,
    DeliveryConfirmed,
    DraftSaved,
    InteractionClosed,
    InteractionStarted,
    MessageAdded,
    OfferAccepted,
    Offered,
    Queued,
    Recorded,
)
from agentdesk.core.model import (
    Agent,
    AgentConfig,
    Counters,
    Customer,
    Draft,
    Identity,
    Interaction,
    Message,
    MessageKind,
    Offer,
    Segment,
    State,
)
from agentdesk.store.base import Batch, Repeat
from agentdesk.store.sqlite import open_store
from agentdesk.store.writer import Writer, tell_all

IN_FLIGHT = 200
AGENTS = 200
LIVE = 1_000
PROBES = 400
PAGE = 4_096
RATE_TARGET = 6.0
WAIT_TARGET = 3.0
MET = {True: "met", False: "MISSED", None: ""}
SEED = 20_261_127
TEXT = (
    "hello my order has not arrived yet could you please look where it is thank you the parcel was sent on monday "
    "halo pesanan saya belum sampai tolong dicek ya terima kasih xin chào đơn hàng của tôi chưa đến cảm ơn bạn nhiều "
    "سلام سفارش من هنوز نرسیده است لطفا بررسی کنید ممنون refund invoice address change password account card"
)
WORDS = TEXT.split()
MIX = (
    ("say", 36),
    ("confirm", 36),
    ("draft", 16),
    ("start", 4),
    ("accept", 4),
    ("close", 4),
)
"""Commands in a hundred: a chat is started, taken and closed once, has nine messages, each delivered, and drafts."""


def main(argv: list[str] | None = None) -> int:
    """Run the rounds, print a table and JSON; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one small round, to see that it runs")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--events", type=int, default=60_000, help="events in each run")
    parser.add_argument("--folder", type=Path, help="where the database is made (default: a temporary folder)")
    parser.add_argument("--json", type=Path, help="also write the result there")
    args = parser.parse_args(argv)
    rounds, events = (1, 6_000) if args.quick else (args.rounds, args.events)
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        measured = [_round(Path(folder) / str(number), events) for number in range(rounds)]
    result = _result(measured)
    _print(result)
    print(json.dumps(result))
    if args.json is not None:
        args.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0 if all(row["met"] is not False for row in result["rows"]) else 1


def _round(folder: Path, events: int) -> list[dict[str, float]]:
    folder.mkdir()
    rows = []
    for name, make in (("log", _log), ("desk", _desk)):
        for in_flight in (IN_FLIGHT, 1):
            # Alone, each command waits for its own commit: a tenth of the events takes as long.
            batches = make(events if in_flight > 1 else events // 10)
            before = probe(folder)
            run = uvloop.run(_run(folder / f"{name}{in_flight}.db", batches, in_flight))
            after = probe(folder)
            sync_s = (before + after) / 2
            rows.append({"name": name, "in_flight": in_flight, "sync_s": sync_s, **run})  # type: ignore[dict-item]
    return rows


def probe(folder: Path) -> float:
    """The median time of one fdatasync of one overwritten page, in seconds."""
    descriptor = os.open(folder / "probe", os.O_RDWR | os.O_CREAT)
    try:
        os.pwrite(descriptor, bytes(PAGE * 64), 0)
        os.fsync(descriptor)
        taken = []
        for number in range(PROBES):
            os.pwrite(descriptor, os.urandom(PAGE), PAGE * (number % 64))
            start = time.perf_counter()
            os.fdatasync(descriptor)
            taken.append(time.perf_counter() - start)
        return statistics.median(taken)
    finally:
        os.close(descriptor)


async def _run(path: Path, batches: list[Batch], in_flight: int) -> dict[str, float]:
    """Keep so many commands waiting for their commit until all are durable."""
    store = open_store(path)
    loop = asyncio.get_running_loop()
    finished: asyncio.Future[None] = loop.create_future()
    writer = Writer(store, lambda group: loop.call_soon_threadsafe(tell_all, group))
    waits: list[float] = []
    coming = iter(batches)

    def next_one() -> None:
        batch = next(coming, None)
        if batch is None:
            return
        at = time.perf_counter()

        def done(error: BaseException | None) -> None:
            waits.append(time.perf_counter() - at)
            if error is not None and not finished.done():
                finished.set_exception(error)
            elif len(waits) == len(batches) and not finished.done():
                finished.set_result(None)
            else:
                next_one()

        writer.submit(batch, done)

    start = time.perf_counter()
    for _ in range(in_flight):
        next_one()
    await finished
    took = time.perf_counter() - start
    writer.close()
    store.close()
    waits.sort()
    count = sum(len(batch.events) for batch in batches)
    return {
        "events": count,
        "commands": len(batches),
        "rate": count / took,
        "p50_s": waits[len(waits) // 2],
        "p99_s": waits[len(waits) * 99 // 100],
    }


# --- what is written ------------------------------------------------------------------------------------------


def _log(count: int) -> list[Batch]:
    """Events of about 300 bytes and nothing else."""
    text = "x" * 180
    return [
        Batch(
            [Recorded(seq, 1_700_000_000_000 + seq, DraftSaved(seq % LIVE, Draft("a1", MessageKind.NOTE, text, seq)))],
            Changes(),
            [],
            Counters(seq=seq),
        )
        for seq in range(1, count + 1)
    ]


def _desk(count: int) -> list[Batch]:
    """The batches of a desk at work."""
    made = _Made(random.Random(SEED))
    batches = []
    while made.counters.seq < count:
        batches.append(made.command())
    return batches


class _Made:
    """Makes plausible commands' outcomes; no desk decides here, so that only the store is measured."""

    def __init__(self, rng: random.Random) -> None:
        self.counters = Counters()
        self._rng = rng
        self._agents = [Agent(AgentConfig(f"agent{number}", f"Agent {number}")) for number in range(AGENTS)]
        self._live = [self._interaction() for _ in range(LIVE)]
        self._names, self._weights = zip(*MIX, strict=True)
        self._commands = 0

    def command(self) -> Batch:
        """What one command writes."""
        self._commands += 1
        it = self._rng.choice(self._live)
        agent = self._agents[it.customer_id % AGENTS]
        changes = Changes()
        (name,) = self._rng.choices(self._names, self._weights)
        events: list[AnyEvent] = getattr(self, f"_{name}")(it, agent, changes)
        recorded = [self._recorded(event, agent.id) for event in events]
        key = f"{agent.id}-0f3a{it.customer_id % AGENTS:04}-{self._commands}"
        repeats = [Repeat(key, Done(seq=recorded[-1].seq, id=it.id))]
        return Batch(recorded, changes, repeats, msgspec.structs.replace(self.counters))

    def _say(self, it: Interaction, agent: Agent, changes: Changes) -> list[AnyEvent]:
        changes.interactions = {it.id: it}
        return [self._message(it)]

    def _confirm(self, it: Interaction, agent: Agent, changes: Changes) -> list[AnyEvent]:
        it.delivered_upto = it.read_upto = it.last_message_id
        changes.interactions = {it.id: it}
        return [DeliveryConfirmed(it.id, it.delivered_upto, it.read_upto)]

    def _draft(self, it: Interaction, agent: Agent, changes: Changes) -> list[AnyEvent]:
        it.draft = Draft(agent.id, MessageKind.OUTBOUND, self._text(), self._commands)
        changes.interactions = {it.id: it}
        return [DraftSaved(it.id, it.draft)]

    def _start(self, it: Interaction, agent: Agent, changes: Changes) -> list[AnyEvent]:
        """A new customer writes and is offered to an agent."""
        new = self._interaction()
        self._live.append(new)
        key = new.customer_id
        customer = Customer(key, new.customer_name, 1, (Identity("email", f"customer{key}@example.org"),))
        changes.customers = {key: customer}
        changes.interactions = {new.id: new}
        changes.agents = {agent.id: agent}
        return [
            CustomerCreated(customer),
            InteractionStarted(new.id, "chat", "support", key, customer.name, new.segment.id),
            Queued(new.id, "support", 1, 1, "new", new.segment.id),
            self._message(new),
            Offered(Offer(new.id, new.id, agent.id, 1, 2), new.segment.id),
        ]

    def _accept(self, it: Interaction, agent: Agent, changes: Changes) -> list[AnyEvent]:
        self._move(it, agent, changes)
        return [OfferAccepted(it.id, it.id, agent.id, it.segment.id)]

    def _close(self, it: Interaction, agent: Agent, changes: Changes) -> list[AnyEvent]:
        self._move(it, agent, changes)
        it.state = State.CLOSED
        self._live.remove(it)
        return [InteractionClosed(it.id, "solved", ("parcel",))]

    def _move(self, it: Interaction, agent: Agent, changes: Changes) -> None:
        self.counters.segment += 1
        changes.segments = [it.segment]
        it.segment = Segment(self.counters.segment, it.id, State.ACTIVE, "support", agent.id, 1)
        changes.interactions = {it.id: it}
        changes.agents = {agent.id: agent}

    def _interaction(self) -> Interaction:
        self.counters.interaction += 1
        self.counters.segment += 1
        key = self.counters.interaction
        segment = Segment(self.counters.segment, key, State.ACTIVE, "support", "agent1", 1)
        return Interaction(key, "chat", "support", key, f"Customer {key}", State.ACTIVE, 1, 1, 1, segment)

    def _message(self, it: Interaction) -> MessageAdded:
        self.counters.message += 1
        it.last_message_id = self.counters.message
        it.message_count += 1
        kind = self._rng.choice((MessageKind.INBOUND, MessageKind.OUTBOUND))
        return MessageAdded(
            Message(self.counters.message, it.id, it.customer_id, kind, "Ann", self._text(), self._commands)
        )

    def _text(self) -> str:
        return " ".join(self._rng.choices(WORDS, k=self._rng.randint(3, 30)))

    def _recorded(self, event: AnyEvent, agent: str) -> Recorded:
        self.counters.seq += 1
        return Recorded(self.counters.seq, 1_700_000_000_000 + self.counters.seq, event, agent)


# --- the result -----------------------------------------------------------------------------------------------


def _result(rounds: list[list[dict[str, float]]]) -> dict[str, list[dict[str, object]]]:
    rows: list[dict[str, object]] = []
    for at, first in enumerate(rounds[0]):
        runs = [measured[at] for measured in rounds]
        crowded = first["in_flight"] > 1
        ratios = [run["rate"] * run["sync_s"] if crowded else run["p50_s"] / run["sync_s"] for run in runs]
        ratio = statistics.median(ratios)
        target = _target(str(first["name"]), crowded)
        rows.append(
            {
                "what": f"{first['name']}, {int(first['in_flight'])} in flight",
                "events_per_s": round(statistics.median(run["rate"] for run in runs)),
                "p50_ms": round(statistics.median(run["p50_s"] for run in runs) * 1000, 3),
                "p99_ms": round(statistics.median(run["p99_s"] for run in runs) * 1000, 3),
                "fdatasync_us": round(statistics.median(run["sync_s"] for run in runs) * 1e6),
                "ratio": round(ratio, 2),
                "range": [round(min(ratios), 2), round(max(ratios), 2)],
                "of": "events per fdatasync" if crowded else "wait in fdatasyncs",
                "target": target,
                "met": None if target is None else ratio >= target if crowded else ratio <= target,
            }
        )
    return {"rows": rows}


def _target(name: str, crowded: bool) -> float | None:
    if not crowded:
        return WAIT_TARGET
    return RATE_TARGET if name == "log" else None


def _print(result: dict[str, list[dict[str, object]]]) -> None:
    print(f"{'':22}{'events/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'fdatasync us':>14}{'ratio':>8}{'target':>8}")
    for row in result["rows"]:
        print(
            f"{row['what']:22}{row['events_per_s']:>10}{row['p50_ms']:>9}{row['p99_ms']:>9}{row['fdatasync_us']:>14}"
            f"{row['ratio']:>8}{row['target'] or '-':>8} {MET[row['met']]:7}({row['of']}, {row['range']})"
        )


if __name__ == "__main__":
    sys.exit(main())
