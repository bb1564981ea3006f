"""The mail readers: worker processes behind `await reader.parse(raw)`. Never raises for a mail, whatever is in it.

    async with MailReader(workers=2) as reader:
        found = await reader.parse(raw)          # ParsedMail | Rejection

Workers start when they are needed. One that takes too long is killed, one that died is replaced; a mail on which a
worker died is tried once more, by a fresh one. Who opens a reader closes it: then no process is left.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from types import TracebackType
from typing import Self

import msgspec

from agentdesk.channels.email import bounds
from agentdesk.channels.email.parsed import ParsedMail, Reason, Rejection
from agentdesk.channels.email.worker import HEAD, LENGTH, PAGE, PARSE, Answer, Page

_decoder: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)
_PASSED = frozenset(("PATH", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV"))
_MODULE = "agentdesk.channels.email.worker"


class _Died(Exception):
    """The worker is gone, or what it said can't be understood."""


class _NotStarted(Exception):
    """There is no process for the job; the mail has nothing to do with it."""


class MailReader:
    """So many workers, and the jobs that wait for one of them."""

    def __init__(self, workers: int = 1, *, job_timeout_s: float = bounds.JOB_TIMEOUT_S) -> None:
        assert workers >= 1
        self._job_timeout_s = job_timeout_s
        self._workers = workers
        self._free = asyncio.Semaphore(workers)
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def processes(self) -> tuple[int, ...]:
        """The process ids of the workers that run."""
        return tuple(worker.pid for worker in self._all)

    async def parse(self, raw: bytes) -> ParsedMail | Rejection:
        """Read a mail."""
        found = await self._job(PARSE, raw)
        assert not isinstance(found, Page)
        return found

    async def page(self, raw: bytes) -> str | Rejection:
        """A mail as a page for the browser: safe, and fetching nothing."""
        if len(raw) > bounds.MAIL_BYTES_MAX:
            return Rejection(reason=Reason.TOO_LARGE, words="it is too large")
        found = await self._job(PAGE, raw)
        if isinstance(found, Page):
            return found.html
        assert isinstance(found, Rejection)
        return found

    async def close(self) -> None:
        """End all workers; jobs that run or wait are answered with `STOPPED`."""
        self._closed = True
        for worker in list(self._all):
            await self._end(worker)
        for _ in range(self._workers):
            await self._free.acquire()
        for _ in range(self._workers):
            self._free.release()

    async def _job(self, job: bytes, raw: bytes) -> Answer:
        try:
            async with asyncio.timeout(bounds.WAIT_TIMEOUT_S):
                await self._free.acquire()
        except TimeoutError:
            return Rejection(reason=Reason.BUSY, words="all mail readers were busy for too long")
        try:
            return await self._tried(job, raw)
        finally:
            self._free.release()

    async def _tried(self, job: bytes, raw: bytes) -> Answer:
        for _ in range(2):
            if self._closed:
                break
            try:
                return await self._by_worker(job, raw)
            except TimeoutError:
                return Rejection(reason=Reason.TOO_SLOW, words="reading it takes too long")
            except _NotStarted:
                return self._failed(Reason.BUSY, "no process could be started to read it")
            except _Died:
                continue
        return self._failed(Reason.WORKER_DIED, "the process that reads mail died over it, twice")

    def _failed(self, reason: Reason, words: str) -> Rejection:
        """A rejection; of all that fails while we stop, the stopping is the reason."""
        if self._closed:
            return Rejection(reason=Reason.STOPPED, words="the server stops")
        return Rejection(reason=reason, words=words)

    async def _by_worker(self, job: bytes, raw: bytes) -> Answer:
        worker = self._idle.pop() if self._idle else await self._started()
        try:
            async with asyncio.timeout(self._job_timeout_s):
                found = await worker.ask(job, raw)
        except BaseException:
            # Cancelled, too late or dead: what it does now is of no use to the next one.
            await self._end(worker)
            raise
        if worker.jobs >= bounds.JOBS_PER_WORKER or self._closed:
            await self._end(worker)
        else:
            self._idle.append(worker)
        return found

    async def _started(self) -> _Worker:
        command = (sys.executable, "-P", "-m", _MODULE)
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True, env=_environment()
            )
        except OSError as problem:
            raise _NotStarted from problem
        worker = _Worker(process)
        self._all.add(worker)
        try:
            if self._closed:
                raise _Died
            async with asyncio.timeout(bounds.START_TIMEOUT_S):
                await worker.ready()
        except BaseException as problem:
            await self._end(worker)
            if isinstance(problem, _Died | TimeoutError):
                raise _NotStarted from problem
            raise
        return worker

    async def _end(self, worker: _Worker) -> None:
        self._all.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        await worker.kill()


def _environment() -> dict[str, str]:
    """What a worker needs to start; passwords and keys in ours are none of its business."""
    return {name: value for name, value in os.environ.items() if name.startswith(("PYTHON", "LC_")) or name in _PASSED}


class _Worker:
    """One process."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None and process.stdout is not None
        self._process = process
        self._in = process.stdin
        self._out = process.stdout
        self.pid = process.pid
        self.jobs = 0

    async def ready(self) -> None:
        """Wait until it has started."""
        await self._answer()

    async def ask(self, job: bytes, raw: bytes) -> Answer:
        """Hand over a job and wait for its answer. Of a mail that is too large, only its beginning is handed over."""
        self.jobs += 1
        sent = raw if len(raw) <= bounds.MAIL_BYTES_MAX else raw[: bounds.PART_HEADER_BYTES_MAX]
        try:
            self._in.write(HEAD.pack(job, len(raw), len(sent)))
            self._in.write(sent)
            await self._in.drain()
            return _decoder.decode(await self._answer())
        except (_Died, ConnectionError, msgspec.DecodeError) as problem:
            self._in.close()
            if await self._process.wait() == -signal.SIGXCPU:
                raise TimeoutError from problem
            raise _Died from problem

    async def kill(self) -> None:
        """End it now, and wait until it is gone."""
        if self._process.returncode is None:
            self._process.kill()
        self._in.close()
        await self._process.wait()

    async def _answer(self) -> bytes:
        try:
            (length,) = LENGTH.unpack(await self._out.readexactly(LENGTH.size))
            if length > bounds.ANSWER_BYTES_MAX:
                raise _Died
            return await self._out.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError) as problem:
            raise _Died from problem
