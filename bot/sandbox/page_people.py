"""What a person does through the chat page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.sandbox.errors import ApiError
from bot.sandbox.files import LARGEST_PHOTO
from bot.sandbox.page_errors import PageError

# What Telegram lets a bot download.
LARGEST_DOCUMENT = 20 * 1024 * 1024

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from bot.sandbox.chat import Person

Json = dict[str, Any]

LARGEST_JSON = 100_000


async def json_body(request: Request) -> Json:
    """Return the request's JSON object.

    Raises:
        PageError: 400 for anything else; a form from another site can't say application/json unasked.
    """
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise PageError(400, "Send JSON, with Content-Type: application/json.")
    content = await _body(request, LARGEST_JSON)
    try:
        body = json.loads(content or b"{}")
    except ValueError:
        raise PageError(400, "That is no JSON.") from None
    if not isinstance(body, dict):
        raise PageError(400, "Send a JSON object.")
    return body


async def _body(request: Request, largest: int) -> bytes:
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > largest:
            raise PageError(400, f"That is larger than {largest} bytes.")
    return bytes(content)


def field(body: Json, name: str, *kinds: type) -> Any:  # noqa: ANN401 - of the kinds that are asked for
    """Return one field of a JSON body.

    Raises:
        PageError: 400 when it is missing or of another kind.
    """
    value = body.get(name)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise PageError(400, f'"{name}" is missing or of the wrong kind.')
    return value


async def _text(person: Person, request: Request) -> None:
    text = field(await json_body(request), "text", str)
    if not text.strip():
        raise PageError(400, "The text is empty.")
    await person.send_text(text)


async def _tap(person: Person, request: Request) -> None:
    body = await json_body(request)
    message = person.chat.messages.get(field(body, "message_id", int))
    if message is None:
        raise PageError(404, "That message is gone.")
    data = field(body, "data", str)
    button = next((each for each in message.buttons if each.data == data), None)
    if button is None:
        raise PageError(400, "The message has no such button any more.")
    await person.tap(button)


async def _location(person: Person, request: Request) -> None:
    body = await json_body(request)
    latitude = float(field(body, "latitude", int, float))
    longitude = float(field(body, "longitude", int, float))
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004 - the globe's edges
        raise PageError(400, "That place is not on Earth.")
    await person.send_location(latitude, longitude)


async def _edit(person: Person, request: Request) -> None:
    body = await json_body(request)
    try:
        await person.edit_text(field(body, "message_id", int), field(body, "text", str))
    except LookupError:
        raise PageError(404, "That is no message of this person.") from None


async def _photo(person: Person, request: Request) -> None:
    mime_type = request.headers.get("content-type", "")
    if mime_type not in {"image/png", "image/jpeg"}:
        raise PageError(400, "Send a PNG or a JPEG.")
    try:
        await person.send_photo(await _body(request, LARGEST_PHOTO), mime_type=mime_type)
    except ApiError as error:
        raise PageError(400, error.description) from None


async def _document(person: Person, request: Request) -> None:
    name = request.query_params.get("name", "")
    if not name:
        raise PageError(400, "The file has no name.")
    mime_type = request.headers.get("content-type", "application/octet-stream")
    await person.send_document(name, await _body(request, LARGEST_DOCUMENT), mime_type)


async def _sticker(person: Person, request: Request) -> None:
    await json_body(request)
    await person.send_sticker()


async def _voice(person: Person, request: Request) -> None:
    await json_body(request)
    await person.send_voice()


async def _block(person: Person, request: Request) -> None:
    if field(await json_body(request), "blocked", bool):
        await person.block()
    else:
        await person.unblock()


ACTS: dict[str, Callable[[Person, Request], Awaitable[None]]] = {
    "text": _text,
    "tap": _tap,
    "location": _location,
    "edit": _edit,
    "photo": _photo,
    "document": _document,
    "sticker": _sticker,
    "voice": _voice,
    "block": _block,
}
