"""HTML for a terminal and for a browser: what stays, what goes, and what a link really leads to."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.channels.email.html_text import rendered
from agentdesk.channels.email.page import page, safe


def text(html: str) -> str:
    return rendered(html).text


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
        ("<div>one</div><div>two</div><div><br></div><div>three</div>", "one\ntwo\n\nthree"),
        ("one<br><br><br><br>two", "one\n\ntwo"),
        ("<h1>Title</h1>text<h3>Part</h3>", "# Title\n\ntext\n\n### Part"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "• a\n• b\n  • c"),
        ("<ol><li><p>a</p></li><li>b<br>more</li></ol>", "1. a\n2. b\n  more"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n>\n>> b\n\nc"),
        ("<blockquote style='margin:0 0 0 40px;border:none'>indented</blockquote>", "indented"),
        ("<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"),
        ("a<hr>b", "a\n────────────────────\nb"),
        ("<table><tr><td>Name</td><td>Nam</td></tr><tr><td>ID</td><td>1042</td></tr></table>", "Name  Nam\nID    1042"),
        ("<table><tr><td>只</td><td>x</td></tr><tr><td>abc</td><td>y</td></tr></table>", "只   x\nabc  y"),
        ("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "a\n\nb\n\nc"),
        ("<table><tr><td><table><tr><td>in</td></tr></table></td></tr></table>", "in"),
        ("&lt;b&gt; &amp; &copy; &#x1F600;", "<b> & © 😀"),
        ("a &#27;[31m b &#0; c &#155;x", "a [31m b � c ›x"),
        ("سلام <b>دنیا</b>", "سلام دنیا"),
        ("<meta charset=iso-8859-1><p>Đơn hàng</p>", "Đơn hàng"),
        ("<?xml version='1.0' encoding='utf-16'?><p>ü", "ü"),
        ("", ""),
        ("no tags, <3 & 1 < 2", "no tags, <3 & 1 < 2"),
    ],
)
def test_layout(html: str, wanted: str) -> None:
    assert text(html) == wanted


@pytest.mark.parametrize(
    "html",
    [
        "<div style='display:none'>HID</div>",
        "<div style='DISPLAY : NONE !important'>HID</div>",
        "<span style='font-size:0'>HID</span>",
        "<span style='color:red;font-size:1px;line-height:1px'>HID</span>",
        "<span style='font-size:0.5px'>HID</span>",
        "<p hidden>HID</p>",
        "<p style='mso-hide:all'>HID</p>",
        "<p style='visibility:hidden'>HID</p>",
        "<p style='opacity:0'>HID</p>",
        "<div style='max-height:0;overflow:hidden'>HID</div>",
        "<div style='position:absolute;left:-9999px'>HID</div>",
        "<font color=white>HID</font>",
        "<p style='color:#fff'>HID</p>",
        "<p style='color:rgb(255, 255, 255)'><b>HID</b></p>",
        "<table bgcolor='#000000'><tr><td style='color:black'>HID</td></tr></table>",
        "<style>.pre, .x{display:none}</style><div class='a pre'>HID</div>",
        "<style>#p{font-size:0px}</style><div id=p>HID</div>",
        "<div style='display:none'><div>HID</div>HID</div>",
        "<div style='display:none'><table><tr><td>HID</table></div>",
        "<script>HID</script><style>HID</style><title>HID</title><!-- HID --><noscript>HID</noscript>",
        "<svg><text>HID</text></svg>",
        "<!--[if mso]>HID<![endif]-->",
        "<img alt=HID width=1 height=1 src=x>",
    ],
)
def test_what_is_hidden_is_not_read(html: str) -> None:
    assert text(f"<p>before</p>{html}<p>after</p>") == "before\n\nafter"


@pytest.mark.parametrize(
    "html",
    [
        "<table bgcolor='#000'><tr><td style='color:#fff'>SEEN</td></tr></table>",
        "<div style='background:url(x.png)'><font color=white>SEEN</font></div>",
        "<p style='font-size:10px'>SEEN</p>",
        "<p style='font-size:1.5em'>SEEN</p>",
        "<p style='font-size:1em'>SEEN</p>",
        "<p style='opacity:0.9'>SEEN</p>",
        "<p style='max-height:0.5em;height:100%'>SEEN</p>",
        "<style>@media (max-width:600px){.m{display:none}}</style><p class=m>SEEN</p>",
        "<style>/* .m{display:none} */ .n .m{display:none}</style><p class=m>SEEN</p>",
        "<div style='display:none'></div><p>SEEN</p>",
        "<div style='display:none'><p>a</div><p>SEEN</p>",
    ],
)
def test_what_is_seen_is_read(html: str) -> None:
    assert text(html) == "SEEN"


def links(html: str) -> list[tuple[str, str, bool]]:
    return [(one.shown, one.target, one.deceptive) for one in rendered(html).links]


@pytest.mark.parametrize(
    ("html", "wanted", "deceptive"),
    [
        ("<a href='https://a.example/x'>here</a>", "here <https://a.example/x>", False),
        ("<a href='https://a.example/x'>https://a.example/x</a>", "https://a.example/x", False),
        ("<a href='https://a.example/x/'>a.example/x</a>", "a.example/x", False),
        ("<a href='mailto:a@b.example'>a@b.example</a>", "a@b.example", False),
        ("<a href='tel:+84123'>+84123</a>", "+84123", False),
        (
            "<a href='https://evil.example/'>https://bank.example/</a>",
            "https://bank.example/ <https://evil.example/>",
            True,
        ),
        (
            "<a href='https://evil.example/bank.example'>bank.example</a>",
            "bank.example <https://evil.example/bank.example>",
            True,
        ),
        (
            "<a href='https://bank.example@evil.example/'>bank.example</a>",
            "bank.example <https://bank.example@evil.example/>",
            True,
        ),
        (
            "<a href='https://www.bank.example/login'>bank.example</a>",
            "bank.example <https://www.bank.example/login>",
            False,
        ),
        ("<a href='https://mybank.example/'>bank.example</a>", "bank.example <https://mybank.example/>", True),
        ("<a href='https://t.example/c'>report.pdf</a>", "report.pdf <https://t.example/c>", False),
        ("<a href='https://a.example'><img src=x alt=Logo></a>", "[image: Logo] <https://a.example>", False),
    ],
)
def test_links_say_where_they_lead(html: str, wanted: str, deceptive: bool) -> None:
    assert text(html) == wanted
    assert [one[2] for one in links(html)] == [deceptive]


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", "JaVa\tscript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc", "#top", ""],
)
def test_links_to_nowhere_are_text(href: str) -> None:
    assert (text(f"<a href='{href}'>word</a>"), links(f"<a href='{href}'>word</a>")) == ("word", [])


def test_links_in_links_that_look_alike() -> None:
    assert text("<a href=x><div><a href=x></a>word</div></a>") == "word"


@settings(max_examples=150, deadline=None)
@given(st.text("<>/abdptrliuo =\"'&;!-#\n\x00 ", max_size=200) | st.text(max_size=100))
def test_any_html_has_a_text_that_can_be_written(html: str) -> None:
    found = rendered(html)
    found.text.encode("utf-8")
    assert "\0" not in found.text and max(found.marks, default=0) <= found.text.count("\n") + 1


TAGS = """
<a href='https://a.example/'>|</a>|<a href=x>|<p>|</p>|<div>|</div>|<div hidden>|<span style='color:#fff'>|</span>
<b>|</b>|<table>|</table>|<tr>|</tr>|<td>|</td>|<ul>|<ol>|</ul>|</ol>|<li>|</li>|<blockquote>|</blockquote>|<pre>|</pre>|<h2>|</h2>
<br>|<hr>|<img alt=x>|<style>.x{display:none}</style>|<i class=x>|</i>|<script>|</script>|<svg>|</svg>
<div class=yahoo_quoted>|<p class=gmail_attr>|<div id=Signature>|word|&nbsp;|&#0;| |text
"""


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(re.split("[|\n]", TAGS)), max_size=60))
def test_tags_in_any_order_have_a_text(tags: list[str]) -> None:
    found = rendered("".join(tags))
    assert found.text.count("word") <= tags.count("word")
    assert max(found.marks, default=0) <= found.text.count("\n") + 1


# --- for the browser

REMOTE = [
    "<img src='https://t.example/p.gif'>",
    "<img srcset='https://t.example/p.gif 2x'>",
    "<img src='//t.example/p.gif'>",
    "<p style='background:url(https://t.example/b)'>x</p>",
    "<p style='background-image:u\\72l(https://t.example/b)'>x</p>",
    "<table background='https://t.example/b'><tr><td>x</table>",
    "<link rel=stylesheet href='https://t.example/c'>",
    "<style>@import 'https://t.example/c'; p{background:url(https://t.example/d)}</style>",
    "<iframe src='https://t.example/'></iframe><object data='https://t.example/'></object><embed src='https://t.example/'>",
    "<video src='https://t.example/' poster='https://t.example/'></video><audio src='https://t.example/'></audio>",
    "<svg><image href='https://t.example/'/><use href='https://t.example/'/></svg>",
    "<input type=image src='https://t.example/'>",
    "<base href='https://t.example/'>",
    "<meta http-equiv=refresh content='0;url=https://t.example/'>",
    "<p style='list-style-type:url(https://t.example/)'>x</p>",
]
ACTIVE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<svg onload=alert(1)>",
    "<form action='https://t.example/'><input name=password></form>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    "<p style='position:fixed;top:0'>over it</p>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
]


@pytest.mark.parametrize("html", REMOTE)
def test_a_page_fetches_nothing(html: str) -> None:
    assert "t.example" not in safe(html, {})


@pytest.mark.parametrize("html", ACTIVE)
def test_a_page_can_do_nothing(html: str) -> None:
    made = safe(html, {}).lower()
    for word in ("<script", "onerror", "onload", "javascript", "<form", "<input", "position", "<svg"):
        assert word not in made.split("title=")[0]


def test_a_page_keeps_links_and_its_own_images() -> None:
    made = safe(
        "<a href='https://a.example/'>x</a><img src='cid:a@b' alt=l><img src='cid:z'>",
        {"a@b": "data:image/gif;base64,R0"},
    )
    assert 'href="https://a.example/"' in made and "noreferrer" in made
    assert 'src="data:image/gif;base64,R0"' in made and "cid:" not in made


def test_a_page_that_nests_beyond_reason_is_its_text() -> None:
    made = page(b"Content-Type: text/html\n\n" + b"<div>" * 100_000 + b"<b>deep</b>")
    assert "<div>" not in made and "<pre" in made and "deep" in made
    assert "<b>flat</b>" in page(b"Content-Type: text/html\n\n" + b"<div>" * 100 + b"<b>flat</b>")


def test_a_page_of_a_plain_mail_is_its_text() -> None:
    made = page(b"From: a@example.org\n\n1 < 2 <script>")
    assert "1 &lt; 2 &lt;script&gt;" in made and "default-src &" not in made and "default-src 'none'" in made
