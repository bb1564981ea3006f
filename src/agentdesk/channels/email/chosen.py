"""Which parts of a mail are its text, and which are attachments. Pure."""

from __future__ import annotations

from agentdesk.channels.email.tree import Part

_SIGNATURE_TYPES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_REPORT_TYPES = ("message/delivery-status", "message/disposition-notification", "/rfc822-headers", "/global-headers")


class Passage:
    """A stretch of the text: parts in plain text and in HTML that say the same, or only one of them."""

    __slots__ = ("html", "plain")

    def __init__(self) -> None:
        self.plain: list[Part] = []
        self.html: list[Part] = []


class Chosen:
    """The passages of the text in order, and the parts that are listed as attachments."""

    def __init__(self, root: Part) -> None:
        self.passages: list[Passage] = []
        self.files: list[Part] = []
        waiting: list[tuple[Part, Passage | None]] = [(root, None)]
        while waiting:
            part, passage = waiting.pop()
            if part.parts:
                if part.type == "multipart/alternative" and passage is None:
                    passage = self._begin()
                waiting.extend((one, passage) for one in reversed(part.parts))
            elif part.type not in _SIGNATURE_TYPES and not part.type.endswith(_REPORT_TYPES):
                self._place(part, passage, part is root)
        if not any(passage.plain or passage.html for passage in self.passages):
            self._read_a_file()

    @property
    def html(self) -> list[Part]:
        """Every part of the text that is HTML."""
        return [part for passage in self.passages for part in passage.html]

    def _begin(self) -> Passage:
        self.passages.append(Passage())
        return self.passages[-1]

    def _place(self, part: Part, passage: Passage | None, only: bool) -> None:
        if part.disposition == "attachment" and not only:
            self.files.append(part)
        elif part.type == "text/html" and not part.name:
            (passage or self._begin()).html.append(part)
        elif _is_plain(part, only):
            (passage or self._begin()).plain.append(part)
        elif not part.type.startswith("multipart/") or part.start < part.end:
            self.files.append(part)

    def _read_a_file(self) -> None:
        """A text with a name that is not said to be an attachment is the mail's text, if there is no other."""
        for part in self.files:
            if part.type in ("text/plain", "text/html") and part.disposition != "attachment":
                passage = self._begin()
                (passage.plain if part.type == "text/plain" else passage.html).append(part)
                self.files.remove(part)
                return


def _is_plain(part: Part, only: bool) -> bool:
    """Whether a part is read as plain text; a multipart whose parts can't be found is, too."""
    if part.type == "text/plain" or (part.type.startswith("multipart/") and not part.depth):
        return not part.name
    return only and part.type.startswith("text/")
