"""What is read from an update before anybody parses it: nothing in it is taken on trust."""

from __future__ import annotations

import re
from typing import Any

_LARGEST = 2**63 - 1
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


def id_of(raw: object) -> int | None:
    """Return the update's id, or None where it is no update that can be kept."""
    update_id: Any = raw.get("update_id") if isinstance(raw, dict) else None
    return update_id if is_id(update_id) and update_id >= 0 else None


def is_id(value: Any) -> bool:  # noqa: ANN401 - whatever stands in the JSON
    """Tell whether *value* is a whole number of at most 64 bits, as ids of people, chats and messages are."""
    return isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST


def chat_key(raw: dict[str, Any]) -> int:
    """Return what orders a raw update: its chat's id, else its sender's, else 0."""
    for value in raw.values():
        if not isinstance(value, dict):
            continue
        message = value.get("message")
        for holder in (value.get("chat"), message.get("chat") if isinstance(message, dict) else None):
            if isinstance(holder, dict) and is_id(holder.get("id")):
                return int(holder["id"])
        sender = value.get("from")
        if isinstance(sender, dict) and is_id(sender.get("id")):
            return int(sender["id"])
    return 0


def storable(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON value with its texts as UTF-8 and both databases can hold them.

    Half an emoji (a lone surrogate) and NUL become the sign for an unreadable letter.
    """
    if isinstance(value, str):
        if not _NO_TEXT.search(value):
            return value
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {key: storable(part) for key, part in value.items()}
    return [storable(part) for part in value] if isinstance(value, list) else value
