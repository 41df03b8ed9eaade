"""Parameters come in every way that the real server takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from bot.sandbox.chat import Person

MARKUP = {"inline_keyboard": [[{"text": "Taken", "callback_data": "taken"}]]}


async def send_by_query(http: httpx.AsyncClient, path: str, params: dict[str, str]) -> httpx.Response:
    return await http.get(path, params=params)


async def send_by_form(http: httpx.AsyncClient, path: str, params: dict[str, str]) -> httpx.Response:
    return await http.post(path, data=params)


async def send_by_multipart(http: httpx.AsyncClient, path: str, params: dict[str, str]) -> httpx.Response:
    return await http.post(path, files={name: (None, value) for name, value in params.items()})


async def send_by_json(http: httpx.AsyncClient, path: str, params: dict[str, str]) -> httpx.Response:
    body = {**params, "reply_markup": json.loads(params["reply_markup"]), "disable_notification": True}
    return await http.post(path, json=body)


@pytest.mark.parametrize("send", [send_by_query, send_by_form, send_by_multipart, send_by_json])
async def test_a_message_arrives_however_it_is_written(
    http: httpx.AsyncClient,
    method: str,
    ana: Person,
    send: Any,  # noqa: ANN401 - one of the four above
) -> None:
    """Query, form, multipart and JSON mean the same, and a method's case doesn't matter."""
    params = {
        "chat_id": str(ana.id),
        "text": "Größe & Maß 😀",
        "disable_notification": "true",
        "reply_markup": json.dumps(MARKUP),
    }
    answer = (await send(http, f"{method}/sendmessage", params)).json()
    assert answer["ok"]
    assert answer["result"]["text"] == "Größe & Maß 😀"
    assert ana.last is not None
    assert ana.last.silent
    assert [button.data for button in ana.last.buttons] == ["taken"]


@pytest.mark.parametrize("body", [b"{", b"[1]"])
async def test_a_body_that_is_no_json_object_is_refused(
    http: httpx.AsyncClient, method: str, body: bytes
) -> None:
    """With 400, not with a crash."""
    answer = await http.post(f"{method}/getMe", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


@pytest.mark.parametrize("chat_id", ["", "@nobody", "1e5", "99999999999999999999"])
async def test_a_chat_that_is_none_is_not_found(http: httpx.AsyncClient, method: str, chat_id: str) -> None:
    """Whatever stands there instead of an id."""
    answer = await http.post(f"{method}/sendMessage", data={"chat_id": chat_id, "text": "x"})
    assert answer.status_code == 400
    assert answer.json()["description"] in {
        "Bad Request: chat not found",
        "Bad Request: chat_id is empty",
    }
