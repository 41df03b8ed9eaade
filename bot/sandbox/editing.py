"""The Bot API's methods that change or delete a message, and the answer to a press."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.sandbox import validation
from bot.sandbox.call import Call
from bot.sandbox.chat_state import Media, Toast
from bot.sandbox.errors import NOT_MODIFIED, bad_request
from bot.sandbox.message_json import message_json
from bot.sandbox.sending import find_message

if TYPE_CHECKING:
    from bot.sandbox.chat_state import Chat, ChatMessage
    from bot.sandbox.html_parser import Entity
    from bot.sandbox.world import World

Json = dict[str, Any]

LONGEST_TOAST = 200
DELETABLE_FOR = timedelta(hours=48)


def _editable(world: World, call: Call) -> tuple[Chat, ChatMessage]:
    chat = world.writable_chat(call)
    message = find_message(chat, call, "message to edit not found")
    # Telegram edits neither others' messages nor those that brought a keyboard below the input field.
    if not message.from_bot or message.reply_keyboard or message.forward_origin:
        raise bad_request("message can't be edited")
    return chat, message


def _revise(
    world: World,
    call: Call,
    found: tuple[Chat, ChatMessage],
    *,
    text: str,
    entities: tuple[Entity, ...],
    media: Media | None,
) -> Json:
    """Without reply_markup the inline keyboard goes, as Telegram does it."""
    chat, message = found
    inline = validation.inline_markup(call)
    if not world.revise(message, text=text, entities=entities, media=media, inline=inline):
        raise bad_request(NOT_MODIFIED)
    return message_json(chat, message)


def edit_message_text(world: World, call: Call) -> object:
    """Answer editMessageText."""
    found = _editable(world, call)
    text, entities = validation.message_text(call)
    if found[1].media:
        raise bad_request("there is no text in the message to edit")
    return _revise(world, call, found, text=text, entities=entities, media=None)


def edit_message_caption(world: World, call: Call) -> object:
    """Answer editMessageCaption."""
    found = _editable(world, call)
    text, entities = validation.caption(call)
    media = found[1].media
    if not media:
        raise bad_request("there is no caption in the message to edit")
    return _revise(world, call, found, text=text, entities=entities, media=media)


def edit_message_reply_markup(world: World, call: Call) -> object:
    """Answer editMessageReplyMarkup."""
    found = _editable(world, call)
    now = found[1].now
    return _revise(world, call, found, text=now.text, entities=now.entities, media=now.media)


def edit_message_media(world: World, call: Call) -> object:
    """Answer editMessageMedia."""
    found = _editable(world, call)
    given = call.structure("media", "can't parse input media JSON object")
    if not isinstance(given, dict):
        raise bad_request("can't parse InputMedia: Object expected")
    kind = given.get("type")
    if kind not in {"photo", "document"}:
        raise bad_request("can't parse InputMedia: type must be photo or document in this sandbox")
    text, entities = validation.caption(Call(call.method, given))
    file = world.files.find_or_keep(call, given.get("media"), "media", photo=kind == "photo")
    return _revise(world, call, found, text=text, entities=entities, media=Media(kind, file))


def delete_message(world: World, call: Call) -> object:
    """Answer deleteMessage."""
    chat = world.chat_of(call)
    message = find_message(chat, call, "message to delete not found")
    if world.clock.now() - message.date > DELETABLE_FOR or (not message.from_bot and chat.kind != "private"):
        raise bad_request("message can't be deleted")
    world.delete(message)
    return True


def answer_callback_query(world: World, call: Call) -> object:
    """Answer answerCallbackQuery."""
    text = call.text("text")
    if len(text) > LONGEST_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    toast = Toast(text, alert=call.flag("show_alert"), url=call.text("url") or None)
    world.answer(call.text("callback_query_id"), toast)
    return True
