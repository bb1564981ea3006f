"""`agentdesk server user …` and `… token …` on a database that no server runs on."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import Mock

import pytest

from agentdesk.config import read_server
from agentdesk.server.passwords import token_hash, verify_password
from agentdesk.store.base import Token, User
from agentdesk.store.sqlite import open_store
from tests.cli.conftest import Type


def user_of(config: Path, name: str) -> User:
    store = open_store(read_server(config).database, deciding=False)
    try:
        user = store.user(name)
    finally:
        store.close()
    assert user is not None
    return user


def token_of(config: Path, secret: str) -> Token:
    store = open_store(read_server(config).database, deciding=False)
    try:
        token = store.token(token_hash(secret))
    finally:
        store.close()
    assert token is not None
    return token


def test_add_makes_up_a_password_and_shows_it_once(config: Path, type_: Type) -> None:
    typed = type_("server", "user", "add", "ana", "--name", "Ana Pratama", "--skill", "billing=3", "--skill", "id=5")
    assert typed.code == 0
    password = typed.out.split("(shown only now): ")[1].strip()
    user = user_of(config, "ana")
    assert verify_password(password, user.password)
    assert (user.name, user.role, user.skills, user.queues) == ("Ana Pratama", "agent", {"billing": 3, "id": 5}, ())


def test_add_takes_a_password_from_a_pipe(config: Path, type_: Type) -> None:
    typed = type_("server", "user", "add", "ana", "--password-stdin", stdin="correct horse\n")
    assert (typed.code, typed.out) == (0, "Added agent ana.\n")
    assert verify_password("correct horse", user_of(config, "ana").password)


def test_add_asks_for_a_password_twice(config: Path, type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", Mock(side_effect=["correct horse", "correct house"]))
    typed = type_("server", "user", "add", "ana", "--ask-password")
    assert typed.code == 1 and "the two passwords differ" in typed.err
    monkeypatch.setattr("getpass.getpass", lambda _: "correct horse")
    assert type_("server", "user", "add", "ana", "--ask-password").code == 0
    assert verify_password("correct horse", user_of(config, "ana").password)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["admin"], "there is a user admin already"),
        (["Ana Pratama"], "can't be a sign-in name"),
        (["../ana"], "can't be a sign-in name"),
        (["ana", "--queue", "suport"], "there is no queue 'suport'"),
        (["ana", "--skill", "billing"], "'billing' is not a skill with a level"),
        (["ana", "--skill", "billing=9"], "'billing=9' is not a skill with a level"),
        (["ana", "--capacity", "1000"], "a capacity is 0 to 100 points"),
        (["ana", "--password-stdin"], "a password has 10 to 1000 characters"),
    ],
)
def test_add_refuses_what_can_not_be(config: Path, type_: Type, arguments: list[str], why: str) -> None:
    typed = type_("server", "user", "add", *arguments)
    assert typed.code == 1
    assert why in typed.err
    assert json.loads(type_("server", "user", "list", "--json").out)[1:] == []


def test_change_leaves_the_rest_as_it_was(config: Path, type_: Type) -> None:
    type_("server", "user", "add", "ana", "--skill", "billing=3", "--queue", "support", "--capacity", "4")
    before = user_of(config, "ana")
    assert type_("server", "user", "change", "ana", "--role", "supervisor", "--skill", "id=5").code == 0
    after = user_of(config, "ana")
    assert (after.role, after.skills, after.queues) == ("supervisor", {"billing": 3, "id": 5}, ("support",))
    assert (after.password, after.capacity) == (before.password, 4)
    type_("server", "user", "change", "ana", "--queue", "all", "--skill", "billing=0")
    assert (user_of(config, "ana").queues, user_of(config, "ana").skills) == ((), {"id": 5})


def test_picking_is_a_permission_that_comes_and_goes(config: Path, type_: Type) -> None:
    type_("server", "user", "add", "ana", "--may-pick")
    assert user_of(config, "ana").may_pick
    assert "may pick" in type_("server", "user", "list").out
    type_("server", "user", "change", "ana", "--capacity", "4")
    assert user_of(config, "ana").may_pick
    type_("server", "user", "change", "ana", "--no-may-pick")
    assert not user_of(config, "ana").may_pick


def test_a_new_password_ends_every_sign_in(config: Path, type_: Type) -> None:
    type_("server", "user", "add", "ana")
    secret = type_("server", "token", "create", "ana").out.strip()
    typed = type_("server", "user", "passwd", "ana", "--password-stdin", stdin="another horse\n")
    assert typed.out == "ana has a new password; one sign-in was ended.\n"
    assert token_of(config, secret).revoked
    assert verify_password("another horse", user_of(config, "ana").password)


def test_disable_keeps_a_user_out_and_enable_lets_them_in(config: Path, type_: Type) -> None:
    type_("server", "user", "add", "ana")
    secret = type_("server", "token", "create", "ana").out.strip()
    assert type_("server", "user", "disable", "ana").code == 0
    assert user_of(config, "ana").disabled and token_of(config, secret).revoked
    assert "disabled" in type_("server", "user", "list").out
    assert type_("server", "user", "enable", "ana").code == 0
    assert not user_of(config, "ana").disabled


@pytest.mark.parametrize("command", ["change", "passwd", "disable", "enable"])
def test_a_user_who_is_not_there(config: Path, type_: Type, command: str) -> None:
    typed = type_("server", "user", command, "nobody")
    assert typed.code == 1
    assert "there is no user nobody" in typed.err and "user list" in typed.err


def test_list_shows_no_password_and_no_escape_sequence(config: Path, type_: Type) -> None:
    type_("server", "user", "add", "ana", "--name", "Ana\x1b[31m")
    text, shown = type_("server", "user", "list").out, type_("server", "user", "list", "--json").out
    assert "\x1b" not in text + shown
    assert "argon2" not in text + shown


def test_a_token_is_shown_once_and_kept_as_a_hash(config: Path, type_: Type) -> None:
    type_("server", "user", "add", "ana")
    secret = type_("server", "token", "create", "ana", "--label", "reports", "--days", "2").out.strip()
    token = token_of(config, secret)
    assert token.expires_ms == token.created_ms + 2 * 86_400_000
    listed = type_("server", "token", "list", "ana").out
    assert "reports" in listed and secret not in listed


def test_a_token_is_revoked_by_the_beginning_of_its_hash(config: Path, type_: Type) -> None:
    type_("server", "user", "add", "ana")
    secrets = [type_("server", "token", "create", "ana").out.strip() for _ in range(2)]
    (shown,) = [
        one["id"]
        for one in json.loads(type_("server", "token", "list", "--json").out)
        if token_hash(secrets[0]).startswith(one["id"])
    ]
    assert type_("server", "token", "revoke", shown).code == 0
    assert token_of(config, secrets[0]).revoked and not token_of(config, secrets[1]).revoked
    again = type_("server", "token", "revoke", shown)
    assert again.code == 1 and "0 tokens begin with" in again.err
    assert type_("server", "token", "revoke", "").code == 1


@pytest.mark.parametrize(
    ("arguments", "why"), [(["nobody"], "there is no user nobody"), (["admin", "--days", "0"], "at least one day")]
)
def test_a_token_that_can_not_be_made(config: Path, type_: Type, arguments: list[str], why: str) -> None:
    typed = type_("server", "token", "create", *arguments)
    assert (typed.code, typed.out) == (1, "")
    assert why in typed.err


def test_without_a_server_here_it_says_how_to_set_one_up(
    type_: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTDESK_CONFIG", str(tmp_path / "none.yaml"))
    typed = type_("server", "user", "list")
    assert typed.code == 1
    assert "No server is set up here" in typed.err and "agentdesk server init" in typed.err
