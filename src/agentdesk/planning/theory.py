"""Queueing theory in closed form: Erlang B, C and A, and Cobham's priorities.

Rates are per second: `arrivals` λ, `service` μ of one server, `patience` θ (one over the mean time that a customer
would wait). Sources: A. K. Erlang (1917); C. Palm (1957) and A. Mandelbaum, S. Zeltyn, Service Engineering in Action:
the Palm/Erlang-A queue (2007); A. Cobham, Priority assignment in waiting line problems (1954).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp, inf, lgamma, log, log1p

import msgspec

NEGLIGIBLE = 1e-12
"""A state of the queue this improbable beside the likeliest ends the sum."""
STATES_MAX = 1_000_000


class Prediction(msgspec.Struct, frozen=True):
    """What theory says of a queue in its steady state; times in seconds.

    `service_level` is the share of all arrivals answered within the threshold; `mean_wait_s` is over all arrivals,
    also those who leave.
    """

    must_wait: float
    mean_wait_s: float
    service_level: float
    abandoned: float
    occupancy: float


def erlang_b(servers: int, load: float) -> float:
    """The share that finds all servers busy where nobody waits; `load` is λ/μ."""
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked


def erlang_c(servers: int, arrivals: float, service: float, threshold_s: float) -> Prediction:
    """M/M/c: everybody waits as long as it takes. At a load that the servers cannot carry, the wait has no bound."""
    load = arrivals / service
    if load >= servers:
        return Prediction(1.0, inf, 0.0, 0.0, 1.0)
    blocked = erlang_b(servers, load)
    occupancy = load / servers
    waits = blocked / (1 - occupancy * (1 - blocked))
    spare = servers * service - arrivals
    return Prediction(waits, waits / spare, 1 - waits * exp(-spare * threshold_s), 0.0, occupancy)


def erlang_a(servers: int, arrivals: float, service: float, patience: float, threshold_s: float) -> Prediction:
    """M/M/c+M: whoever waits leaves at the rate `patience`."""
    busy, waiting = _states(servers, arrivals, service, patience)
    total = sum(busy) + sum(waiting)
    queued = sum(ahead * share for ahead, share in enumerate(waiting)) / total
    abandoned = patience * queued / arrivals
    in_time = sum(busy) + _answered_in_time(waiting, servers * service / patience, patience * threshold_s)
    return Prediction(
        must_wait=sum(waiting) / total,
        mean_wait_s=queued / arrivals,
        service_level=in_time / total,
        abandoned=abandoned,
        occupancy=(1 - abandoned) * arrivals / (servers * service),
    )


def cobham(servers: int, arrivals: Sequence[float], service: float) -> list[float]:
    """The mean wait in seconds of each class, the first going before all others, where nobody is interrupted."""
    waits = erlang_c(servers, sum(arrivals), service, 0).must_wait / (servers * service)
    result: list[float] = []
    before = 0.0
    for rate in arrivals:
        upto = before + rate / (servers * service)
        result.append(waits / ((1 - before) * (1 - upto)) if upto < 1 else inf)
        before = upto
    return result


def servers_needed(arrivals: float, service: float, threshold_s: float, share: float, most: int = 10_000) -> int | None:
    """The fewest servers with which Erlang C answers that share within the threshold; None beyond `most`."""
    fewest = int(arrivals / service) + 1
    for servers in range(fewest, most + 1):
        if erlang_c(servers, arrivals, service, threshold_s).service_level >= share:
            return servers
    return None


def _states(servers: int, arrivals: float, service: float, patience: float) -> tuple[list[float], list[float]]:
    """How likely each number in the system is, up to a common factor: with a server free, and with 0, 1, … waiting."""
    logs = [0.0]
    for count in range(1, servers + 1):
        logs.append(logs[-1] + log(arrivals / (count * service)))
    highest = max(logs)
    tail = [logs[servers]]
    for ahead in range(1, STATES_MAX):
        tail.append(tail[-1] + log(arrivals / (servers * service + ahead * patience)))
        highest = max(highest, tail[-1])
        if tail[-1] < highest + log(NEGLIGIBLE) and tail[-1] < tail[-2]:
            break
    return [exp(value - highest) for value in logs[:servers]], [exp(value - highest) for value in tail]


def _answered_in_time(waiting: list[float], ratio: float, horizon: float) -> float:
    """Of those who find k waiting, the share answered in time: e to the -θV is Beta(ratio, k + 1) distributed."""
    if horizon == 0:
        return 0.0
    late = 0.0
    answered = 0.0
    for (ahead, share), mass in zip(enumerate(waiting), _late(ratio + 1, horizon), strict=False):
        late += mass
        answered += share * ratio / (ratio + ahead + 1) * max(0.0, 1 - late)
    return answered


def _late(shape: float, horizon: float) -> Iterator[float]:
    """The masses of the negative binomial distribution with this shape and success probability e to the -horizon."""
    log_fail = log1p(-exp(-horizon))
    count = 0
    while True:
        ways = lgamma(shape + count) - lgamma(shape) - lgamma(count + 1)
        yield exp(ways + count * log_fail - shape * horizon)
        count += 1
