"""Settings over real HTTP: every change is kept, said, and moves what is planned."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.storage import deliveries, patients
from bot.storage.tables import DoseStep, Patient, Regimen

if TYPE_CHECKING:
    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot


@pytest.fixture
async def patient(bot: RunningBot, chat: Person) -> Patient:
    """An active patient in Lisbon: 1.5 mg at 22:00 since 1 March, check-ins at 9:00."""
    async with bot.database.write() as session:
        row = await patients.get_or_create(session, chat.id, bot.clock.now())
        row.state, row.zone = "active", "Europe/Lisbon"
        row.checkin_time, row.checkin_anchor = time(9), date(2026, 3, 4)
        session.add(Regimen(patient_id=row.id, local_time=time(22), anchor=date(2026, 3, 3)))
        session.add(DoseStep(patient_id=row.id, starts_on=date(2026, 3, 3), dose_mg=Decimal("1.5")))
    return row


async def now_of(bot: RunningBot, patient: Patient) -> tuple[Patient, Regimen]:
    async with bot.database.read() as session:
        row, regimen = await session.get(Patient, patient.id), await session.get(Regimen, patient.id)
    assert row is not None
    assert regimen is not None
    return row, regimen


async def next_reminders(bot: RunningBot, patient: Patient) -> list[datetime]:
    async with bot.database.read() as session:
        return [row.due_at for row in await deliveries.pending(session, patient.id, "reminder")]


@pytest.mark.usefixtures("patient")
async def test_the_overview_says_how_everything_stands(bot: RunningBot, chat: Person) -> None:
    """One screen shows times, zone with its local time, rhythm, dose and switches."""
    overview = await bot.say(chat, "/settings")
    for words in ("22:00", "1.5 mg", "every day", "09:00", "Europe/Lisbon (12:00 now)", "Sunday 18:00"):
        assert words in overview.text


async def test_a_new_bedtime_moves_tonights_pending_reminder(
    bot: RunningBot, chat: Person, patient: Patient
) -> None:
    """One reminder is pending before and after, at the new time; the patient is told when."""
    await bot.say(chat, "/settings")
    await bot.tap(chat, "🔔 Reminder time")
    changed = await bot.say(chat, "10:45 pm")
    assert "Next reminder: Tuesday 3 Mar, 22:45" in changed.text
    assert await next_reminders(bot, patient) == [datetime(2026, 3, 3, 22, 45, tzinfo=UTC)]
    await bot.tap(chat, "🔔 Reminder time")
    await bot.tap(chat, "23:00")
    assert await next_reminders(bot, patient) == [datetime(2026, 3, 3, 23, 0, tzinfo=UTC)]


async def test_a_bedtime_after_midnight_asks_for_its_evening(
    bot: RunningBot, chat: Person, patient: Patient
) -> None:
    """00:30 changes nothing until the patient has said which evening it belongs to."""
    await bot.say(chat, "/settings")
    await bot.tap(chat, "🔔 Reminder time")
    question = await bot.say(chat, "00:30")
    assert "evening before" in question.text
    assert (await now_of(bot, patient))[1].local_time == time(22)
    await bot.tap(chat, "Yes, the evening before")
    assert await next_reminders(bot, patient) == [datetime(2026, 3, 4, 0, 30, tzinfo=UTC)]


async def test_a_zone_is_set_when_its_local_time_was_confirmed(
    bot: RunningBot, chat: Person, patient: Patient
) -> None:
    """A typed city asks first; "yes" moves the reminder to that zone's evening."""
    await bot.say(chat, "/settings")
    await bot.tap(chat, "🌍 Time zone")
    question = await bot.say(chat, "Europe/Berlin")
    assert "13:00 there now" in question.text
    assert (await now_of(bot, patient))[0].zone == "Europe/Lisbon"
    await bot.tap(chat, "Yes")
    assert (await now_of(bot, patient))[0].zone == "Europe/Berlin"
    assert await next_reminders(bot, patient) == [datetime(2026, 3, 3, 21, 0, tzinfo=UTC)]


async def test_days_off_have_their_own_times(bot: RunningBot, chat: Person, patient: Patient) -> None:
    """A time for days off chooses the weekend; another tap adds or removes a day."""
    await bot.say(chat, "/settings")
    await bot.tap(chat, "🏖 Days off")
    await bot.tap(chat, "🔔 Reminder time")
    await bot.tap(chat, "23:30")
    await bot.tap(chat, "Friday")
    row, regimen = await now_of(bot, patient)
    assert (regimen.time_on_days_off, regimen.days_off) == (time(23, 30), [4, 5, 6])
    assert row.checkin_time_on_days_off is None


async def test_every_other_day_counts_from_the_next_dose_or_the_day_after(
    bot: RunningBot, chat: Person, patient: Patient
) -> None:
    """The patient says whether the next dose is one; the other choice leaves tonight without."""
    await bot.say(chat, "/settings")
    await bot.tap(chat, "📆 Which days")
    await bot.tap(chat, "Every other day, from the day after it")
    assert await next_reminders(bot, patient) == [datetime(2026, 3, 4, 22, 0, tzinfo=UTC)]
    await bot.tap(chat, "📆 Which days")
    await bot.tap(chat, "Every other day, with the next dose")
    assert len(await next_reminders(bot, patient)) == 1


async def test_chosen_weekdays_keep_at_least_one(bot: RunningBot, chat: Person, patient: Patient) -> None:
    """The last weekday with a dose can't be taken off."""
    await bot.say(chat, "/settings")
    await bot.tap(chat, "📆 Which days")
    await bot.tap(chat, "On chosen weekdays …")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"):
        await bot.tap(chat, f"✓ {day}")
    refused = await bot.tap(chat, "✓ Sunday")
    assert "At least one weekday" in refused.text
    assert (await now_of(bot, patient))[1].weekdays == [6]
    assert await next_reminders(bot, patient) == [datetime(2026, 3, 8, 22, 0, tzinfo=UTC)]


async def test_check_ins_stay_out_of_the_quiet_hours(bot: RunningBot, chat: Person, patient: Patient) -> None:
    """6:30 is refused in one sentence; 11:00 is taken."""
    await bot.say(chat, "/settings")
    await bot.tap(chat, "📝 Check-in time")
    assert "only dose reminders come" in (await bot.say(chat, "6:30")).text
    await bot.tap(chat, "11:00")
    assert (await now_of(bot, patient))[0].checkin_time == time(11)


async def test_weekly_check_ins_come_on_the_chosen_day(
    bot: RunningBot, chat: Person, patient: Patient
) -> None:
    """The anchor moves to the first such day, by a week at most."""
    await bot.say(chat, "/settings")
    await bot.tap(chat, "📝 How often")
    overview = await bot.tap(chat, "Every Saturday")
    assert "every Saturday" in overview.text
    row, _regimen = await now_of(bot, patient)
    assert (row.checkin_rhythm, row.checkin_anchor) == ("weekly", date(2026, 3, 7))


async def test_questions_switches_and_the_summary_are_kept(
    bot: RunningBot, chat: Person, patient: Patient
) -> None:
    """Extra questions, discreet mode, the second reminder, the routine and the summary's day."""
    await bot.say(chat, "/settings")
    await bot.tap(chat, "➕ Extra questions")
    await bot.tap(chat, "brain fog")
    await bot.tap(chat, "fatigue")
    await bot.tap(chat, "✓ brain fog")
    await bot.tap(chat, "‹ Back")
    await bot.tap(chat, "🔁 Second reminder: turn on")
    await bot.tap(chat, "🪥 Routine")
    await bot.tap(chat, "after brushing teeth")
    await bot.tap(chat, "📊 Weekly summary")
    await bot.tap(chat, "Saturday")
    await bot.tap(chat, "🕕 Time")
    await bot.say(chat, "7 pm")
    row, _regimen = await now_of(bot, patient)
    assert (row.optional_questions, row.second_re_alert) == (["fatigue"], True)
    assert (row.cue, row.summary_weekday, row.summary_time) == ("after brushing teeth", 5, time(19))
    await bot.tap(chat, "Turn off")
    assert (await now_of(bot, patient))[0].summary_weekday is None


@pytest.mark.usefixtures("patient")
async def test_discreet_mode_hides_the_medicine_everywhere(bot: RunningBot, chat: Person) -> None:
    """With discreet mode on, neither the overview nor the test reminder names LDN or an amount."""
    await bot.say(chat, "/settings")
    overview = await bot.tap(chat, "🫥 Discreet mode: turn on")
    test = await bot.tap(chat, "🧪 Send me a test reminder")
    for text in (overview.text, test.text):
        assert "LDN" not in text
        assert "mg" not in text
    assert "only a test" in test.text


async def test_a_test_reminder_changes_nothing(bot: RunningBot, chat: Person, patient: Patient) -> None:
    """It says that it is a test, carries no buttons, and plans nothing."""
    await bot.say(chat, "/settings")
    before = await next_reminders(bot, patient)
    test = await bot.tap(chat, "🧪 Send me a test reminder")
    assert "only a test" in test.text
    assert "💊 Time for your LDN, 1.5 mg." in test.text
    assert not test.buttons
    assert await next_reminders(bot, patient) == before


async def test_a_word_about_the_dose_is_never_a_setting(
    bot: RunningBot, chat: Person, patient: Patient, clock: ManualClock
) -> None:
    """Typed while the routine is asked for, "taken" isn't kept as one; nor is a text half an hour later."""
    await bot.say(chat, "/settings")
    await bot.tap(chat, "🪥 Routine")
    assert "didn't understand" not in (await bot.say(chat, "taken")).text
    clock.travel_to(clock.now() + timedelta(minutes=31))
    await bot.say(chat, "my cat is purring")
    assert (await now_of(bot, patient))[0].cue is None


async def test_bad_input_changes_nothing(bot: RunningBot, chat: Person, patient: Patient) -> None:
    """Impossible times, unknown places and 10,000 characters: one sentence each."""
    await bot.say(chat, "/settings")
    for button, typed, answer in (
        ("🔔 Reminder time", "25:00", "as a time of day"),
        ("🌍 Time zone", "Europe/Nowhere", "I don't know"),
        ("🌍 Time zone", "🙂", "I don't know"),
        ("🪥 Routine", "x" * 4000, "too long"),
    ):
        await bot.tap(chat, button)
        assert answer in (await bot.say(chat, typed)).text
        await bot.tap(chat, "‹ Back")
    row, regimen = await now_of(bot, patient)
    assert (row.zone, row.cue, regimen.local_time) == ("Europe/Lisbon", None, time(22))
