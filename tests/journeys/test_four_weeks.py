"""A patient's first four weeks over HTTP, with a change of clocks; in peace, and killed twenty times."""

from __future__ import annotations

import random
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.tables import Checkin, Dose
from tests.journeys.journey import (
    DAYS,
    FIRST,
    HEADACHE,
    NO_CHECKIN,
    NOT_ANSWERED,
    NOT_TAKEN,
    PAIN,
    SLEEP,
    ZONE,
    Journey,
    at,
)
from tests.journeys.killed_bot import KilledBot

if TYPE_CHECKING:
    from bot.clock import ManualClock
    from bot.sandbox.server import SandboxServer
    from tests.harness import RunningBot

Rows = list[tuple[Any, ...]]


def expected_doses() -> Rows:
    """Return what the doses must say at the end, from the journey's own lists."""
    rows: Rows = []
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        taken = number not in NOT_TAKEN | NOT_ANSWERED
        state = "taken" if taken else "not_taken" if number in NOT_TAKEN else "unknown"
        rows.append((day, state, "4.5" if taken else None))
    return rows


def expected_checkins() -> Rows:
    """Return what the check-ins must say at the end."""
    rows: Rows = []
    for number in range(DAYS):
        if number in NO_CHECKIN:
            continue
        effects = {"headache": "mild"} if number in HEADACHE else {}
        rows.append((FIRST + timedelta(days=number + 1), PAIN[number], SLEEP[number], effects))
    return rows


async def stored(url: str) -> tuple[Rows, Rows]:
    """Return the doses that were due and the check-ins that were answered."""
    database = Database(url)
    async with database.read() as session:
        doses = (
            await session.execute(
                select(Dose)
                .where(Dose.due_at < at(FIRST + timedelta(days=DAYS), TEN))
                .order_by(Dose.dose_date)
            )
        ).scalars()
        checkins = (
            await session.execute(
                select(Checkin).where(Checkin.answered_at.is_not(None)).order_by(Checkin.local_date)
            )
        ).scalars()
        found = (
            [(dose.dose_date, dose.state, str(dose.taken_mg) if dose.taken_mg else None) for dose in doses],
            [
                (
                    checkin.local_date,
                    checkin.answers["pain"],
                    checkin.answers["sleep"],
                    checkin.answers.get("side_effects"),
                )
                for checkin in checkins
            ],
        )
    await database.close()
    return found


TEN = time(10)


async def test_four_weeks_end_with_the_rows_and_the_summary_that_were_lived(
    bot: RunningBot, server: SandboxServer
) -> None:
    """Reminders at 22:00 of the patient's clock on both sides of the change; figures as computed by hand."""
    person = server.person()
    journey = Journey(bot, person)
    await journey.enrol()
    await journey.live()
    reminders = [
        m.date.astimezone(ZONE) for m in person.bot_messages if m.versions[0].text.startswith("💊 Time")
    ]
    assert [f"{at_:%m-%d %H:%M}" for at_ in reminders] == [
        f"{FIRST + timedelta(days=n):%m-%d} 22:00" for n in range(DAYS)
    ]
    assert await stored(bot.url) == (expected_doses(), expected_checkins())
    answer = await bot.say(person, "/summary 30")
    for line in SUMMARY_BY_HAND:
        assert line in answer.text


# Doses: 28, of which 2 not taken and 1 not answered. Check-ins: 25 of 28 mornings.
SUMMARY_BY_HAND = (
    "taken 25 · not taken 2 · not answered 1, of 28",
    "25 of",
)


@pytest.mark.parametrize(("kills", "share"), [(20, 0.12), pytest.param(100, 0.5, marks=pytest.mark.soak)])
async def test_four_weeks_killed_again_and_again_end_with_the_same_rows(
    database_url: str, server: SandboxServer, clock: ManualClock, kills: int, share: float
) -> None:
    """SIGKILL at random moments: no dose doubled, no answer lost."""
    killed = KilledBot(server, clock, database_url, random.Random(kills), kills=kills, kill_share=share)
    await killed.start()
    person = server.person()
    journey = Journey(killed, person)
    await journey.enrol()
    await journey.live()
    await killed.stop()
    assert killed.kills_left == 0
    assert await stored(database_url) == (expected_doses(), expected_checkins())
