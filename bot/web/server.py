"""The HTTP side: Telegram's webhook, /healthz for the container's HEALTHCHECK, /metrics for Prometheus."""

from __future__ import annotations

import asyncio
import hmac
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.config import StartError
from bot.metrics import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from bot.config import TelegramSettings

# Telegram's own limit for an update is far lower.
_LARGEST_BODY = 1024 * 1024


def build_web(
    *,
    receive: Callable[[list[dict[str, Any]]], Awaitable[None]],
    health: Callable[[], Awaitable[dict[str, bool]]],
    metrics: Callable[[], Awaitable[bytes]],
    webhook_path: str | None,
    secret_token: str | None,
) -> Starlette:
    """Return the web application; without *webhook_path* it has /healthz and /metrics alone."""

    async def on_webhook(request: Request) -> Response:
        """Keep the update, then say 200: that is Telegram's acknowledgement."""
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), (secret_token or "").encode()):
            return Response(status_code=403)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST_BODY:
                return Response(status_code=413)
        try:
            update = json.loads(body)
        except ValueError:
            return Response(status_code=400)
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return Response(status_code=400)
        await receive([update])
        return Response(status_code=200)

    async def on_health(_request: Request) -> Response:
        """Say what works; 503 when something doesn't."""
        state = await health()
        return JSONResponse(state, status_code=200 if all(state.values()) else 503)

    async def on_metrics(_request: Request) -> Response:
        """Say what was counted; no label holds content."""
        return Response(await metrics(), media_type=CONTENT_TYPE)

    routes = [Route("/healthz", on_health), Route("/metrics", on_metrics)]
    if webhook_path is not None and secret_token:
        routes.append(Route(webhook_path, on_webhook, methods=["POST"]))
    return Starlette(routes=routes)


def serve(
    telegram: TelegramSettings,
    *,
    receive: Callable[[list[dict[str, Any]]], Awaitable[None]],
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
