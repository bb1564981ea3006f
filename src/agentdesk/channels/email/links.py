"""Links: which may be shown, where they lead, and whether what is shown claims another host. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from agentdesk.channels.email import bounds
from agentdesk.channels.email.parsed import Link

_SCHEMES = ("http://", "https://", "mailto:", "tel:")
_LOOKS_LIKE_HOST = re.compile(
    r"(?:https?://)?((?:[\w-]{1,63}\.){1,8}[a-z\u00a1-\uffff]{2,24})(?:[/?#:].*)?", re.IGNORECASE | re.DOTALL
)
_FILE = re.compile(r"[^/]*\.(?:pdf|docx?|xlsx?|png|jpe?g|gif|txt|csv|zip|html?|py|md)$", re.IGNORECASE)
_UNSEEN = re.compile("[\x00-\x20\x7f-\xa0\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


def target_of(href: str) -> str:
    """Where a link leads; empty for anything but the web, an address or a telephone number."""
    target = _UNSEEN.sub("", href)[: bounds.LINK_CHARS_MAX]
    return target if target.lower().startswith(_SCHEMES) else ""


def link(shown: str, target: str) -> Link:
    """A link as it is kept."""
    return Link(shown[: bounds.NAME_CHARS_MAX], target, _is_deceptive(shown, target))


def host_of(url: str) -> str:
    """The host that a URL or something that looks like one names, in lower case without `www.`; or nothing."""
    looks = _LOOKS_LIKE_HOST.fullmatch(_UNSEEN.sub("", url)[: bounds.LINK_CHARS_MAX])
    if looks and "@" not in url:
        return looks[1].lower().removeprefix("www.")
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _is_deceptive(shown: str, target: str) -> bool:
    text = _UNSEEN.sub("", shown)[: bounds.LINK_CHARS_MAX]
    looks = _LOOKS_LIKE_HOST.fullmatch(text)
    if looks is None or (_FILE.fullmatch(text) and "://" not in text):
        return False
    claimed = looks[1].lower().removeprefix("www.")
    if target.lower().startswith(("mailto:", "tel:")):
        return "://" in text
    real = _real_host(target)
    return not (real == claimed or real.endswith("." + claimed))


def _real_host(target: str) -> str:
    try:
        return (urlsplit(target).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
