"""Reading mail in a worker process: milliseconds by size, and the worker's memory.

    python bench/mail_parse.py [--quick] [--json FILE]

Three kinds: a reply in plain text with quoted history; a newsletter in HTML with its plain alternative; a mail with an
attachment. `parse` is the function itself in this process, `worker` the whole way to a worker and back. Memory is the
largest that a fresh worker ever held (VmHWM) after reading that mail once; `idle` is a worker that has read nothing
but a line.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import time
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from report import leave, show, spread

from agentdesk.channels.email.parse import parse
from agentdesk.channels.email.parsed import ParsedMail
from agentdesk.channels.email.pool import MailReader

KB, MB = 1_000, 1_000_000
SIZES = {"1 kB": KB, "10 kB": 10 * KB, "100 kB": 100 * KB, "1 MB": MB, "5 MB": 5 * MB, "25 MB": 25 * MB}
TOO_LARGE = 50 * MB
LINE = "Thank you, the parcel has arrived; nhưng hộp bị móp, سفارش ناقص است. "
ABOVE = "\n\nOn Sat, Nov 21, 2026 at 10:00 AM Desk <desk@example.test> wrote:\n"


def _mail() -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "Nguyễn Hương <huong@example.org>", "desk@example.test"
    mail["Subject"], mail["Message-ID"] = "Re: Đơn hàng 1042", "<1@example.org>"
    mail["References"] = " ".join(f"<{number}@example.test>" for number in range(10))
    return mail


def _plain(size: int) -> bytes:
    mail = _mail()
    lines = max(1, size // (len(LINE.encode()) * 2))
    mail.set_content((LINE + "\n") * lines + ABOVE + ("> " + LINE + "\n") * lines, charset="utf-8", cte="8bit")
    return mail.as_bytes()


def _html(size: int) -> bytes:
    mail = _mail()
    row = f"<tr><td style='color:#333'><p>{LINE}<a href='https://t.example/c?u=1'>more</a></p></td></tr>"
    count = max(1, size // len(row.encode()))
    mail.set_content(LINE, charset="utf-8", cte="8bit")
    mail.add_alternative("<table>" + row * count + "</table>", subtype="html", charset="utf-8", cte="8bit")
    return mail.as_bytes()


def _attached(size: int) -> bytes:
    head = b"From: a@example.org\r\nSubject: file\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    head += b"--b\r\n\r\nSee it.\r\n--b\r\n"
    head += b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    data = base64.encodebytes(b"%PDF-1.7 " + bytes(range(256)) * (size * 3 // 4 // 256 + 1))
    return head + data + b"--b--\r\n"


KINDS = {"plain": _plain, "html": _html, "attached": _attached}


def in_process(raw: bytes, rounds: int) -> list[float]:
    """Milliseconds of each parse."""
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        assert isinstance(parse(raw), ParsedMail)
        found.append((time.perf_counter() - begun) * 1e3)
    return found


async def through_worker(reader: MailReader, raw: bytes, rounds: int) -> list[float]:
    """Milliseconds to a worker and back."""
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        assert isinstance(await reader.parse(raw), ParsedMail)
        found.append((time.perf_counter() - begun) * 1e3)
    return found


def _most_memory_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


async def memory(raw: bytes) -> tuple[float, str]:
    """The most that a fresh worker held for this mail, in MiB, and what came of it."""
    async with MailReader(1) as reader:
        found = await reader.parse(raw)
        (pid,) = reader.processes
        return _most_memory_mb(pid), "read" if isinstance(found, ParsedMail) else str(found.reason)


async def measure(quick: bool) -> dict[str, Any]:
    """All figures."""
    rows, memories = [], []
    async with MailReader(1) as reader:
        await reader.parse(b"From: a@example.org\n\nx")
        for kind, make in KINDS.items():
            for name, size in SIZES.items():
                raw = make(size)
                rounds = max(3, min(200, 20 * MB // size) // (10 if quick else 1))
                inside, outside = spread(in_process(raw, rounds)), spread(await through_worker(reader, raw, rounds))
                rows.append(
                    {
                        "kind": kind,
                        "size": name,
                        "rounds": rounds,
                        "parse p50": inside["p50"],
                        "parse p99": inside["p99"],
                    }
                    | {"worker p50": outside["p50"], "worker p99": outside["p99"]}
                )
    for name, raw in {
        "idle": b"From: a@example.org\n\nx",
        **{f"{kind} 25 MB": make(25 * MB) for kind, make in KINDS.items()},
        "attached 50 MB": _attached(TOO_LARGE),
    }.items():
        most, answer = await memory(raw)
        memories.append({"mail": name, "MiB": most, "answer": answer})
    return {"milliseconds": rows, "memory": memories}


def main() -> None:
    """Measure, print, and leave the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures = asyncio.run(measure(options.quick))
    show("milliseconds by size", figures["milliseconds"])
    show("memory of a worker", figures["memory"])
    leave(options.json, figures)


if __name__ == "__main__":
    main()
