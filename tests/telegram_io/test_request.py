"""Requests over aiohttp: what the sender hears of trouble, files, proxies."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from telegram.error import BadRequest, NetworkError, TimedOut
from telegram.ext import ExtBot

from bot.config import StartError
from bot.message import Attachment, Message
from bot.sandbox.faults import CUT_AFTER, CUT_BEFORE, SlowReply, flood, server_error
from bot.sandbox.server import SANDBOX_TOKEN
from bot.telegram_io.outgoing import Outgoing
from bot.telegram_io.request import LeanRequest, proxy_of_surroundings
from bot.telegram_io.transport import MaybeSent, NeverLeft, Sent, TooFast, deliver
from tests.sandbox.test_files import png

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.sandbox.chat import Person
    from bot.sandbox.faults import Action
    from bot.sandbox.server import SandboxServer
    from bot.telegram_io.transport import SendResult

HELLO = Outgoing("send", Message("Good evening"))


@asynccontextmanager
async def _bot(base_url: str, read_timeout: float = 5) -> AsyncIterator[ExtBot[None]]:
    request = LeanRequest(2, read_timeout=read_timeout)
    await request.initialize()
    try:
        yield ExtBot(SANDBOX_TOKEN, base_url=base_url, request=request)
    finally:
        await request.shutdown()


async def _hello(chat: Person, base_url: str) -> SendResult:
    async with _bot(base_url, read_timeout=0.2) as bot:
        return await deliver(bot, chat.id, HELLO)


@pytest.mark.parametrize(
    ("action", "result", "arrived"),
    [
        (CUT_BEFORE, MaybeSent("ServerDisconnectedError"), 0),
        (CUT_AFTER, MaybeSent("ServerDisconnectedError"), 1),
        (SlowReply(0.5), MaybeSent("SocketTimeoutError"), 1),
        (server_error(502), MaybeSent("NetworkError"), 0),
        (flood(3), TooFast(3.0), 0),
    ],
)
async def test_what_may_have_arrived_is_told_from_what_cannot(
    server: SandboxServer, chat: Person, action: Action, result: SendResult, arrived: int
) -> None:
    """A cut, a timeout, a 5xx: maybe sent, and never repeated here; a 429: not sent, with its pause."""
    await chat.send_text("/start")
    server.faults.add(action, "sendMessage", times=1)
    assert await _hello(chat, server.base_url) == result
    assert len(chat.bot_messages) == arrived


async def test_a_refused_connection_and_a_name_that_is_gone_mean_not_sent(chat: Person) -> None:
    """Neither reached Telegram, for sure: such a message is tried again without a word about it."""
    assert await _hello(chat, "http://127.0.0.1:9/bot") == NeverLeft("ClientConnectorError")
    assert await _hello(chat, "http://telegram.invalid/bot") == NeverLeft("ClientConnectorDNSError")


async def test_waiting_in_vain_for_a_free_connection_means_not_sent(
    server: SandboxServer, chat: Person
) -> None:
    """Both connections hang at Telegram: the third call never left, and its error names no address."""
    await chat.send_text("/start")
    server.faults.add(SlowReply(1), "sendMessage")
    async with _bot(server.base_url) as bot:
        hanging = [asyncio.create_task(bot.send_message(chat.id, "one")) for _ in range(2)]
        await asyncio.sleep(0.05)
        with pytest.raises(TimedOut) as caught:
            await bot.send_message(chat.id, "two", connect_timeout=0.1, pool_timeout=0.1)
        assert SANDBOX_TOKEN not in repr((caught.value, caught.value.__cause__, str(caught.value.__cause__)))
        assert type(caught.value.__cause__).__name__ == "ConnectionTimeoutError"
        await asyncio.gather(*hanging)


async def test_no_error_has_the_token_in_its_words(server: SandboxServer, chat: Person) -> None:
    """What is raised may be logged."""
    server.faults.add(CUT_BEFORE)
    for base_url in (server.base_url, "http://127.0.0.1:9/bot"):
        async with _bot(base_url) as bot:
            with pytest.raises(NetworkError) as caught:
                await bot.send_message(chat.id, "hello")
        assert SANDBOX_TOKEN not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__cause__}"


async def test_a_picture_and_words_in_any_script_arrive_as_they_were(
    server: SandboxServer, chat: Person
) -> None:
    """Multipart: the caption, the file's name and its bytes."""
    await chat.send_text("/start")
    attachment = Attachment("document", "summary", filename="Übersicht 1&2.png")
    async with _bot(server.base_url) as bot:
        outgoing = Outgoing("send", Message("Schmerz ↓ &amp; 💊", attachment=attachment))
        assert isinstance(await deliver(bot, chat.id, outgoing, png(4, 4)), Sent)
        with pytest.raises(BadRequest):
            await bot.send_message(chat.id, "")
    message = chat.bot_messages[-1]
    assert message.text == "Schmerz ↓ & 💊"
    assert message.file is not None
    assert (message.file.name, message.file.content) == ("Übersicht 1&2.png", png(4, 4))


def test_the_surroundings_proxy_is_used_unless_the_host_is_excepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTPS_PROXY and ALL_PROXY count, NO_PROXY excepts; a SOCKS proxy is refused in one clear line."""
    for name in ("https_proxy", "http_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert proxy_of_surroundings("https://api.example.org/bot") is None
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example.org:3128")
    assert proxy_of_surroundings("https://api.example.org/bot") == "http://proxy.example.org:3128"
    monkeypatch.setenv("NO_PROXY", "api.example.org")
    assert proxy_of_surroundings("https://api.example.org/bot") is None
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("HTTPS_PROXY", "socks5://proxy.example.org:1080")
    with pytest.raises(StartError, match="must begin with http"):
        proxy_of_surroundings("https://api.example.org/bot")
