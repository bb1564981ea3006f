"""How long a search takes among a million messages, newest first, everywhere and inside one customer.

    python bench/search.py [--quick] [--messages 1000000] [--queries 300] [--folder DIR] [--json FILE]

The database is built once, through the store's own commits, in a temporary folder (with --folder it stays there and
is used again). Texts have real words of English, Indonesian, Vietnamese and Persian up front and made ones behind
them, drawn as often as words are in a language (Zipf), and an order number in every fifth. A query's words come
from one message, so there is always something to find. Each query is asked once to warm the page cache and five
times more, of which the median counts: the figures are of queries, not of what else the machine does. Beside each:
one read of 50 events by their numbers.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from agentdesk.core.changes import Changes
from agentdesk.core.events import MessageAdded, Recorded
from agentdesk.core.model import (
    Counters,
    Customer,
    Identity,
    Interaction,
    Message,
    MessageKind,
    Segment,
    State,
)
from agentdesk.store.base import Batch
from agentdesk.store.sqlite import SqliteStore, open_store

SEED = 20_261_127
MESSAGES = 1_000_000
PER_CUSTOMER = 20
PER_INTERACTION = 10
PER_COMMIT = 2_000
VOCABULARY = 30_000
REPEATS = 5
AT_MS = 1_700_000_000_000
EVERYWHERE_MS = 5.0
CUSTOMER_MS = 1.0
MET = {True: "met", False: "MISSED", None: ""}

LANGUAGES = (
    (
        "en",
        40,
        "the to and i you a my is it of in for have not on this that with me can was be your are please order if so "
        "but do we as at will no when would how get thank what from there just has help hello delivery account card",
        ("b c d f g h l m n p r s t v w st tr pl ch", "a e i o u ea ou", "n r t s l d nt st ck", " er ing ed ly ion"),
    ),
    (
        "id",
        25,
        "yang saya dan di ini itu tidak untuk ada dengan sudah bisa dari ke akan apa belum pesanan barang tolong kak "
        "terima kasih mohon uang kembali kirim alamat kapan sampai toko nomor bayar harga mau beli lagi juga karena",
        ("b c d g h j k l m n p r s t ng ny me ber ter pe", "a e i o u", " n r t s l k ng", " kan nya an i"),
    ),
    (
        "vi",
        20,
        "tôi của là và có không cho được với này các một đã những khi đến để đơn hàng giao chưa nhận bạn cảm ơn giúp "
        "tiền lại mua sản phẩm ngày thanh toán đặt trả hoàn địa chỉ vui lòng kiểm tra mình bị từ trong người như",
        (
            "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x",
            "a á à ả ã ạ ê ế ề ô ố ộ ơ ớ ợ ư ứ ự i í ị",
            " n ng m p t c nh i u",
            "",
        ),
    ),
    (
        "fa",
        15,
        "و در به از که این را با است من برای شما سفارش یک هم تا بود خود ما نیست کنید باید چه کی هنوز لطفا ممنون سلام "
        "پول کالا تحویل نشده است ارسال پرداخت شماره حساب کارت آدرس بررسی مشکل خرید قیمت",
        ("ب پ ت ج چ خ د ر ز س ش ف ک گ ل م ن ه", "ا و ی", "ب ت د ر س ش ل م ن", " ها ان ی تر"),
    ),
)


def main(argv: list[str] | None = None) -> int:
    """Build, ask, print a table and JSON; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="20,000 messages and 60 queries, to see that it runs")
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--queries", type=int, default=300, help="queries of each sort")
    parser.add_argument("--folder", type=Path, help="keep the database there, and use it again")
    parser.add_argument("--json", type=Path, help="also write the result there")
    args = parser.parse_args(argv)
    messages, queries = (20_000, 60) if args.quick else (args.messages, args.queries)
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        store = _built(folder / f"search-{messages}.db", messages)
        try:
            result = _measure(store, messages, queries)
        finally:
            store.close()
    _print(result)
    print(json.dumps(result))
    if args.json is not None:
        args.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0 if all(row["met"] is not False for row in result["rows"]) else 1


# --- building -------------------------------------------------------------------------------------------------


class _Texts:
    """Draws texts as people write them."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._names = [name for name, *_ in LANGUAGES]
        self._shares = [share for _, share, *_ in LANGUAGES]
        self._words = {name: self._vocabulary(real.split(), pieces) for name, _, real, pieces in LANGUAGES}
        self._zipf = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))

    def text(self) -> str:
        """One message."""
        (language,) = self._rng.choices(self._names, self._shares)
        length = min(60, max(2, round(self._rng.lognormvariate(2.6, 0.7))))
        words = self._rng.choices(self._words[language], cum_weights=self._zipf, k=length)
        if self._rng.random() < 0.2:
            words.insert(self._rng.randrange(length), f"ORD-{self._rng.randrange(10**6):06}")
        return " ".join(words)

    def _vocabulary(self, real: list[str], pieces: tuple[str, ...]) -> list[str]:
        """Real words first, then made ones, ever longer as they get rare."""
        onsets, vowels, codas, endings = (part.split(" ") for part in pieces)
        found = dict.fromkeys(real)
        while len(found) < VOCABULARY:
            parts = [
                self._rng.choice(onsets) + self._rng.choice(vowels) + self._rng.choice(codas)
                for _ in range(self._rng.randint(1, 2 + len(found) // 10_000))
            ]
            found["".join(parts) + self._rng.choice(endings)] = None
        return list(found)


def _built(path: Path, messages: int) -> SqliteStore:
    store = open_store(path)
    if store.load().counters.message == messages:
        return store
    texts = _Texts(random.Random(SEED))
    start = time.perf_counter()
    for batch in _batches(texts, random.Random(SEED + 1), messages):
        store.commit([batch])
    took = time.perf_counter() - start
    print(f"built {messages:,} messages in {took:.0f} s ({messages / took:,.0f}/s)", file=sys.stderr)
    return store


def _batches(texts: _Texts, rng: random.Random, messages: int) -> Iterator[Batch]:
    customers = max(1, messages // PER_CUSTOMER)
    counters = Counters()
    while counters.message < messages:
        changes, events = Changes(), []
        for _ in range(min(PER_COMMIT, messages - counters.message)):
            counters.message += 1
            if counters.message % PER_INTERACTION == 1:
                counters.interaction += 1
                # Some write often: the square draws low numbers more.
                customer_id = 1 + int(customers * rng.random() ** 2)
            key = counters.interaction
            counters.seq += 1
            said = Message(counters.message, key, customer_id, MessageKind.INBOUND, "Ann", texts.text(), AT_MS)
            events.append(Recorded(counters.seq, AT_MS, MessageAdded(said)))
            changes.interactions[key] = _interaction(key, customer_id, counters.message)
            if customer_id not in changes.customers:
                changes.customers[customer_id] = _customer(customer_id)
        counters.customer = customers
        yield Batch(events, changes, [], Counters(counters.seq, key, customers, counters.message))


def _customer(key: int) -> Customer:
    return Customer(key, f"Customer {key}", AT_MS, (Identity("email", f"customer{key}@example.org"),))


def _interaction(key: int, customer_id: int, last: int) -> Interaction:
    segment = Segment(key, key, State.CLOSED, "support", None, AT_MS, AT_MS)
    it = Interaction(key, "chat", "support", customer_id, "", State.CLOSED, AT_MS, AT_MS, key, segment)
    it.last_message_id, it.message_count = last, PER_INTERACTION
    return it


# --- measuring ------------------------------------------------------------------------------------------------


def _measure(store: SqliteStore, messages: int, queries: int) -> dict[str, list[dict[str, object]]]:
    rng = random.Random(SEED + 2)
    asked = [_message(store, rng.randint(1, messages)) for _ in range(queries)]
    floor = _timed(lambda one: store.events(one.id - 1, 50), asked)
    rows = []
    for count in (1, 2, 3):
        words = {one.id: _words(one, count, rng) for one in asked}
        everywhere = _timed(lambda one, words=words: store.search(words[one.id]), asked)  # type: ignore[misc]
        inside = _timed(lambda one, words=words: store.search(words[one.id], customer_id=one.customer_id), asked)  # type: ignore[misc]
        rows.append(_row(f"{count} word{'s' * (count > 1)}, newest 50", everywhere, floor, EVERYWHERE_MS))
        rows.append(_row(f"{count} word{'s' * (count > 1)}, one customer", inside, floor, CUSTOMER_MS))
    # Nobody promised anything for these: the index has no list of beginnings, which would double it.
    begun = {one.id: _words(one, 1, rng)[:4] + "*" for one in asked}
    beginnings = _timed(lambda one: store.search(begun[one.id]), asked)
    rows.append(_row("beginning of a word, newest 50", beginnings, floor, None))
    rows.append(_row("timeline of 50", _timed(lambda one: store.timeline(one.customer_id), asked), floor, CUSTOMER_MS))
    return {"rows": rows}


def _message(store: SqliteStore, key: int) -> Message:
    event = store.events(key - 1, 1)[0].event
    assert isinstance(event, MessageAdded)
    return event.message


def _words(message: Message, count: int, rng: random.Random) -> str:
    words = list(dict.fromkeys(message.text.split()))
    return " ".join(rng.sample(words, min(count, len(words))))


def _timed(ask: Callable[[Message], Sequence[object]], asked: list[Message]) -> list[float]:
    """Milliseconds for each, sorted."""
    for one in asked:
        assert ask(one), one
    return sorted(statistics.median(_once(ask, one) for _ in range(REPEATS)) for one in asked)


def _once(ask: Callable[[Message], Sequence[object]], one: Message) -> float:
    start = time.perf_counter()
    ask(one)
    return (time.perf_counter() - start) * 1000


def _row(what: str, taken: list[float], floor: list[float], target_ms: float | None) -> dict[str, object]:
    p99 = taken[len(taken) * 99 // 100]
    return {
        "what": what,
        "p50_ms": round(taken[len(taken) // 2], 3),
        "p99_ms": round(p99, 3),
        "ratio": round(taken[len(taken) // 2] / floor[len(floor) // 2], 2),
        "target_ms": target_ms,
        "met": None if target_ms is None else p99 <= target_ms,
    }


def _print(result: dict[str, list[dict[str, object]]]) -> None:
    print(f"{'':34}{'p50 ms':>9}{'p99 ms':>9}{'x 50 by number':>17}{'target p99':>12}")
    for row in result["rows"]:
        print(
            f"{row['what']:34}{row['p50_ms']:>9}{row['p99_ms']:>9}{row['ratio']:>17}{row['target_ms'] or '-':>12}"
            f" {MET[row['met']]}"
        )


if __name__ == "__main__":
    sys.exit(main())
