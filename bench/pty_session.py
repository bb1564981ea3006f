"""A program on a pseudo-terminal, driven by keys and timed by what it writes. For benches and terminal tests."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

_ANSWERS = ((b"\x1b[6n", b"\x1b[1;1R"), (b"\x1b[c", b"\x1b[?62;22c"))
"""Questions a program may ask its terminal, and what a terminal says."""

_NOT_HANDED_ON = ("COLUMNS", "LINES", "TMUX", "NO_COLOR", "PYTHONDONTWRITEBYTECODE")
"""The last would have a program compile its changed files at each start, which no installed one does."""


class PtySession:
    """One run of a program; use as a context manager, which ends it."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
    ) -> None:
        self.output = b""
        self.started = time.perf_counter()
        size = struct.pack("HHHH", rows, columns, 0, 0)
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            _become(command, size, env or {}, cwd)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, size)

    def __enter__(self) -> PtySession:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def read(self, timeout: float) -> bytes | None:
        """What came within the time; b"" when nothing did, None at the end of the program's output."""
        ready, _, _ = select.select([self._fd], [], [], max(0, timeout))
        if not ready:
            return b""
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:
            return None
        for question, answer in _ANSWERS:
            if question in data:
                os.write(self._fd, answer)
        self.output += data
        return data or None

    def send(self, keys: str | bytes) -> None:
        """Type."""
        os.write(self._fd, keys.encode() if isinstance(keys, str) else keys)

    def resize(self, columns: int, rows: int) -> None:
        """Change the terminal's size."""
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def drain(self) -> None:
        """Take what is there already."""
        while self.read(0):
            pass

    def wait_for(self, found: bytes | Callable[[bytes], bool], timeout: float = 20) -> float | None:
        """Seconds from now until the output has it; None when it does not come in time or the program ends."""
        begin = time.perf_counter()
        test = found if callable(found) else lambda output: found in output
        while not test(self.output):
            if self.read(begin + timeout - time.perf_counter()) is None or time.perf_counter() - begin > timeout:
                return None
        return time.perf_counter() - begin

    def wait_quiet(self, quiet: float = 0.3, timeout: float = 20) -> float | None:
        """Seconds from the start of the program to the last byte before a silence; None without any output."""
        last = None
        end = time.perf_counter() + timeout
        while time.perf_counter() < end:
            data = self.read(quiet if last else 1)
            if data is None:
                break
            if data:
                last = time.perf_counter()
            elif last:
                break
        return last - self.started if last else None

    def key(self, keys: str | bytes, quiet: float = 0.004, timeout: float = 1.0) -> tuple[float, float] | None:
        """Type once; (seconds to the first byte that comes back, to the last before a short silence)."""
        self.drain()
        begin = time.perf_counter()
        self.send(keys)
        first = last = None
        while time.perf_counter() - begin < timeout:
            data = self.read(quiet if first else timeout)
            if data:
                last = time.perf_counter()
                first = first or last
            elif first or data is None:
                break
        return (first - begin, last - begin) if first and last else None

    def key_until(self, keys: str | bytes, found: bytes | Callable[[bytes], bool], timeout: float = 3) -> float | None:
        """Type once; seconds until the output written since has what is looked for."""
        self.drain()
        self.output = b""
        begin = time.perf_counter()
        self.send(keys)
        return None if self.wait_for(found, timeout) is None else time.perf_counter() - begin

    def cpu_s(self) -> float:
        """Processor time used so far."""
        with open(f"/proc/{self.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss_mb(self) -> float:
        """Memory in use."""
        with open(f"/proc/{self.pid}/status") as status:
            for line in status:
                if line.startswith("VmRSS"):
                    return int(line.split()[1]) / 1024
        return 0.0

    def exited(self, timeout: float) -> int | None:
        """The exit code once the program ended by itself; None when it still runs after the time."""
        end = time.perf_counter() + timeout
        while time.perf_counter() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
            self.read(0.02)
        return None

    def close(self) -> None:
        """End the program and give the terminal back."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0
        os.close(self._fd)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies; nan without values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def _become(command: Sequence[str], size: bytes, env: Mapping[str, str], cwd: str | None) -> None:
    """In the child: take the terminal's size and become the program."""
    try:
        if cwd:
            os.chdir(cwd)
        fcntl.ioctl(0, termios.TIOCSWINSZ, size)
        whole = {
            **{k: v for k, v in os.environ.items() if k not in _NOT_HANDED_ON},
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            **env,
        }
        os.execvpe(command[0], list(command), whole)
    finally:
        os._exit(127)
