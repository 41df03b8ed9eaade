"""Telegram's HTML becomes text with entities, and safe HTML for the page again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.errors import ApiError
from bot.sandbox.html_parser import parse_html, utf16_length
from bot.sandbox.safe_html import render


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("&lt;b&gt; &amp; &quot;&#8364;&#x1F600; &copy; &", '<b> & "€😀 &copy; &', []),
        ("😀<b>x</b>", "😀x", [{"type": "bold", "offset": 2, "length": 1}]),
        (
            "<i>a<u>b</u></i>",
            "ab",
            [{"type": "italic", "offset": 0, "length": 2}, {"type": "underline", "offset": 1, "length": 1}],
        ),
        ("<del>x</del>", "x", [{"type": "strikethrough", "offset": 0, "length": 1}]),
        ("<tg-spoiler>x</tg-spoiler>", "x", [{"type": "spoiler", "offset": 0, "length": 1}]),
        ('<span class="tg-spoiler">x</span>', "x", [{"type": "spoiler", "offset": 0, "length": 1}]),
        ("<blockquote>x</blockquote>", "x", [{"type": "blockquote", "offset": 0, "length": 1}]),
        (
            "<blockquote expandable>x</blockquote>",
            "x",
            [{"type": "expandable_blockquote", "offset": 0, "length": 1}],
        ),
        (
            '<pre><code class="language-sql">x</code></pre>',
            "x",
            [{"type": "pre", "offset": 0, "length": 1, "language": "sql"}],
        ),
        (
            "<a href='https://example.org/?a=1&amp;b=2'>x</a>",
            "x",
            [{"type": "text_link", "offset": 0, "length": 1, "url": "https://example.org/?a=1&b=2"}],
        ),
        ('<a href="javascript:alert(1)">x</a>', "x", []),
        (
            '<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>',
            "👍",
            [{"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "5368324170671202286"}],
        ),
        (
            '<tg-time unix="1647531900" format="wDT">22:45</tg-time>',
            "22:45",
            [
                {
                    "type": "date_time",
                    "offset": 0,
                    "length": 5,
                    "unix_time": 1647531900,
                    "date_time_format": "wDT",
                }
            ],
        ),
        ("<B>x</b>", "x", [{"type": "bold", "offset": 0, "length": 1}]),
    ],
)
def test_html_becomes_text_and_entities(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    """Every tag that Telegram knows, with offsets in UTF-16 units."""
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    "source",
    [
        "<tg-time>x</tg-time>",
        '<tg-time unix="1" format="q">x</tg-time>',
        '<tg-emoji emoji-id="x">y</tg-emoji>',
        "<b =x>y</b>",
        "<b>x</b",
        "<a href='x",
    ],
)
def test_tags_with_bad_attributes_are_refused(source: str) -> None:
    """Each with Telegram's prefix."""
    with pytest.raises(ApiError, match="can't parse entities: "):
        parse_html(source)


@given(st.text(st.sampled_from("<>/&;ab= \"'😀lt"), max_size=40))
def test_any_text_is_parsed_or_refused(source: str) -> None:
    """Never a crash, and entities always lie inside the text."""
    try:
        text, entities = parse_html(source)
    except ApiError:
        return
    assert all(
        0 <= each["offset"] < each["offset"] + each["length"] <= utf16_length(text) for each in entities
    )


entity = st.builds(
    lambda kind, offset, length: {"type": kind, "offset": offset, "length": length},
    st.sampled_from(["bold", "italic", "code", "spoiler", "unknown"]),
    st.integers(0, 6),
    st.integers(1, 6),
)


@given(st.text(st.sampled_from("<>&'\"ab"), min_size=12, max_size=12), st.lists(entity, max_size=4))
def test_the_page_gets_safe_html_with_balanced_tags(text: str, entities: list[dict[str, Any]]) -> None:
    """Whatever overlaps, tags nest, and without them the text is there, escaped."""
    rendered = render(text, entities)
    open_tags: list[str] = []
    for closing, name in re.findall(r"<(/?)([a-z]+)[^>]*>", rendered):
        if closing:
            assert open_tags.pop() == name
        else:
            open_tags.append(name)
    assert open_tags == []
    bare = re.sub(r"<[^>]*>", "", rendered)
    assert bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_the_page_shows_links_times_and_spoilers() -> None:
    """As elements that the page's protocol names."""
    text, entities = parse_html(
        '<a href="https://example.org">a</a><tg-time unix="0" format="t">b</tg-time>'
        "<tg-spoiler>c</tg-spoiler>"
    )
    assert render(text, entities) == (
        '<a href="https://example.org" target="_blank" rel="noopener noreferrer">a</a>'
        '<time datetime="1970-01-01T00:00:00+00:00">b</time><span class="spoiler">c</span>'
    )
