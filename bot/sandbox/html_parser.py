"""Telegram's HTML: text and entities out of it, or its refusal with a byte offset."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

from bot.sandbox.errors import ApiError, bad_request

Entity = dict[str, Any]
"""A MessageEntity as JSON; offset and length in UTF-16 units."""

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "blockquote": "blockquote",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
_SPECIAL = re.compile(r"[<&]")
_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});?")
_NAME_END = re.compile(r"[\s>]|\Z")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>/"']*)\s*(?:=\s*("[^"]*"|'[^']*'|[A-Za-z0-9.-]*))?""")
_LINK = re.compile(r"(?:https?://[^\s.]+|https?://\S+\.\S+|tg://\S+|mailto:\S+|tel:\S+)\S*", re.IGNORECASE)
_TIME_FORMAT = re.compile(r"(?:r|w?[dD]?[tT]?)")


def utf16_length(text: str) -> int:
    """Return the length of *text* in UTF-16 units, which is how Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    begin: int


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.parts: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def refuse(self, words: str, begin: int, tail: str = "") -> ApiError:
        offset = len(self.source[:begin].encode())
        return bad_request(f"can't parse entities: {words} at byte offset {offset}{tail}")

    def add(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.offset += utf16_length(text)

    def parse(self) -> tuple[str, list[Entity]]:
        while found := _SPECIAL.search(self.source, self.position):
            self.add(self.source[self.position : found.start()])
            self.position = found.start()
            if found[0] == "&":
                self.reference()
            elif self.source.startswith("</", self.position):
                self.end_tag()
            else:
                self.start_tag()
        self.add(self.source[self.position :])
        if self.open:
            raise bad_request(
                f"can't parse entities: Can't find end tag corresponding to start tag \"{self.open[-1].tag}\""
            )
        return "".join(self.parts), self.entities

    def reference(self) -> None:
        found = _REFERENCE.match(self.source, self.position)
        text = html.unescape(found[0]) if found else "&"
        self.add(text)
        self.position += len(found[0]) if found else 1

    def start_tag(self) -> None:
        begin = self.position
        name_end = self._name_end(begin + 1)
        tag = self.source[begin + 1 : name_end].lower()
        if name_end == len(self.source):
            raise self.refuse("Unclosed start tag", begin)
        if tag not in _TYPES:
            raise self.refuse(f'Unsupported start tag "{tag}"', begin)
        self.position = name_end
        attributes = self._attributes(tag, begin)
        self._check_attributes(tag, attributes, begin)
        self.open.append(_Open(tag, attributes, self.offset, begin))

    def _name_end(self, start: int) -> int:
        found = _NAME_END.search(self.source, start)
        return found.start() if found else len(self.source)

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while not self.source.startswith(">", self.position):
            found = _ATTRIBUTE.match(self.source, self.position)
            name, value = (found[1].lower(), found[2]) if found else ("", None)
            self.position = found.end() if found else self.position
            if self.position >= len(self.source):
                raise self.refuse(f'Unclosed start tag "{tag}"', begin)
            if name:
                attributes[name] = html.unescape((value or "").strip("\"'"))
            elif value is not None or not self.source.startswith(">", self.position):
                raise self.refuse(f'Empty attribute name in the tag "{tag}"', begin)
        self.position += 1
        return attributes

    def _check_attributes(self, tag: str, attributes: dict[str, str], begin: int) -> None:
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self.refuse('Tag "span" must have class "tg-spoiler"', begin)
        if tag == "tg-emoji" and not attributes.get("emoji-id", "").isdecimal():
            raise bad_request("can't parse entities: Invalid custom emoji identifier specified")
        if tag == "tg-time":
            if not attributes.get("unix", "").isdecimal():
                raise self.refuse('Tag "tg-time" must have attribute "unix"', begin)
            if not _TIME_FORMAT.fullmatch(attributes.get("format", "")):
                raise self.refuse('Invalid format in the tag "tg-time"', begin)

    def end_tag(self) -> None:
        begin = self.position
        if not self.open:
            raise self.refuse("Unexpected end tag", begin)
        name_end = self._name_end(begin + 2)
        tag = self.source[begin + 2 : name_end].lower()
        close = self.source.find(">", name_end)
        if close < 0 or self.source[name_end:close].strip():
            raise self.refuse("Unclosed end tag", begin)
        opened = self.open.pop()
        if tag not in {"", opened.tag}:
            raise self.refuse("Unmatched end tag", begin, f', expected "</{opened.tag}>", found "</{tag}>"')
        self.position = close + 1
        if self.offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity: Entity = {
            "type": _TYPES[opened.tag],
            "offset": opened.offset,
            "length": self.offset - opened.offset,
        }
        attributes = opened.attributes
        if opened.tag == "a":
            if not _LINK.fullmatch(attributes.get("href", "")):
                return
            entity["url"] = attributes["href"]
        elif opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = attributes["emoji-id"]
        elif opened.tag == "tg-time":
            entity["unix_time"] = int(attributes["unix"])
            entity["date_time_format"] = attributes.get("format", "")
        elif opened.tag == "blockquote" and "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
        elif opened.tag in {"code", "pre"}:
            self._name_language(entity, opened)
        self.entities.append(entity)

    def _name_language(self, entity: Entity, opened: _Open) -> None:
        """`<pre><code class="language-x">` is one entity: pre with a language."""
        language = opened.attributes.get("class", "").removeprefix("language-")
        around = self.open[-1] if self.open else None
        if opened.tag == "code" and around and around.tag == "pre" and around.offset == opened.offset:
            around.attributes["class"] = f"language-{language}"
        elif opened.tag == "pre" and language:
            entity["language"] = language
            if self.entities and self.entities[-1] == {**_without_language(entity), "type": "code"}:
                self.entities.pop()


def _without_language(entity: Entity) -> Entity:
    return {key: value for key, value in entity.items() if key != "language"}


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Return the text of *source* and its entities, outer ones first.

    Raises:
        ApiError: 400 "can't parse entities: ..." for what Telegram would refuse.
    """
    if "<" not in source and "&" not in source:
        return source, []
    text, entities = _Parser(source).parse()
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return text, entities


def trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Return the text without white space at its ends, as Telegram stores it, with entities moved along."""
    stripped = text.strip()
    if stripped == text:
        return text, entities
    lead = utf16_length(text[: len(text) - len(text.lstrip())])
    end = utf16_length(stripped)
    kept = []
    for entity in entities:
        first = max(entity["offset"] - lead, 0)
        last = min(entity["offset"] - lead + entity["length"], end)
        if last > first:
            kept.append({**entity, "offset": first, "length": last - first})
    return stripped, kept
