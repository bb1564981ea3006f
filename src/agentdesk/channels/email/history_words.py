"""What mail programs write above old messages and below new ones, by language: en, id, vi, fa, and a few others."""

from __future__ import annotations

import re
import unicodedata

WROTE = (
    "wrote|writes|menulis|đã viết|viết|نوشته است|نوشته|نوشت|schrieb|écrit|escribió|escreveu|scritto|schreef"
    "|napisał|napisała|skrev|kirjoitti|написал|написала|пишет|写道|寫道|のメッセージ|작성|yazdı|كتب|کتب|เขียน"
)
"""How the line above a quote ends, before its colon."""
LABELS = {
    "from": "from|dari|từ|người gửi|از|فرستنده|von|de|da|van|från|от|发件人|寄件者|差出人",
    "date": (
        "sent|date|dikirim|tanggal|đã gửi|ngày gửi|ngày|thời gian|ارسال شده|ارسال|تاریخ|زمان ارسال|زمان|gesendet|datum"
        "|envoyé|enviado|fecha|data|verzonden|skickat|отправлено|дата|发送时间|日期|送信日時"
    ),
    "to": "to|kepada|ke|untuk|đến|tới|người nhận|به|گیرنده|an|à|para|a|aan|till|кому|收件人|宛先",
    "cc": "cc|tembusan|đồng gửi|رونوشت|kopie|copie|cópia|копия|抄送",
    "subject": (
        "subject|subjek|perihal|judul|chủ đề|tiêu đề|موضوع|betreff|objet|asunto|assunto|onderwerp|ämne|тема|主题|件名"
    ),
    "reply": "reply-to|balas ke|trả lời tới|پاسخ به",
}
OLD = (
    "original message|original appointment|pesan asli|thư gốc|tin nhắn gốc|پیام اصلی"
    "|ursprüngliche nachricht|message d'origine|mensaje original|oorspronkelijk bericht|исходное сообщение"
)
"""Between dashes, above a message that is answered."""
FORWARDED = (
    "forwarded message|begin forwarded message|pesan terusan|pesan yang diteruskan|thư đã chuyển tiếp"
    "|tin nhắn đã chuyển tiếp|thư chuyển tiếp|پیام فوروارد شده|پیام فرستاده شده|پیام هدایت شده|پیام ارجاع شده"
    "|weitergeleitete nachricht|message transféré|mensaje reenviado"
)
"""Above a message that is passed on, which is what the reader wants to read."""
REPLY_PREFIXES = "re|aw|antw|sv|vs|odp|bls|balas|tr|trả lời|پاسخ|رد|ответ|答复|回复|回覆"
FORWARD_PREFIXES = "fw|fwd|wg|tr|rv|enc|doorst|trs|terusan|teruskan|chuyển tiếp|فوروارد|هدایت|ارجاع|转发|轉寄"
SENT_FROM = (
    "sent from|sent with|sent via|sent on my|get outlook for|dikirim dari|dikirim melalui|dikirim menggunakan"
    "|dapatkan outlook|đã gửi từ|được gửi từ|gửi từ|tải outlook|lấy outlook"
    "|ارسال شده از|ارسال از|فرستاده شده از|فرستاده شده با"
    "|von meinem|gesendet von|envoyé de|envoyé depuis|enviado desde|enviado do|inviato da|verzonden vanaf|отправлено с"
)
SENT_FROM_ENDINGS = "من ارسال شد|من فرستاده شد|من ارسال شده است|gesendet"

_UNSEEN = dict.fromkeys(
    map(ord, "\u200b\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\xad")
)
_ZEROS = "٠۰०০๐０"
"""The zero of each script whose digits are read."""
_DIGITS = {ord(zero) + digit: str(digit) for zero in _ZEROS for digit in range(10)}
_SAME = _UNSEEN | _DIGITS | str.maketrans("يىك\xa0\u202f\u2007\u200c：", "ییک    :")
_DIFFERS = re.compile(f"[{''.join(map(chr, _SAME))}]")
_MONTHS = (
    "jan|feb|mar|apr|mei|may|jun|jul|agu|aug|sep|okt|oct|nov|des|dec|thg|tháng|ژانویه|فوریه|مارس|آوریل|مه|ژوئن|ژوئیه"
    "|اوت|سپتامبر|اکتبر|نوامبر|دسامبر|فروردین|اردیبهشت|خرداد|تیر|مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند"
)

SEPARATOR = re.compile(r"[-_=─—–]{10,}")
"""A line of nothing else: Outlook's and others' above a block of headers."""
TITLED = re.compile(r"[-_─—–]{2,}\s?([^-_─—–\d][^-_─—–]{2,60}?)\s?[-_─—–]{2,}:?")
"""A title between dashes, whatever its language."""
OLD_TITLE = re.compile(OLD, re.IGNORECASE)
FORWARDED_TITLE = re.compile(FORWARDED, re.IGNORECASE)
TITLED_LONG = re.compile(r"-{3,}\s?([^-\s].{4,200}?)\s?-{3,}")
LABELLED = re.compile(r"[*_]{0,2}([^\W\d_][^:*_<>@]{0,24}?)[*_]{0,2}\s?:[*_]{0,2}(?:\s|$)")
_WROTE_ENDS = tuple(WROTE.split("|"))
WROTE_WORD = re.compile(rf"\b(?:{WROTE})\b", re.IGNORECASE)
TIME = re.compile(r"\b\d{1,2}[:.]\d{2}\b")
DATE = re.compile(
    rf"\b\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}}\b|\b(?:1[34]|19|20)\d{{2}}\b|\b\d{{1,2}}\.? (?:{_MONTHS})", re.IGNORECASE
)
NAMED_ADDRESS = re.compile(r"[<\[](?:mailto:)?[\w.+%-]{1,64}@[\w-]{1,63}\.[\w.-]{1,190}[>\]]")
ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}\.[\w.-]{1,190}")
SENT_FROM_LINE = re.compile(rf"(?:{SENT_FROM})\b.{{0,80}}|.{{1,60}}(?:{SENT_FROM_ENDINGS})\.?", re.IGNORECASE)
SUBJECT_PREFIX = re.compile(
    rf"(?:\s|\[external\])*+(?P<kind>{REPLY_PREFIXES}|{FORWARD_PREFIXES})(?:\[\d{{1,3}}\]|\(\d{{1,3}}\))?\s?[:：]",
    re.IGNORECASE,
)
REPLY_PREFIX = re.compile(
    rf"(?:\s|\[external\])*+(?:{REPLY_PREFIXES})(?:\[\d{{1,3}}\]|\(\d{{1,3}}\))?\s?:", re.IGNORECASE
)
FORWARD_PREFIX = re.compile(rf"(?:\s|\[external\])*+(?:{FORWARD_PREFIXES.replace('|tr|', '|')})\s?[:：]", re.IGNORECASE)
_NAMES = {label: name for name, labels in LABELS.items() for label in labels.split("|")}
_SPACE = re.compile(r"\s+")


def folded(line: str) -> str:
    """A line as it is compared: marks of direction gone, digits and look-alike letters made one, spaces single."""
    if not line.isascii():
        line = unicodedata.normalize("NFC", line)
        line = line.translate(_SAME) if _DIFFERS.search(line) else line
    return _SPACE.sub(" ", line).strip()


def ends_with_wrote(line: str) -> bool:
    """Whether a line that is folded ends as the line above a quote does, before its colon."""
    return line.rstrip(" :").lower().endswith(_WROTE_ENDS)


def label(line: str) -> str:
    """What a header line in a quoted block names: from, date, to, cc, subject, reply, or `other`; empty if none."""
    found = LABELLED.match(line)
    return _NAMES.get(found[1].strip().lower(), "other") if found else ""


def bare_subject(subject: str) -> str:
    """A subject without `Re:` and its kin, as it is compared."""
    text = folded(subject)
    for _ in range(10):
        prefix = SUBJECT_PREFIX.match(text)
        if prefix is None:
            break
        text = text[prefix.end() :]
    return text.strip().casefold()


def is_reply(subject: str) -> bool:
    """Whether a subject says already that a mail answers another one."""
    return REPLY_PREFIX.match(folded(subject)) is not None


def is_forward(subject: str) -> bool:
    """Whether a subject says that a mail passes on another one."""
    return FORWARD_PREFIX.match(folded(subject)) is not None
