"""What the bot says, as plain data: a text, rows of buttons, what to draw. Below every room; imports none."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_CALLBACK_BYTES = 64
MAX_CAPTION = 1024
"""UTF-16 units of a text under a picture or a document, counted without its HTML tags."""

_TAG = re.compile(r"</?[a-zA-Z][^>]*>")

ButtonStyle = Literal["primary", "success", "danger"]


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button.

    Attributes:
        text: What the patient reads; short, so that a row fits a phone.
        data: Callback data of at most 64 bytes, or None for a link.
        url: Link to open, or None.
        style: Telegram's colour (Bot API 9.4): primary blue, success green, danger red; None: plain.
    """

    text: str
    data: str | None = None
    url: str | None = None
    style: ButtonStyle | None = None


Row = tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture or a document, as what to draw: it is drawn when it is sent, and kept nowhere.

    Attributes:
        kind: A photo stands in the chat; a document is a file to open, keep or pass on.
        drawing: The name under which bot.parts knows the drawer, e.g. "summary".
        arguments: What the drawer needs beside the patient's rows: plain JSON, small.
        filename: What the file is called on the patient's phone; discreet where the patient is.
        otherwise: HTML to say in place of the text where it can't be drawn; None: the text says it all.
    """

    kind: Literal["photo", "document"]
    drawing: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    filename: str = "diary"
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one patient.

    Attributes:
        text: Telegram HTML; whatever a patient typed is escaped by whoever puts it in.
        rows: Inline keyboard, at most eight buttons a row.
        silent: Arrives without a sound.
        ask_location: Also shows the reply keyboard button that shares a location once, with this label.
        drop_reply_keyboard: Removes that keyboard again.
        attachment: A picture or document, under which the text stands as its caption (`MAX_CAPTION`).
    """

    text: str
    rows: tuple[Row, ...] = ()
    silent: bool = False
    ask_location: str | None = None
    drop_reply_keyboard: bool = False
    attachment: Attachment | None = None


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button, read back from its callback data.

    Attributes:
        verb: "feature.action", e.g. "dose.taken".
        row_id: The row that the button acts on, or None. A button decides its row, never the clock.
        args: What else the button says.
    """

    verb: str
    row_id: UUID | None
    args: tuple[str, ...]

    def date_at(self, index: int = 0) -> date | None:
        """Return the date (ISO 8601) that stands at *index* of the arguments, or None."""
        try:
            return date.fromisoformat(self.args[index])
        except (IndexError, ValueError):
            return None


def press_data(verb: str, row_id: UUID | None = None, *args: object) -> str:
    """Return callback data for a button: "verb:row:arg:arg", a UUID as 22 signs.

    Raises:
        ValueError: It would be longer than the 64 bytes that Telegram takes.
    """
    row = "" if row_id is None else urlsafe_b64encode(row_id.bytes).rstrip(b"=").decode()
    data = ":".join([verb, row, *(str(arg) for arg in args)])
    if len(data.encode()) > MAX_CALLBACK_BYTES:
        raise ValueError(f"callback data of {verb} is longer than {MAX_CALLBACK_BYTES} bytes")
    return data


def read_press(data: str) -> Press | None:
    """Return what `press_data` wrote, or None for anything else (an old version's button, an invention)."""
    verb, _, rest = data.partition(":")
    row, *args = rest.split(":")
    if not verb:
        return None
    if not row:
        return Press(verb, None, tuple(args))
    try:
        return Press(verb, UUID(bytes=urlsafe_b64decode(row + "==")), tuple(args))
    except ValueError:
        return None


def shown_length(text: str) -> int:
    """Return how long Telegram finds *text* (HTML): UTF-16 units of what a patient reads."""
    return len(unescape(_TAG.sub("", text)).encode("utf-16-le")) // 2
