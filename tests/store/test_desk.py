"""A real desk on a real store: after any commit, the rows that a restart loads are what the events fold to."""

from __future__ import annotations

import random
from copy import copy

import pytest

from agentdesk.core.commands import (
    CompleteWrapup,
    CustomerEnds,
    Done,
    EndInteraction,
    Hold,
    SaveDraft,
    SetPresence,
    SetTags,
    Snooze,
    Transfer,
    UpdateCustomer,
)
from agentdesk.core.desk import Desk
from agentdesk.core.model import Presence, State
from agentdesk.store.base import Batch, Repeat, Store
from tests.core.play import Play, folded, queue, rows_of

STEPS = 250
SEEDS = range(3)


def _step(play: Play, rng: random.Random) -> None:
    """One command of anyone's, which the desk may refuse, or some time that passes."""
    live = list(play.desk.state.interactions.values())
    if not live or rng.random() < 0.2:
        play.chat(rng.choice(["sales", "help"]))
        return
    it = rng.choice(live)
    agent = it.offer.agent if it.offer is not None else it.agent or rng.choice(["ann", "bob"])
    if it.offer is not None and rng.random() < 0.8:
        play.accept(it.id, agent)
        return
    if rng.random() < 0.15:
        play.later(rng.choice([1, 40, 200]))
        return
    command = rng.choice(
        [
            EndInteraction(it.id),
            CompleteWrapup(it.id, "solved", ("parcel",)),
            Hold(it.id),
            SaveDraft(it.id, "as far as I got", version=play.now),
            SetTags(it.id, ("late", "parcel")),
            Snooze(it.id, play.now + 5_000),
            Transfer(it.id, queue="help"),
            UpdateCustomer(it.id, name=f"Kim of {it.id}", attributes={"plan": "gold"}),
            SetPresence(rng.choice([Presence.AVAILABLE, Presence.AWAY])),
        ]
    )
    play.do(command, agent)
    if it.state is State.ACTIVE:
        play.writes(it.id, f"message at {play.now}")
        play.replies(it.id, agent)
    if rng.random() < 0.02:
        play.do(CustomerEnds(it.id))


def _commit(play: Play, store: Store, committed: int) -> int:
    """Write what the desk decided since, as the server's loop does."""
    events = play.log[committed:]
    if events:
        repeats = [Repeat(f"key-{events[-1].seq}", Done(seq=events[-1].seq))]
        store.commit([Batch(events, play.desk.take_changes(), repeats, copy(play.desk.state.counters))])
    return len(play.log)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_restart_finds_the_desk_as_it_was(store: Store, seed: int) -> None:
    rng = random.Random(seed)
    play = Play(queue("sales", wrapup_s=60), queue("help"))
    play.agent("ann")
    play.agent("bob", capacity=3)
    committed = 0
    for step in range(STEPS):
        _step(play, rng)
        committed = _commit(play, store, committed)
        if step % 10 == 0:
            assert rows_of(Desk(store.load())) == rows_of(play.desk)
    log = store.events(0, 100_000)
    assert log == play.log
    assert rows_of(folded(log)) == rows_of(Desk(store.load())) == rows_of(play.desk)
    assert len({type(recorded.event) for recorded in log}) > 15


@pytest.mark.parametrize("seed", SEEDS)
def test_history_is_complete_when_interactions_have_left_the_desk(store: Store, seed: int) -> None:
    rng = random.Random(seed)
    play = Play(queue("sales", wrapup_s=60), queue("help"))
    play.agent("ann")
    committed = 0
    for _ in range(STEPS):
        _step(play, rng)
        committed = _commit(play, store, committed)
    past = [row for row in store.interactions(limit=1_000) if row.id not in play.desk.state.interactions]
    assert past
    for row in past:
        segments = store.segments(row.id)
        assert [segment.end_ms for segment in segments[:-1]] == [segment.start_ms for segment in segments[1:]]
        assert len(store.messages(row.id)) == row.message_count
        assert row.id in [item.interaction_id for item in store.timeline(row.customer_id)]
