"""When the check-in is sent unasked: planned, moved, withdrawn, not sent when answered, copied once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.delivery.kinds import NotSent, Outcome
from bot.features.morning_checkin import actions, opening
from bot.features.morning_checkin.delivery import COPY, CheckinKind
from bot.features.morning_checkin.presses import read_action
from bot.message import Press
from bot.storage import deliveries
from bot.storage.tables import Checkin, Delivery, Patient, Pause, Regimen
from bot.telegram_io.outgoing import Outgoing
from tests.features.checkin_patient import MORNING, TODAY, enrol

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.features.checkin_patient import Someone

NINE = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
ONE_DAY = timedelta(days=1)


async def _plan(who: Someone, now: datetime = MORNING, **changes: object) -> list[Delivery]:
    """Change the patient's settings, plan, and return what is pending."""
    async with who.database.write() as session:
        patient = await session.get(Patient, who.patient_id)
        assert patient
        for name, value in changes.items():
            setattr(patient, name, value)
        await CheckinKind().plan(session, patient, now)
        await session.flush()
        return list(await deliveries.pending(session, patient.id, "checkin"))


async def _render(who: Someone, now: datetime) -> Outgoing | NotSent:
    async with who.database.read() as session:
        patient = await session.get(Patient, who.patient_id)
        assert patient
        (delivery, *_) = await deliveries.pending(session, patient.id, "checkin")
        return await CheckinKind().render(session, delivery, patient, now)


async def _end(who: Someone, outcome: Outcome, now: datetime, message_id: int | None = None) -> None:
    """Let the first pending delivery end as the sender does."""
    async with who.database.write() as session:
        patient = await session.get(Patient, who.patient_id)
        assert patient
        (delivery, *_) = await deliveries.pending(session, patient.id, "checkin")
        delivery.state, delivery.message_id = outcome.value, message_id
        delivery.outcome = "answered" if outcome is Outcome.CANCELLED else None
        await session.flush()
        await CheckinKind().after(session, delivery, patient, outcome, now)
        delivery.payload = None


async def _answer(who: Someone, now: datetime, *verbs: Press) -> None:
    async with who.database.write() as session:
        patient = await session.get(Patient, who.patient_id)
        assert patient
        result = await opening.open_today(session, patient, now)
        checkin = await session.get(Checkin, result.view.checkin_id)
        assert checkin
        for press in verbs:
            await actions.take(session, patient, checkin, read_action(press), now)


async def test_the_next_check_in_is_planned_at_the_patients_time(database: Database) -> None:
    """9:00 in Berlin, until four hours before the dose at 22:00; planning twice changes nothing."""
    who = await enrol(database)
    await _plan(who)
    (delivery,) = await _plan(who)
    assert (delivery.subject, delivery.due_at) == ("2026-03-10", NINE)
    assert delivery.expires_at == datetime(2026, 3, 10, 17, 0, tzinfo=UTC)
    assert (await who.row()).state == "planned"


async def test_check_ins_begin_the_day_after_enrolment(database: Database) -> None:
    """Also at 6:00 in the morning of the day of enrolment."""
    who = await enrol(database, checkin_anchor=None)
    (delivery,) = await _plan(who, MORNING - timedelta(hours=2))
    assert delivery.subject == "2026-03-11"


async def test_baseline_check_ins_come_before_the_first_dose(database: Database) -> None:
    """Paused or not yet started: the diary goes on, and ends with the day."""
    who = await enrol(database)
    await who.add(Pause(first_date=date(2026, 3, 1), last_date=None, reason="other", created_at=MORNING))
    (delivery,) = await _plan(who)
    assert delivery.due_at == NINE
    assert delivery.expires_at == datetime(2026, 3, 10, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"checkin_time": time(10, 15)}, datetime(2026, 3, 10, 9, 15, tzinfo=UTC)),
        ({"checkin_time": time(8)}, datetime(2026, 3, 11, 7, 0, tzinfo=UTC)),
        ({"zone": "Europe/Lisbon"}, datetime(2026, 3, 10, 9, 0, tzinfo=UTC)),
        ({"checkin_rhythm": "every_other_day"}, datetime(2026, 3, 11, 8, 0, tzinfo=UTC)),
        ({"checkin_rhythm": "weekly"}, datetime(2026, 3, 15, 8, 0, tzinfo=UTC)),
    ],
)
async def test_a_change_of_settings_moves_it(
    database: Database, changes: dict[str, Any], expected: datetime
) -> None:
    """One pending check-in, at the new time, and no row left behind for a date that isn't asked."""
    who = await enrol(database)
    await _plan(who)
    (delivery,) = await _plan(who, **changes)
    assert delivery.due_at == expected
    async with database.read() as session:
        dates = (await session.execute(select(Checkin.local_date))).scalars().all()
    assert [day.isoformat() for day in dates] == [delivery.subject]


async def test_a_rhythm_changed_and_changed_back_is_planned_again(database: Database) -> None:
    """A withdrawn message's place is taken by the next ordinal, which moves like the first one."""
    who = await enrol(database)
    await _plan(who)
    await _plan(who, checkin_rhythm="weekly")
    (delivery,) = await _plan(who, checkin_rhythm="daily")
    assert (delivery.subject, delivery.due_at) == ("2026-03-10", NINE)
    (delivery,) = await _plan(who, checkin_time=time(9, 30))
    assert delivery.due_at == NINE + timedelta(minutes=30)


async def test_the_time_on_days_off_counts_on_days_off(database: Database) -> None:
    """Saturday and Sunday at 11:00."""
    who = await enrol(database, checkin_time_on_days_off=time(11))
    async with database.write() as session:
        regimen = await session.get(Regimen, who.patient_id)
        assert regimen
        regimen.days_off = [5, 6]
    (delivery,) = await _plan(who, datetime(2026, 3, 13, 12, tzinfo=UTC))
    assert delivery.due_at == datetime(2026, 3, 14, 10, 0, tzinfo=UTC)


async def test_a_patient_without_a_time_gets_none(database: Database) -> None:
    """What was pending is withdrawn."""
    who = await enrol(database)
    await _plan(who)
    assert await _plan(who, checkin_time=None) == []


async def test_the_message_is_silent_and_shows_the_first_question(database: Database) -> None:
    """Its buttons name the row that was made with the plan."""
    who = await enrol(database)
    await _plan(who)
    sent = await _render(who, NINE)
    assert isinstance(sent, Outgoing)
    assert sent.message
    assert sent.message.silent
    assert "how strong was your pain" in sent.message.text
    assert sent.keep_for == ("checkin", str((await who.row()).id))


async def test_rendering_writes_nothing(database: Database) -> None:
    """A message that is rendered and never sent leaves the row as it was."""
    who = await enrol(database)
    await _plan(who)
    await _render(who, NINE)
    row = await who.row()
    assert (row.state, row.position, row.answered_at) == ("planned", None, None)


async def test_an_answered_check_in_isnt_sent(database: Database) -> None:
    """Answered through /checkin at 8:30, or being answered right now."""
    who = await enrol(database)
    await _plan(who)
    await _answer(who, MORNING, Press("checkin.answer", None, ("pain", "6")))
    assert await _render(who, NINE) == NotSent(Outcome.CANCELLED, "answered")
    await _answer(who, MORNING, Press("checkin.unwell", None, ()))
    assert await _render(who, NINE + timedelta(hours=3)) == NotSent(Outcome.CANCELLED, "answered")


async def test_a_check_in_left_half_done_at_night_is_taken_up(database: Database) -> None:
    """Begun at 1:00, sent at 9:00 where it was left."""
    who = await enrol(database)
    night = datetime(2026, 3, 10, 0, 0, tzinfo=UTC)
    await _plan(who, night)
    await _answer(who, night, Press("checkin.answer", None, ("pain", "6")))
    sent = await _render(who, NINE)
    assert isinstance(sent, Outgoing)
    assert sent.message
    assert "How was your sleep last night?" in sent.message.text


@pytest.mark.parametrize("outcome", list(Outcome))
async def test_whatever_becomes_of_it_the_next_one_is_planned(database: Database, outcome: Outcome) -> None:
    """Sent, lost, refused, expired or answered: tomorrow's is pending afterwards."""
    who = await enrol(database)
    await _plan(who)
    await _end(who, outcome, NINE, message_id=77 if outcome is Outcome.SENT else None)
    async with database.read() as session:
        pending = await deliveries.pending(session, who.patient_id, "checkin")
    assert "2026-03-11" in [row.subject for row in pending]


async def test_the_sent_message_is_remembered(database: Database) -> None:
    """The row is open, and its message can be edited and lose its buttons."""
    who = await enrol(database)
    await _plan(who)
    await _end(who, Outcome.SENT, NINE, message_id=77)
    row = await who.row()
    assert (row.state, row.message_id, row.opened_at) == ("open", 77, NINE)


async def test_one_copy_follows_an_uncertain_message(database: Database) -> None:
    """After a minute, saying that it is the same one; a lost copy isn't copied again."""
    who = await enrol(database)
    await _plan(who)
    await _end(who, Outcome.UNCERTAIN, NINE)
    async with database.read() as session:
        copy, tomorrow = await deliveries.pending(session, who.patient_id, "checkin")
    assert (copy.subject, copy.due_at, copy.payload) == ("2026-03-10", NINE + timedelta(seconds=60), COPY)
    assert tomorrow.subject == "2026-03-11"
    assert len(await _plan(who, NINE)) == 2
    sent = await _render(who, NINE + timedelta(seconds=60))
    assert isinstance(sent, Outgoing)
    assert sent.message
    assert "the same check-in" in sent.message.text
    await _end(who, Outcome.UNCERTAIN, NINE + timedelta(seconds=90))
    async with database.read() as session:
        assert [row.subject for row in await deliveries.pending(session, who.patient_id, "checkin")] == [
            "2026-03-11"
        ]


async def test_one_that_waits_for_its_next_try_stays(database: Database) -> None:
    """Settings touched at 9:01, while Telegram is down: today's check-in isn't lost."""
    who = await enrol(database)
    await _plan(who)
    (delivery,) = await _plan(who, NINE + timedelta(minutes=1), discreet=True)
    assert delivery.subject == "2026-03-10"


async def test_a_time_moved_after_sending_starts_tomorrow(database: Database) -> None:
    """Sent at 9:00, moved to 10:00 at 9:30: no second check-in today."""
    who = await enrol(database)
    await _plan(who)
    await _end(who, Outcome.SENT, NINE, message_id=77)
    (delivery,) = await _plan(who, NINE + timedelta(minutes=30), checkin_time=time(10))
    assert delivery.due_at == datetime(2026, 3, 11, 9, 0, tzinfo=UTC)


async def test_four_weeks_across_the_change_of_clocks_have_one_each_day(database: Database) -> None:
    """9:00 on the wall each day, also after 29 March."""
    who = await enrol(database)
    (delivery,) = await _plan(who)
    seen = []
    for _ in range(28):
        seen.append(delivery.due_at.astimezone(ZoneInfo("Europe/Berlin")))
        await _end(who, Outcome.EXPIRED, delivery.expires_at)
        (delivery,) = await _plan(who, delivery.expires_at)
    assert [moment.date() for moment in seen] == [TODAY + ONE_DAY * day for day in range(28)]
    assert {moment.time() for moment in seen} == {time(9)}
