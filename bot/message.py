"""What the bot says, as plain data: a text with rows of buttons. Below every other room; imports nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
class Message:
    """One message to one patient.

    Attributes:
        text: Telegram HTML; whatever a patient typed is escaped by whoever puts it in.
        rows: Inline keyboard, at most eight buttons a row.
        silent: Arrives without a sound.
        ask_location: Also shows the reply keyboard button that shares a location once, with this label.
        drop_reply_keyboard: Removes that keyboard again.
    """

    text: str
    rows: tuple[Row, ...] = ()
    silent: bool = False
    ask_location: str | None = None
    drop_reply_keyboard: bool = False
