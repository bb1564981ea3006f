"""A desk to play with: short words for commands, a clock moved by hand, and a check that nothing contradicts itself."""

from __future__ import annotations

from copy import copy

import msgspec

from agentdesk.core.apply import apply
from agentdesk.core.commands import (
    AcceptOffer,
    Actor,
    AnyCommand,
    ConfigureAgent,
    ConfigureDesk,
    CustomerRef,
    DeclineOffer,
    Done,
    ReceiveMessage,
    Refused,
    SendMessage,
    SessionClosed,
    SessionOpened,
    SetPresence,
    StartInteraction,
)
from agentdesk.core.desk import Changes, Desk, Loaded
from agentdesk.core.events import AnyEvent, Recorded
from agentdesk.core.model import (
    Agent,
    AgentConfig,
    Counters,
    Customer,
    DeskConfig,
    Identity,
    Interaction,
    Presence,
    QueueConfig,
    Role,
    State,
)

SERVER = Actor("system", "server")
CHANNEL = Actor("customer", "webchat")
BOSS = Actor("agent", "boss", Role.SUPERVISOR, "The Boss")
START_MS = 1_000_000
SECOND = 1_000


def nothing() -> Loaded:
    return Loaded(Counters(), DeskConfig(), [], [], [], [])


def queue(id: str = "sales", **settings: object) -> QueueConfig:
    return QueueConfig(id, id.title(), **settings)  # type: ignore[arg-type]


class Play:
    """A desk with one queue, `sales`, unless told otherwise. Each command is a millisecond after the one before."""

    def __init__(self, *queues: QueueConfig, **settings: object) -> None:
        self.desk = Desk(nothing())
        self.now = START_MS
        self.log: list[Recorded] = []
        self.rows: dict[int, Interaction] = {}
        self.customers: dict[int, Customer] = {}
        self.agents: dict[str, Agent] = {}
        self.visitors = 0
        self.does(ConfigureDesk(DeskConfig(**settings), queues or (queue(),)), SERVER)  # type: ignore[arg-type]

    # --- doing --------------------------------------------------------------------------------------------------

    def do(self, command: AnyCommand, actor: Actor | str = CHANNEL) -> Done | Refused:
        """Ask for something; an actor given as a word is an agent."""
        self.now += 1
        actor = Actor("agent", actor) if isinstance(actor, str) else actor
        decision = self.desk.handle(command, self.now, actor)
        self.since = decision.events
        self._keep(decision.events)
        return decision.answer

    def does(self, command: AnyCommand, actor: Actor | str = CHANNEL) -> list[AnyEvent]:
        """Ask for something that must take effect; its events."""
        answer = self.do(command, actor)
        assert isinstance(answer, Done), answer
        return [recorded.event for recorded in self.since]

    def refuses(self, command: AnyCommand, actor: Actor | str = CHANNEL) -> str:
        """Ask for something that must be refused, with no event; the code of the refusal."""
        answer = self.do(command, actor)
        assert isinstance(answer, Refused), answer
        assert answer.message
        assert not self.since, self.since
        return answer.code

    def later(self, seconds: float) -> list[AnyEvent]:
        """Time passes and the desk is told; what became due happens."""
        self.now += int(seconds * SECOND)
        self.since = self.desk.tick(self.now).events
        self._keep(self.since)
        deadline = self.desk.next_deadline()
        assert deadline is None or deadline > self.now
        return [recorded.event for recorded in self.since]

    def agent(self, id: str, presence: Presence = Presence.AVAILABLE, **settings: object) -> str:
        """An agent who is set up, connected and available."""
        self.does(ConfigureAgent(AgentConfig(id, id.title(), **settings)), SERVER)  # type: ignore[arg-type]
        self.connect(id)
        if presence is not Presence.OFFLINE:
            self.does(SetPresence(presence), id)
        return id

    def connect(self, id: str) -> list[AnyEvent]:
        return self.does(SessionOpened(id), SERVER)

    def disconnect(self, id: str) -> list[AnyEvent]:
        return self.does(SessionClosed(id), SERVER)

    def chat(self, queue: str = "sales", text: str = "Hello", **more: object) -> int:
        """A new customer begins a chat; the interaction's id."""
        self.visitors += 1
        name, address = f"v{self.visitors}", f"v{self.visitors}@example.org"
        customer = CustomerRef(
            identities=(Identity("visitor", name), Identity("email", address)), name=f"Kim {self.visitors}"
        )
        channel = str(more.pop("channel", "chat"))
        answer = self.do(StartInteraction(channel, queue, customer, text, **more))  # type: ignore[arg-type]
        assert isinstance(answer, Done), answer
        return answer.id

    def active(self, agent: str, **more: object) -> int:
        """A chat that this agent holds: they must be the one it is offered to."""
        interaction_id = self.chat(**more)  # type: ignore[arg-type]
        self.accept(interaction_id, agent)
        return interaction_id

    def accept(self, interaction_id: int, agent: str) -> list[AnyEvent]:
        return self.does(AcceptOffer(self.offer(interaction_id)), agent)

    def decline(self, interaction_id: int, agent: str) -> list[AnyEvent]:
        return self.does(DeclineOffer(self.offer(interaction_id)), agent)

    def writes(self, interaction_id: int, text: str = "Are you there?", client_id: str = "") -> list[AnyEvent]:
        return self.does(ReceiveMessage(interaction_id, text, client_id))

    def replies(self, interaction_id: int, agent: str, text: str = "I am.") -> list[AnyEvent]:
        return self.does(SendMessage(interaction_id, text), agent)

    # --- looking ------------------------------------------------------------------------------------------------

    def __getitem__(self, interaction_id: int) -> Interaction:
        """An interaction, live or as its row was last written."""
        live = self.desk.state.interactions.get(interaction_id)
        if live is not None:
            return live
        self.take()
        return self.rows[interaction_id]

    def who(self, id: str) -> Agent:
        return self.desk.state.agents[id]

    def offer(self, interaction_id: int) -> int:
        offer = self[interaction_id].offer
        assert offer is not None, f"interaction {interaction_id} is not offered to anyone"
        return offer.id

    def offered_to(self, interaction_id: int) -> str | None:
        offer = self[interaction_id].offer
        return None if offer is None else offer.agent

    def kinds(self) -> list[str]:
        """The names of the last command's events."""
        return [type(recorded.event).__name__ for recorded in self.since]

    # --- checking -----------------------------------------------------------------------------------------------

    def check(self) -> None:
        """What must hold at any time: the log rebuilds the desk, so do the rows, and the parts agree."""
        check_parts(self.desk)
        assert comparable(folded(self.log)) == comparable(self.desk)
        assert rows_of(reloaded(self)) == rows_of(self.desk)

    def _keep(self, events: list[Recorded]) -> None:
        expected = self.log[-1].seq + 1 if self.log else 1
        assert [recorded.seq for recorded in events] == list(range(expected, expected + len(events)))
        self.log += events

    def take(self) -> Changes:
        """What there is to write, also kept here as a store would."""
        changes = self.desk.take_changes()
        self.rows.update(changes.interactions)
        self.customers.update(changes.customers)
        self.agents.update(changes.agents)
        for gone in changes.removed_agents:
            self.agents.pop(gone, None)
        return changes


def folded(log: list[Recorded]) -> Desk:
    """A desk that was given nothing but the events."""
    desk = Desk(nothing())
    for recorded in log:
        apply(desk.state, recorded)
    return desk


def reloaded(play: Play) -> Desk:
    """A desk that was given nothing but the rows, as JSON and back."""
    play.take()
    state = play.desk.state
    live = [row for row in play.rows.values() if row.state not in (State.CLOSED, State.ABANDONED)]
    used = {row.customer_id for row in live}
    customers = [customer for customer in play.customers.values() if customer.id in used]
    loaded = Loaded(
        copy(state.counters), state.desk, list(state.queues.values()), list(play.agents.values()), customers, live
    )
    return Desk(msgspec.json.decode(msgspec.json.encode(loaded), type=Loaded))


def rows_of(desk: Desk) -> dict[str, object]:
    """All that must be the same after a restart."""
    state = desk.state
    return {
        "counters": state.counters,
        "desk": state.desk,
        "queues": state.queues,
        "agents": state.agents,
        "customers": state.customers,
        "interactions": state.interactions,
        "offers": state.offers,
        "identities": state.identities,
        "by_customer": state.by_customer,
        "states": {queue: state.tallies[queue].states for queue in state.queues},
        "lines": {queue: desk.waiting_order(queue) for queue in state.queues},
        "deadline": desk.next_deadline(),
    }


def comparable(desk: Desk) -> dict[str, object]:
    """All that must be the same after a replay: the rows, and what is counted."""
    figures = {queue: desk.queue_stats(queue) for queue in desk.state.queues}
    agents = {agent: desk.agent_stats(agent) for agent in desk.state.agents}
    return {**rows_of(desk), "figures": figures, "agent figures": agents}


def check_parts(desk: Desk) -> None:
    """Agents carry what they hold and are offered, and nothing else; the line is what is queued."""
    state = desk.state
    for agent in state.agents.values():
        weighing = [i for i in state.working_on(agent) if i.state is not State.SNOOZED]
        assert agent.load == sum(interaction.weight for interaction in weighing)
        held = [i.id for i in state.interactions.values() if i.agent == agent.id]
        assert sorted(agent.holding) == sorted(held)
    for interaction in state.interactions.values():
        check_interaction(desk, interaction)
    for name in state.queues:
        waits = {i.id for i in state.interactions.values() if i.queue == name and i.state is State.QUEUED}
        assert set(desk.waiting_order(name)) == waits


def check_interaction(desk: Desk, interaction: Interaction) -> None:
    """Offered means one live offer; held, snoozed or wrapping means one holder."""
    offer = interaction.offer
    assert (interaction.state is State.OFFERED) == (offer is not None)
    if offer is not None:
        assert offer.id in desk.state.agents[offer.agent].offers
        assert desk.state.offers[offer.id] == interaction.id
    holders = (State.ACTIVE, State.HELD, State.SNOOZED, State.WRAPPING)
    assert (interaction.state in holders) == (interaction.agent is not None)
    assert interaction.segment.state is interaction.state
    assert interaction.segment.agent == (offer.agent if offer else interaction.agent)
    assert interaction.state not in (State.NEW, State.CLOSED, State.ABANDONED)
