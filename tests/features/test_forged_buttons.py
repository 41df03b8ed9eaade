"""Telegram's clients may send any callback data: a forged amount or instant is no crash and no record."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.features.reminded import DUE, enrol
from tests.harness import RunningBot

if TYPE_CHECKING:
    from bot.clock import ManualClock
    from bot.sandbox.server import SandboxServer


@pytest.mark.parametrize(
    ("verb", "arg"),
    [
        ("dose.taken", "NaN"),
        ("dose.taken", "sNaN"),
        ("dose.taken", "Infinity"),
        ("dose.taken", "1e9"),
        ("dose.taken", "1.00005"),
        ("dose.amount_is", "-NaN"),
        ("dose.amount_is", "1e-9"),
        ("dose.time_is", "9" * 11),
        ("dose.time_is", "9" * 19),
    ],
)
async def test_a_forged_amount_or_instant_is_answered_like_an_old_button(
    clock: ManualClock, server: SandboxServer, sqlite_url: str, verb: str, arg: str
) -> None:
    """The dose never gets an amount or a time that no button of ours names, and the patient no apology."""
    bot = RunningBot(server, clock, sqlite_url)
    await bot.start()
    try:
        chat = server.person()
        one = await enrol(bot, chat)
        await bot.travel_to(DUE)
        button = chat.find_button("Taken")
        row = (button.data or "").split(":")[1]
        await chat.tap(replace(button, data=f"{verb}:{row}:{arg}"))
        await bot.settle()
        dose = await one.dose()
        assert (dose.taken_mg, dose.taken_at) in (
            (None, None),
            (dose.planned_mg, DUE),
            (dose.planned_mg, None),
        )
        assert chat.last is not None
        assert "Something went wrong" not in chat.last.text
    finally:
        await bot.stop()
