"""A patient's first four weeks over HTTP, with a change of clocks; in peace, and killed ten times."""

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


def expected_doses(days: int = DAYS) -> Rows:
    """Return what the doses must say after so many days, from the journey's own lists."""
    rows: Rows = []
    for number in range(days):
        day = FIRST + timedelta(days=number)
        taken = number not in NOT_TAKEN | NOT_ANSWERED
        state = "taken" if taken else "not_taken" if number in NOT_TAKEN else "unknown"
        rows.append((day, state, "4.5" if taken else None))
    return rows


def expected_checkins(days: int = DAYS) -> Rows:
    """Return what the check-ins must say after so many days."""
    rows: Rows = []
    for number in range(days):
        if number in NO_CHECKIN:
            continue
        effects = {"headache": "mild"} if number in HEADACHE else {}
        rows.append((FIRST + timedelta(days=number + 1), PAIN[number], SLEEP[number], effects))
    return rows


async def stored(url: str, days: int = DAYS) -> tuple[Rows, Rows]:
    """Return the doses that were due and the check-ins that were answered."""
    database = Database(url)
    async with database.read() as session:
        doses = (
            await session.execute(
                select(Dose)
                .where(Dose.due_at < at(FIRST + timedelta(days=days), TEN))
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
    month, week = await bot.say(person, "/summary 30"), await bot.say(person, "/summary")
    assert [line for line in MONTH_BY_HAND if line not in month.text] == []
    assert [line for line in WEEK_BY_HAND if line not in week.text] == []


# By hand from journey.py's lists. Doses: 28, of which 2 not taken and 1 not answered. Check-ins: 25 of 28
# mornings; pain adds up to 129 (129 / 25 = 5.16), sleep to 136 (136 / 25 = 5.44); the worst ones are those of
# 7 March; 7 or more on 4 and 5 days. The last seven mornings: pain 28 / 7, sleep 30 / 7.
MONTH_BY_HAND = (
    "2 Mar to 31 Mar 2026 (30 days)",
    "LDN since 3 Mar 2026; 4.5 mg from 3 Mar",
    "taken 25 · not taken 2 · not answered 1, of 28",
    "Pain: mean 5.2 (25 of 30 days), worst 8 on 7 Mar, 7 or more on 4 days",
    "Sleep problems: mean 5.4 (25 of 30 days), worst 8 on 7 Mar, 7 or more on 5 days",
    "headache on 3 of 25 days, at worst mild",
)
WEEK_BY_HAND = (
    "Doses 24 Mar–30 Mar: taken 7 · not taken 0 · not answered 0, of 7",
    "Pain: mean 4.0 (7 of 7 days), worst 5 on 26 Mar, 7 or more on 0 days; the week before 4.8 (6 of 7)",
    "Sleep problems: mean 4.3 (7 of 7 days)",
    "Side effects reported: none, on 7 of 7 days answered",
)


@pytest.mark.parametrize(
    ("days", "kills", "share"),
    [
        # The first days have one of each: not taken, not answered, no check-in, side effects.
        pytest.param(11, 10, 0.25, id="short"),
        pytest.param(DAYS, 10, 0.06, id="whole", marks=pytest.mark.ci),
        pytest.param(DAYS, 100, 0.5, id="long", marks=pytest.mark.soak),
    ],
)
async def test_weeks_killed_again_and_again_end_with_the_same_rows(
    database_url: str, server: SandboxServer, clock: ManualClock, *, days: int, kills: int, share: float
) -> None:
    """SIGKILL at random moments: no dose doubled, no answer lost."""
    killed = KilledBot(server, clock, database_url, random.Random(kills), kills=kills, kill_share=share)
    await killed.start()
    person = server.person()
    journey = Journey(killed, person, days=days)
    await journey.enrol()
    await journey.live()
    await killed.stop()
    assert killed.kills_left == 0
    assert await stored(database_url, days) == (expected_doses(days), expected_checkins(days))
