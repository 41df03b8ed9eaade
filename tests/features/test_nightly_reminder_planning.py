"""Which doses there are: created, moved, held, cancelled, written down as unreached; never two of a date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.storage.tables import Pause
from tests.features.reminded import DUE, TUESDAY, Reminded, enrol

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

WEDNESDAY = date(2026, 3, 4)


@pytest.fixture
async def patient(bot: RunningBot, chat: Person) -> Reminded:
    """A patient whose first dose is due tonight at 22:00."""
    return await enrol(bot, chat)


async def test_the_previous_dose_is_unknown_once_the_next_is_asked(
    bot: RunningBot, patient: Reminded
) -> None:
    """Silence is not a fact: it is neither taken nor missed."""
    await bot.travel_to(DUE + timedelta(hours=23))
    assert (await patient.dose()).state == "asked"
    await bot.travel_to(DUE + timedelta(hours=24))
    assert [dose.state for dose in await patient.doses()] == ["unknown", "asked", "planned"]


async def test_past_the_catch_up_nothing_is_sent_and_the_dose_is_unreached(
    bot: RunningBot, patient: Reminded
) -> None:
    """Nobody is woken in the small hours; the next night comes as usual, and no night is forgotten."""
    bot.clock.travel_to(DUE + timedelta(days=2, hours=2))
    await bot.settle()
    assert patient.about_doses() == []
    states = [dose.state for dose in await patient.doses()]
    assert states == ["unreached", "unreached", "unreached", "planned"]
    await bot.travel_to(DUE + timedelta(days=3))
    assert len(patient.about_doses()) == 1


async def test_moving_the_time_moves_the_pending_reminder(patient: Reminded) -> None:
    """One dose, one reminder, at the new time."""
    await patient.change(local_time=time(20, 30))
    (row,) = await patient.pending()
    assert row.run_at == datetime(2026, 3, 3, 20, 30, tzinfo=UTC)
    await patient.change(zone="America/New_York")
    (row,) = await patient.pending()
    assert row.run_at == datetime(2026, 3, 4, 1, 30, tzinfo=UTC)
    assert len(await patient.doses()) == 1


async def test_a_new_time_that_has_passed_tonight_starts_with_the_next_dose(
    bot: RunningBot, patient: Reminded
) -> None:
    """Tonight's dose stays where it was: none is lost and none is doubled."""
    bot.clock.travel_to(DUE - timedelta(hours=1))
    await patient.change(local_time=time(8))
    assert [row.run_at for row in await patient.pending()] == [DUE, datetime(2026, 3, 4, 8, tzinfo=UTC)]
    assert (await patient.dose()).due_at == DUE


async def test_a_flight_over_the_dose_time_leaves_it_unreached_and_wakes_nobody(
    bot: RunningBot, patient: Reminded
) -> None:
    """In Tokyo it is five in the morning: Tuesday's time has long passed there, Wednesday's is the next."""
    bot.clock.travel_to(DUE - timedelta(hours=2))
    await patient.change(zone="Asia/Tokyo")
    await bot.travel_to(DUE + timedelta(hours=4))
    assert (await patient.dose()).state == "unreached"
    assert patient.about_doses() == []
    await bot.travel_to(datetime(2026, 3, 4, 13, tzinfo=UTC))
    assert (await patient.dose(WEDNESDAY)).state == "asked"


async def test_a_dose_that_was_asked_is_never_moved(bot: RunningBot, patient: Reminded) -> None:
    """Its due time is history; only the next dose follows the new time."""
    await bot.travel_to(DUE + timedelta(minutes=1))
    await patient.change(local_time=time(23))
    assert (await patient.dose()).due_at == DUE
    assert (await patient.dose(WEDNESDAY)).due_at == DUE + timedelta(hours=25)


async def test_planning_twice_changes_nothing(patient: Reminded) -> None:
    """The sweep and every change of settings may call it at any time."""
    before = [(row.id, row.run_at) for row in await patient.pending()]
    await patient.change()
    await patient.change()
    assert [(row.id, row.run_at) for row in await patient.pending()] == before


async def test_a_pause_holds_the_planned_dose_and_its_end_brings_it_back(
    bot: RunningBot, patient: Reminded
) -> None:
    """No reminder in the pause; afterwards the same row is due again."""
    pause = Pause(first_date=TUESDAY, reason="surgery", created_at=bot.clock.now())
    await patient.add(pause)
    assert (await patient.dose()).state == "held"
    assert await patient.pending() == []
    async with bot.database.write() as session:
        row = await session.get(Pause, pause.id)
        assert row is not None
        row.ended_at = bot.clock.now()
    await patient.change()
    assert (await patient.dose()).state == "planned"
    await bot.travel_to(DUE)
    assert len(patient.about_doses()) == 1


async def test_a_dose_that_left_the_plan_is_cancelled_and_comes_back_with_it(
    bot: RunningBot, patient: Reminded
) -> None:
    """Weekdays without Tuesday, and then every day again: still one row for Tuesday."""
    await patient.change(rhythm="weekdays", weekdays=[3])
    assert [(dose.dose_date, dose.state) for dose in await patient.doses()] == [
        (TUESDAY, "cancelled"),
        (date(2026, 3, 5), "planned"),
    ]
    await patient.change(rhythm="daily")
    assert (await patient.dose()).state == "planned"
    await bot.travel_to(DUE)
    assert len(patient.about_doses()) == 1


async def test_a_first_dose_that_is_still_to_come_tonight_is_asked_about_late(
    bot: RunningBot, chat: Person
) -> None:
    """Enrolled at 23:00 for 22:00, tonight's still to come: one message after a while, and the next night."""
    bot.clock.travel_to(DUE + timedelta(hours=1))
    late = await enrol(bot, chat)
    assert (await late.dose()).state == "planned"
    await bot.travel_to(DUE + timedelta(hours=9))
    (reminder,) = late.about_doses()
    assert reminder.text == "💊 Your LDN, 4.5 mg was due at 22:00."
    assert [dose.state for dose in await late.doses()] == ["asked", "planned"]


@pytest.mark.parametrize("zone", ["Africa/Cairo", "America/Santiago", "Pacific/Apia", "Australia/Lord_Howe"])
async def test_each_dose_date_has_one_dose_and_one_reminder_wherever_the_patient_goes(
    bot: RunningBot, patient: Reminded, zone: str
) -> None:
    """Travel there and back within a few days: no date twice, no reminder at four in the morning's wake."""
    await bot.travel_to(DUE + timedelta(hours=3))
    await patient.change(zone=zone)
    await bot.travel(timedelta(days=2))
    await patient.change(zone="Europe/London")
    await bot.travel(timedelta(days=2))
    dates = [dose.dose_date for dose in await patient.doses()]
    assert dates == sorted(set(dates))
    subjects = [row.subject for row in await patient.pending()]
    assert len(subjects) == len(set(subjects))
    assert {dose.state for dose in await patient.doses()} <= {"asked", "unknown", "planned"}
