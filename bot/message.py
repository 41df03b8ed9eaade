"""What the bot says, as plain data: a text with rows of buttons. Below every other room; imports nothing."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

MAX_CALLBACK_BYTES = 64

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
