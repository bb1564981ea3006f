"""What styles hide in a mail in HTML, and where mail programs mark a quote or a signature. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from agentdesk.channels.email import bounds

HISTORY, ATTRIBUTION, SIGNATURE = "\0history", "\0attribution", "\0signature"
"""Marks in a line of their own: what follows is old, is the line above a quote, is a signature."""

_HIDING = re.compile(
    r"(?:^|[;{\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|font-size\s*:\s*(?:0*\.\d+|[01])(?:\.0*)?(?:px|pt|em|rem|%)?\s*(?:!important)?\s*(?:;|\}|$)"
    r"|(?:max-)?height\s*:\s*0(?:px|pt)?\s*(?:!important)?\s*(?:;|\}|$)|opacity\s*:\s*0(?:\.0*)?\s*(?:;|\}|$)"
    r"|text-indent\s*:\s*-\d{3}|(?:left|top)\s*:\s*-\d{4})",
    re.IGNORECASE,
)
_FONT_SIZE_EM = re.compile(r"font-size\s*:\s*1(?:\.0*)?(?:em|rem)", re.IGNORECASE)
_COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*([^;]{1,60})", re.IGNORECASE)
_BACKGROUND = re.compile(r"(?:^|[;\s])background(?:-color)?\s*:\s*([^;]{1,200})", re.IGNORECASE)
_COLOURING = ("style", "color", "bgcolor", "background")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})")
_NAMED = {"white": "ffffff", "black": "000000", "snow": "fffafa", "red": "ff0000", "gray": "808080"}
_CSS_COMMENT = re.compile(r"/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)")
_SIMPLE = re.compile(r"[a-z0-9]*([.#][\w-]{1,80})", re.IGNORECASE)
_OLD = re.compile(
    r"(?:^|[\s_])(?:divRplyFwdMsg|OutlookMessageHeader|yahoo_quoted|zmail_extra|ms-outlook-mobile-reference-message)(?:\s|$)",
    re.IGNORECASE,
)
_OLD_STYLE = re.compile(r"border:\s*none;\s*border-top:\s*solid #(?:E1E1E1|B5C4DF)", re.IGNORECASE)
_LINE_ABOVE = re.compile(r"(?:^|\s)(?:gmail_attr|moz-cite-prefix|moz-forward-container)(?:\s|$)")
_SIGNED = re.compile(
    r"(?:^|[\s_-])(?:gmail_signature|moz-signature|Signature|AppleMailSignature|ms-outlook-mobile-signature"
    r"|protonmail_signature_block)(?:[\s-]|$)"
)


def hides(style: str) -> bool:
    """Whether an element with these declarations can't be seen, whatever its colours."""
    return bool(style) and _HIDING.search(style) is not None and _FONT_SIZE_EM.search(style) is None


def hidden_names(css: str) -> Iterator[str]:
    """The `.class` and `#id` that a style sheet hides everywhere; rules for some screens (`@media`) don't count."""
    css = _CSS_COMMENT.sub("", css[: bounds.STYLE_CHARS_MAX])
    start, depth, selector = 0, 0, ""
    for brace in re.finditer(r"[{}]", css):
        text = css[start : brace.start()]
        start = brace.end()
        if brace[0] == "{":
            depth += 1
            selector = text.strip() if depth == 1 else ""
        else:
            depth = max(0, depth - 1)
            if depth == 0 and selector and hides(text):
                yield from _names(selector)
            selector = ""


def _names(selector: str) -> Iterator[str]:
    for one in selector.split(","):
        if simple := _SIMPLE.fullmatch(one.strip()):
            yield simple[1]


def colours(attributes: Mapping[str, str]) -> tuple[str, str]:
    """The text's colour and its background if an element sets them: six hexadecimal digits, or what is written."""
    if attributes.keys().isdisjoint(_COLOURING):
        return "", ""
    style = attributes.get("style", "")
    colour = _COLOUR.search(style)
    background = _BACKGROUND.search(style)
    behind = background[1] if background else attributes.get("bgcolor") or attributes.get("background", "")
    return _colour(colour[1] if colour else attributes.get("color", "")), _colour(behind)


@lru_cache(maxsize=1_024)
def _colour(text: str) -> str:
    text = text.replace("!important", "").strip().lower()
    if rgb := _RGB.match(text):
        return "".join(f"{min(int(part), 255):02x}" for part in rgb.groups())
    first = text.split(" ")[0]
    if re.fullmatch(r"#[0-9a-f]{3}", first):
        return "".join(digit * 2 for digit in first[1:])
    return first[1:] if re.fullmatch(r"#[0-9a-f]{6}", first) else _NAMED.get(first, text)


def mark(tag: str, attributes: Mapping[str, str]) -> str:
    """What a mail program says an element is: one of the marks, or nothing."""
    if attributes.keys().isdisjoint(("class", "id", "style")):
        return ""
    named = f"{attributes.get('class', '')[:200]} {attributes.get('id', '')[:100]}"
    if _OLD.search(named) or (tag == "div" and _OLD_STYLE.search(attributes.get("style", ""))):
        return HISTORY
    if _LINE_ABOVE.search(named):
        return ATTRIBUTION
    return SIGNATURE if _SIGNED.search(named) else ""
