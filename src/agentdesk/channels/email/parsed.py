"""What a mail is once it is read: `ParsedMail` or `Rejection`. Frozen, bounded, free of control characters."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What sort of mail it is; only a normal one is a person writing to the desk."""

    NORMAL = "normal"
    AUTO_REPLY = "auto_reply"
    DELIVERY_REPORT = "delivery_report"
    MAILING_LIST = "mailing_list"
    LOOP = "loop"


class Protection(StrEnum):
    """Signed or encrypted, and how. Signatures are not verified and nothing is decrypted."""

    NONE = ""
    PGP_SIGNED = "pgp_signed"
    PGP_ENCRYPTED = "pgp_encrypted"
    SMIME_SIGNED = "smime_signed"
    SMIME_ENCRYPTED = "smime_encrypted"


class Note(StrEnum):
    """What was wrong with a mail that could be read all the same, or what was left out."""

    HEADERS_CUT = "headers_cut"
    PARTS_CUT = "parts_cut"
    DEPTH_CUT = "depth_cut"
    TEXT_CUT = "text_cut"
    UNKNOWN_CHARSET = "unknown_charset"
    DAMAGED_TEXT = "damaged_text"
    TRUNCATED = "truncated"
    NO_BOUNDARY = "no_boundary"
    WINMAIL = "winmail"
    HIDDEN_TEXT = "hidden_text"


class Reason(StrEnum):
    """Why a mail was rejected. Of the last two the mail itself is not to blame: try again."""

    EMPTY = "empty"
    NOT_A_MAIL = "not_a_mail"
    TOO_LARGE = "too_large"
    TOO_MUCH_MEMORY = "too_much_memory"
    TOO_SLOW = "too_slow"
    UNREADABLE = "unreadable"
    WORKER_DIED = "worker_died"
    BUSY = "busy"
    STOPPED = "stopped"


class Address(msgspec.Struct, frozen=True):
    """A person or a mailbox: the name as shown, the address as written."""

    name: str
    address: str

    @property
    def key(self) -> str:
        """What two spellings of the same address have in common."""
        return self.address.casefold()


class AddressList(msgspec.Struct, frozen=True):
    """The first addresses of a list, and how many there are in all."""

    shown: tuple[Address, ...] = ()
    count: int = 0


class Attachment(msgspec.Struct, frozen=True):
    """A file in a mail. `start`, `end` and `encoding` say where its bytes are: see `tree.content`.

    `danger` says in words why it should not be opened; empty if nothing speaks against it.
    """

    name: str
    size: int
    media_type: str
    claimed_type: str
    danger: str
    inline: bool
    content_id: str
    start: int
    end: int
    encoding: str


class Link(msgspec.Struct, frozen=True):
    """A link: what is shown, where it leads; `deceptive` if what is shown names another host."""

    shown: str
    target: str
    deceptive: bool


class PartKind(StrEnum):
    """What a stretch of the text is."""

    TEXT = "text"
    QUOTE = "quote"
    HISTORY = "history"
    SIGNATURE = "signature"


class TextPart(msgspec.Struct, frozen=True):
    """A stretch of the text: shown (text, quote), dimmed (signature) or folded (history)."""

    kind: PartKind
    text: str
    lines: int


class Reading(msgspec.Struct, frozen=True):
    """The text in order, cut into what is new, what is quoted to be answered, the signature, and old history."""

    parts: tuple[TextPart, ...] = ()

    @property
    def visible(self) -> str:
        """What the writer added, with the quotes they answer in place."""
        shown = (part.text for part in self.parts if part.kind in (PartKind.TEXT, PartKind.QUOTE))
        return "\n\n".join(shown)

    @property
    def signature(self) -> str:
        """The signature; empty if there is none."""
        return "\n".join(part.text for part in self.parts if part.kind is PartKind.SIGNATURE)

    @property
    def folded(self) -> tuple[TextPart, ...]:
        """The old history."""
        return tuple(part for part in self.parts if part.kind is PartKind.HISTORY)


class Undelivered(msgspec.Struct, frozen=True):
    """What a delivery report says of one recipient, in the server's own words."""

    recipient: str
    action: str
    status: str
    diagnostic: str

    @property
    def permanent(self) -> bool:
        """Whether the server gave up on this recipient."""
        return self.action == "failed" or (not self.action and self.status.startswith("5"))


class Report(msgspec.Struct, frozen=True):
    """A delivery report: for whom, and for which of the mails that were sent."""

    recipients: tuple[Undelivered, ...]
    original_message_id: str
    original_subject: str = ""


class ListHeaders(msgspec.Struct, frozen=True):
    """What a mailing list says of itself."""

    list_id: str = ""
    post: str = ""
    unsubscribe: str = ""


class ParsedMail(msgspec.Struct, frozen=True, tag="mail", kw_only=True):
    """A mail, read. Times are in milliseconds since 1970; `date_ms` is the sender's claim, None if there is none."""

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sender: Address
    reply_to: AddressList
    to: AddressList
    cc: AddressList
    delivered_to: AddressList
    subject: str
    date_ms: int | None
    text: str
    reading: Reading
    links: tuple[Link, ...]
    has_html: bool
    attachments: tuple[Attachment, ...]
    attachment_count: int
    kind: Kind
    may_answer: bool
    """Whether an automatic answer may be sent: no machine, no list, no loop is on the other side."""
    report: Report | None
    list_headers: ListHeaders
    protection: Protection
    languages: tuple[str, ...]
    """Languages that the mail itself names, the likeliest first; a hint, no more."""
    size: int
    notes: tuple[Note, ...]


class Rejection(msgspec.Struct, frozen=True, tag="rejected", kw_only=True):
    """A mail that was not read: why, in a code and in words, and what its headers said as far as they were read."""

    reason: Reason
    words: str
    message_id: str = ""
    sender: str = ""
    subject: str = ""

    @property
    def again(self) -> bool:
        """Whether to try again: the mail is not to blame."""
        return self.reason in (Reason.BUSY, Reason.STOPPED)
