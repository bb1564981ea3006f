"""Limits by name: what is granted, how long to wait, whose an address is, and that memory is bounded."""

from __future__ import annotations

import pytest

from agentdesk.limits import RateLimit, address_name


def test_a_limit_grants_a_burst_then_a_pace() -> None:
    limit = RateLimit(2, 0.5)
    assert [limit.take("a", 0), limit.take("a", 0), limit.take("a", 0)] == [0, 0, 2000]
    assert limit.take("b", 0) == 0
    assert limit.take("a", 1) == 1000
    assert limit.take("a", 2) == 0
    assert limit.take("a", 1) > 0, "a clock that steps back gives nothing away"
    assert limit.take("c", 0, 3) == 2000


def test_a_limit_remembers_a_bounded_number_of_names() -> None:
    limit = RateLimit(1, 0.001, names_max=100)
    for number in range(1_000):
        limit.take(str(number), 0)
    assert len(limit) == 100
    assert limit.take("999", 0) > 0, "the newest are remembered"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_address_is_counted_by_whose_it_is(host: str, name: str) -> None:
    assert address_name(host) == name


def test_waiting_can_be_asked_without_taking() -> None:
    limit = RateLimit(3, 0.1)
    assert [limit.wait_ms("a", 0.0), *(limit.take("a", 0.0) for _ in range(3))] == [0, 0, 0, 0]
    assert [limit.wait_ms("a", 0.0), limit.wait_ms("a", 0.0), limit.take("a", 0.0)] == [10_000] * 3
    assert limit.wait_ms("a", 10.0) == limit.take("a", 10.0) == 0
    assert limit.wait_ms("a", 10.0) == 10_000


def test_who_waited_as_long_as_said_is_granted() -> None:
    limit = RateLimit(1, 3)
    limit.take("a", 0.0)
    wait_ms = limit.take("a", 0.0)
    assert limit.take("a", wait_ms / 1000) == 0


def test_who_is_forgiven_begins_anew() -> None:
    limit = RateLimit(1, 0.001)
    assert limit.take("a", 0.0) == 0
    limit.forgive("a")
    limit.forgive("never seen")
    assert limit.take("a", 0.0) == 0
