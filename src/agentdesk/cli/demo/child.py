"""The demo's server process: an ordinary `agentdesk server run` that ends with whoever started it.

Its standard input is a pipe nobody writes to. When that closes (the demo ended, in whatever way) the server stops
in order, and this process removes the demo's folder unless the demo has done so already.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from pathlib import Path


def main(folder: Path, parent: int) -> int:
    """Serve until standard input closes."""
    from agentdesk.cli.main import run

    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        return run(["server", "run", "--config", str(folder / "config.yaml")])
    finally:
        if os.getppid() != parent:
            shutil.rmtree(folder, ignore_errors=True)


def _end_with_parent() -> None:
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
