"""All measurements, one after another: python -m bench [--list] [--quick] [--folder DIR] [NAME …]

Each is a script of its own in this folder, runs in a process of its own, prints its table and, with `--folder`,
leaves its figures as NAME.json there. `--quick` makes those smaller that can be: for a look, not for the docs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TIMEOUT_S = 1_800
"""How long one measurement may take."""


def measurements() -> dict[str, Path]:
    """The scripts that measure: those with a command line of their own."""
    scripts = {path.stem: path for path in sorted(HERE.glob("*.py")) if not path.stem.startswith("_")}
    return {name: path for name, path in scripts.items() if '"--json"' in path.read_text(encoding="utf-8")}


def run(name: str, path: Path, *, quick: bool, folder: Path | None) -> bool:
    """Run one in its own process; whether it ended well."""
    print(f"\n=== {name}: python bench/{path.name}", flush=True)
    command = [sys.executable, str(path)]
    if quick and '"--quick"' in path.read_text(encoding="utf-8"):
        command.append("--quick")
    if folder is not None:
        command += ["--json", str(folder / f"{name}.json")]
    try:
        return subprocess.run(command, cwd=HERE.parent, timeout=TIMEOUT_S, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        print(f"{name} took longer than {TIMEOUT_S} s and was stopped", file=sys.stderr)
        return False


def main() -> int:
    """Run what was asked for; 1 when one of them failed."""
    known = measurements()
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="which to run; all when none is named")
    parser.add_argument("--list", action="store_true", help="print the names")
    parser.add_argument("--quick", action="store_true", help="smaller runs where there are any")
    parser.add_argument("--folder", type=Path, help="where to leave the figures as JSON")
    options = parser.parse_args()
    if options.list:
        print("\n".join(known))
        return 0
    if unknown := [name for name in options.names if name not in known]:
        parser.error(f"unknown: {', '.join(unknown)}; known are {', '.join(known)}")
    if options.folder is not None:
        options.folder.mkdir(parents=True, exist_ok=True)
    chosen = options.names or list(known)
    failed = [name for name in chosen if not run(name, known[name], quick=options.quick, folder=options.folder)]
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
