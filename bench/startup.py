"""How soon something is on the screen, and how soon the desk is, beside a minimal Textual app in the same run.

    python bench/startup.py [--rounds 11] [--no-live] [--quick] [--json FILE]

Times are from the start of the process to the bytes on its pty. The first frame is the raw skeleton that is
written before Textual is imported. The live desk opens with a token on a server of its own and is there when it
shows the agent's name, which only the server knows.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.live_desk import COMMAND, READY, LiveDesk, live_desk
from bench.pty_session import PtySession, percentile

COLUMNS, ROWS = 140, 45
FIRST_TARGET_MS = 30.0
DESK_TARGET_RATIO = 1.2

MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Minimal(App):
    def compose(self):
        yield Static("READY-MARK")
Minimal().run()
"""
"""The least app that shows a text."""

MINIMAL_NAME = "minimal Textual app"


@dataclass
class Subject:
    """One program and the bytes waited for."""

    name: str
    command: list[str]
    ready: bytes
    env: dict[str, str] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    missed: int = 0


def subjects(live: LiveDesk | None) -> list[Subject]:
    """What is timed, the machine's own limits first."""
    found = [
        Subject("python printing a word", [sys.executable, "-c", "print('READY-MARK')"], b"READY-MARK"),
        Subject("first frame", [str(Path(sys.executable).with_name("agentdesk"))], b"agentdesk"),
        Subject(MINIMAL_NAME, [sys.executable, "-c", MINIMAL], b"READY-MARK"),
    ]
    if live is not None:
        found.append(Subject("live desk", COMMAND, READY, live.env))
    return found


def one(subject: Subject, folder: str) -> None:
    """Start it once and wait for its mark."""
    own = {"AGENTDESK_CONFIG_DIR": folder, "AGENTDESK_STATE_DIR": folder}
    with PtySession(subject.command, columns=COLUMNS, rows=ROWS, env=subject.env or own) as session:
        if session.wait_for(subject.ready, 30) is None:
            subject.missed += 1
        else:
            subject.times.append((time.perf_counter() - session.started) * 1000)


def main() -> None:
    """Alternate the programs, print a table and JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--no-live", action="store_true", help="leave the live desk out")
    parser.add_argument("--quick", action="store_true", help="three rounds, for a look")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rounds = 3 if options.quick else options.rounds
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        found = subjects(None if options.no_live else stack.enter_context(live_desk()))
        for round_number in range(rounds + 1):
            for subject in found:
                one(subject, folder)
                if round_number == 0:
                    subject.times.clear()  # the first round warms the disk cache
    minimal = percentile(next(s for s in found if s.name == MINIMAL_NAME).times, 0.5)
    figures = {
        s.name: {
            "p50_ms": percentile(s.times, 0.5),
            "min_ms": min(s.times, default=float("nan")),
            "max_ms": max(s.times, default=float("nan")),
            "ratio_to_minimal": percentile(s.times, 0.5) / minimal,
            "missed": s.missed,
        }
        for s in found
    }
    print(f"{'':24} {'p50 ms':>8} {'min ms':>8} {'max ms':>8} {'ratio':>6}   {rounds} rounds")
    for name, r in figures.items():
        times = f"{r['p50_ms']:8.1f} {r['min_ms']:8.1f} {r['max_ms']:8.1f}"
        print(f"{name:24} {times} {r['ratio_to_minimal']:6.2f}")
    print(f"targets: first frame {FIRST_TARGET_MS:g} ms, live desk {DESK_TARGET_RATIO:g} of the minimal app")
    result = {
        "rounds": rounds,
        "targets": {"first_frame_ms": FIRST_TARGET_MS, "desk_ratio": DESK_TARGET_RATIO},
        "subjects": figures,
    }
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))
    else:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
