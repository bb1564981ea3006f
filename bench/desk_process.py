"""A real server process with many agents, for measurements: made in a temporary folder, ended with the block."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentdesk.server.clock import SystemClock
from agentdesk.server.passwords import new_token, token_hash
from agentdesk.store.base import Token, User
from agentdesk.store.sqlite import open_store

HERE = Path(__file__).resolve().parent
CONFIG = """\
server: {{port: 0, data_dir: {folder}}}
limits: {{commands_per_s: 10000, requests_per_s: 10000, sessions_max: 20000, outbox_bytes: {outbox}}}
desk: {{agent_grace_s: 3600, customer_grace_s: 3600}}
webchat: {{origins: ["*"], queue: support, messages_per_minute: 6000, chats_per_hour: 100000}}
queues:
  - {{id: support, name: Support, channels: [chat], auto_accept: true, wrapup: {{mode: none}}}}
"""


@dataclass
class DeskProcess:
    """The server, and one token for each agent."""

    pid: int
    port: int
    tokens: list[str]
    folder: Path
    process: subprocess.Popen[bytes]

    def ask(self, line: str) -> dict[str, Any]:
        """Have the server of inside.py do something; its answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError((self.folder / "server.log").read_text(encoding="utf-8"))
        found: dict[str, Any] = json.loads(answer)
        return found


@contextlib.contextmanager
def desk_process(agents: int, *, outbox: int = 1_048_576, inside: bool = False) -> Iterator[DeskProcess]:
    """A server on a fresh database with so many accounts; `inside` starts the one of inside.py, to be driven."""
    with tempfile.TemporaryDirectory(prefix="agentdesk-bench-") as name:
        folder = Path(name)
        (folder / "config.yaml").write_text(CONFIG.format(folder=folder, outbox=outbox), encoding="utf-8")
        tokens = _accounts(folder, agents)
        with (folder / "server.log").open("wb") as log:
            run = [str(HERE / "inside.py")] if inside else ["-m", "agentdesk", "server", "run", "--config"]
            command = [sys.executable, *run, str(folder / "config.yaml")]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        try:
            assert process.stdout is not None
            line = process.stdout.readline().decode()
            if "ready at" not in line:
                raise RuntimeError((folder / "server.log").read_text(encoding="utf-8"))
            yield DeskProcess(process.pid, int(line.strip().rsplit(":", 1)[1]), tokens, folder, process)
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(30)


def _accounts(folder: Path, agents: int) -> list[str]:
    store = open_store(folder / "agentdesk.db")
    try:
        now_ms = SystemClock().now_ms()
        tokens = []
        for number in range(agents):
            user = f"agent{number:05}"
            store.put_user(User(user, f"Agent {number}", "agent", "no password"))
            tokens.append(new_token())
            store.put_token(Token(token_hash(tokens[-1]), user, "bench", now_ms))
        return tokens
    finally:
        store.close()
