"""The server's settings: what is read, and that each mistake is named with its line and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentdesk.config import ServerSettings, inspect_server, read_server
from agentdesk.config.rules import is_chosen
from agentdesk.config.server import QueueSettings
from agentdesk.errors import SettingsError

QUEUE = "queues:\n  - {id: support, name: Support}\n"


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def problems_of(path: Path) -> list[tuple[int, str, str]]:
    settings, problems = inspect_server(path)
    assert settings is None and problems
    return [(problem.line, problem.key, f"{problem.message} {problem.remedy}".strip()) for problem in problems]


def test_left_out_settings_have_their_defaults(write) -> None:
    settings = read_server(write(QUEUE))
    assert settings.server.port == 8420
    assert settings.desk.weights.call == 6
    assert settings.queues == (QueueSettings(id="support", name="Support"),)


def test_relative_paths_are_taken_from_the_files_folder(write, tmp_path: Path) -> None:
    assert read_server(write(QUEUE)).server.data_dir == str(tmp_path / "data")
    assert read_server(write(QUEUE + "server: {data_dir: /var/lib/x}")).server.data_dir == "/var/lib/x"


def test_text_is_taken_as_written(write) -> None:
    settings = read_server(write("webchat: {title: no, greeting: 1.10}\nqueues: [{id: 007, name: 9:00}]\n"))
    assert (settings.webchat.title, settings.webchat.greeting) == ("no", "1.10")
    assert (settings.queues[0].id, settings.queues[0].name) == ("007", "9:00")


def test_a_key_without_a_value_means_the_default(write) -> None:
    settings = read_server(write(f"{QUEUE}webchat:\n  title:\ncanned:\n  # - shortcode: hi\n"))
    assert settings.webchat.title == ServerSettings().webchat.title
    assert settings.canned == ()


def test_one_value_stands_for_a_list_of_it(write) -> None:
    settings = read_server(write("queues: [{id: a, name: A, channels: chat, hours: {weekly: {mon: 09:00-17:00}}}]"))
    assert settings.queues[0].channels == ("chat",)
    assert settings.queues[0].hours is not None
    assert settings.queues[0].hours.weekly.mon == ("09:00-17:00",)


def test_all_problems_come_at_once_in_their_places(write) -> None:
    path = write(
        "server:\n"
        "  prot: 80\n"
        "  insecure_listen: maybe\n"
        "limits:\n"
        "  body_bytes: 12\n"
        "queues:\n"
        "  - id: support\n"
        "    priority: high\n"
    )
    assert problems_of(path) == [
        (2, "server.prot", "there is no such setting. Did you mean port?"),
        (3, "server.insecure_listen", "expected true or false, found 'maybe'."),
        (5, "limits.body_bytes", "expected a whole number from 1024 to 67108864, found '12'."),
        (8, "queues[1].priority", "expected a whole number from 0 to 10, found 'high'."),
        (7, "queues[1].name", "this setting is missing. Write it under queues[1]."),
    ]


MISTAKES = {
    "unknown section": ("sever: {port: 1}", 1, "sever", "there is no such setting. Did you mean server?"),
    "setting in the wrong place": ("port: 80", 1, "port", "there is no such setting. Did you mean server.port?"),
    "setting of a queue": (
        "service_level_s: 9",
        1,
        "service_level_s",
        "there is no such setting. Did you mean queues[].service_level_s?",
    ),
    "wrong choice": (
        "server: {log: {level: inof}}",
        1,
        "server.log.level",
        "expected one of debug, error, info, warning, found 'inof'. Did you mean info?",
    ),
    "list for keys": ("server: [1]", 1, "server", "expected keys with values, found a list."),
    "keys for a list": (
        "queues: {id: a}",
        1,
        "queues",
        "expected a list of entries, each beginning with -, found keys with values.",
    ),
    "sexagesimal port": (
        "server: {port: 1:30}",
        1,
        "server.port",
        "expected a whole number from 0 to 65535, found '1:30'.",
    ),
    "port out of range": (
        "server: {port: 70000}",
        1,
        "server.port",
        "expected a whole number from 0 to 65535, found '70000'.",
    ),
    "unknown channel": (
        "queues: [{id: a, name: A, channels: [chta]}]",
        1,
        "queues[1].channels[1]",
        "expected one of call, callback, chat, email, message, task, found 'chta'. Did you mean chat?",
    ),
    "same key twice": (
        "server:\n  port: 1\n  port: 2\n",
        3,
        "server.port",
        "this setting is already in line 2. Keep one.",
    ),
    "name is a list": ("? [a]\n: 1\n", 1, "?", "expected a name, found a list."),
    "unknown weight": (
        "desk: {weights: {chats: 1}}",
        1,
        "desk.weights.chats",
        "there is no such setting. Did you mean chat?",
    ),
    "unknown channel_max": (
        "desk: {channel_max: {mail: 1}}",
        1,
        "desk.channel_max.mail",
        "there is no such setting. Did you mean email?",
    ),
    "skill level": (
        "queues: [{id: a, name: A, skills: {billing: 9}}]",
        1,
        "queues[1].skills.billing",
        "expected a whole number from 0 to 5, found '9'.",
    ),
    "empty name": ("queues: [{id: a, name: ''}]", 1, "queues[1].name", "expected text, found nothing."),
    "long key": (
        "dispositions: [{code: a, label: A, key: ab}]",
        1,
        "dispositions[1].key",
        "expected at most 1 characters, found 2.",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_one_setting(write, name: str) -> None:
    text, *expected = MISTAKES[name]
    assert problems_of(write(text)) == [tuple(expected)]


def test_a_bad_id_says_what_it_must_match(write) -> None:
    ((_, key, message),) = problems_of(write("queues: [{id: 'Main Queue', name: A}]"))
    assert key == "queues[1].id"
    assert "'Main Queue' has characters that can't be here" in message


BROKEN_RULES = {
    "no queue for web chat": ("{}", 1, "queues", "web chat is on and no queue takes chats."),
    "queue twice": (
        "queues:\n  - {id: a, name: A}\n  - {id: a, name: B}\n",
        3,
        "queues[2].id",
        "'a' is there twice.",
    ),
    "half of TLS": (
        f"{QUEUE}server:\n  tls: {{cert: config.yaml}}\n",
        4,
        "server.tls",
        "TLS needs a certificate and a key.",
    ),
    "open without TLS": (
        f"{QUEUE}server:\n  host: 0.0.0.0\n",
        4,
        "server.host",
        "0.0.0.0 is reached from other machines, and there is no TLS.",
    ),
    "public address": (f"{QUEUE}server: {{public_url: desk}}", 3, "server.public_url", "this is not an address."),
    "proxy": (
        f"{QUEUE}server: {{trusted_proxies: [here]}}",
        3,
        "server.trusted_proxies[1]",
        "'here' is neither an address nor a network.",
    ),
    "origin with a path": (
        f"{QUEUE}webchat: {{origins: ['https://a.example/x']}}",
        3,
        "webchat.origins[1]",
        "'https://a.example/x' is not an origin.",
    ),
    "chats to an unknown queue": (
        f"{QUEUE}webchat: {{queue: suport}}",
        3,
        "webchat.queue",
        "no queue 'suport' takes chats. Did you mean support?",
    ),
    "time zone": (
        "queues: [{id: a, name: A, hours: {timezone: Asia/Jakrta}}]",
        1,
        "queues[1].hours.timezone",
        "'Asia/Jakrta' is not a time zone. Did you mean Asia/Jakarta?",
    ),
    "time zone that is a path": (
        "queues: [{id: a, name: A, hours: {timezone: ../../etc/passwd}}]",
        1,
        "queues[1].hours.timezone",
        "'../../etc/passwd' is not a time zone.",
    ),
    "hours": (
        "queues: [{id: a, name: A, hours: {weekly: {fri: 17:00-09:00}}}]",
        1,
        "queues[1].hours.weekly.fri[1]",
        "'17:00-09:00' is not a span of a day.",
    ),
    "disposition twice": (
        "dispositions: [{code: a, label: A}, {code: a, label: B}]\n" + QUEUE,
        1,
        "dispositions[2].code",
        "'a' is there twice.",
    ),
    "disposition key twice": (
        "dispositions: [{code: t, label: T, below: [{code: a, label: A, key: x}, {code: b, label: B, key: x}]}]\n"
        + QUEUE,
        1,
        "dispositions[1].below[2].key",
        "'x' is there twice.",
    ),
    "unknown disposition": (
        "dispositions: [{code: refund, label: Refund}]\nqueues: [{id: a, name: A, wrapup: {dispositions: [refnd]}}]",
        2,
        "queues[1].wrapup.dispositions[1]",
        "there is no disposition 'refnd'. Did you mean refund?",
    ),
    "unknown default": (
        "queues: [{id: a, name: A, wrapup: {default_disposition: gone}}]",
        1,
        "queues[1].wrapup.default_disposition",
        "there is no disposition 'gone' in this queue.",
    ),
    "shortcode twice": (
        "canned: [{shortcode: a, title: A, text: a}, {shortcode: a, title: B, text: b}]\n" + QUEUE,
        1,
        "canned[2].shortcode",
        "'a' is there twice.",
    ),
    "canned for an unknown queue": (
        "canned: [{shortcode: a, title: A, text: a, queues: [sport]}]\n" + QUEUE,
        1,
        "canned[1].queues[1]",
        "there is no queue 'sport'. Did you mean support?",
    ),
}


@pytest.mark.parametrize("name", BROKEN_RULES)
def test_a_rule_between_settings(write, name: str) -> None:
    text, line, key, message = BROKEN_RULES[name]
    ((found_line, found_key, found_message),) = problems_of(write(text))
    assert (found_line, found_key) == (line, key)
    assert found_message.startswith(message)


def test_an_open_address_is_allowed_when_told_so(write) -> None:
    assert read_server(write(f"{QUEUE}server: {{host: 0.0.0.0, insecure_listen: yes}}")).server.host == "0.0.0.0"


def test_tls_files_must_be_there(write, tmp_path: Path) -> None:
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).touch()
    settings = read_server(write(f"{QUEUE}server: {{host: 0.0.0.0, tls: {{cert: cert.pem, key: key.pem}}}}"))
    assert settings.server.tls.cert == str(tmp_path / "cert.pem")
    (tmp_path / "key.pem").unlink()
    assert problems_of(tmp_path / "config.yaml") == [(3, "server.tls.key", f"there is no file {tmp_path}/key.pem.")]


def test_canned_responses_of_another_file_join_the_list(write, tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text("canned: [{shortcode: b, title: B, text: b}]")
    path = write(QUEUE + "canned: [{shortcode: a, title: A, text: a}]\ncanned_file: more.yaml\n")
    assert [one.shortcode for one in read_server(path).canned] == ["a", "b"]
    (tmp_path / "more.yaml").write_text("canned:\n  - {shortcode: b, titel: B}\n")
    _, problems = inspect_server(path)
    assert problems[0].file == tmp_path / "more.yaml"
    assert (problems[0].line, problems[0].key) == (2, "canned[1].titel")


def test_the_error_lists_all_problems_with_their_places(write, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        read_server(write("server: {prot: 1, hots: x}"))
    assert error.value.title == "The settings have 2 problems"
    assert error.value.message.splitlines() == [
        f"{tmp_path}/config.yaml:1: server.prot: there is no such setting. Did you mean port?",
        f"{tmp_path}/config.yaml:1: server.hots: there is no such setting. Did you mean host?",
    ]
    assert "agentdesk server check" in error.value.remedy


def test_a_flood_of_problems_is_cut(write) -> None:
    with pytest.raises(SettingsError) as error:
        read_server(write("".join(f"wrong{number}: 1\n" for number in range(200))))
    assert len(error.value.message.splitlines()) == 51
    assert error.value.message.endswith("… and 150 more")


@pytest.mark.parametrize(
    ("path", "chosen", "is_it"),
    [
        ("refund", (), True),
        ("refund", ("refund",), True),
        ("refund/late", ("refund",), True),
        ("refund", ("refund/late",), False),
        ("refunds", ("refund",), False),
        ("spam", ("refund", "spam"), True),
    ],
)
def test_a_chosen_disposition_has_all_that_is_under_it(path: str, chosen: tuple[str, ...], is_it: bool) -> None:
    assert is_chosen(path, chosen) is is_it
