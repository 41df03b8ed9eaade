"""Calls with odd values are refused like any other, and a poller that dies is noticed."""

from __future__ import annotations

import asyncio
import json
import random
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer

JSON = {"Content-Type": "application/json"}
METHODS = [
    "sendMessage",
    "sendPhoto",
    "editMessageText",
    "editMessageMedia",
    "editMessageReplyMarkup",
    "deleteMessage",
    "answerCallbackQuery",
    "setMyCommands",
    "getChatMember",
    "getFile",
    "getUpdates",
    "setWebhook",
    "sendChatAction",
]
NAMES = [
    "text",
    "entities",
    "parse_mode",
    "caption",
    "reply_markup",
    "reply_parameters",
    "message_id",
    "commands",
    "scope",
    "media",
    "photo",
    "callback_query_id",
    "url",
    "action",
    "user_id",
    "limit",
    "allowed_updates",
]
BUTTONS: list[Any] = [{"text": "x", "callback_data": "\ud800"}, {"text": "x", "url": [], "style": {}}, 7, {}]
VALUES: list[Any] = [
    None,
    True,
    -1,
    10**30,
    0.5,
    "",
    "x",
    "<b>",
    "HTML",
    "\ud800",
    "\0",
    "{",
    "[1]",
    [],
    [1],
    [{}],
    [{"command": 5, "description": []}],
    [{"type": "date_time", "offset": 0, "length": 1}],
    [{"type": "text_link", "offset": 10**9, "length": 1, "url": "https://example.org"}],
    {},
    {"message_id": "x"},
    {"type": "chat", "chat_id": []},
    {"type": "photo", "media": "attach://x"},
    {"inline_keyboard": 1},
    {"keyboard": [[{}]]},
    *({"inline_keyboard": [[button]]} for button in BUTTONS),
]


async def test_odd_values_never_break_the_server(http: httpx.AsyncClient, method: str, ana: Person) -> None:
    """Five hundred calls with values of every wrong kind: each answered, none with a 5xx."""
    dice = random.Random(20260303)
    await ana.send_text("Hello")
    for _ in range(500):
        params = {name: dice.choice(VALUES) for name in dice.sample(NAMES, 5)}
        call = {"chat_id": ana.id, "text": "x", "message_id": 1, **params}
        answer = await http.post(f"{method}/{dice.choice(METHODS)}", content=json.dumps(call), headers=JSON)
        assert answer.status_code in {200, 400}, (call, answer.text)
        assert answer.json()["ok"] == (answer.status_code == 200)
    assert "x" in {message.html for message in ana.messages}  # and what was sent can be shown


async def test_a_poller_that_dies_is_gone(
    http: httpx.AsyncClient, method: str, server: SandboxServer
) -> None:
    """Its poll ends with its connection; whoever waits for a poller waits for the next one."""
    poll = asyncio.create_task(http.get(f"{method}/getUpdates", params={"timeout": 30}))
    await server.until_polled()
    poll.cancel()
    await server.traffic.arrived.until(lambda: server.arrivals[-1].outcome == "ok", within=2)
    with pytest.raises(TimeoutError):
        await server.until_polled(timeout_s=0.01)
