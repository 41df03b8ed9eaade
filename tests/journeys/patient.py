"""Somebody who is enrolled, for tests that begin there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.journeys.journey import Journey

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot


async def enrolled(bot: RunningBot, user_id: int | None = None) -> Person:
    """Return a patient in Lisbon: dose of 4.5 mg at 22:00 from tonight, check-in at 09:00."""
    person = bot.server.person(user_id)
    await Journey(bot, person).enrol()
    return person
