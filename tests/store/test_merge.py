from __future__ import annotations

from agentdesk.core.model import Agent, AgentConfig, Counters
from agentdesk.store.merge import merge, picture
from tests.store.made import batch, conversations, interaction


def test_batches_join_in_order() -> None:
    made = conversations(10, seed=1)
    whole = merge(made)
    assert [event.seq for event in whole.events] == list(range(1, whole.counters.seq + 1))
    assert whole.counters == made[-1].counters
    assert (
        whole.changes.interactions[1]
        == [one for one in made if 1 in one.changes.interactions][-1].changes.interactions[1]
    )


def test_one_batch_is_itself() -> None:
    made = batch()
    assert merge([made]) is made


def test_merging_leaves_the_batches_alone() -> None:
    first, second = batch(interactions=[interaction(1)]), batch(interactions=[interaction(2)])
    merge([first, second])
    assert list(first.changes.interactions) == [1]


def test_an_agent_removed_and_made_again_is_there_and_the_reverse_is_not() -> None:
    bob = Agent(AgentConfig("bob", "Bob"))
    back = merge([batch(removed_agents={"bob"}), batch(agents=[bob])]).changes
    assert (back.agents, back.removed_agents) == ({"bob": bob}, set())
    gone = merge([batch(agents=[bob]), batch(removed_agents={"bob"})]).changes
    assert (gone.agents, gone.removed_agents) == ({}, {"bob"})


def test_a_picture_does_not_change() -> None:
    it, bob = interaction(1), Agent(AgentConfig("bob", "Bob"))
    made = batch(interactions=[it], agents=[bob])
    made.counters = Counters(5)
    still = picture(made)
    it.subject, bob.load, made.counters.seq = "changed", 3, 9
    made.changes.interactions.clear()
    assert still.changes.interactions[1].subject == "about 1"
    assert (still.changes.agents["bob"].load, still.counters.seq) == (0, 5)
