"""The weekly summary: when it comes, when it keeps quiet, and what follows from its end."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.delivery.kinds import NotSent, Outcome
from bot.features.summary.delivery import KIND, WeeklySummaryKind
from bot.storage import deliveries
from bot.storage.tables import Delivery, Patient
from bot.telegram_io.outgoing import Outgoing
from tests.features.summed_up import NOON, checkin, keep_two_weeks, somebody

if TYPE_CHECKING:
    from uuid import UUID

    from bot.storage.database import Database

SUNDAY = date(2026, 11, 29)
SUNDAY_18 = datetime(2026, 11, 29, 18, tzinfo=UTC)
WEEKLY = WeeklySummaryKind()


async def plan(database: Database, patient_id: UUID, now: datetime, **changes: object) -> list[Delivery]:
    """Change columns of the patient, plan, and return what is pending."""
    async with database.write() as session:
        patient = await session.get_one(Patient, patient_id)
        for name, value in changes.items():
            setattr(patient, name, value)
        await WEEKLY.plan(session, patient, now)
    async with database.read() as session:
        return list(await deliveries.pending(session, patient_id, KIND))


async def end(database: Database, row: Delivery, outcome: Outcome, now: datetime) -> list[Delivery]:
    """Let a delivery end, and return what is pending afterwards."""
    async with database.write() as session:
        patient = await session.get_one(Patient, row.patient_id)
        delivery = await session.get_one(Delivery, row.id)
        delivery.state = outcome.value
        await WEEKLY.after(session, delivery, patient, outcome, now)
    async with database.read() as session:
        return list(await deliveries.pending(session, row.patient_id, KIND))


async def say(database: Database, row: Delivery, now: datetime) -> Outgoing | NotSent:
    """Return what the delivery says at *now*."""
    async with database.read() as session:
        patient = await session.get_one(Patient, row.patient_id)
        return await WEEKLY.render(session, row, patient, now)


async def test_it_comes_on_the_chosen_evening_and_is_worth_a_day(database: Database) -> None:
    """Sunday 18:00 in the patient's zone unless chosen otherwise; planning twice plans once."""
    patient = await somebody(database)
    await plan(database, patient.id, NOON)
    (row,) = await plan(database, patient.id, NOON)
    assert (row.subject, row.due_at) == (SUNDAY.isoformat(), SUNDAY_18)
    assert row.expires_at == SUNDAY_18 + timedelta(hours=24)


async def test_another_day_moves_it_and_back_again(database: Database) -> None:
    """The old day is cancelled, and can be chosen again; there is always one to come."""
    patient = await somebody(database)
    await plan(database, patient.id, NOON)
    (row,) = await plan(database, patient.id, NOON, summary_weekday=4, summary_time=time(19))
    assert row.due_at == datetime(2026, 11, 27, 19, tzinfo=UTC)
    (row,) = await plan(database, patient.id, NOON, summary_weekday=6, summary_time=time(17))
    assert row.due_at == datetime(2026, 11, 29, 17, tzinfo=UTC)


async def test_switched_off_nothing_is_planned_and_on_again_it_is(database: Database) -> None:
    """No weekday: no summary."""
    patient = await somebody(database)
    await plan(database, patient.id, NOON)
    assert await plan(database, patient.id, NOON, summary_weekday=None) == []
    (row,) = await plan(database, patient.id, NOON, summary_weekday=6)
    assert row.due_at == SUNDAY_18


async def test_a_time_in_the_quiet_hours_moves_to_the_morning_and_keeps_its_week(database: Database) -> None:
    """Nobody hears unasked from the bot between 21:00 and 8:00: Sunday 22:00 is sent on Monday at 8:00."""
    patient = await somebody(database, summary_time=time(22))
    (row,) = await plan(database, patient.id, NOON)
    assert (row.subject, row.due_at) == (SUNDAY.isoformat(), datetime(2026, 11, 30, 8, tzinfo=UTC))
    at_night = datetime(2026, 11, 30, 3, tzinfo=UTC)
    (same,) = await plan(database, patient.id, at_night)
    assert same.id == row.id


async def test_it_is_silent_and_holds_the_week_that_ends_on_its_day(database: Database) -> None:
    """What nobody asked for makes no sound; a summary that goes out late keeps its own seven days."""
    patient = await somebody(database, summary_weekday=1, summary_time=time(12, 30))
    await keep_two_weeks(database, patient)
    (row,) = await plan(database, patient.id, NOON)
    said = await say(database, row, row.due_at + timedelta(hours=21))
    assert isinstance(said, Outgoing)
    assert said.message is not None
    assert said.message.silent
    assert said.message.text.startswith("<b>18 Nov to 24 Nov 2026</b> (7 days)")
    assert "mean 5.5 (6 of 7 days)" in said.message.text


async def test_a_week_without_any_answer_is_not_summed_up(database: Database) -> None:
    """Fewer messages to those who are silent; the next week's is planned."""
    patient = await somebody(database)
    (row,) = await plan(database, patient.id, NOON)
    assert await say(database, row, SUNDAY_18) == NotSent(Outcome.CANCELLED, "nothing answered")
    (following,) = await end(database, row, Outcome.CANCELLED, SUNDAY_18)
    assert following.due_at == SUNDAY_18 + timedelta(days=7)


async def test_after_an_outage_it_waits_for_the_morning(database: Database) -> None:
    """Due at 18:00, the bot is back at 23:00: it goes out at 8:00 the next day, once."""
    patient = await somebody(database)
    async with database.write() as session:
        session.add(checkin(patient, SUNDAY, {"pain": 5}))
    (row,) = await plan(database, patient.id, NOON)
    late = SUNDAY_18 + timedelta(hours=5)
    assert await say(database, row, late) == NotSent(Outcome.EXPIRED, "quiet hours")
    morning, following = await end(database, row, Outcome.EXPIRED, late)
    assert (morning.subject, morning.due_at) == (row.subject, datetime(2026, 11, 30, 8, tzinfo=UTC))
    assert following.due_at == SUNDAY_18 + timedelta(days=7)
    assert len(await plan(database, patient.id, late)) == 2
    assert isinstance(await say(database, morning, morning.due_at), Outgoing)


@pytest.mark.parametrize("outcome", [Outcome.SENT, Outcome.FAILED])
async def test_when_it_went_out_or_failed_only_the_next_week_follows(
    database: Database, outcome: Outcome
) -> None:
    """One a week, also if the time is moved to later the same day."""
    patient = await somebody(database)
    (row,) = await plan(database, patient.id, NOON)
    (following,) = await end(database, row, outcome, SUNDAY_18)
    assert following.due_at == SUNDAY_18 + timedelta(days=7)
    (moved,) = await plan(database, patient.id, SUNDAY_18, summary_time=time(20))
    assert moved.due_at == datetime(2026, 12, 6, 20, tzinfo=UTC)


async def test_an_uncertain_one_is_sent_once_more_and_says_so(database: Database) -> None:
    """After 60 seconds one copy; a copy of the copy never."""
    patient = await somebody(database)
    async with database.write() as session:
        session.add(checkin(patient, SUNDAY, {"pain": 5}))
    (row,) = await plan(database, patient.id, NOON)
    copy, _following = await end(database, row, Outcome.UNCERTAIN, SUNDAY_18)
    assert copy.due_at == SUNDAY_18 + timedelta(seconds=60)
    said = await say(database, copy, copy.due_at)
    assert isinstance(said, Outgoing)
    assert said.message is not None
    assert said.message.text.startswith("Once more, because the first one may not have arrived:")
    (following,) = await end(database, copy, Outcome.UNCERTAIN, copy.due_at)
    assert following.subject == "2026-12-06"
