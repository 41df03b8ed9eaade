"""One person's flood slows that person only."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.storage.tables import Inbox
from bot.telegram_io.flood import BURST, MOST_WAITING, Flood
from tests.harness import RunningBot

if TYPE_CHECKING:
    from bot.clock import ManualClock
    from bot.sandbox.server import SandboxServer


def test_a_chat_has_a_burst_and_then_a_pace() -> None:
    """The burst is free, then each waits its turn; another chat doesn't; a pause fills the bucket."""
    now = [100.0]
    flood = Flood(4.0, monotonic=lambda: now[0])
    for _update in range(int(BURST)):
        assert flood.wait_s(1) == 0
        assert flood.admits(1)
        flood.handled(1)
    assert 0 < flood.wait_s(1) <= 0.25
    assert flood.wait_s(2) == 0
    now[0] += BURST / 4
    assert flood.wait_s(1) == 0


def test_far_too_many_are_not_even_kept() -> None:
    """Of a flood two hundred wait; when they are done, the next are kept again."""
    flood = Flood(4.0)
    assert sum(flood.admits(1) for _update in range(1000)) == MOST_WAITING
    assert flood.admits(2)
    flood.emptied(1)
    assert flood.admits(1)


async def test_a_thousand_messages_of_one_leave_the_others_their_answer(
    server: SandboxServer, clock: ManualClock, sqlite_url: str
) -> None:
    """While one person's thousand wait, another is answered within two seconds."""
    bot = RunningBot(server, clock, sqlite_url, chat_per_second=1.0)
    await bot.start()
    noisy, calm = server.person(), server.person()
    flood = [
        {"update_id": 10_000 + number, "message": noisy_text(noisy.id, number)} for number in range(1000)
    ]
    await bot.companion.ingest.receive(flood)
    before, begun = len(calm.messages), time.monotonic()
    await calm.send_text("/help")
    while len(calm.messages) <= before + 1 and time.monotonic() - begun < 10:
        await server.until_acknowledged(timeout_s=5)
        await calm_down()
    assert time.monotonic() - begun < 5
    assert calm.messages[-1].text
    async with bot.database.read() as session:
        kept = (await session.execute(select(func.count()).where(Inbox.chat_key == noisy.id))).scalar_one()
        done = (
            await session.execute(
                select(func.count()).where(Inbox.chat_key == noisy.id, Inbox.done_at.is_not(None))
            )
        ).scalar_one()
    assert kept == MOST_WAITING
    assert done < MOST_WAITING / 2
    await bot.stop()


def noisy_text(chat_id: int, number: int) -> dict[str, object]:
    """Return the raw message."""
    return {
        "message_id": 5000 + number,
        "date": 1772539200,
        "chat": {"id": chat_id, "type": "private"},
        "from": {"id": chat_id, "is_bot": False, "first_name": "N"},
        "text": f"noise {number}",
    }


async def calm_down() -> None:
    """Give the bot a moment."""
    import asyncio  # noqa: PLC0415 - the one use

    await asyncio.sleep(0.02)
