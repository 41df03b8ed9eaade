"""Updates of every type that the Bot API has, with extreme fields; the same ones for the same seed."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from telegram import Message
from telegram.constants import UpdateType

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

Json = dict[str, Any]

USER: Json = {"id": 5_000_000_001, "is_bot": False, "first_name": "Ana", "language_code": "en"}
CHAT: Json = {"id": 5_000_000_001, "type": "private", "first_name": "Ana"}
GROUP: Json = {"id": -1_001_234, "type": "supergroup", "title": "Family"}
MESSAGE: Json = {"message_id": 9_000, "date": 1_772_539_200, "chat": CHAT, "from": USER, "text": "hello"}
MEMBER: Json = {"status": "member", "user": USER}
GONE: Json = {"status": "kicked", "user": USER, "until_date": 0}
MEMBERS: Json = {"chat": CHAT, "from": USER, "date": 1_772_539_200, "old_chat_member": MEMBER}
POLL: Json = {
    "id": "1",
    "question": "?",
    "options": [{"text": "a", "voter_count": 0}],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
}
BOOST: Json = {
    "boost_id": "b",
    "add_date": 1,
    "expiration_date": 2,
    "source": {"source": "premium", "user": USER},
}
QUERY: Json = {"id": "77", "from": USER, "message": MESSAGE, "chat_instance": "1", "data": "today.open:"}
CONNECTION: Json = {"id": "c", "user": USER, "user_chat_id": 1, "date": 1, "is_enabled": True}

# Type -> a body that PTB reads.
BODIES: dict[str, Json] = {
    "message": MESSAGE,
    "edited_message": MESSAGE | {"edit_date": 1_772_539_300},
    "channel_post": MESSAGE | {"chat": GROUP | {"type": "channel"}},
    "edited_channel_post": MESSAGE | {"chat": GROUP | {"type": "channel"}, "edit_date": 1_772_539_300},
    "inline_query": {"id": "1", "from": USER, "query": "pain", "offset": ""},
    "chosen_inline_result": {"result_id": "1", "from": USER, "query": "pain"},
    "callback_query": QUERY,
    "shipping_query": {
        "id": "1",
        "from": USER,
        "invoice_payload": "x",
        "shipping_address": dict.fromkeys(
            ("country_code", "state", "city", "street_line1", "street_line2", "post_code"), "x"
        ),
    },
    "pre_checkout_query": {
        "id": "1",
        "from": USER,
        "currency": "XTR",
        "total_amount": 1,
        "invoice_payload": "x",
    },
    "poll": POLL,
    "poll_answer": {"poll_id": "1", "user": USER, "option_ids": [0], "option_persistent_ids": []},
    "my_chat_member": MEMBERS | {"new_chat_member": GONE},
    "chat_member": MEMBERS | {"new_chat_member": GONE, "chat": GROUP},
    "chat_join_request": {"chat": GROUP, "from": USER, "user_chat_id": 1, "date": 1},
    "chat_boost": {"chat": GROUP, "boost": BOOST},
    "removed_chat_boost": {
        "chat": GROUP,
        "boost_id": "b",
        "remove_date": 1,
        "source": {"source": "premium", "user": USER},
    },
    "message_reaction": {
        "chat": CHAT,
        "message_id": 9,
        "date": 1,
        "user": USER,
        "old_reaction": [],
        "new_reaction": [{"type": "emoji", "emoji": "\N{THUMBS UP SIGN}"}],
    },
    "message_reaction_count": {"chat": GROUP, "message_id": 9, "date": 1, "reactions": []},
    "business_connection": CONNECTION,
    "business_message": MESSAGE | {"business_connection_id": "c"},
    "edited_business_message": MESSAGE | {"business_connection_id": "c"},
    "deleted_business_messages": {"business_connection_id": "c", "chat": CHAT, "message_ids": [9]},
    "purchased_paid_media": {"from": USER, "paid_media_payload": "x"},
    "managed_bot": {"user": USER, "bot": USER | {"is_bot": True, "id": 7}},
    "guest_message": MESSAGE | {"guest_query_id": "1"},
}
TYPES = tuple(sorted(item.value for item in UpdateType))
MESSAGE_FIELDS = tuple(
    sorted({"from" if name == "from_user" else name for name in Message.__slots__ if name[0] != "_"})
)


def _nested(depth: int) -> Any:  # noqa: ANN401 - JSON
    value: Any = []
    for _level in range(depth):
        value = [value]
    return value


EXTREMES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 1.5, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63) - 1, 2**70, 10**400),
    *(
        float("inf"),
        float("nan"),
        "",
        " ",
        "0",
        "-1",
        "null",
        "/start",
        "/",
        "\0",
        "a\0b",
        "\ud83d",
        "\udc00x",
    ),
    *(
        "\u202eLDN\u202c",
        "\u0661\u0662",
        "²",
        "a" * 5_000,
        "\U0001f48a" * 200,
        "<b>",
        "&lt;",
        "%s{0}",
        "' OR 1=1",
    ),
    *([], {}, [[]], [{}], {"id": None}, {"id": "x"}, _nested(60), _nested(700), [None] * 50),
)


def any_update(random: Random, number: int, presses: Sequence[str], texts: Sequence[str]) -> Json:
    """Return one update: its type in turn, its body valid, extreme in a few places, or all wrong.

    Args:
        random: Decides everything.
        number: Counts the updates; the update's id is made of it.
        presses: Callback data that the bot has sent.
        texts: What a patient may type.
    """
    kind = TYPES[number % len(TYPES)]
    # What a patient does most deserves most of the tries.
    if random.random() < 0.5:
        kind = random.choice(("message", "callback_query", "edited_message", "my_chat_member"))
    body = copy.deepcopy(BODIES[kind])
    if kind == "callback_query":
        body["data"] = _data(random, presses)
    elif "text" in body and random.random() < 0.7:
        body["text"] = random.choice(texts)
    if "text" in body and random.random() < 0.3:
        body[random.choice(MESSAGE_FIELDS)] = random.choice(EXTREMES)
    for _change in range(random.choice((0, 0, 1, 1, 2, 5))):
        _change_one(random, body)
    update: Json = {"update_id": 10_000_000 + number, kind: body}
    if random.random() < 0.03:
        update[kind] = random.choice(EXTREMES)
    if random.random() < 0.02:
        update["update_id"] = random.choice(EXTREMES)
    if random.random() < 0.02:
        update[random.choice(TYPES)] = random.choice(EXTREMES)
    return update


def _data(random: Random, presses: Sequence[str]) -> Any:  # noqa: ANN401 - JSON
    """Return callback data of a button, now and then with a part of it changed: clients may lie."""
    data = random.choice(presses)
    if random.random() < 0.4:
        return data
    parts = data.split(":")
    parts[random.randrange(len(parts))] = str(random.choice(EXTREMES))[:40]
    if random.random() < 0.3:
        parts.append(str(random.choice(EXTREMES))[:40])
    return ":".join(parts)


def _change_one(random: Random, value: Any) -> None:  # noqa: ANN401 - JSON
    """Change one field somewhere inside: an extreme value, or gone."""
    while isinstance(value, dict) and value:
        key = random.choice(sorted(value))
        if isinstance(value[key], dict) and value[key] and random.random() < 0.7:
            value = value[key]
        elif random.random() < 0.2:
            del value[key]
            return
        else:
            extreme = random.choice(EXTREMES)
            value[key] = dict(extreme) if isinstance(extreme, dict) else extreme
            return
