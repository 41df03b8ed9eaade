"""Messages as the Bot API writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.sandbox.chat_state import Chat, ChatMessage, Media, StoredFile

Json = dict[str, Any]


def message_json(chat: Chat, message: ChatMessage, *, reply: bool = True) -> Json:
    """Return the Message object of *message* as it stands now."""
    now = message.now
    body: Json = {
        "message_id": message.id,
        "from": message.sender,
        "chat": chat.json,
        "date": int(message.date.timestamp()),
    }
    if chat.kind == "channel":
        body["sender_chat"] = chat.json
        del body["from"]
    if message.edited_at:
        body["edit_date"] = int(message.edited_at.timestamp())
    if message.forward_origin:
        body["forward_origin"] = message.forward_origin
    if reply and message.reply_to is not None and (replied := chat.messages.get(message.reply_to)):
        body["reply_to_message"] = message_json(chat, replied, reply=False)
    text_name, entities_name = ("caption", "caption_entities") if now.media else ("text", "entities")
    if now.media:
        body.update(_media_json(now.media))
    if now.text:
        body[text_name] = now.text
    if now.entities:
        body[entities_name] = list(now.entities)
    if now.inline_keyboard:
        body["reply_markup"] = {"inline_keyboard": now.inline_keyboard}
    return body


def _media_json(media: Media) -> Json:
    if media.file is None or media.kind not in {"photo", "document"}:
        return media.body
    if media.kind == "photo":
        size = {**file_json(media.file), "width": media.file.width, "height": media.file.height}
        return {"photo": [size]}
    document = {**file_json(media.file), "file_name": media.file.name, "mime_type": media.file.mime_type}
    return {"document": document}


def file_json(file: StoredFile) -> Json:
    """Return the fields that every kind of file has."""
    return {
        "file_id": file.file_id,
        "file_unique_id": f"u{file.file_id}",
        "file_size": len(file.content),
    }
