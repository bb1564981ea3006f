"""Which web pages may show the chat. Pure.

A request without an Origin comes from a program, not from a page: there is nothing it could be tricked into, as
the chat uses no cookies, so it passes.
"""

from __future__ import annotations

from urllib.parse import urlsplit

ANY = "*"


class Origins:
    """The pages that may: those configured, and those that this server serves itself."""

    def __init__(self, configured: tuple[str, ...], public_url: str = "") -> None:
        self._any = ANY in configured
        self._allowed = frozenset(normal(origin) for origin in (*configured, public_url) if origin and origin != ANY)

    def allow(self, origin: str | None, host: str | None) -> bool:
        """Whether a page of `origin` may talk to us, who were addressed as `host`."""
        if origin is None or self._any:
            return True
        return normal(origin) in self._allowed or _is_own(origin, host)


def normal(origin: str) -> str:
    """An origin as browsers write it: scheme and host in lower case, no default port, no path; '' for none."""
    try:
        parts = urlsplit(origin.strip())
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    is_default = port is None or port == {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" if is_default else f"{parts.scheme}://{host}:{port}"


def _is_own(origin: str, host: str | None) -> bool:
    """A page under the very host and port that it talks to; a proxy may have changed the scheme on the way."""
    own = normal(origin)
    return bool(own and host) and any(own == normal(f"{scheme}://{host}") for scheme in ("http", "https"))
