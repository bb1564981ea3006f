"""Access tokens are fetched, renewed and refused; a real Dovecot lets in whoever has one."""

from __future__ import annotations

import json
import os
import queue
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from agentdesk.channels.email.imap import Fetched, Follower, Health, ImapPlace, Spot
from agentdesk.channels.email.oauth import OAuthClient, RefreshedTokens, TokenRefused, signs_in_with
from tests.mailing.dovecot import PACKAGES, is_installed, private_dovecot


class TokenServer(ThreadingHTTPServer):
    """Gives tokens for the refresh token `good`, and tells Dovecot whose they are."""

    daemon_threads = True
    expires_in = 3600
    given = 0
    valid: set[str]
    rotate = False
    refresh_token = "good"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/token"


class Handler(BaseHTTPRequestHandler):
    server: TokenServer

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        if form["refresh_token"] != [self.server.refresh_token]:
            self._answer(400, {"error": "invalid_grant", "error_description": "Consent was withdrawn."})
            return
        self.server.given += 1
        token = f"token-{self.server.given}"
        self.server.valid = {token}
        found = {"access_token": token, "expires_in": self.server.expires_in}
        if self.server.rotate:
            self.server.refresh_token = found["refresh_token"] = f"good-{self.server.given}"
        self._answer(200, found)

    def do_GET(self) -> None:
        token = parse_qs(urlsplit(self.path).query).get("access_token", [""])[0]
        known = token in self.server.valid
        self._answer(200 if known else 401, {"email": "desk@example.test"} if known else {"error": "invalid_token"})

    def _answer(self, status: int, found: dict[str, object]) -> None:
        body = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[TokenServer]:
    server = TokenServer(("127.0.0.1", 0), Handler)
    server.valid = set()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join(10)
    server.server_close()


def tokens(server: TokenServer, refresh_token: str = "good") -> RefreshedTokens:
    return RefreshedTokens(OAuthClient(server.url, "desk", "secret", refresh_token))


def test_a_token_is_kept_until_shortly_before_its_end(server: TokenServer) -> None:
    kept = tokens(server)
    assert [kept.token(), kept.token()] == ["token-1", "token-1"]
    server.expires_in = 30
    short = tokens(server)
    assert [short.token(), short.token()] == ["token-2", "token-3"]


def test_a_token_that_was_refused_is_fetched_anew(server: TokenServer) -> None:
    kept = tokens(server)
    kept.token()
    kept.forget()
    assert kept.token() == "token-2"


def test_a_refresh_token_that_is_replaced_is_used_from_then_on(server: TokenServer) -> None:
    server.rotate, server.expires_in = True, 0
    kept = tokens(server)
    assert [kept.token(), kept.token(), kept.token()] == ["token-1", "token-2", "token-3"]


def test_a_refusal_says_why_and_what_to_do(server: TokenServer) -> None:
    with pytest.raises(TokenRefused) as refused:
        tokens(server, "stale").token()
    assert "Consent was withdrawn." in str(refused.value)
    assert "consent anew" in refused.value.remedy


def test_no_token_server_is_a_refusal_too() -> None:
    with pytest.raises(TokenRefused):
        RefreshedTokens(OAuthClient("http://127.0.0.1:1/token", "desk", "s", "good")).token()


def test_without_a_token_the_mailbox_says_so_and_tries_again(server: TokenServer) -> None:
    told: queue.Queue[Health] = queue.Queue()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = ImapPlace(
            "127.0.0.1", listener.getsockname()[1], signs_in_with(tokens(server, "stale"), "desk"), tls="none"
        )
        follower = Follower(place, Spot(0), lambda mail: None, told.put)
        follower.start()
        for _ in range(2):
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"* OK ready\r\n")
                tag = connection.recv(100).split()[0]
                connection.sendall(b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n" + tag + b" OK done\r\n")
                assert connection.recv(100) == b""
        assert "Consent was withdrawn" in told.get(timeout=20).words
        assert follower.stop()


def test_a_mailbox_is_followed_with_a_token_and_a_revoked_one_is_replaced(server: TokenServer) -> None:
    if not is_installed():
        reason = f"needs Dovecot: apt install {PACKAGES}"
        if os.environ.get("AGENTDESK_REQUIRE_SERVICES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    arrived: queue.Queue[Fetched] = queue.Queue()
    told: queue.Queue[Health] = queue.Queue()
    with private_dovecot(token_port=server.server_port) as dovecot:
        kept = tokens(server)
        kept.token()
        server.valid = set()
        place = ImapPlace("127.0.0.1", dovecot.imap_port, signs_in_with(kept, dovecot.user), tls="none")
        follower = Follower(place, Spot(0), arrived.put, told.put)
        follower.start()
        assert told.get(timeout=20).state == "refused"
        while told.get(timeout=20).state != "idle":
            pass
        dovecot.deliver(b"From: kim@example.org\r\nMessage-ID: <1@example.org>\r\n\r\nHello\r\n")
        assert b"Hello" in arrived.get(timeout=20).raw
        assert server.given == 2
        assert follower.stop()
