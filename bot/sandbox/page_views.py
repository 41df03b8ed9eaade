"""What the chat page is shown of people, messages and traffic, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.arrivals import Arrival

if TYPE_CHECKING:
    from bot.sandbox.arrivals import SentUpdate
    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatMessage, Media, Press
    from bot.sandbox.profile import Profile

Json = dict[str, Any]


def person_view(person: Person) -> Json:
    """Return PERSON."""
    return {
        "id": person.id,
        "first_name": person.user["first_name"],
        "language_code": person.user.get("language_code", ""),
        "blocked": person.chat.blocked,
    }


def message_view(message: ChatMessage) -> Json:
    """Return MESSAGE."""
    edited_at = message.edited_at
    return {
        "id": message.id,
        "from": "bot" if message.from_bot else "person",
        "date": message.date.isoformat(),
        "edited": edited_at.isoformat() if edited_at else None,
        "text": message.text,
        "html": message.html,
        "silent": message.silent,
        "reply_to": message.reply_to,
        "rows": [
            [
                {"text": button.text, "data": button.data, "url": button.url, "style": button.style}
                for button in row
            ]
            for row in message.rows
        ],
        "media": _media_view(message.media) if message.media else None,
    }


def _media_view(media: Media) -> Json:
    if media.kind in {"photo", "document"} and media.file:
        file = media.file
        return {
            "kind": media.kind,
            "url": f"/page-api/files/{file.file_id}",
            "name": file.name,
            "size": len(file.content),
            "type": file.mime_type,
        }
    if media.kind == "location":
        return {"kind": "location", **media.body["location"]}
    if media.kind == "sticker":
        return {"kind": "sticker", "emoji": media.body["sticker"]["emoji"]}
    if media.kind == "voice":
        return {"kind": "voice", "seconds": media.body["voice"]["duration"]}
    return {"kind": "other"}


def keyboard_view(keyboard: Json | None) -> Json | None:
    """Return KEYBOARD."""
    if keyboard is None:
        return None
    return {
        "rows": [
            [{"text": button["text"], "request": _request(button)} for button in row]
            for row in keyboard["keyboard"]
        ],
        "one_time": bool(keyboard.get("one_time_keyboard")),
        "placeholder": keyboard.get("input_field_placeholder"),
    }


def _request(button: Json) -> str | None:
    if button.get("request_location"):
        return "location"
    return "contact" if button.get("request_contact") else None


def bot_view(profile: Profile, language: str) -> Json:
    """Return what the page shows of the bot."""
    return {
        "name": profile.text("name", language),
        "username": profile.username,
        "description": profile.text("description", language),
        "short_description": profile.text("short_description", language),
    }


def toast_view(press: Press) -> Json:
    """Return the answer to a tap."""
    answer = press.answer
    return {
        "message_id": press.message_id,
        "data": press.data,
        "text": answer.text if answer else "",
        "alert": bool(answer and answer.alert),
        "url": answer.url if answer else None,
    }


def traffic_view(item: Arrival | SentUpdate) -> tuple[str, Json]:
    """Return the event's name and its data."""
    if not isinstance(item, Arrival):
        return "update", {"number": item.number, "at": item.at.isoformat(), "update": item.update}
    return "call", {
        "number": item.number,
        "at": item.at.isoformat(),
        "method": item.method,
        "chat_id": item.chat_id,
        "params": {name: value for name, value in item.params.items() if name != "secret_token"},
        "status": item.status,
        "ok": item.outcome == "ok",
        "result": item.result if isinstance(item.result, dict) else None,
        "error": item.description,
        "ms": round((item.done - item.monotonic) * 1000, 1),
    }
