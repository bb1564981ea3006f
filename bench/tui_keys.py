"""What a key costs in a desk at rest, as a ratio to a bare line-API widget in the same run.

    python bench/tui_keys.py [--rounds 5] [--keys 60] [--desk "agentdesk …" --desk-ready TEXT] [--json FILE]

Time from writing a key to the pty to the last byte of the answer; rounds alternate the programs. Without --desk
the desk is six panes of real transcripts (10,000 entries each) and composers. `--desk` times a running desk too:
the command, the text that shows it is ready, and keys to press before (--desk-before, as Python escapes).
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pty_session import PtySession, percentile

HERE = Path(__file__).parent
TARGET_RATIO = 1.5
COLUMNS, ROWS = 160, 50
GAP_S = 0.03


@dataclass
class Subject:
    """One program and one sort of key."""

    name: str
    command: list[str]
    ready: bytes
    keys: tuple[str, ...]
    before: str = ""
    times: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def subjects(options: argparse.Namespace) -> list[Subject]:
    """What is timed."""
    python = sys.executable
    panes = [python, str(HERE / "tui_panes_app.py"), "6", "10000", "0"]
    found = [
        Subject("bare line-API widget", [python, str(HERE / "tui_bare_app.py")], b"Customer 0", ("x",)),
        Subject("a letter into the composer", panes, b"LOADED", ("x",)),
        Subject("a line of scrolling", panes, b"LOADED", ("\x1b[A",), before="\x1b[17~"),
        Subject("a page of scrolling", panes, b"LOADED", ("\x1b[5~",), before="\x1b[17~"),
    ]
    if options.desk:
        command = shlex.split(options.desk)
        before = options.desk_before.encode().decode("unicode_escape")
        keys = tuple(options.desk_keys.encode().decode("unicode_escape").split(","))
        found.append(Subject("the desk", command, options.desk_ready.encode(), keys, before=before))
    return found


def one_round(subject: Subject, keys: int) -> None:
    """Start it, warm it up, press keys."""
    with PtySession(subject.command, columns=COLUMNS, rows=ROWS, env={"TEXTUAL_FPS": "240"}) as session:
        if session.wait_for(subject.ready, 60) is None:
            raise SystemExit(f"{subject.name} did not start: {session.output[-500:].decode(errors='replace')}")
        session.wait_quiet(0.5, 10)
        for key in subject.before:
            session.key(subject.before if key == "\x1b" else key)
            if key == "\x1b":
                break
        for n in range(10):
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
    parser.add_argument("--desk", help="command of a desk to time as well")
    parser.add_argument("--desk-ready", default="", help="text that shows that it is ready")
    parser.add_argument("--desk-before", default="", help="keys pressed first, as Python escapes")
    parser.add_argument("--desk-keys", default="x", help="keys timed in turn, comma-separated, as Python escapes")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = subjects(options)
    for _ in range(options.rounds):
        for subject in found:
            one_round(subject, options.keys)
    unit = percentile(found[0].times, 0.5)
    result = {
        "target_ratio": TARGET_RATIO,
        "rounds": options.rounds,
        "subjects": {
            s.name: {
                "n": len(s.times),
                "p50_ms": percentile(s.times, 0.5),
                "p99_ms": percentile(s.times, 0.99),
                "cpu_ms_per_key": percentile(s.cpu, 0.5),
                "ratio_p50": percentile(s.times, 0.5) / unit,
            }
            for s in found
        },
    }
    print(f"{'':28} {'n':>5} {'p50 ms':>8} {'p99 ms':>8} {'CPU ms':>8} {'ratio':>6}   target ratio {TARGET_RATIO}")
    for name, r in result["subjects"].items():  # type: ignore[attr-defined]
        times = f"{r['p50_ms']:8.2f} {r['p99_ms']:8.2f} {r['cpu_ms_per_key']:8.2f}"
        print(f"{name:28} {r['n']:5} {times} {r['ratio_p50']:6.2f}")
    print(json.dumps(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
