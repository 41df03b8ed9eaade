"""The sandbox's Telegram: chats, messages, presses and the bot's account, with what changes them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from bot.sandbox.arrivals import Traffic
from bot.sandbox.call import Call
from bot.sandbox.chat_state import Chat, ChatMessage, Press, Toast, Version
from bot.sandbox.errors import STALE_QUERY, bad_request, forbidden
from bot.sandbox.faults import FaultPlan
from bot.sandbox.files import FileStore
from bot.sandbox.message_json import message_json
from bot.sandbox.update_queue import PRESS_LIFETIME, UpdateQueue
from bot.sandbox.webhook import Webhook

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.sandbox.chat_state import ChatKind, Media
    from bot.sandbox.html_parser import Entity
    from bot.sandbox.profile import Profile

Json = dict[str, Any]


class World:
    """Everything that the server knows, without any HTTP.

    Attributes:
        chats: By id; a private chat has the person's id.
        presses: Those that wait for an answer, by callback query id.
        accept_unknown_chats: An unknown positive chat id is taken for a person who wrote before.
    """

    def __init__(
        self,
        clock: Clock,
        profile: Profile,
        *,
        first_update_id: int | None = None,
        first_message_id: int = 1,
        accept_unknown_chats: bool = False,
        seed: int = 0,
    ) -> None:
        self.clock = clock
        self.profile = profile
        self.accept_unknown_chats = accept_unknown_chats
        # Telegram starts anywhere, too; a bot that keeps its inbox must not meet old ids after a restart.
        first = secrets.randbelow(900_000_000) + 1 if first_update_id is None else first_update_id
        self.updates = UpdateQueue(clock, first)
        self.webhook = Webhook(clock, self.updates)
        self.files = FileStore()
        self.faults = FaultPlan(seed)
        self.traffic = Traffic(clock)
        self.updates.watch = self.traffic.note_update
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self._next_message_id = first_message_id

    def open_chat(self, chat_id: int, kind: ChatKind, names: Json, *, opened: bool = False) -> Chat:
        """Return the chat with this id, made if it is new."""
        chat = self.chats.get(chat_id)
        if chat is None:
            chat = self.chats[chat_id] = Chat(chat_id, kind, names, opened=opened)
        return chat

    def chat_of(self, call: Call) -> Chat:
        """Return the chat that a call is about.

        Raises:
            ApiError: 400 when there is none that the bot knows.
        """
        chat_id = call.chat_id
        if chat_id is None:
            raise bad_request("chat not found" if call.text("chat_id") else "chat_id is empty")
        chat = self.chats.get(chat_id)
        if chat is None and self.accept_unknown_chats and chat_id > 0:
            chat = self.open_chat(chat_id, "private", {"first_name": f"Patient {chat_id}"}, opened=True)
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def writable_chat(self, call: Call) -> Chat:
        """Return the chat that a call writes to.

        Raises:
            ApiError: 400 for an unknown one; 403 when the bot was blocked, put out, or may not begin.
        """
        chat = self.chat_of(call)
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.member:
            raise forbidden(f"bot is not a member of the {chat.kind} chat")
        if chat.kind == "private" and not chat.opened:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def post(
        self,
        chat: Chat,
        *,
        sender: Json,
        text: str = "",
        entities: tuple[Entity, ...] = (),
        media: Media | None = None,
        inline: tuple[tuple[Json, ...], ...] = (),
        silent: bool = False,
        reply_to: int | None = None,
        reply_keyboard: Json | None = None,
    ) -> ChatMessage:
        """Put a new message into the chat."""
        now = self.clock.now()
        number = self._next_message_id
        self._next_message_id += 1
        version = Version(chat.id, number, text, entities, media, inline, now)
        message = ChatMessage(
            id=number,
            chat_id=chat.id,
            from_bot=sender["is_bot"],
            sender=sender,
            date=now,
            versions=[version],
            silent=silent,
            reply_to=reply_to,
            reply_keyboard=reply_keyboard,
        )
        chat.messages[number] = message
        chat.action = None
        self.tell(chat, "message", {"message": message})
        return message

    def revise(
        self,
        message: ChatMessage,
        *,
        text: str,
        entities: tuple[Entity, ...],
        media: Media | None,
        inline: tuple[tuple[Json, ...], ...],
    ) -> bool:
        """Give the message a new version; False when it is the same as the present one."""
        version = Version(message.chat_id, message.id, text, entities, media, inline, self.clock.now())
        if version.same_content(message.now):
            return False
        message.versions.append(version)
        self.tell(self.chats[message.chat_id], "message", {"message": message})
        return True

    def delete(self, message: ChatMessage) -> None:
        """Take a message out of its chat."""
        chat = self.chats[message.chat_id]
        message.deleted = True
        chat.deleted.append(chat.messages.pop(message.id))
        self.tell(chat, "deleted", {"message_id": message.id})

    def set_reply_keyboard(self, chat: Chat, keyboard: Json | None) -> None:
        """Show or remove the keyboard below the input field."""
        if chat.reply_keyboard != keyboard:
            chat.reply_keyboard = keyboard
            self.tell(chat, "keyboard", {})

    def press(self, chat: Chat, person: Json, message_id: int, data: str) -> Press:
        """Let a person press a button of a message; a deleted one arrives as inaccessible."""
        press = Press(str(secrets.randbits(62)), chat.id, message_id, data, self.clock.now())
        message = chat.messages.get(message_id)
        shown = (
            message_json(chat, message)
            if message
            else {"chat": chat.json, "message_id": message_id, "date": 0}
        )
        self.presses[press.id] = press
        chat.presses.append(press)
        query = {"id": press.id, "from": person, "message": shown, "chat_instance": str(chat.id)}
        self.updates.put("callback_query", {**query, "data": data})
        return press

    def answer(self, press_id: str, toast: Toast) -> None:
        """Answer a press.

        Raises:
            ApiError: 400 for one that is unknown, answered or older than 150 s.
        """
        press = self.presses.pop(press_id, None)
        if press is None or self.clock.now() - press.pressed_at > PRESS_LIFETIME:
            raise bad_request(STALE_QUERY)
        press.answer = toast
        self.tell(self.chats[press.chat_id], "toast", {"press": press})

    def tell(self, chat: Chat, event: str, data: Json) -> None:
        """Tell whoever watches the chat of a change."""
        chat.changed.give()
        if chat.feed:
            chat.feed.publish(event, data)

    def tell_all(self, event: str) -> None:
        """Tell every chat of a change of the bot itself."""
        for chat in self.chats.values():
            self.tell(chat, event, {})

    def replied_message(self, chat: Chat, call: Call) -> int | None:
        """Return the message that a call replies to, None for none.

        Raises:
            ApiError: 400 when it isn't there and may not be left out.
        """
        if "reply_parameters" not in call.params:
            return None
        given = call.structure("reply_parameters", "can't parse ReplyParameters JSON object")
        if not isinstance(given, dict):
            return None
        number = Call(call.method, given).integer("message_id")
        if number in chat.messages:
            return number
        if given.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
