"""A private Dovecot for tests: IMAP with IDLE, LMTP, submission; unprivileged, from a temporary folder, on free ports.

with private_dovecot(tmp_path) as dovecot:
    dovecot.deliver(raw)            # by LMTP
    dovecot.imap_port, dovecot.submission_port, dovecot.user, dovecot.password
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = "/usr/sbin/dovecot"
PACKAGES = "dovecot-imapd dovecot-lmtpd dovecot-submissiond"
NOBODY = 65534
START_S = 15.0

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = agentdesk-test
log_path = {folder}/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp submission
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = {uid}
first_valid_gid = {gid}
mail_uid = {uid}
mail_gid = {gid}
mail_home = {folder}/mail/%n
mail_location = maildir:~/mail
mail_access_groups =
submission_relay_host = 127.0.0.1
submission_relay_port = {relay}
submission_relay_ssl = no
submission_relay_trusted = yes
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%u {folder}/users
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%n allow_all_users=yes
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
  unix_listener lmtp {{
    mode = 0
  }}
}}
service submission-login {{
  chroot =
  inet_listener submission {{
    address = 127.0.0.1
    port = {submission}
  }}
}}
protocol imap {{
  mail_max_userip_connections = 64
  imap_idle_notify_interval = 2 mins
}}
"""

OAUTH = """
tokeninfo_url = http://127.0.0.1:{port}/tokeninfo?access_token=
introspection_mode = auth
username_attribute = email
debug = no
"""


def is_installed() -> bool:
    """Whether this machine has it."""
    return Path(PROGRAM).exists() and Path("/usr/lib/dovecot/lmtp").exists()


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Dovecot:
    """One server with one mailbox. Runs as nobody when the tests run as root."""

    user = "desk@example.test"
    password = "s3cret"

    def __init__(self, folder: Path, relay_port: int, token_port: int) -> None:
        self.folder = folder
        self._token_port = token_port
        self.imap_port, self.lmtp_port, self.submission_port = free_port(), free_port(), free_port()
        self._relay_port = relay_port
        self._process: subprocess.Popen[bytes] | None = None
        root = os.getuid() == 0
        self._uid, self._gid = (NOBODY, NOBODY) if root else (os.getuid(), os.getgid())

    def start(self) -> None:
        """Write the settings and start; returns when it greets."""
        self._write()
        root = os.getuid() == 0
        out = (self.folder / "out").open("ab")
        with out:
            self._process = subprocess.Popen(
                [PROGRAM, "-F", "-c", str(self.folder / "dovecot.conf")],
                user=self._uid if root else None,
                group=self._gid if root else None,
                extra_groups=[] if root else None,
                cwd=self.folder,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={"PATH": os.environ["PATH"]},
            )
        self._wait_for_greeting()

    def stop(self) -> None:
        """End its whole process group: an idle imap process outlives its master."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, number)
            except ProcessLookupError:
                return

    def deliver(self, raw: bytes, sender: str = "customer@example.org") -> None:
        """Put a mail into the mailbox."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port, timeout=30) as lmtp:
            lmtp.sendmail(sender, [self.user], raw)

    def forget_uidvalidity(self) -> None:
        """As after a restore: the same mails under new numbers. Only while it is stopped."""
        assert self._process is None
        for index in (self.folder / "mail").rglob("dovecot*"):
            index.unlink()

    def _write(self) -> None:
        for name in ("run", "state", "mail"):
            (self.folder / name).mkdir(exist_ok=True)
        (self.folder / "users").write_text(f"{self.user}:{{PLAIN}}{self.password}::::::\n")
        (self.folder / "oauth2.conf").write_text(OAUTH.format(port=self._token_port))
        (self.folder / "dovecot.conf").write_text(
            CONFIG.format(
                folder=self.folder,
                user=pwd.getpwuid(self._uid).pw_name,
                group=grp.getgrgid(self._gid).gr_name,
                uid=self._uid,
                gid=self._gid,
                relay=self._relay_port,
                imap=self.imap_port,
                lmtp=self.lmtp_port,
                submission=self.submission_port,
            )
        )
        if os.getuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, self._uid, self._gid)

    def _wait_for_greeting(self) -> None:
        assert self._process is not None
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            try:
                with socket.create_connection(("127.0.0.1", self.imap_port), 1) as connection:
                    if connection.recv(64).startswith(b"* OK"):
                        return
            except OSError:
                pass
            assert self._process.poll() is None, self._log()
            time.sleep(0.02)
        raise AssertionError(f"Dovecot did not start:\n{self._log()}")

    def _log(self) -> str:
        return "".join(
            (self.folder / name).read_text() for name in ("out", "dovecot.log") if (self.folder / name).exists()
        )


@contextmanager
def private_dovecot(relay_port: int = 2525, token_port: int = 2526) -> Iterator[Dovecot]:
    """A running one; afterwards nothing is left of it. It relays to one port and asks another about access tokens."""
    # Not under pytest's own folder, which nobody else may enter.
    folder = Path(subprocess.check_output(["mktemp", "-d", "/tmp/dovecot-XXXXXXXX"], text=True).strip())
    folder.chmod(0o755)
    dovecot = Dovecot(folder, relay_port, token_port)
    try:
        dovecot.start()
        yield dovecot
    finally:
        dovecot.stop()
        shutil.rmtree(folder, ignore_errors=True)
