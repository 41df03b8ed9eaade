"""The human's side of a chat: what a person does with the bot, and what they see of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from bot.sandbox.call import Upload
from bot.sandbox.chat_state import ChatButton, ChatMessage, Media, Press, Version
from bot.sandbox.html_parser import Entity, utf16_length
from bot.sandbox.membership import put_membership
from bot.sandbox.message_json import file_json, message_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.chat_state import Chat, Toast
    from bot.sandbox.world import World

Json = dict[str, Any]
T = TypeVar("T")

LONGEST_TYPED = 4096
_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w+)?")


def typed_entities(text: str) -> tuple[Entity, ...]:
    """Return the command entities that Telegram finds in a typed text."""
    return tuple(
        {
            "type": "bot_command",
            "offset": utf16_length(text[: found.start()]),
            "length": utf16_length(found[0]),
        }
        for found in _COMMAND.finditer(text)
    )


class Person:
    """One person with a private chat with the bot.

    Made by `SandboxServer.person`. What a person sends arrives at the bot as an update, and at once in
    `messages`; the bot's answers come whenever the bot sends them: `wait_for` them.
    """

    def __init__(self, world: World, chat: Chat, user: Json) -> None:
        self._world = world
        self.chat = chat
        self.user = user

    @property
    def id(self) -> int:
        """The person's Telegram id, which is also the chat's."""
        return self.chat.id

    # What the person sees

    @property
    def messages(self) -> list[ChatMessage]:
        """Every message that stands in the chat, oldest first, the person's own among them."""
        return list(self.chat.messages.values())

    @property
    def bot_messages(self) -> list[ChatMessage]:
        """Every message of the bot that stands in the chat, oldest first."""
        return [message for message in self.chat.messages.values() if message.from_bot]

    @property
    def last(self) -> ChatMessage | None:
        """The bot's newest message that stands in the chat, or None."""
        return next((each for each in reversed(self.chat.messages.values()) if each.from_bot), None)

    @property
    def deleted(self) -> list[ChatMessage]:
        """Messages that were deleted, in the order of their deletion."""
        return list(self.chat.deleted)

    @property
    def toasts(self) -> list[Toast]:
        """The bot's answers to presses, in the order of the presses, silent ones (text "") among them."""
        return [press.answer for press in self.chat.presses if press.answer]

    @property
    def presses(self) -> list[Press]:
        """Every press, oldest first."""
        return list(self.chat.presses)

    @property
    def reply_keyboard(self) -> Json | None:
        """The keyboard below the input field as the bot sent it, or None."""
        return self.chat.reply_keyboard

    @property
    def commands(self) -> list[Json]:
        """The command menu: [{"command": ..., "description": ...}, ...]."""
        return self._world.profile.commands_for(self.id, self.user.get("language_code", ""))

    def find_button(self, wanted: str, message: ChatMessage | Version | None = None) -> ChatButton:
        """Return the newest button with this callback data, or this text.

        Args:
            wanted: Callback data, or what stands on the button.
            message: Where to look, or None for every message of the bot that stands in the chat.

        Raises:
            LookupError: There is none; the error names those that are there.
        """
        places = [message] if message else list(reversed(self.bot_messages))
        buttons = [button for place in places for button in place.buttons]
        for button in buttons:
            if wanted in (button.data, button.text):
                return button
        there = ", ".join(repr(button.text) for button in buttons) or "none"
        raise LookupError(f"no button {wanted!r}; there are: {there}")

    # What the person does

    def _post(self, text: str = "", media: Media | None = None, reply_to: int | None = None) -> ChatMessage:
        self._open()
        entities = () if media else typed_entities(text)
        message = self._world.post(
            self.chat, sender=self.user, text=text, entities=entities, media=media, reply_to=reply_to
        )
        self._world.updates.put("message", message_json(self.chat, message))
        if self.chat.reply_keyboard and self.chat.reply_keyboard.get("one_time_keyboard"):
            self._world.set_reply_keyboard(self.chat, None)
        return message

    def _open(self) -> None:
        """Writing to a bot unblocks it, as Telegram's apps ask before they let one write."""
        if self.chat.blocked:
            self._unblock()
        self.chat.opened = True

    async def send_text(self, text: str, *, reply_to: int | None = None) -> ChatMessage:
        """Type a text; over 4096 characters it becomes several messages, as in the apps. Returns the last."""
        starts = range(0, max(len(text), 1), LONGEST_TYPED)
        return [self._post(text[start : start + LONGEST_TYPED], reply_to=reply_to) for start in starts][-1]

    async def send_location(self, latitude: float, longitude: float) -> ChatMessage:
        """Share a place, in degrees."""
        place = {"latitude": latitude, "longitude": longitude}
        return self._post(media=Media("location", body={"location": place}))

    async def send_sticker(self, emoji: str = "🙂") -> ChatMessage:
        """Send a sticker."""
        return self._post(media=Media("sticker", body={"sticker": _sticker(emoji)}))

    async def send_voice(self, seconds: int = 3) -> ChatMessage:
        """Send a voice message."""
        voice = {"file_id": "voice", "file_unique_id": "voice", "duration": seconds, "mime_type": "audio/ogg"}
        return self._post(media=Media("voice", body={"voice": voice}))

    async def send_photo(
        self, content: bytes, caption: str = "", mime_type: str = "image/png"
    ) -> ChatMessage:
        """Send a picture (PNG or JPEG)."""
        upload = Upload(f"photo.{mime_type.rpartition('/')[2]}", mime_type, content)
        return self._post(caption, Media("photo", self._world.files.keep(upload, photo=True)))

    async def send_document(self, name: str, content: bytes, mime_type: str = "text/plain") -> ChatMessage:
        """Send a file."""
        file = self._world.files.keep(Upload(name, mime_type, content), photo=False)
        document = {**file_json(file), "file_name": name, "mime_type": mime_type}
        return self._post(media=Media("document", file, {"document": document}))

    async def edit_text(self, message_id: int, text: str) -> ChatMessage:
        """Change one of the person's own messages.

        Raises:
            LookupError: There is no such message of theirs.
        """
        message = self.chat.messages.get(message_id)
        if message is None or message.from_bot:
            raise LookupError(f"no message {message_id} of this person")
        entities = typed_entities(text)
        self._world.revise(message, text=text, entities=entities, media=message.media, inline=())
        self._world.updates.put("edited_message", message_json(self.chat, message))
        return message

    async def tap(
        self, button: str | ChatButton, message: ChatMessage | Version | int | None = None
    ) -> Press:
        """Press an inline button.

        Args:
            button: Callback data or text of a button that is there now; or a ChatButton that was seen
                earlier, perhaps under an older version of its message: it is pressed as it was.
            message: The message to look at, None for the newest that has the button.

        Returns:
            The press; `answered` waits for the bot's answer to it.

        Raises:
            LookupError: The button isn't there, or is a link.
        """
        if isinstance(message, int):
            message = self.chat.messages[message]
        if isinstance(button, str):
            button = self.find_button(button, message)
        if button.data is None:
            raise LookupError(f"{button.text!r} is a link")
        self.chat.opened = True
        return self._world.press(self.chat, self.user, button.message_id, button.data)

    async def tap_forwarded(self, button: ChatButton) -> Press:
        """Press a button that came with somebody else's message, as if that had been forwarded here."""
        if button.data is None:
            raise LookupError(f"{button.text!r} is a link")
        source = self._world.chats[button.chat_id].messages[button.message_id]
        now = source.now
        copy = self._world.post(
            self.chat,
            sender=self._world.profile.user,
            text=now.text,
            entities=now.entities,
            media=now.media,
            inline=now.inline_keyboard,
        )
        date = int(source.date.timestamp())
        copy.forward_origin = {"type": "user", "date": date, "sender_user": self._world.profile.user}
        return self._world.press(self.chat, self.user, copy.id, button.data)

    async def send_update(self, update: Json) -> int:
        """Put any update into the bot's queue, as it is; returns its id (its own, or the next one)."""
        return self._world.updates.put_raw(update)

    async def block(self) -> None:
        """Block the bot."""
        if not self.chat.blocked:
            self.chat.blocked = True
            put_membership(self._world, self.chat, self.user, "member", "kicked")
            self._world.tell(self.chat, "person", {})

    async def unblock(self) -> None:
        """Unblock the bot."""
        if self.chat.blocked:
            self._unblock()

    def _unblock(self) -> None:
        self.chat.blocked = False
        put_membership(self._world, self.chat, self.user, "kicked", "member")
        self._world.tell(self.chat, "person", {})

    async def delete_message(self, message_id: int) -> None:
        """Delete any message for both sides, as the apps can; the bot isn't told."""
        self._world.delete(self.chat.messages[message_id])

    # Waiting

    async def wait_for(self, look: Callable[[Person], T], timeout_s: float = 5.0) -> T:
        """Return what *look* finds in this chat, as soon as that is true.

        Args:
            look: Called at once, and after each change in the chat.
            timeout_s: Real seconds.

        Raises:
            TimeoutError: Nothing true in time; the error shows the bot's last message.
        """
        try:
            return await self.chat.changed.until(lambda: look(self), within=timeout_s)
        except TimeoutError:
            last = self.last
            shown = f"{last.text!r} {[button.text for button in last.buttons]}" if last else "nothing"
            raise TimeoutError(f"not seen within {timeout_s} s; the bot's last message: {shown}") from None

    async def wait_for_text(self, part: str, timeout_s: float = 5.0) -> ChatMessage:
        """Return the bot's newest message as soon as its text holds *part*."""

        def look(person: Person) -> ChatMessage | None:
            last = person.last
            return last if last and part in last.text else None

        found = await self.wait_for(look, timeout_s)
        assert found is not None  # noqa: S101 - wait_for returns only what is true
        return found

    async def answered(self, press: Press, timeout_s: float = 5.0) -> Toast:
        """Return the bot's answer to a press."""
        found = await self.wait_for(lambda _: press.answer, timeout_s)
        assert found is not None  # noqa: S101 - wait_for returns only what is true
        return found


def _sticker(emoji: str) -> Json:
    return {
        "file_id": "sticker",
        "file_unique_id": "sticker",
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
        "emoji": emoji,
    }
