"""Text with entities as HTML that the chat page may show as it is."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.html_parser import Entity

_SIMPLE = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_SCHEMES = ("http://", "https://", "tg://", "mailto:", "tel:")


def _tag(entity: Entity) -> tuple[str, str] | None:
    kind = entity["type"]
    if simple := _SIMPLE.get(kind):
        return f"<{simple}>", f"</{simple}>"
    if kind == "spoiler":
        return '<span class="spoiler">', "</span>"
    if kind == "expandable_blockquote":
        return '<blockquote class="expandable">', "</blockquote>"
    if kind == "date_time":
        instant = datetime.fromtimestamp(entity["unix_time"], UTC).isoformat()
        return f'<time datetime="{instant}">', "</time>"
    if kind == "text_link" and entity["url"].lower().startswith(_SCHEMES):
        url = html.escape(entity["url"])
        return f'<a href="{url}" target="_blank" rel="noopener noreferrer">', "</a>"
    return None


def render(text: str, entities: Sequence[Entity]) -> str:
    """Return *text* with its entities as HTML; entities that overlap are closed and opened again."""
    if not entities:
        return html.escape(text, quote=False)
    units = text.encode("utf-16-le")
    spans = [
        (entity["offset"], entity["offset"] + entity["length"], tag)
        for entity in entities
        if (tag := _tag(entity))
    ]
    edges = sorted({0, len(units) // 2, *(edge for first, last, _ in spans for edge in (first, last))})
    parts: list[str] = []
    open_spans: list[tuple[int, int, tuple[str, str]]] = []
    for edge, following in zip(edges, [*edges[1:], edges[-1]], strict=True):
        while any(last <= edge for _, last, _ in open_spans):
            parts.append(open_spans.pop()[2][1])
        for span in spans:
            if span[0] <= edge < span[1] and span not in open_spans:
                open_spans.append(span)
                parts.append(span[2][0])
        piece = units[edge * 2 : following * 2].decode("utf-16-le", errors="replace")
        parts.append(html.escape(piece, quote=False))
    return "".join(parts)
