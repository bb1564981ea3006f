"""The workers that read mail: bounded, killed when they take too long, replaced when they die, gone when closed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agentdesk.channels.email import bounds, pool
from agentdesk.channels.email.parsed import ParsedMail, Reason, Rejection
from agentdesk.channels.email.pool import MailReader

MAIL = b"From: a@example.org\nSubject: x\n\nhello"
WAITS = """
import sys, time
from agentdesk.channels.email import worker
read = worker.answer
if {when}:
    worker.answer = lambda job, raw, size: {does}
worker.main()
"""


@pytest.fixture
async def reader() -> AsyncIterator[MailReader]:
    async with MailReader(1) as opened:
        yield opened


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _worker_that(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, does: str, when: str = "True") -> None:
    """Workers that do this instead of reading; `when` may ask the file `once` in the current folder."""
    module = tmp_path / "odd_worker.py"
    module.write_text(WAITS.format(does=does, when=when), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(pool, "_MODULE", "odd_worker")


async def test_a_worker_reads_one_mail_after_the_other(reader: MailReader) -> None:
    for _ in range(3):
        mail = await reader.parse(MAIL)
        assert isinstance(mail, ParsedMail) and mail.text == "hello"
    assert len(reader.processes) == 1


async def test_so_many_workers_and_no_more() -> None:
    async with MailReader(2) as reader:
        found = await asyncio.gather(*(reader.parse(MAIL) for _ in range(12)))
        assert {type(one) for one in found} == {ParsedMail}
        assert len(reader.processes) == 2


async def test_a_page_for_the_browser_is_made_there_too(reader: MailReader) -> None:
    page = await reader.page(b"Content-Type: text/html\n\n<p>hi<script>x</script><img src='http://t.example/x'>")
    assert isinstance(page, str) and "<p>hi<img>" in page and "script" not in page


async def test_a_worker_that_died_is_replaced(reader: MailReader) -> None:
    await reader.parse(MAIL)
    (pid,) = reader.processes
    os.kill(pid, signal.SIGKILL)
    assert isinstance(await reader.parse(MAIL), ParsedMail)
    assert reader.processes != (pid,)


async def test_a_worker_is_replaced_after_so_many_mails(reader: MailReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "JOBS_PER_WORKER", 2)
    pids = set()
    for _ in range(4):
        await reader.parse(MAIL)
        pids.update(reader.processes)
    assert len(pids) == 2 and len(reader.processes) == 0


async def test_a_worker_that_takes_too_long_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _worker_that(monkeypatch, tmp_path, "time.sleep(1000)")
    async with MailReader(1, job_timeout_s=0.2) as reader:
        found = await reader.parse(MAIL)
        assert isinstance(found, Rejection) and found.reason is Reason.TOO_SLOW and not found.again
        assert reader.processes == ()


async def test_a_worker_that_uses_too_much_processor_time_is_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _worker_that(monkeypatch, tmp_path, "[None for _ in iter(int, 1)]", "not setattr(worker.bounds, 'CPU_S', 0)")
    async with MailReader(1) as reader:
        found = await reader.parse(MAIL)
        assert isinstance(found, Rejection) and found.reason is Reason.TOO_SLOW


async def test_a_mail_over_which_workers_die_twice_is_rejected(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _worker_that(monkeypatch, tmp_path, "sys.exit(1)")
    async with MailReader(1) as reader:
        found = await reader.parse(MAIL)
        assert isinstance(found, Rejection) and found.reason is Reason.WORKER_DIED and not found.again


async def test_what_a_worker_says_that_is_no_answer_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _worker_that(monkeypatch, tmp_path, "b'nonsense'")
    async with MailReader(1) as reader:
        found = await reader.parse(MAIL)
        assert isinstance(found, Rejection) and found.reason is Reason.WORKER_DIED


async def test_workers_that_cannot_start_are_not_the_mails_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_MODULE", "no_such_module_anywhere")
    async with MailReader(1) as reader:
        found = await reader.parse(MAIL)
        assert isinstance(found, Rejection) and found.reason is Reason.BUSY and found.again


async def test_who_waits_too_long_for_a_worker_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _worker_that(monkeypatch, tmp_path, "time.sleep(1000)")
    monkeypatch.setattr(bounds, "WAIT_TIMEOUT_S", 0.05)
    async with MailReader(1, job_timeout_s=1.0) as reader:
        first, second = await asyncio.gather(reader.parse(MAIL), reader.parse(MAIL))
        assert isinstance(first, Rejection) and first.reason is Reason.TOO_SLOW
        assert isinstance(second, Rejection) and second.reason is Reason.BUSY and second.again


async def test_a_job_that_is_given_up_takes_its_worker_along(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _worker_that(monkeypatch, tmp_path, "time.sleep(1000)")
    async with MailReader(1) as reader:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await reader.parse(MAIL)
        assert reader.processes == ()


async def test_closing_leaves_no_process_and_answers_what_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _worker_that(monkeypatch, tmp_path, "time.sleep(1000) if b'wait' in raw else read(job, raw, size)")
    reader = MailReader(1)
    assert isinstance(await reader.parse(MAIL), ParsedMail)
    (pid,) = reader.processes
    async with asyncio.TaskGroup() as group:
        jobs = [group.create_task(reader.parse(MAIL + b"wait")) for _ in range(3)]
        await asyncio.sleep(0)
        await reader.close()
        assert reader.processes == ()
    for found in (job.result() for job in jobs):
        assert isinstance(found, Rejection) and found.reason is Reason.STOPPED and found.again
    assert not _is_alive(pid)


async def test_closing_while_a_worker_starts_leaves_no_process() -> None:
    reader = MailReader(1)
    async with asyncio.TaskGroup() as group:
        starting = group.create_task(reader.parse(MAIL))
        await asyncio.sleep(0)
        await reader.close()
        assert reader.processes == ()
    found = starting.result()
    assert isinstance(found, Rejection) and found.reason is Reason.STOPPED
    after = await reader.parse(MAIL)
    assert isinstance(after, Rejection) and after.reason is Reason.STOPPED


async def test_a_mail_that_is_too_large_is_not_even_handed_over(reader: MailReader) -> None:
    found = await reader.parse(MAIL + b"x" * (50 << 20))
    assert isinstance(found, Rejection)
    assert (found.reason, found.sender, found.subject) == (Reason.TOO_LARGE, "a@example.org", "x")
    page = await reader.page(MAIL + b"x" * (50 << 20))
    assert isinstance(page, Rejection) and page.reason is Reason.TOO_LARGE


async def test_memory_has_a_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _worker_that(monkeypatch, tmp_path, "read(job, raw, len(b'x' * (worker.bounds.MEMORY_BYTES // 4 * 5)))")
    async with MailReader(1) as reader:
        found = await reader.parse(MAIL)
        assert isinstance(found, Rejection) and found.reason is Reason.WORKER_DIED


def test_the_largest_mail_that_may_be_read_fits_into_the_limits() -> None:
    """In a process with the worker's own limits: it would die, or say that the memory is not enough."""
    code = """
import base64, sys
from agentdesk.channels.email import bounds, worker
worker.confine()
head = b"From: a@example.org\\nContent-Type: multipart/mixed; boundary=b\\n\\n--b\\n\\nhi\\n--b\\n"
head += b"Content-Type: application/octet-stream; name=a.bin\\nContent-Transfer-Encoding: base64\\n\\n"
line = base64.encodebytes(b"x" * 57)
raw = head + line * ((bounds.MAIL_BYTES_MAX - len(head) - 10) // len(line)) + b"--b--\\n"
for _ in range(2):
    found = worker.answer(worker.PARSE, raw, len(raw))
    assert found.attachments[0].size > 20 << 20, found
text = b"From: a@example.org\\nContent-Type: text/html\\n\\n" + b"<p>word &amp; all</p>" * (bounds.MAIL_BYTES_MAX // 22)
assert worker.answer(worker.PARSE, text, len(text)).text
print("read")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100, check=False)
    assert (done.stdout, done.stderr) == ("read\n", "")


async def test_a_worker_gets_no_secrets_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _worker_that(monkeypatch, tmp_path, "worker.Rejection(reason='empty', words=str(sorted(worker.os.environ)))")
    monkeypatch.setenv("AGENTDESK_TOKEN", "secret")
    monkeypatch.setenv("SMTP_PASSWORD", "secret")
    async with MailReader(1) as reader:
        found = await reader.parse(MAIL)
        assert isinstance(found, Rejection)
        assert "PATH" in found.words and "TOKEN" not in found.words and "PASSWORD" not in found.words


async def test_a_worker_may_write_no_file_and_start_no_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    limits = "resource.getrlimit(resource.RLIMIT_{})[0]"
    said = " + ".join(f"str({limits.format(name)}) + ' '" for name in ("FSIZE", "CORE", "NPROC", "AS"))
    does = f"worker.Rejection(reason='empty', words={said})".replace("resource.", "worker.resource.")
    _worker_that(monkeypatch, tmp_path, does)
    async with MailReader(1) as reader:
        found = await reader.parse(MAIL)
        assert isinstance(found, Rejection)
        assert found.words.split() == ["0", "0", "0", str(bounds.MEMORY_BYTES)]
