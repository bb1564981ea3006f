"""What a key costs in a desk at rest, as a ratio to a bare line-API widget in the same run.

    python bench/tui_keys.py [--rounds 5] [--keys 60] [--no-live] [--quick] [--json FILE]

Time from writing a key to the pty to the last byte of the answer; rounds alternate the programs. The desk is timed
twice: its parts (six transcripts with 10,000 entries each, and composers), and whole, live on a server of its own
with six conversations open, unless --no-live.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.live_desk import live_desk, open_desk
from bench.pty_session import PtySession, percentile

HERE = Path(__file__).parent
TARGET_RATIO = 1.5
COLUMNS, ROWS = 160, 50
GAP_S = 0.03
WARM_UP_KEYS = 10
CHATS = 6
UP, PAGE_UP, TO_END, ESCAPE = "\x1b[A", "\x1b[5~", "\x1b[17~", "\x1b"
BARE = "bare line-API widget"


@dataclass
class Subject:
    """One program and the keys that are pressed in turn."""

    name: str
    open: Callable[[], AbstractContextManager[PtySession]]
    keys: tuple[str, ...]
    before: str = ""
    times: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


@contextmanager
def program(ready: bytes, *command: str) -> Iterator[PtySession]:
    """A Python script on a terminal, once it shows that it is ready."""
    env = {"TEXTUAL_FPS": "240"}
    with PtySession([sys.executable, *command], columns=COLUMNS, rows=ROWS, env=env) as session:
        if session.wait_for(ready, 60) is None:
            raise SystemExit(f"{command[0]} did not start: {session.output[-500:].decode(errors='replace')}")
        yield session


@contextmanager
def desk() -> Iterator[PtySession]:
    """The whole desk with its conversations, on a server of its own."""
    with live_desk() as live, open_desk(live, CHATS, columns=COLUMNS, rows=ROWS) as session:
        yield session


def subjects(live: bool) -> list[Subject]:
    """What is timed, the unit first."""

    def bare() -> AbstractContextManager[PtySession]:
        return program(b"Customer 0", str(HERE / "tui_bare_app.py"))

    def panes() -> AbstractContextManager[PtySession]:
        return program(b"LOADED", str(HERE / "tui_panes_app.py"), "6", "10000", "0")

    found = [
        Subject(BARE, bare, ("x",)),
        Subject("parts: a letter", panes, ("x",)),
        Subject("parts: scroll a line", panes, (UP,), before=TO_END),
        Subject("parts: scroll a page", panes, (PAGE_UP,), before=TO_END),
    ]
    if live:
        found.append(Subject("live desk: a letter", desk, ("x",)))
        found.append(Subject("live desk: another pane", desk, ("1", "2"), before=ESCAPE))
    return found


def one_round(subject: Subject, keys: int) -> None:
    """Start it, warm it up, press keys."""
    with subject.open() as session:
        session.wait_quiet(0.5, 10)
        if subject.before:
            session.key(subject.before)
            session.wait_quiet(0.5, 5)
        for n in range(WARM_UP_KEYS):
            session.key(subject.keys[n % len(subject.keys)])
        cpu, pressed = session.cpu_s(), 0
        for n in range(keys):
            took = session.key(subject.keys[n % len(subject.keys)])
            if took is not None:
                subject.times.append(took[1] * 1000)
                pressed += 1
            time.sleep(GAP_S)
        subject.cpu.append((session.cpu_s() - cpu) * 1000 / max(1, pressed))


def main() -> None:
    """Alternate the programs, print a table and JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keys", type=int, default=60)
    parser.add_argument("--no-live", action="store_true", help="leave the whole desk out")
    parser.add_argument("--quick", action="store_true", help="one round, for a look")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = subjects(not options.no_live)
    for _ in range(1 if options.quick else options.rounds):
        for subject in found:
            one_round(subject, options.keys)
    unit = percentile(found[0].times, 0.5)
    figures = {
        s.name: {
            "n": len(s.times),
            "p50_ms": percentile(s.times, 0.5),
            "p99_ms": percentile(s.times, 0.99),
            "cpu_ms_per_key": percentile(s.cpu, 0.5),
            "ratio_p50": percentile(s.times, 0.5) / unit,
        }
        for s in found
    }
    print(f"{'':26} {'n':>5} {'p50 ms':>8} {'p99 ms':>8} {'CPU ms':>8} {'ratio':>6}   target ratio {TARGET_RATIO}")
    for name, r in figures.items():
        times = f"{r['p50_ms']:8.2f} {r['p99_ms']:8.2f} {r['cpu_ms_per_key']:8.2f}"
        print(f"{name:26} {r['n']:5} {times} {r['ratio_p50']:6.2f}")
    result = {"target_ratio": TARGET_RATIO, "rounds": options.rounds, "subjects": figures}
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))
    else:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
