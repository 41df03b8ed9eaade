"""Updates by webhook: secret, order, retries, and no poller beside it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from telegram.error import BadRequest, Conflict

from bot.sandbox.serving import Serving, loopback_socket
from bot.sandbox.signals import Signal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from telegram import Bot

    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer


class Receiver:
    """A bot's end of a webhook."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.secrets: list[str | None] = []
        self.refusals = 0
        self.came = Signal()
        self.serving = Serving(Starlette(routes=[Route("/hook", self._hook, methods=["POST"])]))
        self.url = ""

    async def _hook(self, request: Request) -> Response:
        update = await request.json()
        self.texts.append(update["message"]["text"])
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.came.give()
        self.refusals -= 1
        return Response(status_code=500 if self.refusals >= 0 else 200)

    async def until(self, count: int) -> list[str]:
        """Return the texts once so many came."""
        await self.came.until(lambda: len(self.texts) >= count, within=5)
        return self.texts


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A webhook's address on loopback."""
    receiver = Receiver()
    listener = loopback_socket("127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
    await receiver.serving.start(listener)
    yield receiver
    await receiver.serving.stop()


async def test_updates_come_in_order_with_the_secret(
    api: Bot, server: SandboxServer, ana: Person, receiver: Receiver
) -> None:
    """What waited comes first, and what was delivered is gone."""
    await ana.send_text("one")
    await api.set_webhook(receiver.url, secret_token="s3cret", drop_pending_updates=False)  # noqa: S106 - a test's
    await ana.send_text("two")
    assert await receiver.until(2) == ["one", "two"]
    assert receiver.secrets == ["s3cret", "s3cret"]
    await server.until_acknowledged()


async def test_a_refused_update_comes_again_before_the_next(
    api: Bot, server: SandboxServer, ana: Person, receiver: Receiver
) -> None:
    """Until it is taken; getWebhookInfo says what went wrong."""
    receiver.refusals = 2
    server.world.webhook.first_retry_s = 0.001
    await api.set_webhook(receiver.url)
    await ana.send_text("one")
    await ana.send_text("two")
    assert await receiver.until(4) == ["one", "one", "one", "two"]
    info = await api.get_webhook_info()
    assert (info.url, info.last_error_message) == (
        receiver.url,
        "Wrong response from the webhook: 500 Internal Server Error",
    )


async def test_no_poller_beside_a_webhook(api: Bot, server: SandboxServer, receiver: Receiver) -> None:
    """Setting it ends the poll that waits; polling is refused until it is deleted."""
    poll = asyncio.create_task(api.get_updates(timeout=30))
    await server.until_polled()
    await api.set_webhook(receiver.url)
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await poll
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await api.get_updates()
    await api.delete_webhook()
    assert await api.get_updates() == ()
    assert (await api.get_webhook_info()).url == ""


async def test_pending_updates_can_be_dropped(api: Bot, ana: Person) -> None:
    """When a webhook is set or deleted."""
    await ana.send_text("old")
    assert (await api.get_webhook_info()).pending_update_count == 1
    await api.delete_webhook(drop_pending_updates=True)
    assert await api.get_updates() == ()


@pytest.mark.parametrize("url", ["https://example.org/hook", "ftp://127.0.0.1/", "nonsense"])
async def test_a_webhook_stays_on_this_machine(api: Bot, url: str) -> None:
    """Nothing leaves loopback."""
    with pytest.raises(BadRequest, match="Bad webhook: an https url must be provided"):
        await api.set_webhook(url)


async def test_a_secret_of_odd_characters_is_refused(api: Bot, receiver: Receiver) -> None:
    """Letters, digits, _ and - only."""
    with pytest.raises(BadRequest, match="Secret token contains unallowed characters"):
        await api.set_webhook(receiver.url, secret_token="so secret")  # noqa: S106 - a test's
