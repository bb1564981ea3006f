"""Old history is folded, whatever program and language wrote the lines above it; what a customer wrote is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.channels.email.history import fold, fold_sent
from agentdesk.channels.email.history_words import is_forward
from agentdesk.channels.email.html_text import rendered
from agentdesk.channels.email.parsed import PartKind

NEW = {
    "en": "Thanks, it arrived.\nOn Monday I wrote: to you too.",
    "id": "Terima kasih, sudah sampai.\nSaya menulis: kemarin juga.",
    "vi": "Cảm ơn, tôi đã nhận được.\nTừ: hôm qua tôi chờ.",
    "fa": "ممنون، رسید.\nاز: دیروز منتظر بودم.",
    "other": "Dzięki, doszło.",
}
MOBILE = {
    "en": [
        "Sent from my iPhone",
        "Sent from Outlook for iOS",
        "Get Outlook for Android",
        "Sent from Yahoo Mail on Android",
    ],
    "id": ["Dikirim dari iPhone saya", "Dikirim dari Yahoo Mail di Android", "Dapatkan Outlook untuk iOS"],
    "vi": ["Đã gửi từ iPhone của tôi", "Được gửi từ Samsung Galaxy", "Tải Outlook cho Android"],
    "fa": ["ارسال شده از iPhone من", "ارسال‌شده از گوشی من", "از iPhone من ارسال شد"],
    "other": ["Von meinem iPhone gesendet", "Envoyé de mon iPhone"],
}
ABOVE_QUOTES = {
    "en": [
        "On Sat, Nov 21, 2026 at 10:00 AM Desk <desk@example.test> wrote:",
        "On Sat, Nov 21, 2026 at 10:00 AM Example Support Desk With A Long Name\n<desk@example.test> wrote:",
        "On 21 Nov 2026, at 10:00, Desk <desk@example.test> wrote:",
        "On 21/11/2026 10:00, Desk wrote:",
        "On Saturday, November 21, 2026 at 10:00:00 AM GMT+7, Desk <desk@example.test> wrote:",
    ],
    "id": [
        "Pada tanggal Sab, 21 Nov 2026 pukul 10.00 Desk <desk@example.test> menulis:",
        "Pada tanggal Sab, 21 Nov 2026 pukul 10.00 Example Support Desk <\ndesk@example.test> menulis:",
        "Pada 21 Nov 2026, pukul 10.00, Desk <desk@example.test> menulis:",
        "Pada 21/11/26 10.00, Desk menulis:",
    ],
    "vi": [
        "Vào Th 7, 21 thg 11, 2026 vào lúc 10:00 Desk <desk@example.test> đã viết:",
        "Vào Th 7, 21 thg 11, 2026 vào lúc 10:00 Example Support Desk <\ndesk@example.test> đã viết:",
        "Vào 21 thg 11, 2026, lúc 10:00, Desk <desk@example.test> đã viết:",
        "Vào 21/11/2026 10:00, Desk đã viết:",
    ],
    "fa": [
        "در تاریخ شنبه ۲۱ نوامبر ۲۰۲۶،\u200f ۱۰:۰۰ Desk <\u202adesk@example.test\u202c\u200f> نوشت:",
        "در ۳۰ آبان ۱۴۰۵، ساعت ۱۰:۰۰، Desk <desk@example.test> نوشت:",
        "در ۲۰۲۶/۱۱/۲۱ ۱۰:۰۰، Desk نوشت:",
    ],
    "other": [
        "W dniu 21.11.2026 o 10:00, Desk pisze:",
        "Am 21.11.2026 um 10:00 schrieb Desk:",
        "2026年11月21日(土) 10:00 Desk <desk@example.test>:",
        "sab 21 nov 2026 alle ore 10:00 Desk <desk@example.test> ha scritto:",
        "Dne so 21. 11. 2026 10:00 uživatel Desk <desk@example.test>\nnapsal:",
        "Desk <desk@example.test> schrieb am Sa., 21.\nNovember 2026, 10:00:",
        "Am Sa., 21. Nov. 2026 um 10:00 Uhr schrieb Desk\n<desk@example.test>:",
        "On Saturday, November 21, 2026, at 10:00:32 AM EST, Desk (O'Brien) from a Department With a Very Long"
        " Name Indeed <desk.of.the.department@a-very-long-domain.example.test> wrote:",
    ],
}
HEADER_BLOCKS = {
    "en": ["From: Desk <desk@example.test>\nSent: Saturday, November 21, 2026 10:00 AM\nTo: Huong\nSubject: Order"],
    "id": ["Dari: Desk <desk@example.test>\nDikirim: Sabtu, 21 November 2026 10.00\nKepada: Budi\nSubjek: Pesanan"],
    "vi": [
        "Từ: Desk <desk@example.test>\nĐã gửi: Thứ Bảy, 21 Tháng Mười Một 2026 10:00 SA\nĐến: Hương\nChủ đề: Đơn hàng"
    ],
    "fa": ["از: Desk <desk@example.test>\nارسال شده: شنبه ۲۱ نوامبر ۲۰۲۶ ۱۰:۰۰\nبه: رضا\nموضوع: سفارش"],
    "other": [
        "Von: Desk <desk@example.test>\nGesendet: Samstag, 21. November 2026 10:00\nAn: Anna\nBetreff: Bestellung",
        "Qqq: Desk <desk@example.test>\nWww: 21.11.2026 10:00\nEee: Anna\nRrr: x",
        "*From:* Desk <desk@example.test>\n*Sent:* Saturday, November 21, 2026 10:00 AM\n*To:* Anna\n*Subject:* x",
    ],
}
TITLES = {
    "en": "-----Original Message-----",
    "id": "-----Pesan Asli-----",
    "vi": "-----Thư gốc-----",
    "fa": "-----پیام اصلی-----",
    "other": "-------- Ursprüngliche Nachricht --------",
}
QUOTED = "> Dear customer,\n> your order is on its way.\n"
OLD = "Dear customer,\nyour order is on its way.\n"


def _replies() -> list[tuple[str, str]]:
    """Every way to write what is above the old text, with it, by language."""
    found = []
    for language in NEW:
        found += [(language, f"{above}\n{gap}{QUOTED}") for above in ABOVE_QUOTES[language] for gap in ("", "\n")]
        for block in HEADER_BLOCKS[language]:
            found += [
                (language, f"{before}{block}\n\n{OLD}") for before in ("", "_" * 32 + "\n", TITLES[language] + "\n")
            ]
        found.append((language, f"{TITLES[language]}\nDesk, Saturday\n\n{OLD}"))
        found.append((language, QUOTED))
        found.append((language, f"---- On Sat, 21 Nov 2026 10:00:50 +0530 desk-1@example.test wrote ----\n\n{OLD}"))
        found.append(
            (language, f"From: Human Resources\n<desk@example.test>\nSent: Monday 10:00\nTo: a\nSubject: b\n\n{OLD}")
        )
    return found


REPLIES = _replies()


@pytest.mark.parametrize("number", range(len(REPLIES)))
def test_old_history_is_folded_and_what_is_new_is_not(number: int) -> None:
    language, old = REPLIES[number]
    found = fold(f"{NEW[language]}\n\n{old}")
    assert (found.visible, found.signature) == (NEW[language], "")
    (history,) = found.folded
    assert history.text == old.strip("\n") and history.lines == history.text.count("\n") + 1
    for mobile in MOBILE[language]:
        found = fold(f"{NEW[language]}\n\n{mobile}\n\n{old}")
        assert (found.visible, found.signature, len(found.folded)) == (NEW[language], mobile, 1)


@pytest.mark.parametrize("language", NEW)
def test_without_a_blank_line_between_them(language: str) -> None:
    for above in ABOVE_QUOTES[language]:
        for new in ("Thanks!", "Write to nam@example.org"):
            assert fold(f"{new}\n{above}\n{QUOTED}").visible == new


def test_a_signature_is_whole() -> None:
    found = fold(f"words\n\n-- \nNam\nSent with Sparrow (http://sparrow.example/)\n\n{QUOTED}")
    assert (found.visible, found.signature) == ("words", "-- \nNam\nSent with Sparrow (http://sparrow.example/)")


KEPT = {
    "an address above": "Write to nam@example.org\nsoon.",
    "times of day": "2026-11-21 14:30:25\n21.11.2026 14:30\nNov 21, 2026 at 14:30\n\nAll of these are mine:\n\nwords",
    "headings": "Points\n----\n\n1. one\n\n----\n\n====\nmore",
    "a colleague wrote": "Hi\nOn Monday at 10:00 your colleague wrote:\nwe refund you.\nWhere is it?",
    "a booking": "Please book:\nFrom: Jakarta\nTo: Bali\nDate: 12/12/2026 10:00\nThanks",
    "a form": "Name: Nam\nPhone: 0901\nEmail: nam@example.org\nDate: 21/11/2026 10:00\nMessage: where is it?",
    "times": "Open at 10:00:\nYes?\nClosed 21/11/2026:\nno",
    "a list of dashes": "one\n----------\ntwo\n--------------------\nthree",
    "a title": "--- Order ---\nit is late\n--- Address ---\nHanoi",
    "less than": "a > b\n5 > 3",
    "two hyphens far above": "--\n" + "line\n" * 40 + "end",
    "sent from": "Sent from my old address I had no answer.\nPlease look.",
}


@pytest.mark.parametrize("name", KEPT)
def test_what_only_looks_like_history_is_shown(name: str) -> None:
    found = fold(KEPT[name])
    assert (found.visible, found.folded, found.signature) == (KEPT[name], (), "")


def test_quotes_that_are_answered_in_place_are_shown() -> None:
    text = "On Sat, Nov 21, 2026 at 10:00 AM Desk <d@e.example> wrote:\n> which size?\n\nXL\n\n> which colour?\n\nred"
    found = fold(text)
    assert [part.kind for part in found.parts] == [PartKind.QUOTE, PartKind.TEXT, PartKind.QUOTE, PartKind.TEXT]
    assert found.visible == text.replace("\n\n\n", "\n\n")


def test_a_long_quote_among_answers_is_folded() -> None:
    long = "\n".join(f"> line {number}" for number in range(40))
    found = fold(f"Hello\n\n{long}\n\nmy answer\n\n> short\n\nmore")
    assert [part.lines for part in found.folded] == [40]
    assert found.visible == "Hello\n\nmy answer\n\n> short\n\nmore"


def test_an_answer_below_the_quote_is_shown_and_the_quote_folded() -> None:
    found = fold(f"{QUOTED}\nmy answer\n\n-- \nNam")
    assert (found.visible, found.signature, len(found.folded)) == ("my answer", "-- \nNam", 1)


def test_a_mail_of_nothing_but_history_is_shown() -> None:
    for text in (f"On 21/11/2026 10:00, Desk wrote:\n{QUOTED}", HEADER_BLOCKS["en"][0] + "\n\nold"):
        found = fold(text)
        assert found.visible == text.strip() and found.folded == ()


@pytest.mark.parametrize(
    "title",
    [
        "---------- Forwarded message ---------",
        "-------- Forwarded Message --------",
        "Begin forwarded message:",
        "---------- Pesan terusan ---------",
        "---------- Thư đã chuyển tiếp ---------",
        "---------- پیام فوروارد شده ---------",
    ],
)
def test_what_is_passed_on_is_shown(title: str) -> None:
    text = f"Is this real?\n\n{title}\n{HEADER_BLOCKS['en'][0]}\n\nPay now."
    found = fold(text)
    assert found.visible == text and found.folded == ()


def test_a_subject_that_says_forward_shows_all() -> None:
    text = f"See below\n\n{HEADER_BLOCKS['en'][0]}\n\n{OLD.strip()}"
    assert fold(text).folded
    assert fold(text, forwarded=True).visible == text
    assert [is_forward(one) for one in ("FW: x", "Fwd: x", "Chuyển tiếp: x", "Re: Fwd: x", "Forwarder", "TR: x")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


def test_what_the_desk_sent_before_is_history_without_any_mark() -> None:
    sent = "Dear customer,\n\nyour order is on its way.\nIt arrives tomorrow.\nYour desk"
    found = fold(f"Never came.\n\n{sent}")
    assert found.folded == ()
    found = fold_sent(found, ["Hello", sent])
    assert found.visible == "Never came." and found.folded[0].text == sent
    for text in ("Your desk\nis great", sent, f"Hi\n\n{QUOTED}"):
        assert fold_sent(fold(text), [sent, "Hi"]) == fold(text), (
            "a line in passing, nothing else, or what is folded anyway"
        )


@pytest.mark.parametrize(
    ("html", "visible", "signature"),
    [
        ("<div>new</div><div id='divRplyFwdMsg'>X: a</div><div>old</div>", "new", ""),
        ("<div>new</div><div id='x_divRplyFwdMsg'>X: a</div><div>old</div>", "new", ""),
        ("<div>new</div><div class='ydp1 yahoo_quoted'>old</div>", "new", ""),
        ("<p>new</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'>X: a</div><p>old</p>", "new", ""),
        (
            "<div>new</div><div class='gmail_quote'><p class='gmail_attr'>Foo bar<blockquote>old</blockquote></div>",
            "new",
            "",
        ),
        ("<p>new</p><div class='moz-cite-prefix'>Foo</div><blockquote type=cite>old</blockquote>", "new", ""),
        ("<p>new</p><div class='gmail_signature'>Nam<br>0901</div>", "new", "Nam\n0901"),
        ("<p>new</p><pre class='moz-signature'>-- \nNam</pre>", "new", "--\nNam"),
        ("<p>new</p><div id='Signature'>Nam</div><hr><div id='divRplyFwdMsg'>X</div>old", "new", "Nam"),
        ("<table><tr><td>new<div class='yahoo_quoted'>old</div></td></tr></table>", "new", ""),
    ],
)
def test_marks_of_mail_programs_need_no_language(html: str, visible: str, signature: str) -> None:
    page = rendered(html)
    found = fold(page.text, page.marks)
    assert found.visible.removesuffix("\n────────────────────").strip() == visible
    assert found.signature.removesuffix("\n────────────────────") == signature


SOME_LINES = """
words
> q
>> q
-- 
On 21/11/2026 10:00, Desk <d@e.example> wrote:
Sent from my iPhone
--------------------
From: a <a@b.example>
Sent: 21/11/2026 10:00
To: b
Subject: c
---- Forwarded message ----
-----Original Message-----
"""


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(SOME_LINES.split("\n")), max_size=30), st.booleans())
def test_folding_loses_and_invents_nothing(lines: list[str], forwarded: bool) -> None:
    text = "\n".join(lines)
    found = fold(text, forwarded=forwarded)
    kept = "\n".join(part.text for part in found.parts)
    assert kept.split() == text.split()
    if text.strip():
        assert found.visible, "something is always shown"
