"""The process that reads mails: `python -m agentdesk.channels.email.worker`. Jobs come in, answers go out.

It has bounds of memory and processor time of its own, may write no file and start no program; what kills it does the
server no harm. A job is a letter, the whole mail's size, a length, and so many bytes; an answer is a length and
MessagePack.
"""

from __future__ import annotations

import os
import resource
import struct
import sys
from typing import BinaryIO

import msgspec

from agentdesk.channels.email import bounds
from agentdesk.channels.email.page import page
from agentdesk.channels.email.parse import parse
from agentdesk.channels.email.parsed import ParsedMail, Reason, Rejection

HEAD = struct.Struct("!cQQ")
"""What comes before a job's bytes: its letter, the whole mail's size, how many bytes follow."""
LENGTH = struct.Struct("!Q")
"""What comes before an answer."""
PARSE, PAGE = b"m", b"p"


class Page(msgspec.Struct, frozen=True, tag="page"):
    """A page for the browser."""

    html: str


Answer = ParsedMail | Rejection | Page
encoder = msgspec.msgpack.Encoder()


def answer(job: bytes, raw: bytes, size: int) -> Answer:
    """Do one job."""
    if job == PARSE:
        return parse(raw, size)
    try:
        return Page(page(raw))
    except MemoryError:
        return Rejection(reason=Reason.TOO_MUCH_MEMORY, words="showing it takes more memory than may be used")
    except Exception as problem:  # noqa: BLE001 - a page that can't be made is an answer, not the end of the worker
        return Rejection(reason=Reason.UNREADABLE, words=f"no page can be made of it ({type(problem).__name__})")


def serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Answer jobs until there are no more."""
    while len(head := jobs.read(HEAD.size)) == HEAD.size:
        job, size, length = HEAD.unpack(head)
        raw = jobs.read(length)
        if len(raw) < length:
            return
        _allow_cpu(bounds.CPU_S)
        data = encoder.encode(answer(job, raw, size))
        answers.write(LENGTH.pack(len(data)))
        answers.write(data)
        answers.flush()
        del raw, data


def confine() -> None:
    """Give up what reading mail doesn't need."""
    resource.setrlimit(resource.RLIMIT_AS, (bounds.MEMORY_BYTES, bounds.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def _allow_cpu(seconds: int) -> None:
    """Let the next job use so much processor time; the system kills what uses more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def main() -> None:
    """Say that we are ready, and serve; nothing else may write where answers go."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    confine()
    answers.write(LENGTH.pack(0))
    answers.flush()
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
