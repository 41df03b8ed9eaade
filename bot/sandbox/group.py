"""A group or a channel that the bot is brought into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.chat import typed_entities
from bot.sandbox.membership import put_membership
from bot.sandbox.message_json import message_json

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import Chat, ChatMessage
    from bot.sandbox.world import World

Json = dict[str, Any]


class Group:
    """A chat of several people, or a channel, with the bot in it."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self.chat = chat

    @property
    def id(self) -> int:
        """The chat's id, negative."""
        return self.chat.id

    @property
    def messages(self) -> list[ChatMessage]:
        """Every message, oldest first."""
        return list(self.chat.messages.values())

    async def add_bot(self, person: Person) -> None:
        """Let *person* bring the bot in."""
        self.chat.member = True
        put_membership(self._world, self.chat, person.user, "left", "member")

    async def send_text(self, person: Person, text: str) -> ChatMessage:
        """Let *person* write into the group, or into the channel as its owner."""
        message = self._world.post(self.chat, sender=person.user, text=text, entities=typed_entities(text))
        if self.chat.member:
            kind = "channel_post" if self.chat.kind == "channel" else "message"
            self._world.updates.put(kind, message_json(self.chat, message))
        return message

    async def wait_until_bot_left(self, timeout_s: float = 5.0) -> None:
        """Return when the bot has left; TimeoutError after so many real seconds."""
        await self.chat.changed.until(lambda: not self.chat.member, within=timeout_s)
