"""Search against a slow oracle: texts are made of known words, so what must be found is known without any index."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.core.events import MessageAdded
from agentdesk.core.model import Counters
from agentdesk.store.base import Store
from agentdesk.store.memory import MemoryStore
from agentdesk.store.sqlite import open_store
from tests.store.made import batch, message, recorded
from tests.store.test_words import LETTERS

FORMS = (
    ("order", "Order", "ORDER"),
    ("größe", "Größe", "große", "GRÖßE"),
    ("được", "duoc", "ĐƯỢC"),
    ("سفارش",),
    ("كتاب", "کتاب"),
    ("1234", "۱۲۳۴", "１２３４"),
    ("заказ", "Заказ"),
    ("退款",),
    ("คืนเงิน",),
    ("re-fund", "Re-Fund"),
    ("ann@example.org", "ANN@example.org"),
    ("c7",),
    ("and", "AND"),
    ("near", "NEAR"),
)
"""Words that share no beginning; the forms of one are the same to who searches."""

BETWEEN = (" ", ", ", " — ", "\n", "! ", " / ", " * ", ' "', " (", ") ")


class Numbers:
    """Message ids, given out one after another over all examples."""

    def __init__(self) -> None:
        self.last = 0

    def take(self, count: int) -> list[int]:
        self.last += count
        return list(range(self.last - count + 1, self.last + 1))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Numbers]]:
    """A store that fills up over the examples, and the numbers to go on with."""
    store = open_store(tmp_path_factory.mktemp("search") / "desk.db")
    yield store, Numbers()
    store.close()


def _say(store: Store, numbers: Numbers, texts: list[str], customer_id: int) -> list[int]:
    keys = numbers.take(len(texts))
    messages = [message(key, text, customer_id=customer_id) for key, text in zip(keys, texts, strict=True)]
    made = batch(*recorded(*map(MessageAdded, messages), after=keys[0] - 1))
    made.counters = Counters(keys[-1], message=keys[-1])
    store.commit([made])
    return keys


@st.composite
def _spoken(draw: st.DrawFn) -> tuple[str, set[int]]:
    """A text and the numbers of the words it holds."""
    words = draw(st.lists(st.integers(0, len(FORMS) - 1), min_size=1, max_size=6))
    parts = [draw(st.sampled_from(FORMS[word])) + draw(st.sampled_from(BETWEEN)) for word in words]
    return "".join(parts), set(words)


@given(data=st.data(), spoken=st.lists(_spoken(), min_size=1, max_size=6))
def test_what_holds_all_words_is_found_and_nothing_else(
    kept: tuple[Store, Numbers], data: st.DataObject, spoken: list[tuple[str, set[int]]]
) -> None:
    store, numbers = kept
    customer_id = 1_000 + numbers.last
    keys = _say(store, numbers, [text for text, _ in spoken], customer_id)
    wanted = data.draw(st.sets(st.integers(0, len(FORMS) - 1), min_size=1, max_size=3))
    query = " ".join(data.draw(st.sampled_from(FORMS[word])) for word in sorted(wanted))
    expected = [key for key, (_, words) in zip(keys, spoken, strict=True) if wanted <= words][::-1]
    assert [found.message.id for found in store.search(query, customer_id=customer_id)] == expected
    everywhere = [found.message.id for found in store.search(query, limit=len(keys))]
    assert [key for key in everywhere if key >= keys[0]] == expected


@given(query=st.text(max_size=60), text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_is_a_valid_query(kept: tuple[Store, Numbers], query: str, text: str) -> None:
    store, numbers = kept
    _say(store, numbers, [text], customer_id=1)
    store.search(query)
    store.search(text, customer_id=1, before=10**9)
    store.customers(query)


@given(texts=st.lists(st.text(st.sampled_from(LETTERS), max_size=30), min_size=1, max_size=4), data=st.data())
def test_the_twins_find_the_same(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], data: st.DataObject
) -> None:
    memory, path = MemoryStore(), tmp_path_factory.mktemp("twins") / "desk.db"
    real = open_store(path)
    try:
        for store in (memory, real):
            _say(store, Numbers(), texts, customer_id=1)
        text = data.draw(st.sampled_from(texts))
        first, last = sorted(data.draw(st.tuples(st.integers(0, 30), st.integers(0, 30))))
        query = text[first:last] + data.draw(st.sampled_from(["", "*", '"']))
        assert memory.search(query) == real.search(query)
    finally:
        real.close()


@given(text=st.text(st.sampled_from(LETTERS), min_size=1, max_size=30))
def test_a_text_is_found_by_itself(kept: tuple[Store, Numbers], text: str) -> None:
    store, numbers = kept
    (key,) = _say(store, numbers, [text], customer_id=1)
    found = store.search(text.replace('"', " "), limit=1)
    assert not found or found[0].message.id == key
    if any("a" <= char <= "z" for char in text):
        assert found
