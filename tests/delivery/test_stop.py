"""A stop leaves nothing "sending" that never left."""

from __future__ import annotations

import asyncio

from bot.telegram_io.rate import Pacer


async def test_whoever_asks_for_a_slot_after_a_stop_gets_it_even_under_a_429() -> None:
    """A chat's second reply must be given back as well, not hang until it is cut off."""
    pacer = Pacer(25)
    pacer.block_for(60)
    pacer.let_go()
    async with asyncio.timeout(1):
        await pacer.acquire(5, bulk=False)
        await pacer.acquire(5, bulk=True)
    await pacer.close()
