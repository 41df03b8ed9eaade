"""Polling goes on, whatever happens to one batch of updates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram import Bot

from bot.sandbox.server import SANDBOX_TOKEN

if TYPE_CHECKING:
    from typing import Any

    from bot.sandbox.chat import Person
    from tests.harness import RunningBot


async def test_an_error_of_ours_while_keeping_does_not_end_the_polling(
    bot: RunningBot, chat: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch wasn't acknowledged, so it comes again, and is answered then."""
    ingest = bot.companion.ingest
    keep = ingest.receive
    failures = [RuntimeError("on purpose")]

    async def fail_once(updates: list[dict[str, Any]]) -> None:
        if updates and failures:
            raise failures.pop()
        await keep(updates)

    monkeypatch.setattr(ingest, "receive", fail_once)
    await chat.send_text("/start")
    await chat.wait_for_text("First, what this is", timeout_s=10)
    assert failures == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_webhook_from_before_is_removed_when_the_bot_polls(bot: RunningBot, chat: Person) -> None:
    """An operator who sets telegram.mode back to polling isn't left with a bot that hears nothing."""
    await bot.stop()
    async with Bot(SANDBOX_TOKEN, base_url=bot.server.base_url) as telegram:
        await telegram.set_webhook("http://127.0.0.1:9/telegram")
        bot.companion = bot.build()
        await bot.start()
        await chat.send_text("/start")
        await chat.wait_for_text("First, what this is", timeout_s=20)
        assert (await telegram.get_webhook_info()).url == ""
