"""Whether the server lives, its figures for Prometheus, and the description of this interface."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from starlette.responses import Response

from agentdesk import __version__
from agentdesk.core.model import Role
from agentdesk.server.http.operation import Call, Operation
from agentdesk.server.http.problems import ApiError
from agentdesk.server.parts import Parts

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Health(msgspec.Struct, frozen=True):
    """How the server is. `seq` is the number of the last committed event."""

    status: str
    version: str
    seq: int


async def live(call: Call) -> Health:
    """The process answers."""
    return Health("live", __version__, call.parts.loop.committed_seq)


async def ready(call: Call) -> Health:
    """It takes commands."""
    if not call.parts.loop.is_accepting:
        raise ApiError(503, "busy", "The server is stopping.", "Try again in a moment.", 1)
    return Health("ready", __version__, call.parts.loop.committed_seq)


async def metrics(call: Call) -> Response:
    """Figures as text."""
    lines = [line for metric in _metrics(call.parts) for line in metric]
    return Response("\n".join(lines) + "\n", media_type=METRICS_TYPE)


def _metrics(parts: Parts) -> Iterator[list[str]]:
    loop, publisher = parts.loop, parts.publisher
    yield _metric("info", "gauge", "The version that runs", [('{version="' + __version__ + '"}', 1)])
    yield _metric("commands_total", "counter", "Commands that were decided", [("", loop.commands)])
    yield _metric("commits_total", "counter", "Groups that were committed", [("", loop.commits)])
    yield _metric("events_total", "counter", "Number of the last committed event", [("", loop.committed_seq)])
    yield _metric("inbox", "gauge", "Commands that wait for their commit", [("", loop.load)])
    yield _metric("deliveries_total", "counter", "Events handed to agents' sessions", [("", publisher.deliveries)])
    yield _metric("sessions", "gauge", "Open sessions of agents and supervisors", [("", len(parts.sessions))])
    figures = parts.loop.view.queue_stats(parts.clock.now_ms())
    for name, text in (
        ("waiting", "Interactions that wait"),
        ("offered", "Interactions that are offered"),
        ("active", "Interactions that an agent holds"),
        ("agents_ready", "Agents who can take one"),
        ("answered", "Interactions answered"),
        ("answered_in_time", "Interactions answered within the service level"),
        ("abandoned", "Interactions abandoned"),
    ):
        samples = [(f'{{queue="{_escaped(one.id)}"}}', getattr(one, name)) for one in figures]
        yield _metric(f"queue_{name}", "gauge", text, samples)


def _metric(name: str, kind: str, text: str, samples: list[tuple[str, int]]) -> list[str]:
    full = f"agentdesk_{name}"
    return [
        f"# HELP {full} {text}.",
        f"# TYPE {full} {kind}",
        *(f"{full}{labels} {value}" for labels, value in samples),
    ]


def _escaped(label: str) -> str:
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


OPERATIONS = (
    Operation("GET", "/health/live", "live", "Whether the process answers", live, Health, None, tag="system"),
    Operation("GET", "/health/ready", "ready", "Whether it takes commands", ready, Health, None, tag="system"),
    Operation("GET", "/metrics", "metrics", "Figures for Prometheus", metrics, str, Role.SUPERVISOR,
              produces=METRICS_TYPE, tag="system"),
)  # fmt: skip
