"""Reminders across a change of clocks, and across zones, through the running bot, at instants found by hand.

London's clocks go forward on 29 March 2026 (01:00 becomes 02:00) and back on 25 October.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.features.reminded import enrol

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

# The instants are the same in both databases.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MINUTE = timedelta(minutes=1)
EVENING: dict[str, Any] = {"local_time": time(22)}
# Half past one belongs to the evening before.
AFTER_MIDNIGHT: dict[str, Any] = {"local_time": time(1, 30), "day_offset": 1}
MORNING: dict[str, Any] = {"local_time": time(8)}
# From 3 March on: the odd dates of March.
EVERY_OTHER: dict[str, Any] = EVENING | {"rhythm": "every_other_day"}


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """Return an instant of 2026 in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("plan", "start", "due"),
    [
        # The second is Sunday 22:00 in summer time, 47 hours after the first.
        (EVERY_OTHER, at(3, 26, 12), [at(3, 27, 22), at(3, 29, 21), at(3, 31, 21)]),
        (EVERY_OTHER, at(10, 22, 12), [at(10, 23, 21), at(10, 25, 22), at(10, 27, 22)]),
        # There is no half past one on the 29th: the first instant after the gap, 02:00 in summer time.
        (AFTER_MIDNIGHT, at(3, 27, 12), [at(3, 28, 1, 30), at(3, 29, 1), at(3, 30, 0, 30), at(3, 31, 0, 30)]),
        # Half past one comes twice on the 25th: the first of them, and no second reminder in the second.
        (AFTER_MIDNIGHT, at(10, 23, 12), [at(10, 24, 0, 30), at(10, 25, 0, 30), at(10, 26, 1, 30)]),
        (MORNING, at(3, 27, 6), [at(3, 27, 8), at(3, 28, 8), at(3, 29, 7), at(3, 30, 7)]),
        (MORNING, at(10, 23, 5), [at(10, 23, 7), at(10, 24, 7), at(10, 25, 8), at(10, 26, 8)]),
    ],
    ids=[
        f"{plan} {way}" for plan in ("every other day", "after midnight", "morning") for way in ("on", "back")
    ],
)
async def test_each_dose_is_reminded_of_once_at_its_own_instant(
    bot: RunningBot,
    chat: Person,
    plan: dict[str, Any],
    start: datetime,
    due: list[datetime],
) -> None:
    """None a minute early, none twice, and the next is that of the next dose date."""
    bot.clock.travel_to(start)
    patient = await enrol(bot, chat)
    await patient.change(**plan)
    for number, instant in enumerate(due):
        await bot.travel_to(instant - MINUTE)
        assert len(patient.about_doses()) == number
        await bot.travel_to(instant)
        assert [message.date for message in patient.about_doses()] == due[: number + 1]
        await patient.tap("Taken", patient.about_doses()[-1])
    dates = [dose.dose_date for dose in await patient.doses() if dose.state == "taken"]
    assert len(dates) == len(set(dates)) == len(due)


async def test_a_bedtime_after_midnight_keeps_its_evenings_date_across_the_change(
    bot: RunningBot, chat: Person
) -> None:
    """The reminder of 29 March, 02:00, is about the dose of Saturday the 28th."""
    bot.clock.travel_to(at(3, 28, 12))
    patient = await enrol(bot, chat)
    await patient.change(**AFTER_MIDNIGHT)
    await bot.travel_to(at(3, 29, 1))
    await patient.tap("Taken")
    (dose,) = [dose for dose in await patient.doses() if dose.state == "taken"]
    assert dose.dose_date.isoformat() == "2026-03-28"


@pytest.mark.parametrize(
    ("place", "warning", "due"),
    [
        # Tokyo's 22:00 is 13:00 UTC: 15 hours after London's.
        ("Tokyo", "", [at(3, 4, 13), at(3, 5, 13)]),
        # Auckland's 22:00 is 09:00 UTC: 11 hours after London's, so that one is left out.
        (
            "Auckland",
            "would come only 11 hours after",
            [at(3, 5, 9), at(3, 6, 9)],
        ),
        # Westward Tuesday's 22:00 comes again, but Tuesday's dose was taken.
        ("Los Angeles, California", "", [at(3, 5, 6), at(3, 6, 6)]),
        ("Honolulu", "", [at(3, 5, 8), at(3, 6, 8)]),
    ],
)
async def test_no_journey_brings_two_reminders_under_12_hours_apart(
    bot: RunningBot, chat: Person, place: str, warning: str, due: list[datetime]
) -> None:
    """Tuesday's dose is taken in London at 22:00; an hour later the patient lands far away and says so."""
    patient = await enrol(bot, chat)
    await bot.travel_to(at(3, 3, 22))
    await patient.tap("Taken")
    await bot.travel_to(at(3, 3, 23))
    said = await patient.say(f"landed in {place}")
    assert warning in said.text
    assert bool(warning) == ("left out" in said.text)
    await patient.tap(f"Move to {place.split(',', maxsplit=1)[0]}")
    for instant in due:
        await bot.travel_to(instant)
        await patient.tap("Taken", patient.about_doses()[-1])
    assert [message.date for message in patient.about_doses()] == [at(3, 3, 22), *due]
