"""What must hold between settings, beyond each one's type: references, uniqueness, addresses, files."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from agentdesk.config.content import check_rules
from agentdesk.config.convert import Key
from agentdesk.config.findings import Finding, twice, unknown
from agentdesk.config.mail import check_email
from agentdesk.config.opening import check_hours
from agentdesk.config.problems import nearest
from agentdesk.config.routing import check_routing
from agentdesk.config.server import DispositionSettings, QueueSettings, ServerSettings

_ORIGIN = re.compile(r"https?://[^/\s?#*]+\Z")
_URL = re.compile(r"https?://[^/\s?#]+(/[^\s?#]*)?\Z")


def check(settings: ServerSettings) -> Iterator[Finding]:
    """Every rule that is broken."""
    yield from _listening(settings)
    yield from _webchat(settings)
    yield from _queues(settings)
    yield from check_routing(settings)
    yield from check_rules(settings, {path for path, _, _ in disposition_paths(settings.dispositions)})
    yield from _dispositions(settings.dispositions, ("dispositions",))
    yield from _canned(settings)
    yield from check_email(settings)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def disposition_paths(dispositions: Iterable[DispositionSettings], above: str = "") -> Iterator[tuple[str, str, str]]:
    """(path, label, key) of each disposition and of all below it; the path of a refinement is refund/late."""
    for one in dispositions:
        path = f"{above}{one.code}"
        yield path, one.label, one.key
        yield from disposition_paths(one.below, f"{path}/")


def is_chosen(path: str, chosen: Sequence[str]) -> bool:
    """Whether a disposition is among those that a queue chose: nothing chosen is all, and refund has refund/late."""
    return not chosen or any(path == one or path.startswith(f"{one}/") for one in chosen)


def _listening(settings: ServerSettings) -> Iterator[Finding]:
    listen = settings.server
    if bool(listen.tls.cert) != bool(listen.tls.key):
        yield Finding(("server", "tls"), "TLS needs a certificate and a key.", "Set both cert and key, or neither.")
    for name, file in (("cert", listen.tls.cert), ("key", listen.tls.key)):
        if file and not Path(file).is_file():
            yield Finding(("server", "tls", name), f"there is no file {file}.")
    if not is_loopback(listen.host) and not listen.tls.cert and not listen.insecure_listen:
        yield Finding(
            ("server", "host"),
            f"{listen.host} is reached from other machines, and there is no TLS.",
            "Set server.tls, or listen on 127.0.0.1 behind a proxy, or set insecure_listen: true.",
        )
    if listen.public_url and not _URL.match(listen.public_url):
        yield Finding(("server", "public_url"), "this is not an address.", "Write it like https://desk.example.com")
    for place, proxy in enumerate(listen.trusted_proxies):
        if not _is_network(proxy):
            key = ("server", "trusted_proxies", place)
            yield Finding(key, f"{proxy!r} is neither an address nor a network.", "Write it like 10.0.0.0/8.")


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _webchat(settings: ServerSettings) -> Iterator[Finding]:
    for place, origin in enumerate(settings.webchat.origins):
        if origin != "*" and not _ORIGIN.match(origin):
            yield Finding(
                ("webchat", "origins", place),
                f"{origin!r} is not an origin.",
                'Write scheme and host without a path, like https://www.example.com, or "*" for any page.',
            )
    chat_queues = [queue.id for queue in settings.queues if "chat" in queue.channels]
    name = settings.webchat.queue
    if name and name not in chat_queues:
        yield Finding(("webchat", "queue"), f"no queue {name!r} takes chats.", nearest(name, chat_queues))
    if settings.webchat.enabled and not chat_queues:
        yield Finding(
            ("queues",), "web chat is on and no queue takes chats.", "Add a queue, or set webchat.enabled: no."
        )


def _queues(settings: ServerSettings) -> Iterator[Finding]:
    known = {path for path, _, _ in disposition_paths(settings.dispositions)}
    yield from twice((("queues", place, "id"), queue.id) for place, queue in enumerate(settings.queues))
    for place, queue in enumerate(settings.queues):
        key: Key = ("queues", place)
        yield from _wrapup(queue, known, (*key, "wrapup"))
        if queue.hours is not None:
            yield from check_hours(queue.hours, (*key, "hours"))


def _wrapup(queue: QueueSettings, known: set[str], key: Key) -> Iterator[Finding]:
    yield from unknown("disposition", queue.wrapup.dispositions, known, (*key, "dispositions"))
    default = queue.wrapup.default_disposition
    offered = {path for path in known if is_chosen(path, queue.wrapup.dispositions)} | {"none", ""}
    if default not in offered:
        why = f"there is no disposition {default!r} in this queue."
        yield Finding((*key, "default_disposition"), why, nearest(default, offered - {""}))


def _dispositions(dispositions: tuple[DispositionSettings, ...], key: Key) -> Iterator[Finding]:
    entries = list(enumerate(dispositions))
    yield from twice(((*key, place, "code"), one.code) for place, one in entries)
    yield from twice(((*key, place, "key"), one.key) for place, one in entries if one.key)
    for place, one in entries:
        yield from _dispositions(one.below, (*key, place, "below"))


def _canned(settings: ServerSettings) -> Iterator[Finding]:
    queues = {queue.id for queue in settings.queues}
    yield from twice((("canned", place, "shortcode"), one.shortcode) for place, one in enumerate(settings.canned))
    for place, one in enumerate(settings.canned):
        yield from unknown("queue", one.queues, queues, ("canned", place, "queues"))
