"""The simulation finds bugs: each of these is planted, and some afternoon has to fail because of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agentdesk.client import interactions
from agentdesk.client.outbox import Outbox
from agentdesk.client.session import Session
from agentdesk.core import events as e
from agentdesk.server.catchup import CatchUp
from agentdesk.server.loop import DeskLoop
from agentdesk.server.window import RepeatWindow, Undecided
from tests.sim.test_sim import afternoon

SEEDS = range(12)


def acknowledge_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    hold = DeskLoop._hold

    def hasty(self: DeskLoop, decision: Any, key: str, undecided: Undecided) -> None:
        waiting, undecided.waiting = undecided.waiting, []
        hold(self, decision, key, undecided)
        for on_answer in waiting:
            on_answer(decision.answer)

    patch.setattr(DeskLoop, "_hold", hasty)


def publish_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    hold = DeskLoop._hold

    def hasty(self: DeskLoop, decision: Any, key: str, undecided: Undecided) -> None:
        hold(self, decision, key, undecided)
        if decision.events:
            for listener in self._listeners:
                listener(decision.events)

    patch.setattr(DeskLoop, "_hold", hasty)


def forget_first_answers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RepeatWindow, "get", lambda self, key: None)

    async def nothing(self: DeskLoop) -> None:
        self._looking_back = False
        waiting, self._inbox = list(self._inbox), type(self._inbox)()
        for asked in waiting:
            self._decide(asked)

    patch.setattr(DeskLoop, "_look_back_now", nothing)


def resume_one_event_too_late(patch: pytest.MonkeyPatch) -> None:
    go_live = CatchUp._go_live

    async def late(self: CatchUp, after: int) -> None:
        await go_live(self, min(after + 1, self._parts.loop.committed_seq))

    patch.setattr(CatchUp, "_go_live", late)


def resend_in_the_wrong_order(patch: pytest.MonkeyPatch) -> None:
    lost = Outbox.lost

    def backwards(self: Outbox) -> None:
        lost(self)
        self._unsent.reverse()

    patch.setattr(Outbox, "lost", backwards)


def forget_what_was_asked_offline(patch: pytest.MonkeyPatch) -> None:
    lost = Session.lost

    def careless(self: Session, now: int, *why: Any) -> Any:
        notices = lost(self, now, *why)
        self._outbox._unsent.clear()
        return notices

    patch.setattr(Session, "lost", careless)


def miss_delivery_marks(patch: pytest.MonkeyPatch) -> None:
    patch.delitem(interactions._CHANGES, e.DeliveryConfirmed)


def keep_what_was_transferred(patch: pytest.MonkeyPatch) -> None:
    patch.delitem(interactions._CHANGES, e.InteractionTransferred)
    patch.delitem(interactions._CHANGES, e.Queued)


@pytest.mark.parametrize(
    "plant",
    [
        acknowledge_before_the_commit,
        publish_before_the_commit,
        forget_first_answers,
        resume_one_event_too_late,
        resend_in_the_wrong_order,
        forget_what_was_asked_offline,
        miss_delivery_marks,
        keep_what_was_transferred,
    ],
)
async def test_a_planted_bug_is_found(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        for seed in SEEDS:
            await afternoon(seed)
