"""What Telegram does to a bot: refuses the token, lets another poll, vanishes from the DNS."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.faults import refusal, unauthorized
from bot.telegram_io import polling
from tests.features.reminded import DUE, enrol
from tests.harness import RunningBot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer


@pytest.fixture
async def bot(server: SandboxServer, clock: ManualClock, sqlite_url: str) -> AsyncIterator[RunningBot]:
    """A bot that isn't started yet; stopped at the end."""
    running = RunningBot(server, clock, sqlite_url)
    yield running
    await running.stop()


ANOTHER_POLLS = refusal(
    409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)


async def test_a_refused_token_is_told_once_and_nothing_spins_or_is_lost(
    bot: RunningBot, chat: Person
) -> None:
    """The operator reads one line; a minute of ticks calls Telegram once; afterwards the reminder comes."""
    await bot.start()
    reminded = await enrol(bot, chat)
    refused = bot.server.faults.add(unauthorized(), "sendMessage")
    bot.clock.travel_to(DUE)
    for _second in range(60):
        await bot.companion.tick.claim()
        await bot.companion.sender.idle()
    assert [words.split(":")[0] for words in bot.told] == ["Telegram refuses the token"]
    assert refused.hits == 1
    [pending] = await reminded.pending()
    assert (pending.attempts, pending.outcome) == (0, "unauthorized")
    bot.server.faults.clear()
    await bot.restart()
    await bot.settle()
    assert len(reminded.about_doses()) == 1


async def test_a_second_poller_is_told_once_and_waited_for(
    bot: RunningBot, chat: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Five times 409, one line; when the other is gone, what was typed meanwhile is answered."""
    monkeypatch.setattr(polling, "_CONFLICT_WAIT_S", 0.01)
    fault = bot.server.faults.add(ANOTHER_POLLS, "getUpdates", times=5)
    await bot.start()
    await chat.send_text("/start")
    await chat.wait_for_text("what this is", timeout_s=10)
    assert fault.hits == 5
    assert caplog.text.count("another program polls with the same token") == 1


async def test_a_name_server_that_is_gone_at_the_start_is_waited_for(
    bot: RunningBot, chat: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A machine that boots before its network: one line, then the bot works."""
    failures = [socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")] * 2
    resolve = socket.getaddrinfo

    def without_dns(host: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - the socket's own
        if host not in {"localhost", b"localhost"}:
            return resolve(host, *arguments, **options)
        if failures:
            raise failures.pop()
        return resolve("127.0.0.1", *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", without_dns)
    await bot.companion.database.close()
    monkeypatch.setattr(type(bot.server), "base_url", f"http://localhost:{bot.server.port}/bot")
    bot.companion = bot.build()
    await bot.start()
    await chat.send_text("/start")
    await chat.wait_for_text("what this is", timeout_s=10)
    assert failures == []
    assert caplog.text.count("Telegram can't be reached") == 1
