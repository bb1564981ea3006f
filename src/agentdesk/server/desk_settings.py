"""Settings as the desk knows them: queues, rules and what holds for the desk as a whole."""

from __future__ import annotations

import msgspec

from agentdesk.config.hours import day_offset_ms
from agentdesk.config.rules import disposition_paths, is_chosen
from agentdesk.config.server import QueueSettings, RouteSettings, RuleSettings, ServerSettings
from agentdesk.core.model import (
    DeskConfig,
    Disposition,
    Overflow,
    QueueConfig,
    Ring,
    Route,
    Rule,
    Strategy,
    Then,
    When,
    WrapupMode,
)


def desk_config(settings: ServerSettings, now_ms: int) -> DeskConfig:
    """What holds for the desk as a whole; now says how far the clocks there are from UTC."""
    desk = settings.desk
    return DeskConfig(
        weights=msgspec.structs.asdict(desk.weights),
        missed_offers_max=desk.missed_offers_max,
        agent_grace_s=desk.agent_grace_s,
        customer_grace_s=desk.customer_grace_s,
        priority_s=desk.priority_s,
        refused_pause_s=desk.refused_pause_s,
        slack_percent=desk.slack_percent,
        interrupts={str(channel): tuple(others) for channel, others in desk.interrupts.items()},
        silent_after_s=desk.silent_after_s,
        silent_weights={str(channel): weight for channel, weight in desk.silent_weights.items()},
        return_s=desk.return_s,
        trace=desk.trace,
        day_offset_ms=day_offset_ms(desk.timezone, desk.day_begins, now_ms),
        mail_hold_s=settings.email.hold_s,
        rules=rules(settings),
    )


def rules(settings: ServerSettings) -> tuple[Rule, ...]:
    """The rules on content."""
    return tuple(map(_rule, settings.rules))


def dispositions(settings: ServerSettings) -> tuple[Disposition, ...]:
    """Every disposition by its path, in the order of the settings."""
    return tuple(Disposition(path, label, key) for path, label, key in disposition_paths(settings.dispositions))


def queue_configs(settings: ServerSettings) -> tuple[QueueConfig, ...]:
    """The queues as the desk knows them."""
    every = dispositions(settings)
    return tuple(_queue_config(queue, every) for queue in settings.queues)


def _queue_config(queue: QueueSettings, every: tuple[Disposition, ...]) -> QueueConfig:
    wrapup = queue.wrapup
    chosen = tuple(one for one in every if is_chosen(one.code, wrapup.dispositions))
    closed = _route(queue.closed)
    return QueueConfig(
        id=queue.id,
        name=queue.name,
        channels=tuple(queue.channels),
        priority=queue.priority,
        service_level_s=queue.service_level_s,
        reply_target_s=queue.reply_target_s,
        offer_timeout_s=queue.offer_timeout_s,
        skills=dict(queue.skills),
        auto_accept=queue.auto_accept,
        wrapup=WrapupMode(wrapup.mode),
        wrapup_s=wrapup.seconds,
        dispositions=chosen,
        default_disposition=wrapup.default_disposition,
        strategy=Strategy(queue.strategy),
        rings=tuple(
            Ring(ring.after_s, dict(ring.skills), ring.queues, ring.agents, ring.any_agent) for ring in queue.rings
        ),
        offer_timeouts={str(channel): seconds for channel, seconds in queue.offer_timeouts.items()},
        pull=queue.pull,
        affinity_s=queue.affinity_s,
        overflow=tuple(
            Overflow(_route(one.to), one.after_s, one.longer_than, one.estimate_s) for one in queue.overflow
        ),
        closed=closed,
        holiday=closed if queue.holiday == RouteSettings() else _route(queue.holiday),
    )


def _route(route: RouteSettings) -> Route:
    return Route(route.queue, route.channel or "")


def _rule(rule: RuleSettings) -> Rule:
    when, then = rule.when, rule.then
    return Rule(
        rule.name,
        When(
            channels=tuple(when.channels),
            queues=when.queues,
            languages=when.languages,
            words=when.words,
            pattern=when.pattern,
            page=when.page,
            address=when.address,
            attributes=dict(when.attributes),
            customer_tags=when.customer_tags,
            last_dispositions=when.last_dispositions,
            returning=when.returning,
        ),
        Then(then.queue, dict(then.skills), then.priority, then.tags, then.prefer),
        rule.stop,
    )
