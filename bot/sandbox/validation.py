"""What Telegram refuses in texts, captions and keyboards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bot.sandbox.errors import bad_request
from bot.sandbox.html_parser import Entity, parse_html, trim, utf16_length

if TYPE_CHECKING:
    from bot.sandbox.call import Call

Json = dict[str, Any]

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_DATA_BYTES = 64
MOST_BUTTONS_IN_A_ROW = 8
MOST_BUTTONS = 100
MOST_ENTITIES = 100
_ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_STYLES = frozenset({"primary", "success", "danger"})
_URL = re.compile(r"(?:https?://|tg://|ton://)?[^\s/]+(?:\.[^\s/]+|/|\?)\S*", re.IGNORECASE)
_BAD_BUTTON = "can't parse InlineKeyboardButton: "


@dataclass(frozen=True, slots=True)
class Markup:
    """A reply markup that was found good.

    Attributes:
        inline: Rows of inline buttons, empty for another kind.
        keyboard: The keyboard below the input field, or None.
    """

    kind: Literal["none", "inline", "keyboard", "remove", "force"] = "none"
    inline: tuple[tuple[Json, ...], ...] = ()
    keyboard: Json | None = None


_NO_MARKUP = Markup()


def formatted_text(call: Call, name: str) -> tuple[str, tuple[Entity, ...]]:
    """Return the text parameter *name* and its entities, after parse_mode, trimmed.

    Raises:
        ApiError: 400 "can't parse entities: ...", or an unsupported parse_mode.
    """
    source = call.text(name).replace("\r", "").replace("\0", "")
    mode = call.text("parse_mode").lower()
    if mode == "html":
        text, entities = parse_html(source)
    elif mode:
        raise bad_request("unsupported parse_mode")
    else:
        field = "entities" if name == "text" else "caption_entities"
        given = call.structure(field, "can't parse entities: Can't parse entities JSON object")
        text, entities = source, _entities(given)
    text, entities = trim(text, entities)
    return text, tuple(entities[:MOST_ENTITIES])


def _entities(given: object) -> list[Entity]:
    if given is None:
        return []
    if not isinstance(given, list) or not all(map(_good_entity, given)):
        raise bad_request("can't parse entities: Expected an Array of MessageEntity")
    return sorted(given, key=lambda entity: (entity["offset"], -entity["length"]))


def _good_entity(entity: object) -> bool:
    if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
        return False
    offset, length = entity.get("offset"), entity.get("length")
    if not (isinstance(offset, int) and isinstance(length, int) and offset >= 0 and length > 0):
        return False
    return (entity["type"] != "text_link" or isinstance(entity.get("url"), str)) and (
        entity["type"] != "date_time" or isinstance(entity.get("unix_time"), int)
    )


def message_text(call: Call) -> tuple[str, tuple[Entity, ...]]:
    """Return a message's text and entities.

    Raises:
        ApiError: 400 for an empty one, one over 4096 UTF-16 units after parsing, or broken HTML.
    """
    text, entities = formatted_text(call, "text")
    if not text:
        raise bad_request("message text is empty")
    if len(text) > LONGEST_TEXT // 2 and utf16_length(text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return text, entities


def caption(call: Call) -> tuple[str, tuple[Entity, ...]]:
    """Return a caption and its entities; it may be empty.

    Raises:
        ApiError: 400 for one over 1024 UTF-16 units after parsing, or broken HTML.
    """
    text, entities = formatted_text(call, "caption")
    if utf16_length(text) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return text, entities


def reply_markup(call: Call) -> Markup:
    """Return the call's reply markup.

    Raises:
        ApiError: 400 for whatever Telegram refuses in it.
    """
    if "reply_markup" not in call.params:
        return _NO_MARKUP
    given = call.structure("reply_markup", "can't parse reply keyboard markup JSON object")
    if given is None or given in ("", {}):
        return _NO_MARKUP
    if not isinstance(given, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in given:
        return Markup("inline", _inline_keyboard(given["inline_keyboard"]))
    if "keyboard" in given:
        return Markup("keyboard", keyboard=_reply_keyboard(given))
    if given.get("remove_keyboard"):
        return Markup("remove")
    return Markup("force") if given.get("force_reply") else _NO_MARKUP


def inline_markup(call: Call) -> tuple[tuple[Json, ...], ...]:
    """Return the inline keyboard of an edit, empty when none was given: then the old one goes.

    Raises:
        ApiError: 400, also for another kind of markup.
    """
    markup = reply_markup(call)
    if markup.kind not in {"none", "inline"}:
        raise bad_request("inline keyboard expected")
    return markup.inline


def _inline_keyboard(rows: object) -> tuple[tuple[Json, ...], ...]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    # The real server breaks long rows up in ways that differ between clients: refusing shows it at once.
    if sum(map(len, rows)) > MOST_BUTTONS or any(len(row) > MOST_BUTTONS_IN_A_ROW for row in rows):
        raise bad_request("reply markup is too long")
    return tuple(tuple(_inline_button(button) for button in row) for row in rows if row)


def _inline_button(button: object) -> Json:
    if not isinstance(button, dict):
        raise bad_request(_BAD_BUTTON + "Object expected")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request(_BAD_BUTTON + 'Field "text" must be of type String')
    if not text.strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    actions = [name for name in _ACTIONS if button.get(name) not in (None, "", False)]
    if not actions:
        raise bad_request(_BAD_BUTTON + "Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request(_BAD_BUTTON + f"Exactly one action expected, found {' and '.join(actions)}")
    action = actions[0]
    value = button[action]
    if action == "callback_data" and (not isinstance(value, str) or len(value.encode()) > LONGEST_DATA_BYTES):
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "url" and not (isinstance(value, str) and _URL.fullmatch(value)):
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    return {"text": text, action: value, **_style(button)}


def _style(button: Json) -> Json:
    style = button.get("style")
    if style is None:
        return {}
    if not isinstance(style, str) or style not in _STYLES:
        raise bad_request(_BAD_BUTTON + "Invalid button style specified")
    return {"style": style}


def _reply_keyboard(given: Json) -> Json:
    rows = given["keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays')
    buttons: list[list[Json]] = []
    for row in rows:
        buttons.append([])
        for button in row:
            key = {"text": button} if isinstance(button, str) else button
            if not isinstance(key, dict) or not isinstance(key.get("text"), str) or not key["text"].strip():
                raise bad_request('can\'t parse KeyboardButton: Field "text" must be of type String')
            buttons[-1].append(key)
    return {**given, "keyboard": buttons}
