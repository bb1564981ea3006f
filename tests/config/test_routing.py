"""Routing in the settings: each mistake is named with its line, its key and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentdesk.config import inspect_server, read_server

QUEUES = """\
queues:
  - id: support
    name: Support
    channels: [chat, message]
  - id: billing
    name: Billing
    channels: [chat]
  - id: calls
    name: Calls
    channels: [call]
"""


def settings_file(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def queue(text: str) -> str:
    """A file with one more thing in the queue support, in line 5."""
    return QUEUES.replace("    channels: [chat, message]\n", f"    channels: [chat, message]\n    {text}\n", 1)


def rule(text: str) -> str:
    """A file with one rule, in line 12."""
    return f"{QUEUES}rules:\n  - {text}\n"


MISTAKES = {
    "unknown queue in a ring": (
        queue("rings: [{after_s: 10, queues: [biling]}]"),
        (5, "queues[1].rings[1].queues[1]", "there is no queue 'biling'. Did you mean billing?"),
    ),
    "rings out of order": (
        queue("rings: [{after_s: 60, any_agent: true}, {after_s: 60, skills: {x: 0}}]"),
        (
            5,
            "queues[1].rings[2].after_s",
            "this ring opens at 60 s, not after the one before it (60 s). Order rings by time.",
        ),
    ),
    "a ring that adds nobody": (
        queue("rings: [{after_s: 60}]"),
        (5, "queues[1].rings[1]", "this ring adds nobody. Give it skills, queues, agents, or any_agent: true."),
    ),
    "a level there isn't": (
        queue("rings: [{after_s: 60, skills: {x: 6}}]"),
        (5, "queues[1].rings[1].skills.x", "expected a whole number from 0 to 5, found '6'."),
    ),
    "unknown strategy": (
        queue("strategy: longest_idel"),
        (
            5,
            "queues[1].strategy",
            "expected one of fewest_handled, least_occupied, longest_idle, most_skilled, round_robin, "
            "found 'longest_idel'. Did you mean longest_idle?",
        ),
    ),
    "a time-out of a channel that the queue doesn't take": (
        queue("offer_timeouts: {call: 20}"),
        (
            5,
            "queues[1].offer_timeouts.call",
            "queue 'support' doesn't take call. It takes chat, message; see its channels.",
        ),
    ),
    "pull and auto_accept": (
        queue("pull: true\n    auto_accept: true"),
        (
            6,
            "queues[1].auto_accept",
            "nothing is offered from a queue with pull, so nothing can be accepted by itself. "
            "Set only one of pull and auto_accept.",
        ),
    ),
    "overflow with two conditions": (
        queue("overflow: [{after_s: 5, longer_than: 3, to: {queue: billing}}]"),
        (
            5,
            "queues[1].overflow[1]",
            "an overflow has one condition, this has 2. "
            "Give one of after_s, longer_than and estimate_s; for more write another entry.",
        ),
    ),
    "overflow to nowhere": (
        queue("overflow: [{after_s: 5, to: {}}]"),
        (5, "queues[1].overflow[1].to", "this leads nowhere. Give it a queue, a channel, or both."),
    ),
    "overflow into the same queue": (
        queue("overflow: [{after_s: 5, to: {queue: support}}]"),
        (
            5,
            "queues[1].overflow[1].to.queue",
            "this leads back into the same queue. Name another queue or a channel.",
        ),
    ),
    "overflow to a queue that takes nothing of it": (
        queue("overflow: [{after_s: 5, to: {queue: calls}}]"),
        (
            5,
            "queues[1].overflow[1].to.queue",
            "queue 'calls' doesn't take chat or message. It takes call; see its channels.",
        ),
    ),
    "overflow to a channel that the queue doesn't take": (
        queue("overflow: [{after_s: 5, to: {queue: billing, channel: message}}]"),
        (
            5,
            "queues[1].overflow[1].to.channel",
            "queue 'billing' doesn't take message. It takes chat; see its channels.",
        ),
    ),
    "overflow that goes round": (
        queue("overflow: [{after_s: 5, to: {queue: billing}}]").replace(
            "    channels: [chat]\n", "    channels: [chat]\n    overflow: [{after_s: 5, to: {queue: support}}]\n"
        ),
        (
            5,
            "queues[1].overflow",
            "overflow goes round: support → billing → support. Let one of them lead elsewhere.",
        ),
    ),
    "a closed route without hours": (
        queue("closed: {channel: message}"),
        (5, "queues[1].closed", "this has no effect: the queue is always open. Give it hours."),
    ),
    "a holiday route without holidays": (
        queue("holiday: {channel: message}\n    hours: {weekly: {mon: 09:00-17:00}}"),
        (5, "queues[1].holiday", "this has no effect: the hours have no holidays. Set hours.holidays."),
    ),
    "an unknown country": (
        queue("hours: {holidays: {country: XY}}"),
        (
            5,
            "queues[1].hours.holidays.country",
            "no holidays are known of 'XY'. Write its ISO 3166 code, like ID or VN.",
        ),
    ),
    "an unknown part of a country": (
        queue("hours: {holidays: {country: GB, subdivision: SCX}}"),
        (
            5,
            "queues[1].hours.holidays.subdivision",
            "no part of GB is called 'SCX'. Known here: ENG, NIR, SCT, WLS.",
        ),
    ),
    "a day that there isn't": (
        queue("hours: {holidays: {dates: [02-30]}}"),
        (
            5,
            "queues[1].hours.holidays.dates[1]",
            "'02-30' is not a date. Write it like 2026-12-24, or 12-24 for every year.",
        ),
    ),
    "the desk's time zone": (
        f"{QUEUES}desk: {{timezone: Asia/Jakata}}\n",
        (11, "desk.timezone", "'Asia/Jakata' is not a time zone. Did you mean Asia/Jakarta?"),
    ),
    "a silent weight above the whole": (
        f"{QUEUES}desk: {{silent_after_s: 60, silent_weights: {{chat: 2}}}}\n",
        (11, "desk.silent_weights.chat", "a silent chat would weigh more than one who writes. Write at most 1."),
    ),
    "silent weights that never count": (
        f"{QUEUES}desk: {{silent_weights: {{chat: 0}}}}\n",
        (11, "desk.silent_weights", "this has no effect. Set desk.silent_after_s, too."),
    ),
    "a pattern that doesn't compile": (
        rule(r"{name: a, when: {pattern: 'a(?=b)'}, then: {queue: billing}}"),
        (
            12,
            "rules[1].when.pattern",
            "this pattern can't be used: invalid perl operator: (?=. "
            "Write it for RE2: github.com/google/re2/wiki/Syntax (no look-around, no back-references).",
        ),
    ),
    "words without a word": (
        rule("{name: a, when: {words: ['?!']}, then: {queue: billing}}"),
        (12, "rules[1].when.words[1]", "'?!' has no word in it. Use a pattern for signs."),
    ),
    "a rule to an unknown queue": (
        rule("{name: a, then: {queue: bilings}}"),
        (12, "rules[1].then.queue", "there is no queue 'bilings'. Did you mean billing?"),
    ),
    "a rule to a queue that doesn't take it": (
        rule("{name: a, when: {channels: chat}, then: {queue: calls}}"),
        (
            12,
            "rules[1].then.queue",
            "queue 'calls' takes call, and this rule matches only chat. "
            "Name another queue, or add the channel to its channels.",
        ),
    ),
    "a rule that no channel can match": (
        rule("{name: a, when: {channels: email}, then: {queue: billing}}"),
        (12, "rules[1].when.channels", "this rule can never match: no queue takes email. Name others."),
    ),
    "a rule that its queue can't match": (
        rule("{name: a, when: {queues: calls, channels: [chat]}, then: {tags: [x]}}"),
        (12, "rules[1].when.channels", "this rule can never match: none of calls takes chat. Name others."),
    ),
    "a rule for newcomers who were here": (
        rule("{name: a, when: {returning: false, customer_tags: [vip]}, then: {queue: billing}}"),
        (
            12,
            "rules[1].when.returning",
            "this rule can never match: who has never been here has no tags and no last disposition. "
            "Leave returning out.",
        ),
    ),
    "a rule that does nothing": (
        rule("{name: a, when: {words: [x]}}"),
        (12, "rules[1]", "this rule does nothing. Write what follows under then, or set stop: true."),
    ),
    "a rule that is never reached": (
        rule("{name: a, stop: true}\n  - {name: b, then: {queue: billing}}"),
        (13, "rules[2]", "this rule is never reached: 'a' matches everything and stops. Move it up."),
    ),
    "rules of one name": (
        rule("{name: a, then: {tags: [x]}}\n  - {name: a, then: {tags: [x]}}"),
        (13, "rules[2].name", "'a' is there twice. Give each another one."),
    ),
    "an unknown disposition": (
        rule("{name: a, when: {last_dispositions: [refnd]}, then: {queue: billing}}")
        + "dispositions: [{code: refund, label: R}]",
        (12, "rules[1].when.last_dispositions[1]", "there is no disposition 'refnd'. Did you mean refund?"),
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_named_with_line_key_and_remedy(tmp_path: Path, name: str) -> None:
    text, wanted = MISTAKES[name]
    settings, problems = inspect_server(settings_file(tmp_path, text))
    assert settings is None
    found = [(one.line, one.key, f"{one.message} {one.remedy}".strip()) for one in problems]
    assert found == [wanted]


def test_a_chain_of_overflow_and_two_ways_to_one_queue_are_fine(tmp_path: Path) -> None:
    text = queue("overflow: [{after_s: 5, to: {queue: billing}}, {longer_than: 9, to: {channel: message}}]")
    settings = read_server(settings_file(tmp_path, text))
    first, second = settings.queues[0].overflow
    assert (first.after_s, first.to.queue, first.longer_than) == (5, "billing", None)
    assert (second.longer_than, second.to.channel) == (9, "message")


def test_two_queues_may_help_each_other_on_arrival(tmp_path: Path) -> None:
    text = queue("overflow: [{longer_than: 9, to: {queue: billing}}]").replace(
        "    channels: [chat]\n", "    channels: [chat]\n    overflow: [{longer_than: 9, to: {queue: support}}]\n"
    )
    assert len(read_server(settings_file(tmp_path, text)).queues[1].overflow) == 1


def test_a_route_without_a_channel_is_none(tmp_path: Path) -> None:
    text = queue("closed: {queue: billing, channel: }\n    hours: {weekly: {mon: 09:00-17:00}}")
    assert read_server(settings_file(tmp_path, text)).queues[0].closed.channel is None
