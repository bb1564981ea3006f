"""Decisions: pure functions from the state and a command to events or a refusal, one small file per family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agentdesk.core import commands as c
from agentdesk.core.commands import AnyCommand
from agentdesk.core.decide import (
    configuration,
    customers,
    holding,
    mail,
    messages,
    offers,
    permissions,
    presence,
    pulling,
    requirements,
    sessions,
    starting,
    transfer,
    wrapup,
)
from agentdesk.core.decide.case import Case, Granted, Verdict

Decide = Callable[[Case, Any], Verdict]


def decide(case: Case, command: AnyCommand) -> Verdict:
    """What this command leads to; the state is only read."""
    return permissions.check(case.state, command, case.actor) or DECISIONS[type(command)](case, command)


def _tick(case: Case, command: c.Tick) -> Verdict:
    """What is due is done before any command."""
    return Granted([])


DECISIONS: dict[type[AnyCommand], Decide] = {
    c.SetPresence: presence.set_presence,
    c.AcceptOffer: offers.accept,
    c.DeclineOffer: offers.decline,
    c.TakeNext: pulling.take_next,
    c.Pick: pulling.pick,
    c.SetPriority: requirements.set_priority,
    c.SetSkills: requirements.set_skills,
    c.SendMessage: messages.send,
    c.CancelSend: mail.cancel,
    c.RetrySend: mail.retry,
    c.NoteDelivery: mail.note_delivery,
    c.ReturnInteraction: mail.return_interaction,
    c.SaveDraft: messages.save_draft,
    c.MarkRead: messages.mark_read,
    c.EndInteraction: wrapup.end,
    c.SaveWrapup: wrapup.save,
    c.CompleteWrapup: wrapup.complete,
    c.Hold: holding.hold,
    c.Resume: holding.resume,
    c.Snooze: holding.snooze,
    c.Transfer: transfer.transfer,
    c.SetTags: holding.set_tags,
    c.UpdateCustomer: holding.update_customer,
    c.StartInteraction: starting.start,
    c.ReceiveMessage: messages.receive,
    c.CustomerLeaves: customers.leave,
    c.CustomerReturns: customers.come_back,
    c.CustomerEnds: customers.end,
    c.ConfirmDelivery: customers.confirm,
    c.ConfigureDesk: configuration.configure_desk,
    c.SetHours: configuration.set_hours,
    c.ConfigureAgent: configuration.configure_agent,
    c.RemoveAgent: configuration.remove_agent,
    c.SessionOpened: sessions.opened,
    c.SessionClosed: sessions.closed,
    c.ServerStarted: sessions.server_started,
    c.Tick: _tick,
}
