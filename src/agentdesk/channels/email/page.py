"""A mail in HTML made safe for the browser: no scripts, forms or frames, and nothing is fetched from anywhere. Pure."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping

import nh3

from agentdesk.channels.email import bounds
from agentdesk.channels.email.body import Body
from agentdesk.channels.email.chosen import Chosen
from agentdesk.channels.email.tree import Part, Tree, content
from agentdesk.channels.sniff import INLINE_TYPES, media_type

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
"""For the page's `Content-Security-Policy` header; the page says it, too."""
_TAGS = (
    "a abbr b big blockquote br caption center cite code col colgroup dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr"
    " i img ins kbd li ol p pre q s small span strike strong sub sup table tbody td tfoot th thead tr tt u ul"
)
_EVERYWHERE = {"dir", "lang", "style", "title", "align", "valign", "bgcolor", "color", "width", "height"}
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "table": {"border", "cellpadding", "cellspacing"},
    "font": {"face", "size"},
    "ol": {"start", "type"},
}
_STYLES = (
    "color background-color font-weight font-style font-size font-family text-align text-decoration direction"
    " unicode-bidi margin margin-left margin-right margin-top margin-bottom padding padding-left padding-right"
    " padding-top padding-bottom border border-left border-right border-top border-bottom border-collapse"
    " border-spacing width max-width line-height vertical-align white-space list-style-type"
)
"""Properties that fetch nothing and move nothing over something else."""


def page(raw: bytes) -> str:
    """The page for a mail: its HTML, made safe, or its text if it has none that a browser could bear.

    Of images only the mail's own are shown.
    """
    tree = Tree(raw)
    chosen = Chosen(tree.root)
    body = Body(tree, chosen, {})
    pieces = [body.source(part) for part in chosen.html[:10]]
    if not pieces or body.too_deep:
        return _framed(f"<pre style='white-space:pre-wrap'>{html.escape(body.text)}</pre>")
    source = "\n<hr>\n".join(pieces)[: bounds.PAGE_CHARS_MAX]
    return _framed(safe(source, _images(tree, chosen.files)))


def safe(source: str, images: Mapping[str, str]) -> str:
    """HTML that can do nothing and fetch nothing; `images` are data URLs by content id."""

    def allowed(tag: str, attribute: str, value: str) -> str | None:
        if tag == "img" and attribute == "src":
            return images.get(value[4:]) if value[:4].lower() == "cid:" else None
        return None if attribute == "style" and "url" in value.lower() else value

    return nh3.clean(
        source,
        tags=set(_TAGS.split()),
        clean_content_tags={"script", "style", "title", "noscript", "template", "textarea", "select", "svg", "math"},
        attributes=_ATTRIBUTES,
        attribute_filter=allowed,
        filter_style_properties=set(_STYLES.split()),
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def _images(tree: Tree, parts: list[Part]) -> dict[str, str]:
    """The mail's own images by content id, as data URLs, up to a bound."""
    found: dict[str, str] = {}
    left = bounds.PAGE_IMAGE_BYTES_MAX
    for part in parts:
        if not part.content_id or not part.type.startswith("image/"):
            continue
        data = content(tree.raw, part)
        kind = media_type(data)
        if kind in INLINE_TYPES and len(data) <= left:
            left -= len(data)
            found[part.content_id] = f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
    return found


def _framed(inner: str) -> str:
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width">'
        f'<title>Mail</title></head><body dir="auto">{inner}</body></html>'
    )
