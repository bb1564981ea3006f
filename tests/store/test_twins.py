"""What every store promises, asked of each."""

from __future__ import annotations

import msgspec
import pytest

from agentdesk.core.changes import Loaded
from agentdesk.core.commands import Done, Refused
from agentdesk.core.events import CustomerLeft, CustomerReturned, DraftSaved, MessageAdded, Offered
from agentdesk.core.model import (
    Agent,
    AgentConfig,
    Attachment,
    Counters,
    Customer,
    DeskConfig,
    Draft,
    Identity,
    MessageKind,
    Offer,
    Presence,
    QueueConfig,
    Segment,
    State,
)
from agentdesk.errors import DeskError
from agentdesk.store.base import FileBlob, Repeat, Store, Token, User
from agentdesk.store.merge import merge
from tests.store.made import (
    AT_MS,
    PICTURE,
    batch,
    conversations,
    customer,
    interaction,
    message,
    recorded,
    said,
    settings,
)

# --- commit and load ----------------------------------------------------------------------------------------------


def test_a_new_store_is_an_empty_desk(store: Store) -> None:
    assert store.load() == Loaded(Counters(), DeskConfig(), [], [], [], [])
    assert store.events(0, 10) == []
    assert store.repeats(10) == []


def test_what_was_committed_is_loaded(store: Store) -> None:
    it = interaction(4)
    it.draft = Draft("bob", MessageKind.NOTE, "as far as I got", 7)
    agent = Agent(AgentConfig("bob", "Bob", skills={"fr": 3}), Presence.AVAILABLE, load=1, holding=(4,))
    made = batch(interactions=[it], agents=[agent], customers=[customer(1)], desk=DeskConfig(priority_s=9))
    made.changes.queues = {"support": QueueConfig("support", "Support")}
    made.counters = Counters(9, 4, 1, 2, 3, 5)
    store.commit([made])
    queues = [QueueConfig("support", "Support")]
    assert store.load() == Loaded(
        Counters(9, 4, 1, 2, 3, 5), DeskConfig(priority_s=9), queues, [agent], [customer(1)], [it]
    )


def test_only_live_rows_are_loaded(store: Store) -> None:
    past = [interaction(2, State.CLOSED, customer_id=2), interaction(3, State.ABANDONED, customer_id=3)]
    store.commit([batch(interactions=[interaction(1), *past], customers=[customer(key) for key in (1, 2, 3)])])
    loaded = store.load()
    assert [row.id for row in loaded.interactions] == [1]
    assert [row.id for row in loaded.customers] == [1]


def test_those_who_left_the_line_of_late_are_loaded_in_the_order_they_left(store: Store) -> None:
    gone = [interaction(key, State.ABANDONED) for key in range(1, 5)]
    for row, closed_ms in zip(gone, (AT_MS + 90_000, AT_MS + 70_000, AT_MS + 60_000, AT_MS + 29_999), strict=True):
        row.agent, row.closed_ms = None, closed_ms
    held = interaction(5, State.ABANDONED)
    held.closed_ms = AT_MS + 95_000
    done = interaction(6, State.CLOSED)
    store.commit([batch(interactions=[*gone, held, done], desk=DeskConfig(return_s=60))])
    assert [row.id for row in store.load().left] == [3, 2, 1]


def test_an_interaction_that_ends_leaves_the_live_rows(store: Store) -> None:
    store.commit([batch(interactions=[interaction(1)])])
    store.commit([batch(interactions=[interaction(1, State.CLOSED)])])
    assert store.load().interactions == []
    assert store.interaction(1) == interaction(1, State.CLOSED)


def test_later_rows_win_within_a_group(store: Store) -> None:
    first, second = interaction(1), interaction(1)
    second.subject = "the later"
    store.commit([batch(interactions=[first]), batch(interactions=[second])])
    found = store.interaction(1)
    assert found is not None and found.subject == "the later"


def test_a_group_is_the_same_as_its_batches_one_by_one(store: Store) -> None:
    made = conversations(60, seed=3)
    for at in range(0, 30):
        store.commit([made[at]])
    store.commit(made[30:])
    whole = merge(made)
    assert store.events(0, 10_000) == whole.events
    live = [row for _, row in sorted(whole.changes.interactions.items()) if row.state is not State.CLOSED]
    assert store.load().interactions == live
    assert store.load().counters == made[-1].counters
    assert [repeat.key for repeat in store.repeats(100)] == [repeat.key for one in made for repeat in one.repeats]


def test_a_number_given_twice_leaves_nothing_of_the_group(store: Store) -> None:
    store.commit([said("one")])
    clash = batch(*recorded(MessageAdded(message(9, "again"))), interactions=[interaction(9)])
    with pytest.raises(DeskError):
        store.commit([batch(*recorded(MessageAdded(message(2, "two")), after=1)), clash])
    assert [row.seq for row in store.events(0, 10)] == [1]
    assert store.interaction(9) is None
    assert store.search("two") == []


def test_rows_handed_out_are_not_the_stores_own(store: Store) -> None:
    store.commit([batch(interactions=[interaction(1)], agents=[Agent(AgentConfig("bob", "Bob"))])])
    store.load().interactions[0].subject = "changed"
    store.load().agents[0].load = 9
    for row in (store.interaction(1), store.interactions()[0], store.load().interactions[0]):
        assert row is not None and row.subject == "about 1"
    assert store.load().agents[0].load == 0


def test_agents_and_queues_come_and_go(store: Store) -> None:
    store.commit([settings()])
    gone = batch(removed_agents={"bob"}, queues={"sales": None})
    store.commit([gone])
    assert store.load().agents == []
    assert [queue.id for queue in store.load().queues] == ["support"]
    back = batch(agents=[Agent(AgentConfig("bob", "Bobby"))])
    store.commit([batch(removed_agents={"bob"}), back])
    assert [agent.config.name for agent in store.load().agents] == ["Bobby"]


# --- events -------------------------------------------------------------------------------------------------------


def test_events_follow_a_number_in_order(store: Store) -> None:
    store.commit([said("a", "b", "c", "d")])
    assert [row.seq for row in store.events(1, 2)] == [2, 3]
    assert [row.seq for row in store.events(4, 2)] == []


def test_events_addressed_to_one_agent(store: Store) -> None:
    offer = Offered(Offer(1, 1, "bob", AT_MS, AT_MS + 1), 1)
    draft = DraftSaved(1, Draft("ann", MessageKind.OUTBOUND, "hm", 1))
    made = [*recorded(offer, agent="bob"), *recorded(draft, after=1, agent="ann"), *recorded(offer, after=2)]
    made += recorded(offer, after=3, agent="bob")
    store.commit([batch(*made)])
    assert store.events(0, 10, "bob") == [made[0], made[3]]
    assert store.events(1, 10, "bob") == [made[3]]
    assert store.events(0, 1, "bob") == [made[0]]
    assert store.events(0, 10, "carl") == []
    assert store.events(0, 10) == made


def test_events_about_one_interaction_while_it_lived(store: Store) -> None:
    made = [*recorded(CustomerReturned(9)), *recorded(CustomerLeft(7), CustomerLeft(8), CustomerReturned(7), after=1)]
    made += recorded(CustomerLeft(7), after=4)
    lived = interaction(7, State.CLOSED)
    lived.created_ms, lived.closed_ms = made[1].at_ms, made[3].at_ms
    store.commit([batch(*made, interactions=[lived])])
    assert [row.seq for row in store.events_about(7, 10)][:2] == [2, 4]
    assert [row.seq for row in store.events_about(7, 1)] == [2]
    assert store.events_about(9, 10) == []


# --- first answers ------------------------------------------------------------------------------------------------


def _answered(store: Store, *repeats: Repeat) -> None:
    made = batch()
    made.repeats = list(repeats)
    store.commit([made])


def test_the_first_answer_to_a_key_stays(store: Store) -> None:
    _answered(store, Repeat("k1", Done(seq=3, id=1), 5), Repeat("k2", Refused("closed", "It is over."), 5))
    _answered(store, Repeat("k1", Done(seq=9), 6))
    assert store.repeat("k1") == Done(seq=3, id=1)
    assert store.repeat("k2") == Refused("closed", "It is over.")
    assert store.repeat("k3") is None


def test_the_newest_answers_oldest_first(store: Store) -> None:
    _answered(store, *(Repeat(f"k{number}", Done(seq=number), number) for number in (5, 4, 9, 1)))
    assert [repeat.key for repeat in store.repeats(3)] == ["k4", "k9", "k1"]
    assert store.repeats(0) == []


def test_an_answer_without_a_time_has_that_of_its_events(store: Store) -> None:
    made = said("one")
    made.repeats = [Repeat("k1", Done(seq=1))]
    store.commit([made])
    assert store.repeats(1) == [Repeat("k1", Done(seq=1), AT_MS + 1)]


def test_old_answers_and_expired_tokens_are_pruned(store: Store) -> None:
    _answered(store, Repeat("old", Done(), 10), Repeat("new", Done(), 20))
    for token in (Token("t1", "bob", "", 1, 10), Token("t2", "bob", "", 1, 20), Token("t3", "bob", "", 1, None)):
        store.put_token(token)
    assert store.prune(20, 0) == 2
    assert store.repeat("old") is None and store.repeat("new") == Done()
    assert [token.hash for token in store.tokens()] == ["t2", "t3"]
    assert store.prune(20, 0) == 0


def test_many_old_answers_are_pruned_in_steps(store: Store) -> None:
    _answered(store, *(Repeat(f"k{number}", Done(), number) for number in range(1, 4_001)))
    assert store.prune(2_501, 0) == 2_500
    assert [repeat.key for repeat in store.repeats(10_000)][:1] == ["k2501"]


# --- interactions, segments, messages -------------------------------------------------------------------------------


def _many(store: Store) -> None:
    rows = [
        interaction(key, state, queue=queue)
        for key, (state, queue) in enumerate(
            [
                (State.CLOSED, "support"),
                (State.ACTIVE, "support"),
                (State.ABANDONED, "sales"),
                (State.QUEUED, "sales"),
                (State.CLOSED, "sales"),
                (State.ACTIVE, "sales"),
            ],
            start=1,
        )
    ]
    rows[1].agent = "eve"
    rows[2].agent = None
    store.commit([batch(interactions=rows)])


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [6, 5, 4, 3, 2, 1]),
        ({"limit": 2}, [6, 5]),
        ({"before": 5, "limit": 2}, [4, 3]),
        ({"state": "closed"}, [5, 1]),
        ({"state": "active"}, [6, 2]),
        ({"queue": "sales"}, [6, 5, 4, 3]),
        ({"queue": "sales", "state": "closed"}, [5]),
        ({"agent": "bob"}, [6, 5, 4, 1]),
        ({"agent": "bob", "queue": "support"}, [1]),
        ({"agent": "eve", "state": "active"}, [2]),
        ({"agent": "bob", "before": 4}, [1]),
        ({"queue": "nowhere"}, []),
        ({"limit": 0}, []),
    ],
)
def test_interactions_are_listed_newest_first(store: Store, wanted: dict[str, object], found: list[int]) -> None:
    _many(store)
    assert [row.id for row in store.interactions(**wanted)] == found  # type: ignore[arg-type]


def test_segments_are_those_that_ended_and_the_running_one(store: Store) -> None:
    it = interaction(1)
    ended = [
        Segment(1, 1, State.QUEUED, "support", None, 5, 9, "accepted"),
        Segment(2, 2, State.QUEUED, "sales", None, 5, 9),
    ]
    it.segment = Segment(3, 1, State.ACTIVE, "support", "bob", 9)
    store.commit([batch(interactions=[it], segments=ended)])
    assert store.segments(1) == [ended[0], it.segment]
    last = msgspec.structs.replace(it.segment, end_ms=12, outcome="closed")
    closed = interaction(1, State.CLOSED)
    closed.segment = last
    store.commit([batch(interactions=[closed], segments=[last])])
    assert store.segments(1) == [ended[0], last]
    assert store.segments(7) == []


def test_messages_are_paged_in_order(store: Store) -> None:
    store.commit([said("1", "2", "3", "4", "5"), said("6", interaction_id=2, after=5)])
    assert [row.id for row in store.messages(1)] == [1, 2, 3, 4, 5]
    assert [row.id for row in store.messages(1, limit=2)] == [1, 2]
    assert [row.id for row in store.messages(1, after=2, limit=2)] == [3, 4]
    assert [row.id for row in store.messages(1, before=4, limit=2)] == [2, 3]
    assert [row.id for row in store.messages(1, before=4, after=2)] == [3]
    assert [row.id for row in store.messages(2)] == [6]
    assert store.messages(3) == []


def test_a_message_comes_back_as_it_was(store: Store) -> None:
    whole = msgspec.structs.replace(
        message(1, "see \u202e\x1b[31m\x00 </script> 'quoted' 日本"),
        kind=MessageKind.NOTE,
        agent="bob",
        client_id="c-1",
        attachments=(PICTURE,),
    )
    store.commit([batch(*recorded(MessageAdded(whole)))])
    assert store.messages(1) == [whole]
    assert store.events(0, 1)[0].event == MessageAdded(whole)


# --- customers ----------------------------------------------------------------------------------------------------


def test_customers_are_found_by_identity(store: Store) -> None:
    both = Customer(1, "Ann", AT_MS, (Identity("email", "ann@example.org"), Identity("phone", "+4930123")))
    store.commit([batch(customers=[both, customer(2, "Ben", email="ben@example.org")])])
    assert store.customer_by_identity("phone", "+4930123") == both
    assert store.customer_by_identity("email", "+4930123") is None
    assert store.customer(2) == customer(2, "Ben", email="ben@example.org")
    assert store.customer(3) is None


def test_an_identity_moves_to_who_has_it_now(store: Store) -> None:
    store.commit([batch(customers=[customer(1, email="ann@example.org")])])
    store.commit([batch(customers=[customer(1)])])
    assert store.customer_by_identity("email", "ann@example.org") is None
    store.commit([batch(customers=[customer(2, email="ann@example.org")])])
    found = store.customer_by_identity("email", "ann@example.org")
    assert found is not None and found.id == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [3, 2, 1]),
        ("muller", [3, 1]),
        ("MÜLLER ann", [1]),
        ("ann@example", [1]),
        ("gold", [3]),
        ("mul*", [3, 1]),
        ("山田", [2]),
        ("太", [2]),
        ("nobody", []),
        ("!!", []),
    ],
)
def test_customers_are_searched_in_name_identities_and_attributes(store: Store, query: str, found: list[int]) -> None:
    rows = [
        customer(1, "Ann Müller", email="ann@example.org"),
        customer(2, "山田太郎"),
        customer(3, "Bo Muller", plan="gold"),
    ]
    store.commit([batch(customers=rows)])
    assert [row.id for row in store.customers(query)] == found
    assert [row.id for row in store.customers(query, before=3, limit=1)] == [key for key in found if key < 3][:1]


def test_a_renamed_customer_is_found_by_the_new_name_only(store: Store) -> None:
    store.commit([batch(customers=[customer(1, "Ann Old")])])
    store.commit([batch(customers=[customer(1, "Ann New")])])
    assert store.customers("old") == []
    assert [row.name for row in store.customers("new")] == ["Ann New"]


def test_a_timeline_is_newest_first_with_the_last_thing_said(store: Store) -> None:
    past = interaction(3, State.CLOSED)
    past.closed_ms, past.disposition, past.agent = AT_MS + 9, "refund/late", None
    store.commit([said("first", "last"), batch(interactions=[past, interaction(2, customer_id=2)])])
    newest, older = store.timeline(1)
    assert (newest.interaction_id, newest.state, newest.closed_ms) == (3, "closed", AT_MS + 9)
    assert (newest.disposition, newest.last_text, newest.message_count) == ("refund/late", "", 0)
    assert (older.interaction_id, older.last_text, older.message_count) == (1, "last", 2)
    assert [row.interaction_id for row in store.timeline(1, before=3)] == [1]
    assert [row.interaction_id for row in store.timeline(1, limit=1)] == [3]
    assert store.timeline(9) == []


# --- search -------------------------------------------------------------------------------------------------------


def _ids(store: Store, query: str, **more: int) -> list[int]:
    return [found.message.id for found in store.search(query, **more)]


def test_search_finds_all_words_newest_first(store: Store) -> None:
    store.commit([said("red apple", "green apple", "green pear", "an apple, green")])
    assert _ids(store, "apple") == [4, 2, 1]
    assert _ids(store, "green apple") == [4, 2]
    assert _ids(store, '"green apple"') == [2]
    assert _ids(store, "app*") == [4, 2, 1]
    assert _ids(store, "app") == []
    assert _ids(store, "apple", limit=1) == [4]
    assert _ids(store, "apple", before=4) == [2, 1]


def test_search_within_one_customer(store: Store) -> None:
    store.commit([said("apple one"), said("apple two", customer_id=12, interaction_id=2, after=1)])
    assert _ids(store, "apple", customer_id=12) == [2]
    assert _ids(store, "apple", customer_id=1) == [1]
    assert _ids(store, "apple", customer_id=2) == []
    assert _ids(store, "c12") == []


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Größe ÄNDERN", "große andern"),
        ("đặt hàng", "dat hang"),
        ("nouvelle cafe\u0301", "CAFÉ"),
        ("سفارش كتاب", "کتاب"),
        ("ORD-۱۲۳۴", "ord-1234"),
        ("我想退款，谢谢", "退款"),
        ("iPhone修理できますか", "修理"),
        ("iPhone修理できますか", "iphone"),
        ("ขอคืนเงินครับ", "คืนเงิน"),
        ("mail me at ann@example.org!", "ann@example.org"),
        ("INV-2026/118", "inv-2026/118"),
        ("one\x00two", "two"),
    ],
)
def test_search_knows_how_people_write(store: Store, text: str, query: str) -> None:
    store.commit([said(text, "something else")])
    assert _ids(store, query) == [1]


def test_what_was_found_comes_with_its_customer_and_marks(store: Store) -> None:
    store.commit([said("the Größe of it")])
    (found,) = store.search("große")
    assert found.message == message(1, "the Größe of it")
    assert (found.customer_name, found.snippet) == ("Customer 1", "the \x02Größe\x03 of it")


def test_hits_are_marked_in_scripts_without_spaces(store: Store) -> None:
    store.commit([said("我想退款，谢谢")])
    assert store.search("退款")[0].snippet == "我想\x02退款\x03，谢谢"


@pytest.mark.parametrize("query", ["", "   ", "!!", '"', "*", "''", "()", "\x00", "\ud800", "🎉"])
def test_a_query_without_a_word_finds_nothing(store: Store, query: str) -> None:
    store.commit([said("hello 🎉 !! ()")])
    assert store.search(query) == []


@pytest.mark.parametrize("query", ["hello AND", "hello NOT", "hello)", "-hello", "^hello", "{hello}", "(hello"])
def test_what_an_index_takes_for_syntax_is_only_text(store: Store, query: str) -> None:
    store.commit([said("hello and not near text")])
    assert _ids(store, query) == [1]


@pytest.mark.parametrize("query", ["text:hello", "NEAR(hello", "hello OR goodbye"])
def test_no_word_is_an_operator(store: Store, query: str) -> None:
    store.commit([said("hello and not near text")])
    assert _ids(store, query) == []


# --- accounts and files ---------------------------------------------------------------------------------------------


def test_users(store: Store) -> None:
    ann = User("ann", "Ann", "agent", "$argon2id$x", queues=("support",), skills={"fr": 2}, capacity=4, created_ms=1)
    store.put_user(User("zoe", "Zoe", "admin", "$argon2id$z"))
    store.put_user(ann)
    assert store.user("ann") == ann
    assert store.user("bob") is None
    store.put_user(msgspec.structs.replace(ann, disabled=True))
    assert [(user.id, user.disabled) for user in store.users()] == [("ann", True), ("zoe", False)]


def test_tokens(store: Store) -> None:
    store.put_token(Token("h1", "ann", "laptop", 1))
    store.put_token(Token("h2", "bob", "desk", 2, expires_ms=9))
    assert store.token("h1") == Token("h1", "ann", "laptop", 1)
    assert store.token("h3") is None
    assert [token.hash for token in store.tokens()] == ["h1", "h2"]
    assert [token.hash for token in store.tokens("bob")] == ["h2"]
    store.put_token(Token("h1", "ann", "laptop", 1, last_used_ms=7))
    assert store.revoke_token("h1") is True
    assert store.token("h1") == Token("h1", "ann", "laptop", 1, last_used_ms=7, revoked=True)
    assert store.revoke_token("h1") is False
    assert store.revoke_token("h3") is False


def test_every_change_of_accounts_is_counted(store: Store) -> None:
    seen = [store.accounts_version()]
    store.put_user(User("ann", "Ann", "agent", "hash"))
    seen.append(store.accounts_version())
    store.put_token(Token("h1", "ann", "laptop", 1))
    seen.append(store.accounts_version())
    store.revoke_token("h1")
    seen.append(store.accounts_version())
    store.revoke_token("h1")
    assert seen == sorted(set(seen))
    assert store.accounts_version() == seen[-1]


def test_files(store: Store) -> None:
    blob = FileBlob("f1", "photo.png", "image/png", bytes(range(256)), "i1", AT_MS)
    store.put_file(blob)
    assert store.file("f1") == blob
    assert store.file("f2") is None


def _sent(store: Store, *files: Attachment, interaction_id: int = 1, key: int = 1) -> None:
    said = msgspec.structs.replace(message(key, "look", interaction_id=interaction_id), attachments=files)
    store.commit([batch(*recorded(MessageAdded(said), after=key))])


def _blob(key: str, owner: str, at_ms: int) -> FileBlob:
    return FileBlob(key, "photo.png", "image/png", b"12 bytes....", owner, at_ms)


def test_a_file_belongs_to_the_interaction_that_it_was_first_said_in(store: Store) -> None:
    store.put_file(_blob("f1", "v123", AT_MS))
    assert store.file("f1") == _blob("f1", "v123", AT_MS)
    _sent(store, PICTURE, interaction_id=7)
    _sent(store, PICTURE, interaction_id=8, key=2)
    assert store.file("f1") == _blob("f1", "i7", AT_MS)


def test_files_that_were_never_sent_are_pruned(store: Store) -> None:
    for number in range(25):
        store.put_file(_blob(f"old{number}", "v123", 10))
    for key, at_ms in (("f1", 10), ("put up", 10), ("new", 20)):
        store.put_file(_blob(key, "i1" if key == "put up" else "v123", at_ms))
    _sent(store, PICTURE)
    assert store.prune(0, 20) == 26
    assert [key for key in ("f1", "new", "put up", "old0", "old24") if store.file(key)] == ["f1", "new"]
    assert store.prune(0, 20) == 0
    store.put_file(_blob("old0", "v123", 10))
    assert store.prune(0, 20) == 1, "one that comes again counts as new"


def test_an_epoch_names_this_store(store: Store) -> None:
    assert store.epoch() and store.epoch() == store.epoch()
