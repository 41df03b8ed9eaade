"""The webhook's own web server on a socket of loopback, fed by somebody who knows the secret."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from functools import cache
from typing import Any

import httpx

from bot.telegram_io.raw_update import chat_key, id_of, storable
from bot.web.server import WebServer, build_web

_SECRET = "of-the-fuzzer"  # noqa: S105 - opens nothing
_HEADERS = {"X-Telegram-Bot-Api-Secret-Token": _SECRET}


class _Webhook:
    """The server and a client of it, in an event loop that stands still between the inputs."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []
        self._runner = asyncio.Runner()
        self._runner.run(self._start())

    async def _start(self) -> None:
        async def receive(updates: list[dict[str, Any]]) -> None:
            self.kept += updates

        async def well() -> dict[str, bool]:
            return {"database": True}

        async def numbers() -> bytes:
            return b""

        app = build_web(
            receive=receive, health=well, metrics=numbers, webhook_path="/hook", secret_token=_SECRET
        )
        server = WebServer(app, "127.0.0.1", 0)
        server.start()
        self._client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", trust_env=False)

    def post(self, body: bytes) -> int:
        """Return the answer's status."""
        return self._runner.run(self._client.post("/hook", headers=_HEADERS, content=body)).status_code


@cache
def _webhook() -> _Webhook:
    return _Webhook()


def over_http(body: str) -> None:
    """Post a body: it is kept or refused, never an error of the server; what is kept can be stored."""
    webhook = _webhook()
    webhook.kept.clear()
    status = webhook.post(body.encode("utf-8", "surrogatepass"))
    raw: Any = None
    with suppress(ValueError, RecursionError):
        raw = json.loads(body)
    is_update = isinstance(raw, dict) and isinstance(raw.get("update_id"), int)
    assert status == (200 if is_update else 400), status
    for update in webhook.kept:
        assert id_of(update) is None or isinstance(chat_key(update), int)
        json.dumps(storable(update))
