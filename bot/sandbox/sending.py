"""The Bot API's methods that send something to a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox import validation
from bot.sandbox.chat_state import Media
from bot.sandbox.errors import bad_request
from bot.sandbox.message_json import message_json

if TYPE_CHECKING:
    from bot.sandbox.call import Call
    from bot.sandbox.chat_state import Chat, ChatMessage, MediaKind
    from bot.sandbox.html_parser import Entity
    from bot.sandbox.world import World

Json = dict[str, Any]

_CHAT_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


def _send(
    world: World, call: Call, chat: Chat, *, text: str, entities: tuple[Entity, ...], media: Media | None
) -> Json:
    markup = validation.reply_markup(call)
    message = world.post(
        chat,
        sender=world.profile.user,
        text=text,
        entities=entities,
        media=media,
        inline=markup.inline,
        silent=call.flag("disable_notification"),
        reply_to=world.replied_message(chat, call),
        reply_keyboard=markup.keyboard,
    )
    if markup.kind in {"keyboard", "remove"}:
        world.set_reply_keyboard(chat, markup.keyboard)
    return message_json(chat, message)


def send_message(world: World, call: Call) -> object:
    """Answer sendMessage."""
    chat = world.writable_chat(call)
    text, entities = validation.message_text(call)
    return _send(world, call, chat, text=text, entities=entities, media=None)


def _send_file(world: World, call: Call, kind: MediaKind) -> Json:
    chat = world.writable_chat(call)
    text, entities = validation.caption(call)
    validation.reply_markup(call)
    file = world.files.find_or_keep(call, call.params.get(kind), kind, photo=kind == "photo")
    return _send(world, call, chat, text=text, entities=entities, media=Media(kind, file))


def send_photo(world: World, call: Call) -> object:
    """Answer sendPhoto."""
    return _send_file(world, call, "photo")


def send_document(world: World, call: Call) -> object:
    """Answer sendDocument."""
    return _send_file(world, call, "document")


def send_chat_action(world: World, call: Call) -> object:
    """Answer sendChatAction."""
    chat = world.writable_chat(call)
    action = call.text("action")
    if action not in _CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.action = action
    world.tell(chat, "action", {"action": action})
    return True


def find_message(chat: Chat, call: Call, missing: str) -> ChatMessage:
    """Return the message that a call is about.

    Raises:
        ApiError: 400 with the words *missing*.
    """
    if not call.integer("message_id"):
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(call.integer("message_id"))
    if message is None:
        raise bad_request(missing)
    return message


def set_message_reaction(world: World, call: Call) -> object:
    """Answer setMessageReaction."""
    find_message(world.writable_chat(call), call, "message to react not found")
    return True


def pin_chat_message(world: World, call: Call) -> object:
    """Answer pinChatMessage."""
    find_message(world.writable_chat(call), call, "message to pin not found")
    return True
