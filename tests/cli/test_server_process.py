"""The server as an admin meets it: a process that is set up, run, asked, backed up, stopped and restored."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Type

READY_WAIT_S = 30
STOP_WAIT_S = 30


class Running:
    """A server process and the lines it wrote."""

    def __init__(self, config: Path, *options: str) -> None:
        self.errors = config.parent / "errors.log"
        with self.errors.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "agentdesk", "server", "run", "--config", str(config), *options],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("agentdesk is ready at "):
            self.close()
            pytest.fail(f"the server did not start:\n{self.errors.read_text()}")
        self.url = line.split()[-1]

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        try:
            return self.process.wait(STOP_WAIT_S)
        finally:
            self.close()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def run(config: Path) -> Iterator[Callable[..., Running]]:
    servers: list[Running] = []

    def run(*options: str) -> Running:
        servers.append(Running(config, *options))
        return servers[-1]

    yield run
    for server in servers:
        server.close()


def refused(config: Path) -> str:
    """What a server that can't run says."""
    command = [sys.executable, "-m", "agentdesk", "server", "run", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=READY_WAIT_S)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def whoami(url: str, token: str) -> int:
    answer = httpx.get(f"{url}/api/v1/whoami", headers={"authorization": f"Bearer {token}"}, trust_env=False)
    return answer.status_code


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_it_runs_answers_and_stops_cleanly(run: Callable[..., Running], type_: Type) -> None:
    server = run()
    typed = type_("server", "status")
    assert typed.code == 0, typed.out
    assert f"running (process {server.process.pid}) at {server.url}" in typed.out
    assert server.stop() == 0
    assert "Traceback" not in server.errors.read_text()
    typed = type_("server", "status", "--json")
    assert typed.code == 1
    assert json.loads(typed.out)["running"] is False


def test_an_interrupt_stops_it_as_well(run: Callable[..., Running]) -> None:
    assert run().stop(signal.SIGINT) == 0


def test_a_second_server_on_the_same_data_says_who_has_it(run: Callable[..., Running], config: Path) -> None:
    assert f"process {run().process.pid}" in refused(config)


def test_a_restore_beside_a_running_server_is_refused(run: Callable[..., Running], type_: Type, tmp_path: Path) -> None:
    run()
    assert type_("server", "backup", str(tmp_path / "b.db")).code == 0
    typed = type_("server", "restore", str(tmp_path / "b.db"))
    assert typed.code == 1
    assert "Another server runs on it" in typed.err


def test_accounts_change_while_it_runs(run: Callable[..., Running], type_: Type) -> None:
    server = run()
    assert type_("server", "user", "add", "ana", "--password-stdin", stdin="correct horse\n").code == 0
    wrong = type_("login", server.url, "ana", "--password-stdin", stdin="wrong horse\n")
    assert wrong.code == 1 and "wrong" in wrong.err
    typed = type_("login", server.url, "ana", "--password-stdin", stdin="correct horse\n")
    assert typed.code == 0 and "credentials.json" in typed.out

    token = type_("server", "token", "create", "ana").out.strip()
    assert whoami(server.url, token) == 200
    assert type_("server", "user", "disable", "ana").code == 0
    until(lambda: whoami(server.url, token) == 401)


def test_logout_revokes_the_token_there_and_forgets_it_here(
    run: Callable[..., Running], type_: Type, own_folders: Path
) -> None:
    server = run()
    type_("server", "user", "add", "ana", "--password-stdin", stdin="correct horse\n")
    type_("login", server.url, "ana", "--password-stdin", stdin="correct horse\n")
    token = json.loads((own_folders / "config" / "credentials.json").read_text())[server.url]
    assert whoami(server.url, token) == 200
    assert type_("logout").code == 0
    assert whoami(server.url, token) == 401
    assert "not signed in" in type_("logout").out


def test_a_backup_of_a_running_server_restores_what_was_there(
    run: Callable[..., Running], type_: Type, tmp_path: Path
) -> None:
    server = run()
    type_("server", "user", "add", "before")
    backup = tmp_path / "backup.db"
    assert type_("server", "backup", str(backup)).code == 0
    assert backup.stat().st_mode & 0o077 == 0
    assert type_("server", "backup", str(backup)).code == 1
    assert type_("server", "backup", "--force", str(backup)).code == 0
    type_("server", "user", "add", "after")
    server.stop()

    typed = type_("server", "restore", str(backup))
    assert typed.code == 0 and "is kept" not in typed.err
    names = [user["id"] for user in json.loads(type_("server", "user", "list", "--json").out)]
    assert names == ["admin", "before"]
    assert run().stop() == 0


def test_a_file_that_is_no_backup_changes_nothing(config: Path, type_: Type, tmp_path: Path) -> None:
    before = (config.parent / "data" / "agentdesk.db").read_bytes()
    for name, content in (("text.db", b"hello" * 1000), ("empty.db", b"")):
        (tmp_path / name).write_bytes(content)
        assert type_("server", "restore", str(tmp_path / name)).code == 1
    assert type_("server", "restore", str(tmp_path / "none.db")).code == 1
    assert (config.parent / "data" / "agentdesk.db").read_bytes() == before


def test_after_a_kill_it_starts_again(run: Callable[..., Running], type_: Type) -> None:
    server = run()
    type_("server", "user", "add", "ana")
    assert server.stop(signal.SIGKILL) == -signal.SIGKILL
    assert type_("server", "status").code == 1
    assert type_("server", "check").code == 0
    assert run().stop() == 0


def test_the_log_is_json_when_asked(run: Callable[..., Running]) -> None:
    server = run("--log-format", "json")
    server.stop()
    lines = [json.loads(line) for line in server.errors.read_text().splitlines()]
    assert {"at", "level", "logger", "message"} <= lines[0].keys()


def test_a_port_in_use_is_told_with_what_to_do(run: Callable[..., Running], type_: Type, tmp_path: Path) -> None:
    server = run()
    other = tmp_path / "other.yaml"
    port = server.url.rsplit(":", 1)[1]
    assert (
        type_("server", "init", "--config", str(other), "--port", port, "--data-dir", str(tmp_path / "other")).code == 0
    )
    assert "server.port" in refused(other)


def test_it_serves_tls_and_status_finds_it(
    config: Path, run: Callable[..., Running], type_: Type, require_service: Callable[[str, str], str]
) -> None:
    openssl = require_service("openssl", "apt install openssl")
    made = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    files = ("-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=desk.example.com")
    subprocess.run([openssl, *made, *files], cwd=config.parent, capture_output=True, check=True)
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace('cert: ""', "cert: cert.pem").replace('key: ""', "key: key.pem", 1), encoding="utf-8"
    )
    server = run()
    assert server.url.startswith("https://")
    typed = type_("server", "status")
    assert typed.code == 0, typed.out
    refused = type_("login", server.url, "admin", "--password-stdin", stdin="any password\n")
    assert refused.code == 1 and "certificate" in refused.err.lower()
