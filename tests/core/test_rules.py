"""Rules on content: what they match, and what those that match ask for together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.core.model import Rule, Then, When
from agentdesk.core.rules import Facts, evaluate
from agentdesk.patterns import Pattern, PatternError, glob, words


def matched(when: When, **facts: Any) -> bool:
    rules = (Rule("it", when, Then(tags=("hit",))),)
    return evaluate(rules, Facts(**{"channel": "chat", "queue": "support", **facts})).matched == ("it",)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("refund", "I want a REFUND!"),
        ("uang kembali", "Tolong, uang  kembali ya"),
        ("hoàn tiền", "toi muon HOAN TIEN"),
        ("đơn hàng", "Don hang cua toi dau?"),
        ("don hang", "ĐƠN HÀNG của tôi"),
        ("می‌خواهم", "سلام، ميخواهم"),
        ("کتاب", "كتاب من"),
        ("مرجوعي", "مَرجوعی"),
        ("straße", "STRASSE 7"),
        ("退款", "我要退款"),
        ("order 12", "order ۱۲"),
    ],
)
def test_words_are_found_whatever_case_accents_and_letter_forms(word: str, text: str) -> None:
    assert matched(When(words=("nothing", word)), text=text)
    assert matched(When(words=(word,)), subject=text)


@pytest.mark.parametrize(
    ("word", "text"),
    [("art", "the start"), ("uang kembali", "uang tidak kembali"), ("bill", "billing"), ("!?", "hello !?")],
)
def test_only_whole_words_and_whole_phrases_are_found(word: str, text: str) -> None:
    assert not matched(When(words=(word,)), text=text)


def test_a_phrase_doesnt_go_from_the_subject_into_the_text() -> None:
    assert not matched(When(words=("late parcel",)), subject="late", text="parcel")
    assert not matched(When(pattern="late\\s*parcel"), subject="late", text="parcel")


def test_a_pattern_is_found_anywhere_whatever_its_case() -> None:
    assert matched(When(pattern=r"\bord-\d{4}\b"), text="about ORD-1234, please")
    assert not matched(When(pattern=r"(?-i)\bord-\d{4}\b"), text="about ORD-1234, please")
    assert matched(When(pattern="^vip"), subject="Re: hello", text="VIP here")


@pytest.mark.parametrize("pattern", ["[", "a(?=b)", r"(a)\1", "(.{1,30}){30}q", "\udcff"])
def test_a_pattern_that_cant_be_used_says_why_and_never_matches(pattern: str) -> None:
    with pytest.raises(PatternError, match=r"\w+"):
        Pattern(pattern)
    assert not matched(When(pattern=pattern), text="ab aa q")


def test_a_pattern_that_explodes_elsewhere_is_linear_here() -> None:
    # Python's `re` would take longer than the universe is old; the test's own time limit is enough here.
    assert not matched(When(pattern="^(a|aa)+$"), text="a" * 19_999 + "!")


def test_globs_look_at_the_whole_attribute_of_the_interaction_or_the_customer() -> None:
    page = {"page": "https://shop.example.com/Billing/pay?x=[1]"}
    assert matched(When(page=("*/refunds/*", "*/billing/*")), attributes=page)
    assert not matched(When(page=("/billing/*",)), attributes=page)
    assert not matched(When(page=("*",))), "what isn't there doesn't fit anything"
    assert matched(When(address=("billing@*",)), attributes={"address": "Billing@example.com"})
    assert matched(When(attributes={"plan": "gold*"}), customer_attributes={"plan": "Gold 2"})
    assert not matched(When(attributes={"plan": "gold*", "city": "*"}), customer_attributes={"plan": "gold"})


def test_what_is_known_of_the_customer() -> None:
    assert matched(When(returning=True), interactions=1) and not matched(When(returning=True))
    assert matched(When(returning=False)) and not matched(When(returning=False), interactions=2)
    assert matched(When(customer_tags=("vip", "press")), customer_tags=("press",))
    assert not matched(When(customer_tags=("vip",)), customer_tags=("press",))
    assert matched(When(last_dispositions=("refund",)), last_disposition="refund/late")
    assert not matched(When(last_dispositions=("refund",)), last_disposition="refunded")
    assert matched(When(languages=("id", "en")), language="en-GB") and not matched(When(languages=("en",)))


def test_every_part_has_to_hold() -> None:
    when = When(channels=("chat",), queues=("support",), words=("refund",), languages=("en",))
    good = {"text": "refund", "language": "en"}
    assert matched(when, **good)
    for wrong in ({"channel": "email"}, {"queue": "sales"}, {"text": "hi"}, {"language": "id"}):
        assert not matched(when, **{**good, **wrong})


def test_rules_take_effect_in_order_up_to_one_that_stops() -> None:
    rules = (
        Rule("all", then=Then("a", {"x": 1, "y": 1}, 1, ("t",), ("ann",))),
        Rule("refunds", When(words=("refund",)), Then("b", {"x": 3, "y": 0}, 0, ("u", "t"), ("bob", "eve"))),
        Rule("others", When(words=("sale",)), Then("c")),
        Rule("end", When(words=("refund",)), Then(), stop=True),
        Rule("never", then=Then("d")),
    )
    outcome = evaluate(rules, Facts(channel="chat", queue="a", text="refund"))
    assert outcome.matched == ("all", "refunds", "end")
    assert (outcome.queue, outcome.priority, outcome.prefer) == ("b", 0, ("bob", "eve"))
    assert outcome.skills == {"x": 3, "y": 0} and outcome.tags == ("t", "u")


def test_rules_see_what_came_in_and_not_what_rules_before_did() -> None:
    rules = (Rule("move", then=Then("b")), Rule("of b", When(queues=("b",)), Then(priority=9)))
    assert evaluate(rules, Facts(channel="chat", queue="a")).priority is None


@given(st.text(max_size=200), st.text(max_size=30))
def test_any_text_and_any_word_can_be_looked_at(text: str, word: str) -> None:
    found = words(text)
    assert found == words(found)
    matched(When(words=(word,), attributes={"a": word or "*"}), text=text, subject=text, attributes={"a": text})


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_a_glob_without_signs_fits_itself(text: str) -> None:
    plain = text.replace("*", "").replace("?", "")
    assert glob(plain).found(plain.encode())
    assert glob(f"*{plain}?").found(f"before {plain}.".encode())
