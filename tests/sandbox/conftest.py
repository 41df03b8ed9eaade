"""Fixtures for the sandbox's own tests: python-telegram-bot's Bot over HTTP, a bare HTTP client, a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer


@pytest.fixture
async def api(server: SandboxServer) -> AsyncIterator[Bot]:
    """Telegram's Bot API through python-telegram-bot."""
    request = HTTPXRequest(read_timeout=2.0)
    bot = Bot(server.token, server.base_url, server.base_file_url, request=request)
    async with bot:
        yield bot


@pytest.fixture
async def http(server: SandboxServer) -> AsyncIterator[httpx.AsyncClient]:
    """A bare HTTP client at the server's root."""
    async with httpx.AsyncClient(base_url=server.page_url, timeout=5.0, trust_env=False) as client:
        yield client


@pytest.fixture
def method(server: SandboxServer) -> str:
    """The path before a method's name."""
    return f"/bot{server.token}"


@pytest.fixture
def ana(server: SandboxServer) -> Person:
    """A person who has written to the bot before, with an id beyond 32 bits."""
    return server.person(opened=True)


def keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return an inline keyboard as raw JSON, past python-telegram-bot's own checks."""
    return {"reply_markup": {"inline_keyboard": list(rows)}}
