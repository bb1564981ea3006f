"""Every setting of the server, typed, with its default. `config.example.yaml` documents the same for people.

Durations and sizes carry their unit in the name. Empty text means "not set".
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from agentdesk.config.email import EmailSettings

Channel = Literal["chat", "email", "call", "message", "callback", "task"]
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=50)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Short = Annotated[str, Meta(max_length=500)]
Long = Annotated[str, Meta(max_length=20_000)]
Seconds = Annotated[int, Meta(ge=0, le=86_400)]
Level = Annotated[int, Meta(ge=0, le=5)]
Points = Annotated[int, Meta(ge=0, le=100)]
Timeout = Annotated[int, Meta(ge=1, le=3_600)]
Word = Annotated[str, Meta(min_length=1, max_length=200)]
Priority = Annotated[int, Meta(ge=-100, le=100)]
Spans = tuple[str, ...]

MIB = 1024 * 1024
DATABASE_NAME = "agentdesk.db"


class _Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all settings: values, never written after they are read."""


class TlsSettings(_Settings, frozen=True):
    """The certificate and key (PEM files) that the server serves HTTPS with; both or none."""

    cert: str = ""
    key: str = ""


class LogSettings(_Settings, frozen=True):
    """How the server writes its log to standard error."""

    format: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warning", "error"] = "info"


class ListenSettings(_Settings, frozen=True):
    """Where the server listens and keeps its data. `data_dir` is absolute once read."""

    host: Name = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535)] = 8420
    tls: TlsSettings = TlsSettings()
    insecure_listen: bool = False
    public_url: Short = ""
    trusted_proxies: tuple[str, ...] = ()
    data_dir: Name = "data"
    log: LogSettings = LogSettings()


class LimitSettings(_Settings, frozen=True):
    """The bounds of what one caller may ask of the server."""

    body_bytes: Annotated[int, Meta(ge=1024, le=64 * MIB)] = MIB
    attachment_bytes: Annotated[int, Meta(ge=1024, le=64 * MIB)] = 10 * MIB
    sign_in_tries: Annotated[int, Meta(ge=1, le=1000)] = 5
    sign_in_window_s: Annotated[int, Meta(ge=1, le=86_400)] = 300
    token_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    sessions_max: Annotated[int, Meta(ge=1, le=100_000)] = 5_000
    commands_per_s: Annotated[int, Meta(ge=1, le=10_000)] = 50
    requests_per_s: Annotated[int, Meta(ge=1, le=10_000)] = 50
    inbox_max: Annotated[int, Meta(ge=10, le=1_000_000)] = 10_000
    outbox_bytes: Annotated[int, Meta(ge=16_384, le=64 * MIB)] = MIB


class WebchatSettings(_Settings, frozen=True):
    """The chat widget on web pages. No origins means: only pages that this server serves."""

    enabled: bool = True
    origins: tuple[str, ...] = ()
    queue: Short = ""
    title: Name = "Chat with us"
    greeting: Short = "Hello! How can we help?"
    languages: tuple[Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")], ...] = ("en", "id", "vi", "fa")
    offline_form: bool = True
    demo_page: bool = True
    messages_per_minute: Annotated[int, Meta(ge=1, le=6_000)] = 60
    chats_per_hour: Annotated[int, Meta(ge=1, le=100_000)] = 30
    attachment_bytes: Annotated[int, Meta(ge=1024, le=64 * MIB)] = 5 * MIB
    attachment_types: tuple[Annotated[str, Meta(pattern=r"^[a-z]+/[a-z0-9.+-]+$")], ...] = (
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "application/pdf",
        "text/plain",
    )


class WrapupSettings(_Settings, frozen=True):
    """Work after the conversation. `seconds` 0 means no timer; no `dispositions` means all of them."""

    mode: Literal["none", "optional", "required"] = "optional"
    seconds: Seconds = 0
    dispositions: tuple[str, ...] = ()
    default_disposition: Short = "none"


class WeekSettings(_Settings, frozen=True):
    """Opening hours of a week: each day one or more spans such as 09:00-17:00; a day without spans is closed."""

    mon: Spans = ()
    tue: Spans = ()
    wed: Spans = ()
    thu: Spans = ()
    fri: Spans = ()
    sat: Spans = ()
    sun: Spans = ()


class HolidaySettings(_Settings, frozen=True):
    """Days on which a queue is closed all day: the public holidays of a country (ISO 3166) or a part of it, and dates
    of its own, 2026-12-24 or every year 12-24."""

    country: Short = ""
    subdivision: Short = ""
    dates: Annotated[tuple[Word, ...], Meta(max_length=1_000)] = ()


class HoursSettings(_Settings, frozen=True):
    """When a queue is open. `agentdesk.config.hours` answers questions about it."""

    timezone: str = "UTC"
    weekly: WeekSettings = WeekSettings()
    holidays: HolidaySettings = HolidaySettings()


class RingSettings(_Settings, frozen=True):
    """One step of widening, `after_s` from when an interaction came into the queue."""

    after_s: Seconds
    skills: dict[str, Level] = {}
    queues: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    any_agent: bool = False


class RouteSettings(_Settings, frozen=True):
    """Where an interaction goes instead: another queue, another channel, or both."""

    queue: Short = ""
    channel: Channel | None = None


class OverflowSettings(_Settings, frozen=True):
    """Leave the queue by `to` on one condition."""

    to: RouteSettings
    after_s: Seconds | None = None
    longer_than: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    estimate_s: Seconds | None = None


class QueueSettings(_Settings, frozen=True):
    """One queue. Without `hours` it is always open. docs/routing.md says exactly what each setting does."""

    id: Slug
    name: Name
    channels: tuple[Channel, ...] = ("chat", "message")
    priority: Annotated[int, Meta(ge=0, le=10)] = 0
    skills: dict[str, Level] = {}
    service_level_s: Seconds = 60
    reply_target_s: Seconds = 120
    strategy: Literal["longest_idle", "least_occupied", "most_skilled", "fewest_handled", "round_robin"] = (
        "longest_idle"
    )
    rings: Annotated[tuple[RingSettings, ...], Meta(max_length=20)] = ()
    offer_timeout_s: Timeout = 30
    offer_timeouts: dict[Channel, Timeout] = {}
    auto_accept: bool = False
    pull: bool = False
    affinity_s: Seconds = 0
    wrapup: WrapupSettings = WrapupSettings()
    hours: HoursSettings | None = None
    closed: RouteSettings = RouteSettings()
    holiday: RouteSettings = RouteSettings()
    overflow: Annotated[tuple[OverflowSettings, ...], Meta(max_length=20)] = ()


class WeightSettings(_Settings, frozen=True):
    """What one interaction of each channel costs of an agent's capacity."""

    chat: Points = 1
    email: Points = 1
    call: Points = 6
    message: Points = 1
    callback: Points = 6
    task: Points = 1


class DeskSettings(_Settings, frozen=True):
    """What holds for the desk as a whole and for agents who have no setting of their own."""

    capacity: Points = 6
    weights: WeightSettings = WeightSettings()
    channel_max: dict[Channel, Points] = {}
    missed_offers_max: Annotated[int, Meta(ge=1, le=100)] = 1
    agent_grace_s: Seconds = 60
    customer_grace_s: Seconds = 120
    priority_s: Seconds = 60
    refused_pause_s: Seconds = 15
    slack_percent: Annotated[int, Meta(ge=0, le=1_000)] = 0
    interrupts: dict[Channel, tuple[Channel, ...]] = {}
    silent_after_s: Seconds = 0
    silent_weights: dict[Channel, Points] = {}
    return_s: Seconds = 300
    trace: bool = True
    timezone: str = "UTC"
    day_begins: Annotated[str, Meta(pattern=r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$")] = "00:00"


class WhenSettings(_Settings, frozen=True):
    """What a rule looks for; every part that is given has to hold, and one of several values is enough."""

    channels: tuple[Channel, ...] = ()
    queues: tuple[str, ...] = ()
    languages: tuple[Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")], ...] = ()
    words: Annotated[tuple[Word, ...], Meta(max_length=500)] = ()
    pattern: Annotated[str, Meta(max_length=1_000)] = ""
    page: Annotated[tuple[Word, ...], Meta(max_length=100)] = ()
    address: Annotated[tuple[Word, ...], Meta(max_length=100)] = ()
    attributes: dict[str, Word] = {}
    customer_tags: tuple[str, ...] = ()
    last_dispositions: tuple[str, ...] = ()
    returning: bool | None = None


class ThenSettings(_Settings, frozen=True):
    """What a rule does."""

    queue: Short = ""
    skills: dict[str, Level] = {}
    priority: Priority | None = None
    tags: Annotated[tuple[Word, ...], Meta(max_length=50)] = ()
    prefer: tuple[str, ...] = ()


class RuleSettings(_Settings, frozen=True):
    """One rule on what comes in. All that match take effect in order, up to one that says `stop`."""

    name: Name
    when: WhenSettings = WhenSettings()
    then: ThenSettings = ThenSettings()
    stop: bool = False


class DispositionSettings(_Settings, frozen=True):
    """How an interaction can end; `below` refines it. `key` is the one key that picks it in wrap-up."""

    code: Slug
    label: Name
    key: Annotated[str, Meta(max_length=1)] = ""
    below: tuple[DispositionSettings, ...] = ()


class CannedSettings(_Settings, frozen=True):
    """A canned response. No `queues` means it is there in all of them."""

    shortcode: Slug
    title: Name
    text: Annotated[str, Meta(min_length=1, max_length=20_000)]
    queues: tuple[str, ...] = ()


class ServerSettings(_Settings, frozen=True):
    """The whole file."""

    server: ListenSettings = ListenSettings()
    limits: LimitSettings = LimitSettings()
    desk: DeskSettings = DeskSettings()
    webchat: WebchatSettings = WebchatSettings()
    email: EmailSettings = EmailSettings()
    queues: tuple[QueueSettings, ...] = ()
    rules: Annotated[tuple[RuleSettings, ...], Meta(max_length=500)] = ()
    dispositions: tuple[DispositionSettings, ...] = ()
    canned: tuple[CannedSettings, ...] = ()
    canned_file: str = ""
    away_reasons: tuple[Name, ...] = ("break", "lunch", "meeting", "training")

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return Path(self.server.data_dir) / DATABASE_NAME
