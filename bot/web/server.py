"""The HTTP side: Telegram's webhook, /healthz for the container's HEALTHCHECK, /metrics for Prometheus."""

from __future__ import annotations

import asyncio
import hmac
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.config import StartError
from bot.metrics import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from bot.config import TelegramSettings

    Receiver = Callable[[list[dict[str, Any]]], Awaitable[None]]

# Telegram's own limit for an update is far lower.
_LARGEST_BODY = 1024 * 1024
_MOST_DIGITS = 9
BODY_WITHIN_S = 10.0
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
]


def build_web(
    *,
    receive: Receiver,
    health: Callable[[], Awaitable[dict[str, bool]]],
    metrics: Callable[[], Awaitable[bytes]],
    webhook_path: str | None,
    secret_token: str | None,
) -> Starlette:
    """Return the web application; without *webhook_path* it has /healthz and /metrics alone."""

    async def on_health(_request: Request) -> Response:
        """Say what works; 503 when something doesn't."""
        state = await health()
        return JSONResponse(state, status_code=200 if all(state.values()) else 503)

    async def on_metrics(_request: Request) -> Response:
        """Say what was counted; no label holds content."""
        return Response(await metrics(), media_type=CONTENT_TYPE)

    routes = [Route("/healthz", on_health), Route("/metrics", on_metrics)]
    if webhook_path is not None and secret_token:
        routes.append(Route(webhook_path, _webhook(receive, secret_token), methods=["POST"]))
    app = Starlette(routes=routes, middleware=[Middleware(_SecurityHeaders)])
    # A path that is nearly right is wrong: no redirect tells which one would be.
    app.router.redirect_slashes = False
    return app


def _webhook(receive: Receiver, secret_token: str) -> Callable[[Request], Awaitable[Response]]:
    async def on_webhook(request: Request) -> Response:
        """Keep the update, then say 200: that is Telegram's acknowledgement."""
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), secret_token.encode()):
            return Response(status_code=403)
        try:
            async with asyncio.timeout(BODY_WITHIN_S):
                body = await _body(request)
        except TimeoutError:
            return Response(status_code=408)
        if body is None:
            return Response(status_code=413)
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return Response(status_code=400)
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return Response(status_code=400)
        await receive([update])
        return Response(status_code=200)

    return on_webhook


async def _body(request: Request) -> bytes | None:
    """Return the whole body, None where it is too long."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and (len(length) > _MOST_DIGITS or int(length) > _LARGEST_BODY):
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            return None
    return bytes(body)


class _SecurityHeaders:
    """Adds the headers that keep an answer from being framed, guessed at, stored or loading anything."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_more(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        await self._app(scope, receive, send_more)


def serve(
    telegram: TelegramSettings,
    *,
    receive: Receiver,
    health: Callable[[], Awaitable[dict[str, bool]]],
    metrics: Callable[[], Awaitable[bytes]],
) -> WebServer:
    """Listen on the configured address; the webhook only in that mode.

    Raises:
        StartError: The port is taken.
    """
    webhook = telegram.mode == "webhook"
    app = build_web(
        receive=receive,
        health=health,
        metrics=metrics,
        webhook_path=(urlsplit(str(telegram.webhook_url)).path or "/") if webhook else None,
        secret_token=telegram.secret_token.get_secret_value() if telegram.secret_token else None,
    )
    try:
        server = WebServer(app, telegram.listen_host, telegram.listen_port)
    except OSError as error:
        raise StartError(
            f"{telegram.listen_host}:{telegram.listen_port} can't be listened on ({error.strerror}): "
            "set telegram.listen_port to a free port"
        ) from error
    server.start()
    return server


class WebServer:
    """uvicorn inside the bot's event loop, without signal handlers of its own."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
            limit_concurrency=200,
        )
        self._server = uvicorn.Server(config)
        self._socket = config.bind_socket()
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """Return the port that is listened on."""
        return int(self._socket.getsockname()[1])

    def start(self) -> None:
        """Begin to listen."""
        # _serve, not serve: the latter would take SIGTERM away from the bot.
        self._task = asyncio.create_task(self._server._serve([self._socket]), name="web")  # noqa: SLF001

    async def stop(self) -> None:
        """Finish open requests and stop listening."""
        self._server.should_exit = True
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
