"""Polling goes on, whatever happens to one batch of updates."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import pytest

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
