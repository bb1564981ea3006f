"""Every frame of the agents' wire as a struct, by the name of its file in tests/vectors/desk.

The files are append-only: a changed one is another version of the protocol. `python -m tests.protocol.vectors`
writes files for frames that have none yet, and never touches one that is there.
"""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from agentdesk.core import commands as c
from agentdesk.core import events as e
from agentdesk.core.desk import AgentStats, QueueStats, WaitingItem
from agentdesk.core.mail import Delivery, MailHead, Send
from agentdesk.core.model import (
    Agent,
    AgentConfig,
    Attachment,
    Customer,
    DeskConfig,
    Disposition,
    Draft,
    Hours,
    Identity,
    Interaction,
    Ledger,
    Message,
    MessageKind,
    Offer,
    Overflow,
    Presence,
    QueueConfig,
    Ring,
    Rival,
    Route,
    Rule,
    Said,
    Segment,
    State,
    Strategy,
    Then,
    Trace,
    When,
)
from agentdesk.protocol import messages as wire
from agentdesk.protocol.codec import encode

FOLDER = Path(__file__).parent.parent / "vectors" / "desk"
AT = 1_795_000_000_000

CUSTOMER = Customer(7, "Nguyễn Mai", AT, (Identity("email", "mai@example.com"),), {"plan": "gold"}, ("vip",), "vi")
FILE = Attachment("f-1", "receipt.pdf", "application/pdf", 20_480)
MESSAGE = Message(31, 12, 7, MessageKind.INBOUND, "Nguyễn Mai", "سلام, where is my parcel? 📦", AT, client_id="v:1")
REPLY = Message(32, 12, 7, MessageKind.OUTBOUND, "Ana", "On its way.", AT + 5, "ana", "ana:4", (FILE,))
SEGMENT = Segment(40, 12, State.ACTIVE, "support", "ana", AT)
OFFER = Offer(5, 12, "ana", AT, AT + 30_000)
QUEUE = QueueConfig("support", "Support", dispositions=(Disposition("refund/late", "Refund: late", "r"),))
AGENT = Agent(AgentConfig("ana", "Ana", queues=("support",), skills={"vi": 4}), Presence.AVAILABLE, sessions=1)
INTERACTION = Interaction(
    12, "chat", "support", 7, "Nguyễn Mai", State.ACTIVE, AT, AT, 12, SEGMENT,
    agent="ana", message_count=2, last_message_id=32, recent=(Said(31, 90, None, "v:1"), Said(32, 93, "ana", "ana:4")),
)  # fmt: skip
MAIL = MailHead(
    "Where is my parcel?", "Mai <mai@example.com>", ("desk@example.org",), message_id="<1@example.com>", source="f-2",
    folded="> Your order", signature="Mai", notes=("unknown_charset",),
)  # fmt: skip
RETURNED = Interaction(
    12, "email", "support", 7, "Nguyễn Mai", State.NEW, AT, AT + 900, 12,
    Segment(50, 12, State.NEW, "support", None, AT + 900), message_count=2, last_message_id=33,
    sends=(Send(33, Delivery.BOUNCED, AT, 1, "550 5.1.1 No such user"),),
)  # fmt: skip
HELD = wire.HeldInteraction(INTERACTION, (MESSAGE, REPLY), CUSTOMER)

COMMANDS: tuple[c.ClientCommand, ...] = (
    c.SetPresence(Presence.AWAY, "lunch"),
    c.AcceptOffer(5),
    c.DeclineOffer(5, "not my language"),
    c.SendMessage(12, "On its way.", client_id="ana:4", seen=31, attachments=(FILE,)),
    c.SaveDraft(12, "On its w", version=3),
    c.MarkRead(12, 31),
    c.EndInteraction(12),
    c.SaveWrapup(12, "refund/late", ("parcel",), "promised a call"),
    c.CompleteWrapup(12, "refund/late", ("parcel",), "promised a call"),
    c.Hold(12),
    c.Resume(12),
    c.Snooze(12, AT + 600_000),
    c.Transfer(12, "sales", "", "wants to upgrade"),
    c.SetTags(12, ("parcel", "late")),
    c.UpdateCustomer(12, "Mai Nguyễn", {"plan": "gold"}, ("vip",)),
    c.TakeNext("support"),
    c.Pick(12),
    c.SetPriority(12, 2),
    c.SetSkills(12, {"vi": 3}),
    c.CancelSend(12, 33),
    c.RetrySend(12, 33),
)

EVENTS: tuple[e.AnyEvent, ...] = (
    e.DeskConfigured(DeskConfig()),
    e.QueueConfigured(QUEUE),
    e.QueueRemoved("sales"),
    e.AgentConfigured(AGENT.config),
    e.AgentRemoved("ana"),
    e.AgentConnected("ana", 1),
    e.AgentDisconnected("ana", 0),
    e.AgentLost("ana"),
    e.PresenceChanged("ana", Presence.NOT_RESPONDING, "", "desk"),
    e.CustomerCreated(CUSTOMER),
    e.CustomerUpdated(CUSTOMER, 12),
    e.InteractionStarted(12, "chat", "support", 7, "Nguyễn Mai", 38, language="vi", attributes={"page": "/orders"}),
    e.Queued(12, "support", AT, 12, "new", 39),
    e.Offered(OFFER, 40),
    e.OfferAccepted(12, 5, "ana", 41),
    e.OfferDeclined(12, 5, "ana", "not my language"),
    e.OfferMissed(12, 5, "ana"),
    e.OfferRescinded(12, 5, "ana", "the customer left"),
    e.EveryoneRefused(12),
    e.MessageAdded(MESSAGE),
    e.DeliveryConfirmed(12, 32, 32),
    e.MessagesSeen(12, 31),
    e.DraftSaved(12, Draft("ana", MessageKind.OUTBOUND, "On its w", 3)),
    e.InteractionHeld(12, 42),
    e.InteractionSnoozed(12, AT + 600_000, 43),
    e.InteractionResumed(12, "customer", 44),
    e.InteractionTransferred(12, "ana", "sales", "bo"),
    e.CustomerLeft(12),
    e.CustomerReturned(12),
    e.InteractionAbandoned(12),
    e.ConversationEnded(12, "agent", 45, AT + 120_000),
    e.InteractionReopened(12, 46),
    e.WrapupSaved(12, "refund/late", ("parcel",), "promised a call"),
    e.InteractionClosed(12, "refund/late", ("parcel",), "promised a call"),
    e.TagsSet(12, ("parcel", "late")),
    e.InteractionRested(12, AT + 15_000),
    e.HoursChanged("support", Hours.CLOSED),
    e.RingEntered(12, 1, True),
    e.AffinityEnded(12, "time"),
    e.PrioritySet(12, 2),
    e.SkillsSet(12, {"vi": 3}),
    e.WeightChanged(12, 0, "silent"),
    e.Overflowed(12, "sales", "callback", 6, "wait"),
    e.DeliveryChanged(12, 33, Delivery.DEFERRED, "451 4.7.1 Greylisted", AT + 300_000),
    e.InteractionReturned(RETURNED, "answered"),
)

REFUSALS = {
    "unknown": "There is no interaction 99.",
    "not_permitted": "Interaction 12 is not yours: bo holds it.",
    "too_late": "Offer 5 is over.",
    "wrong_state": "Interaction 12 is not on hold.",
    "no_capacity": "You have no capacity left for it.",
    "invalid": "Say what is to be sent.",
    "closed": "Interaction 12 is closed.",
    "too_many": "Too many wait in this queue.",
    "busy": "The server has more to do than it can hold. Try again in a moment.",
}
ERRORS = ("bad_frame", "bad_token", "bad_version", "too_big", "too_fast", "not_permitted")
BYES = ("restart", "slow", "signed_out", "too_many", "replaced")

QUEUE_STATS = QueueStats(
    "support", "Support", 3, 1, 14, AT - 40_000, 2, 9, 120, 112, 4, 75_000, 60, 120,
    (WaitingItem(13, "chat", "Ali", AT - 40_000, 0),),
)  # fmt: skip
AGENT_STATS = AgentStats("ana", "Ana", "available", "", AT, True, 2, 6, 2, 0, 0)
SUPPORT = QueueConfig(
    "support", "Support", strategy=Strategy.MOST_SKILLED, affinity_s=30, offer_timeouts={"call": 15}, skills={"vi": 3},
    rings=(Ring(20, {"vi": 1}), Ring(60, queues=("sales",), agents=("bo",)), Ring(120, any_agent=True)),
    overflow=(Overflow(Route(channel="callback"), after_s=300), Overflow(Route("sales"), longer_than=20)),
    closed=Route(channel="message"),
)  # fmt: skip
HELPER = Agent(AgentConfig("ana", "Ana", may_pick=True), sessions=1, ledger=Ledger(20_775, 9, 7, 1, 1, 2, 1, 6))
ROUTED: dict[str, e.AnyEvent] = {
    "InteractionStarted-rules": e.InteractionStarted(
        12, "chat", "support", 7, "Nguyễn Mai", 38, 3, skills={"vi": 3}, tags=("refund",), rules=("refunds",),
        entry="sales",
    ),
    "Queued-affinity": e.Queued(12, "support", AT, 12, "new", 39, "ana", AT + 30_000, AT - 5_000),
    "Offered-trace": e.Offered(OFFER, 40, Trace("longest_idle", 42, 1, 9, 5, 2, 1, (Rival("ana", 8), Rival("bo", 9)))),
    "OfferAccepted-next": e.OfferAccepted(12, 5, "ana", 41, pulled="next"),
    "QueueConfigured-routed": e.QueueConfigured(SUPPORT),
    "DeskConfigured-rules": e.DeskConfigured(
        DeskConfig(slack_percent=50, interrupts={"call": ("chat",)}, rules=(
            Rule("refunds", When(words=("refund",), page=("/orders*",)), Then("support", {"vi": 3}, 3, ("refund",))),
        ))
    ),
    "MessageAdded-mail": e.MessageAdded(replace(MESSAGE, id=34, mail=MAIL)),
}  # fmt: skip


def _client() -> dict[str, wire.ClientFrame]:
    frames: dict[str, wire.ClientFrame] = {
        "client/hello": wire.Hello("TOKEN", "c-5f1d", last_seq=93, epoch="7c2e.19af"),
        "client/hello-monitor": wire.Hello("TOKEN", "c-77aa", mode="monitor"),
        "client/do-again": wire.Do("c-5f1d:4", c.Hold(12), again=True),
        "client/typing": wire.Typing(12, True),
        "client/ping": wire.Ping(3),
    }
    for number, command in enumerate(COMMANDS):
        frames[f"client/do-{type(command).__name__}"] = wire.Do(f"c-5f1d:{number}", command)
    return frames


def _server() -> dict[str, wire.ServerFrame]:
    frames: dict[str, wire.ServerFrame] = {
        "server/welcome": wire.Welcome(1, "ana", "Ana", "agent", 93, "7c2e.19af", "events", AT, 20),
        "server/snapshot": wire.Snapshot(93, AGENT, (HELD,), (QUEUE,), ("lunch", "meeting")),
        "server/snapshot-monitor": wire.Snapshot(93, None, (), (QUEUE,)),
        "server/live": wire.Live(93),
        "server/event-Offered-about": wire.EventFrame(94, AT, e.Offered(OFFER, 40), HELD),
        "server/reply-Done": wire.Reply("c-5f1d:3", c.Done(95, 33, 12, 7)),
        "server/reply-Refused-stale": wire.Reply(
            "c-5f1d:3", c.Refused("stale", "The customer wrote since. Read it, or send anyway.", (34, 35))
        ),
        "server/queue": wire.QueueFrame((QUEUE_STATS,)),
        "server/agents": wire.AgentsFrame((AGENT_STATS,), ("cy",)),
        "server/typing": wire.Typing(12, False),
        "server/settings": wire.SettingsChanged(),
        "server/pong": wire.Pong(3),
        "server/error-of-a-do": wire.ErrorFrame("bad_frame", "Expected `int`, got `str`", "c-5f1d:9"),
    }
    for seq, event in enumerate(EVENTS, 100):
        frames[f"server/event-{type(event).__name__}"] = wire.EventFrame(seq, AT, event)
    for code, text in REFUSALS.items():
        frames[f"server/reply-Refused-{code}"] = wire.Reply("c-5f1d:3", c.Refused(code, text))
    frames |= {f"server/error-{code}": wire.ErrorFrame(code, "What was wrong, in words.") for code in ERRORS}
    frames |= {f"server/bye-{reason}": wire.Bye(reason, "Why, in words.") for reason in BYES}
    for number, (name, event) in enumerate(ROUTED.items(), 200):
        frames[f"server/event-{name}"] = wire.EventFrame(number, AT, event)
    frames["server/snapshot-routed"] = wire.Snapshot(93, HELPER, (), (SUPPORT,), day_offset_ms=75_600_000)
    frames["server/queue-closed"] = wire.QueueFrame((replace(QUEUE_STATS, hours=Hours.CLOSED, pull=True, refused=2),))
    frames["server/agents-ledger"] = wire.AgentsFrame((replace(AGENT_STATS, ledger=HELPER.ledger),))
    return frames


CLIENT_FRAMES = _client()
SERVER_FRAMES = _server()


def path_of(name: str) -> Path:
    """The file of a vector."""
    return FOLDER / f"{name}.json"


def write_missing() -> None:
    """Write the files that aren't there yet."""
    for name, frame in {**CLIENT_FRAMES, **SERVER_FRAMES}.items():
        path = path_of(name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(encode(frame) + b"\n")


if __name__ == "__main__":
    write_missing()
