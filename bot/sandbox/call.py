"""One Bot API call: its parameters as the real server takes them, from query, form, multipart or JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request

from bot.sandbox.errors import ApiError, bad_request

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

LARGEST_REQUEST = 52_000_000
_TRUE = frozenset({"true", "yes", "1"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    mime_type: str
    content: bytes = field(repr=False)


@dataclass(slots=True)
class Call:
    """A method and what was given to it.

    Attributes:
        method: As it was written in the address.
        params: Raw values: texts from forms, anything from JSON.
        uploads: Files by field name.
    """

    method: str
    params: dict[str, Any]
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a text, "" when it wasn't given."""
        value = self.params.get(name)
        return value if isinstance(value, str) else "" if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """Return an integer, *default* when it wasn't given or is no integer."""
        try:
            return int(self.params.get(name, default))
        except (TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        """Return a Boolean, False when it wasn't given."""
        value = self.params.get(name)
        return value is True or (isinstance(value, (str, int)) and str(value).lower() in _TRUE)

    def structure(self, name: str, words: str) -> object:
        """Return what a parameter in JSON holds, None when it wasn't given.

        Raises:
            ApiError: 400 with these words when it isn't JSON.
        """
        value = self.params.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        return load_json(value, words)

    @property
    def chat_id(self) -> int | None:
        """The chat's id, or None when there is none (or one that is no number: "@channel")."""
        value = self.params.get("chat_id")
        try:
            return None if value is None else int(value)
        except (TypeError, ValueError):
            return None


async def read_call(scope: Scope, receive: Receive, method: str) -> Call:
    """Read the whole request.

    Raises:
        ApiError: 413 for a request too large, 400 for a body that can't be read.
    """
    query: bytes = scope["query_string"]
    params: dict[str, Any] = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)) if query else {}
    content_type = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    if content_type.startswith(b"multipart/form-data"):
        return await _read_multipart(scope, receive, Call(method, params))
    body = await read_body(receive)
    if not body:
        return Call(method, params)
    if content_type.startswith(b"application/json"):
        params.update(_read_json(body))
    elif content_type.startswith(b"application/x-www-form-urlencoded"):
        params.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return Call(method, params)


async def read_body(receive: Receive) -> bytes:
    """Return the request's whole body.

    Raises:
        ApiError: 413 over 52 MB.
    """
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part: bytes = message.get("body", b"")
        parts.append(part)
        size += len(part)
        if size > LARGEST_REQUEST:
            raise ApiError(413, "Request Entity Too Large")
        if not message.get("more_body"):
            return b"".join(parts)


def load_json(source: str | bytes, words: str) -> object:
    """Return what *source* holds.

    Raises:
        ApiError: 400 with these words when it is no JSON, or when a text in it is half a character.
    """
    try:
        value: object = json.loads(source)
    except (ValueError, RecursionError):
        raise bad_request(words) from None
    if ("\\u" in source) if isinstance(source, str) else (b"\\u" in source):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise bad_request("strings must be encoded in UTF-8") from None
    return value


def _read_json(body: bytes) -> dict[str, Any]:
    params = load_json(body, "can't parse request body as JSON")
    if not isinstance(params, dict):
        raise bad_request("request body must be a JSON object")
    return params


async def _read_multipart(scope: Scope, receive: Receive, call: Call) -> Call:
    async with Request(scope, receive).form(max_files=20, max_fields=100) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                content = await value.read()
                mime_type = value.content_type or "application/octet-stream"
                call.uploads[name] = Upload(value.filename or "file", mime_type, content)
            else:
                call.params[name] = value
    if sum(len(upload.content) for upload in call.uploads.values()) > LARGEST_REQUEST:
        raise ApiError(413, "Request Entity Too Large")
    return call
