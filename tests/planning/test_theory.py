"""The closed formulae against published values, against each other at their limits, and against plain integration."""

from __future__ import annotations

from math import exp, inf

import pytest

from agentdesk.planning.theory import cobham, erlang_a, erlang_b, erlang_c, servers_needed


@pytest.mark.parametrize(
    ("servers", "load", "blocked"),
    [(1, 1.0, 0.5), (2, 1.0, 0.2), (5, 3.0, 0.110054), (10, 5.0, 0.018385), (100, 84.06, 0.01)],
)
def test_erlang_b_agrees_with_published_tables(servers: int, load: float, blocked: float) -> None:
    assert erlang_b(servers, load) == pytest.approx(blocked, rel=2e-3)


def test_erlang_c_of_one_server_is_the_plain_queue() -> None:
    found = erlang_c(1, 0.5, 1.0, 2.0)
    assert found.must_wait == pytest.approx(0.5)
    assert found.mean_wait_s == pytest.approx(1.0)
    assert found.service_level == pytest.approx(1 - 0.5 * exp(-1))
    assert found.occupancy == pytest.approx(0.5)


def test_erlang_c_agrees_with_the_usual_worked_example() -> None:
    # 360 calls in half an hour of 240 s, 55 agents, 15 s: P(wait) 23.9 %, ASA 8.2 s, service level 84.6 %.
    found = erlang_c(55, 0.2, 1 / 240, 15)
    assert found.must_wait == pytest.approx(0.239, abs=5e-4)
    assert found.mean_wait_s == pytest.approx(8.2, abs=0.05)
    assert found.service_level == pytest.approx(0.846, abs=5e-4)


def test_too_few_servers_have_no_steady_state() -> None:
    assert erlang_c(2, 3.0, 1.0, 10).mean_wait_s == inf
    assert cobham(1, [0.5, 0.6], 1.0)[1] == inf


def test_erlang_a_with_endless_patience_is_erlang_c() -> None:
    patient = erlang_a(10, 8.0, 1.0, 1e-7, 0.2)
    plain = erlang_c(10, 8.0, 1.0, 0.2)
    assert patient.must_wait == pytest.approx(plain.must_wait, rel=1e-4)
    assert patient.mean_wait_s == pytest.approx(plain.mean_wait_s, rel=1e-4)
    assert patient.service_level == pytest.approx(plain.service_level, rel=1e-4)
    assert patient.abandoned == pytest.approx(0, abs=1e-5)


def test_erlang_a_with_patience_equal_to_service_is_the_queue_without_end() -> None:
    # With θ = μ the number in the system is Poisson: every server and every waiting customer leaves alike.
    servers, load = 5, 6.0
    mass, below = exp(-load), 0.0
    for count in range(servers):
        below += mass
        mass *= load / (count + 1)
    assert erlang_a(servers, load, 1.0, 1.0, 1.0).must_wait == pytest.approx(1 - below, rel=1e-9)


def test_what_comes_in_goes_out() -> None:
    found = erlang_a(20, 25.0, 1.0, 0.5, 1.0)
    assert pytest.approx(25.0 * found.abandoned + found.occupancy * 20, rel=1e-9) == 25.0
    assert found.abandoned > 0.19


def test_in_time_grows_from_those_who_need_not_wait_to_all_who_are_answered() -> None:
    at = [erlang_a(8, 9.0, 1.0, 0.4, seconds).service_level for seconds in (0, 0.5, 1, 3, 100)]
    free = 1 - erlang_a(8, 9.0, 1.0, 0.4, 0).must_wait
    assert at == sorted(at)
    assert at[0] == pytest.approx(free)
    assert at[-1] == pytest.approx(1 - erlang_a(8, 9.0, 1.0, 0.4, 0).abandoned, rel=1e-9)


def test_in_time_agrees_with_integrating_one_state() -> None:
    # One server, one in service, nobody waits: V is exponential with rate μ, patience with rate θ.
    found = erlang_a(1, 0.001, 1.0, 0.5, 1.0)
    busy = found.must_wait
    steps = 100_000
    inside = sum(exp(-(i + 0.5) / steps) * exp(-0.5 * (i + 0.5) / steps) for i in range(steps)) / steps
    assert found.service_level == pytest.approx((1 - busy) + busy * inside, abs=1e-6)


def test_large_centres_do_not_overflow() -> None:
    found = erlang_a(2_000, 100.0, 0.05, 0.01, 20.0)
    assert 0 < found.service_level < 1
    assert erlang_c(2_000, 99.0, 0.05, 20.0).must_wait < 1


def test_priorities_share_the_same_wait() -> None:
    rates = [0.2, 0.3, 0.2]
    waits = cobham(1, rates, 1.0)
    assert waits == sorted(waits)
    mean = sum(rate * wait for rate, wait in zip(rates, waits, strict=True)) / sum(rates)
    assert mean == pytest.approx(erlang_c(1, sum(rates), 1.0, 0).mean_wait_s)


def test_the_fewest_servers_are_enough_and_one_less_is_not() -> None:
    servers = servers_needed(0.1, 1 / 240, 20, 0.8)
    assert servers is not None
    assert erlang_c(servers, 0.1, 1 / 240, 20).service_level >= 0.8
    assert erlang_c(servers - 1, 0.1, 1 / 240, 20).service_level < 0.8
    assert servers_needed(100, 1, 20, 0.8, most=50) is None
