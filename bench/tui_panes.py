"""How a key feels while panes are busy: typing, scrolling and searching with long transcripts behind, over a pty.

    python bench/tui_panes.py [--panes 6] [--entries 10000] [--rate 20] [--keys 150] [--rounds 3] [--json FILE]

Each figure is the time from writing a key to the pty until its effect is in what the program wrote back: the
typed letter, an entry above what was seen before, the entry searched for. With --rate 0 it is measured idle.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pty_session import PtySession, percentile

APP = Path(__file__).with_name("tui_panes_app.py")
LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюяαβγδεζηθικλμνξπρσυφχψω"
"""Letters in no message, so that a typed one is recognised among the traffic."""

GAP_S = 0.06
TARGETS = {"p50": 10.0, "p99": 50.0}
_number = re.compile(rb"p0-(\d{6})")


def main() -> None:
    """Run the rounds, print a table and JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--panes", type=int, default=6)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=20.0, help="messages per second to each pane")
    parser.add_argument("--keys", type=int, default=150, help="keys of each sort in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fps", default="240", help="TEXTUAL_FPS")
    parser.add_argument("--quick", action="store_true", help="one round of a few keys, for a look")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.keys = 1, 40
    rounds = [one_round(options) for _ in range(options.rounds)]
    result = summary(options, rounds)
    print(table(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))
    else:
        print(json.dumps(result))


def one_round(options: argparse.Namespace) -> dict[str, object]:
    """Start the program, drive it, and return its times in ms."""
    command = [sys.executable, str(APP), str(options.panes), str(options.entries), str(options.rate)]
    with PtySession(command, columns=160, rows=50, env={"TEXTUAL_FPS": options.fps}) as session:
        if session.wait_for(lambda output: b"LOADED" in output, 60) is None:
            raise SystemExit(session.output[-2000:].decode(errors="replace"))
        loaded = re.search(rb"LOADED ([\d.]+)", session.output)
        settle(session, 1.0)
        cpu, begin = session.cpu_s(), time.perf_counter()
        settle(session, 3.0)
        busy = (session.cpu_s() - cpu) / (time.perf_counter() - begin) * 100
        return {
            "load_ms": float(loaded[1]) if loaded else float("nan"),
            "cpu_percent": busy,
            "typing": typing(session, options.keys),
            "scrolling": scrolling(session, options.keys),
            "searching": searching(session, options.keys, options.entries),
            "rss_mb": session.rss_mb(),
        }


def settle(session: PtySession, seconds: float) -> None:
    """Let it run, reading what it writes as a terminal would."""
    until = time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > 0:
        session.read(left)
    session.output = b""


def timed(session: PtySession, key: str, found: bytes | Callable[[bytes], bool], into: list[float]) -> None:
    """One key; a key without effect within 3 s counts as 3 s."""
    took = session.key_until(key, found)
    into.append((3.0 if took is None else took) * 1000)
    settle(session, GAP_S)


def typing(session: PtySession, keys: int) -> list[float]:
    """Letters into the first pane's composer."""
    times: list[float] = []
    for n in range(keys):
        letter = LETTERS[n % len(LETTERS)]
        if n and n % len(LETTERS) == 0:
            session.send("\x15")
            settle(session, 0.3)
        timed(session, letter, letter.encode(), times)
    session.send("\x15")
    return times


def scrolling(session: PtySession, keys: int) -> list[float]:
    """Pages up through the first pane; seen when an entry comes that is older than all before."""
    times: list[float] = []
    session.send("\x1b[17~")
    settle(session, 0.3)
    lowest = 10**9

    def older(output: bytes) -> bool:
        return any(int(n) < lowest for n in _number.findall(output))

    for _ in range(keys):
        took = session.key_until("\x1b[5~", older)
        times.append((3.0 if took is None else took) * 1000)
        settle_into = time.perf_counter() + GAP_S
        while (left := settle_into - time.perf_counter()) > 0:
            session.read(left)
        lowest = min([lowest, *(int(n) for n in _number.findall(session.output))])
    return times


def searching(session: PtySession, keys: int, entries: int) -> list[float]:
    """Searches for one entry each, anywhere in the first pane; seen when it is on the screen."""
    times: list[float] = []
    session.send("\x1b[17~")
    settle(session, 0.3)
    for press in range(keys):
        wanted = (press * 7919 + 13) % entries
        timed(session, "\x1b[18~", f"{wanted:06}".encode(), times)
    return times


def summary(options: argparse.Namespace, rounds: list[dict[str, object]]) -> dict[str, object]:
    """All rounds together."""
    result: dict[str, object] = {
        "panes": options.panes,
        "entries": options.entries,
        "rate_per_pane": options.rate,
        "fps": options.fps,
        "rounds": len(rounds),
        "load_all_ms": percentile([r["load_ms"] for r in rounds], 0.5),  # type: ignore[misc]
        "cpu_percent": percentile([r["cpu_percent"] for r in rounds], 0.5),  # type: ignore[misc]
        "rss_mb": percentile([r["rss_mb"] for r in rounds], 0.5),  # type: ignore[misc]
        "targets_ms": TARGETS,
    }
    for sort in ("typing", "scrolling", "searching"):
        times = [t for r in rounds for t in r[sort]]  # type: ignore[attr-defined]
        result[sort] = {
            "n": len(times),
            "p50_ms": percentile(times, 0.5),
            "p99_ms": percentile(times, 0.99),
            "max_ms": max(times),
        }
    return result


def table(result: dict[str, object]) -> str:
    """For a person."""
    lines = [
        f"{result['panes']} panes x {result['rate_per_pane']:g} messages/s, {result['entries']} entries behind each, "
        f"{result['rounds']} rounds: load all {result['load_all_ms']:.0f} ms, CPU {result['cpu_percent']:.0f} %, "
        f"memory {result['rss_mb']:.0f} MB",
        f"{'':10} {'n':>5} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8}"
        f"   target p50 {TARGETS['p50']:g}, p99 {TARGETS['p99']:g}",
    ]
    for sort in ("typing", "scrolling", "searching"):
        r = result[sort]
        lines.append(f"{sort:10} {r['n']:5} {r['p50_ms']:8.1f} {r['p99_ms']:8.1f} {r['max_ms']:8.1f}")  # type: ignore[index]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
