"""Chats, messages and their versions, as the sandbox's Telegram remembers them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from bot.sandbox.safe_html import render
from bot.sandbox.signals import Feed, Signal

if TYPE_CHECKING:
    from datetime import datetime

    from bot.sandbox.html_parser import Entity

Json = dict[str, Any]
ChatKind = Literal["private", "group", "supergroup", "channel"]
MediaKind = Literal["photo", "document", "location", "sticker", "voice", "other"]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was uploaded.

    Attributes:
        file_id: What the Bot API calls it.
        path: Where the download route finds it: "photos/file_1.png".
        width: Pixels of a picture, else 0.
        height: Pixels of a picture, else 0.
    """

    file_id: str
    path: str
    name: str
    mime_type: str
    content: bytes = field(repr=False)
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Media:
    """What a message shows besides text.

    Attributes:
        file: The picture or file, or None (location, sticker).
        body: The Bot API's own object: of a location, a sticker, a voice message.
    """

    kind: MediaKind
    file: StoredFile | None = None
    body: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChatButton:
    """One inline button as it stood under one version of a message.

    Attributes:
        data: Callback data, or None for a link.
        style: "primary", "success", "danger", or None.
    """

    chat_id: int
    message_id: int
    text: str
    data: str | None
    url: str | None = None
    style: str | None = None


@dataclass(frozen=True)
class Version:
    """A message as it stood for a while; edits make new ones.

    Attributes:
        text: Plain text, or the caption under a picture or file.
        inline_keyboard: Rows of buttons as the Bot API writes them.
        since: From when (aware, UTC).
    """

    chat_id: int
    message_id: int
    text: str
    entities: tuple[Entity, ...]
    media: Media | None
    inline_keyboard: tuple[tuple[Json, ...], ...]
    since: datetime

    @cached_property
    def html(self) -> str:
        """The text with its entities as safe HTML."""
        return render(self.text, self.entities)

    @cached_property
    def rows(self) -> tuple[tuple[ChatButton, ...], ...]:
        """The inline keyboard."""
        return tuple(
            tuple(
                ChatButton(
                    chat_id=self.chat_id,
                    message_id=self.message_id,
                    text=button["text"],
                    data=button.get("callback_data"),
                    url=button.get("url"),
                    style=button.get("style"),
                )
                for button in row
            )
            for row in self.inline_keyboard
        )

    @property
    def buttons(self) -> tuple[ChatButton, ...]:
        """All buttons, row after row."""
        return tuple(button for row in self.rows for button in row)

    def same_content(self, other: Version) -> bool:
        """Tell whether Telegram would call *other* "not modified"."""
        return (
            self.text == other.text
            and self.entities == other.entities
            and self.inline_keyboard == other.inline_keyboard
            and self.media == other.media
        )


@dataclass(slots=True)
class ChatMessage:
    """A message in a chat; it reads like its newest version.

    Attributes:
        sender: The sender's User as the Bot API writes it.
        date: When it was sent (aware, UTC).
        silent: Sent with disable_notification.
        versions: Oldest first, the present one last.
        reply_keyboard: The keyboard below the input field that came with it, or None.
        deleted: It is gone from the chat; the object stays with whoever holds it.
    """

    id: int
    chat_id: int
    from_bot: bool
    sender: Json
    date: datetime
    versions: list[Version]
    silent: bool = False
    reply_to: int | None = None
    reply_keyboard: Json | None = None
    forward_origin: Json | None = None
    deleted: bool = False

    @property
    def now(self) -> Version:
        """The present version."""
        return self.versions[-1]

    @property
    def text(self) -> str:
        """Plain text, or the caption."""
        return self.versions[-1].text

    @property
    def html(self) -> str:
        """The text as safe HTML."""
        return self.versions[-1].html

    @property
    def entities(self) -> tuple[Entity, ...]:
        """MessageEntity objects as JSON."""
        return self.versions[-1].entities

    @property
    def media(self) -> Media | None:
        """What it shows besides text."""
        return self.versions[-1].media

    @property
    def file(self) -> StoredFile | None:
        """The picture or file."""
        return media.file if (media := self.versions[-1].media) else None

    @property
    def rows(self) -> tuple[tuple[ChatButton, ...], ...]:
        """The inline keyboard."""
        return self.versions[-1].rows

    @property
    def buttons(self) -> tuple[ChatButton, ...]:
        """All inline buttons, row after row."""
        return self.versions[-1].buttons

    @property
    def edited_at(self) -> datetime | None:
        """When it was edited last (aware, UTC), or None."""
        return self.versions[-1].since if len(self.versions) > 1 else None


@dataclass(slots=True)
class Toast:
    """The bot's answer to a press.

    Attributes:
        text: What pops up; "" only ends the button's waiting state.
        alert: Shown as a dialog that must be closed.
    """

    text: str
    alert: bool = False
    url: str | None = None


@dataclass(slots=True)
class Press:
    """One press of an inline button.

    Attributes:
        id: The callback query's id.
        pressed_at: When (aware, UTC).
        answer: The bot's answer, or None so far.
    """

    id: str
    chat_id: int
    message_id: int
    data: str
    pressed_at: datetime
    answer: Toast | None = None


@dataclass(slots=True)
class Chat:
    """One chat with the bot.

    Attributes:
        id: The person's id in a private chat; negative otherwise.
        opened: The person has written to the bot, so the bot may write back.
        blocked: The person blocked the bot.
        member: The bot is in the group or channel (always true in a private chat).
        reply_keyboard: The keyboard below the input field, or None.
        action: The newest chat action ("typing"), or None.
        changed: Given at each change.
    """

    id: int
    kind: ChatKind
    names: Json
    opened: bool = False
    blocked: bool = False
    member: bool = True
    messages: dict[int, ChatMessage] = field(default_factory=dict)
    presses: list[Press] = field(default_factory=list)
    reply_keyboard: Json | None = None
    action: str | None = None
    deleted: list[ChatMessage] = field(default_factory=list)
    changed: Signal = field(default_factory=Signal)
    feed: Feed = field(default_factory=Feed)

    @property
    def json(self) -> Json:
        """The Chat object of the Bot API."""
        return {"id": self.id, "type": self.kind, **self.names}
