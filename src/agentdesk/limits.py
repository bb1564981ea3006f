"""How often somebody may do something: token buckets by name, bounded in memory. Pure: time is an argument."""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict

IPV6_PREFIX = 64
"""Bits of an IPv6 address that name one customer of a provider, who has all the rest to change at will."""
NAMES_MAX = 50_000
"""Names remembered by one limit; the one that asked longest ago is forgotten first."""


class RateLimit:
    """At most `burst` at once, and `per_s` in the long run, for each name."""

    def __init__(self, burst: float, per_s: float, names_max: int = NAMES_MAX) -> None:
        assert burst >= 1 and per_s > 0
        self._burst = float(burst)
        self._per_s = per_s
        self._names_max = names_max
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._left)

    def take(self, name: str, now_s: float, amount: float = 1) -> int:
        """Take one, or so many: 0 when it is granted, else after how many milliseconds to ask again."""
        left = self._now(name, now_s)
        granted = left >= amount
        self._left[name] = (left - amount if granted else left, now_s)
        self._left.move_to_end(name)
        if len(self._left) > self._names_max:
            self._left.popitem(last=False)
        return 0 if granted else self._wait_ms(amount - left)

    def wait_ms(self, name: str, now_s: float) -> int:
        """What `take` would answer; takes nothing."""
        missing = 1 - self._now(name, now_s)
        return self._wait_ms(missing) if missing > 0 else 0

    def forgive(self, name: str) -> None:
        """Forget what a name has taken."""
        self._left.pop(name, None)

    def _now(self, name: str, now_s: float) -> float:
        left, at_s = self._left.get(name, (self._burst, now_s))
        return min(self._burst, left + max(0.0, now_s - at_s) * self._per_s)

    def _wait_ms(self, missing: float) -> int:
        return max(1, math.ceil(missing / self._per_s * 1000 - 1e-6))


def address_name(host: str) -> str:
    """The name under which an address is counted."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))
