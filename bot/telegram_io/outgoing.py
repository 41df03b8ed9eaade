"""One call that the bot owes Telegram, as plain data that fits into a delivery's payload."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from bot.message import Attachment, Button, Message

Call = Literal["send", "edit", "strip"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send, a message to rewrite, or a message whose buttons go.

    Attributes:
        call: send a new message; edit the text and buttons of message_id; strip its buttons alone.
        message: What is said; None for strip.
        message_id: The message to edit or strip; None for send.
        keep_for: ("dose" | "checkin", row id): the row that remembers the sent message's id, so that
            the message can lose its buttons later.
    """

    call: Call
    message: Message | None = None
    message_id: int | None = None
    keep_for: tuple[str, str] | None = None

    @property
    def attachment(self) -> Attachment | None:
        """Return what is to be drawn and sent along, or None."""
        return self.message.attachment if self.message else None

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self)

    @staticmethod
    def from_json(data: dict[str, Any]) -> Outgoing:
        """Rebuild what `to_json` gave."""
        message = data["message"]
        keep_for = data["keep_for"]
        return Outgoing(
            call=data["call"],
            message=None if message is None else _message(message),
            message_id=data["message_id"],
            keep_for=None if keep_for is None else (keep_for[0], keep_for[1]),
        )


def _message(data: dict[str, Any]) -> Message:
    rows = tuple(tuple(Button(**button) for button in row) for row in data["rows"])
    # A payload of an older version knows no attachments.
    attachment = data.get("attachment")
    drawn = None if attachment is None else Attachment(**attachment)
    return Message(**(data | {"rows": rows, "attachment": drawn}))


@dataclass(slots=True)
class Outbox:
    """What one update makes the bot say, in order."""

    calls: list[Outgoing] = field(default_factory=list)
    # The words that pop up on the pressed button; None: just stop its spinner.
    toast: str | None = None
    toast_is_alert: bool = False
