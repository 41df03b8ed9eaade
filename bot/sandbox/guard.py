"""Who may talk to the sandbox: nobody from another site, nobody through another name (DNS rebinding)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.sandbox.webhook import LOOPBACK_NAMES

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECURITY_HEADERS = [
    (
        b"content-security-policy",
        (
            b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
            b"font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
            b"frame-src 'self'; frame-ancestors 'self'"
        ),
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_REFUSAL = b'{"error": "Only pages of this sandbox, on this machine, may do that."}'


def _allowed(scope: Scope) -> bool:
    host = origin = site = b""
    for name, value in scope["headers"]:
        if name == b"host":
            host = value
        elif name == b"origin":
            origin = value
        elif name == b"sec-fetch-site":
            site = value
    if origin and origin != b"http://" + host:
        return False
    if site == b"cross-site" and scope["path"] != "/":
        return False
    try:
        return urlsplit(f"//{host.decode('latin-1')}").hostname in LOOPBACK_NAMES
    except ValueError:
        return False


def guarded(app: ASGIApp) -> ASGIApp:
    """Return *app* behind the check; anybody else gets 403."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if _allowed(scope):
            await app(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_REFUSAL))]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": _REFUSAL})

    return guard


def with_security_headers(app: ASGIApp) -> ASGIApp:
    """Return *app* with the headers that keep a page from running or loading anything from elsewhere."""

    async def with_headers(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_more(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_SECURITY_HEADERS]
            await send(message)

        await app(scope, receive, send_more)

    return with_headers
