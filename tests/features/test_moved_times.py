"""Moving the dose: the switch never brings two doses under 12 hours apart, nor leaves one out unsaid."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.features.planned import titrating
from tests.features.reminded import DUE, Reminded, labels

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

DAY = timedelta(days=1)
WEDNESDAY = date(2026, 3, 4)

# What is said is the same on both databases; test_dose_and_pause.py walks through both.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def patient(bot: RunningBot, chat: Person) -> Reminded:
    """3 mg at 22:00 since February; Tuesday, 3 March, at noon."""
    return await titrating(bot, chat, ((date(2026, 2, 20), "3"),))


async def reminders(patient: Reminded) -> list[datetime]:
    """Return when each first reminder was sent."""
    return [message.date for message in patient.about_doses() if "Time for" in message.text]


async def move_to(patient: Reminded, typed: str) -> str:
    """Change the reminder's time in the settings; return what was said."""
    await patient.say("/settings")
    await patient.tap("🔔 Reminder time")
    return (await patient.say(typed)).text


async def test_moved_to_the_morning_one_dose_is_left_out_and_that_is_said(
    bot: RunningBot, patient: Reminded
) -> None:
    """Tonight's stays; the first morning dose is that of the day after tomorrow."""
    said = await move_to(patient, "8:00 am")
    assert "Wednesday 4 Mar, 08:00 would come only 10 hours after Tuesday 3 Mar, 22:00" in said
    assert "so it's left out. After Tuesday 3 Mar, 22:00 comes Thursday 5 Mar, 08:00, 34 hours later." in said
    assert "None for tomorrow (4 Mar): the time has moved." in (await patient.say("/dose")).text
    await bot.travel_to(DUE + 2 * DAY)
    assert await reminders(patient) == [DUE, datetime(2026, 3, 5, 8, tzinfo=UTC)]


async def test_the_patient_can_leave_out_tonights_instead(bot: RunningBot, patient: Reminded) -> None:
    """One tap; then the first morning dose is tomorrow's."""
    await move_to(patient, "8:00 am")
    said = await patient.tap("Rather leave out Tuesday 3 Mar, 22:00")
    assert "Next reminder: Wednesday 4 Mar, 08:00." in said.text
    await bot.travel_to(DUE + DAY)
    assert await reminders(patient) == [datetime(2026, 3, 4, 8, tzinfo=UTC)]
    assert (await patient.dose()).state == "held"


async def test_a_dose_taken_late_counts_from_when_it_was_taken(bot: RunningBot, patient: Reminded) -> None:
    """From 22:00 to 10:30 would do, from half past midnight it won't; and what was taken stays."""
    await bot.travel_to(DUE + timedelta(hours=2, minutes=30))
    await patient.say("taken")
    said = await move_to(patient, "10:30 am")
    assert "Wednesday 4 Mar, 10:30 would come only 10 hours after Wednesday 4 Mar, 00:30" in said
    assert not [label for label in labels(patient.chat.bot_messages[-1]) if label.startswith("Rather")]
    await bot.travel_to(DUE + 2 * DAY)
    assert (await reminders(patient))[-1] == datetime(2026, 3, 5, 10, 30, tzinfo=UTC)


async def test_what_the_times_were_stands_in_the_history(patient: Reminded) -> None:
    """And "undo" doesn't bring a left-out dose back beside the other one."""
    await move_to(patient, "8:00 am")
    assert "Nothing to undo" in (await patient.say("/undo")).text
    await patient.say("/dose")
    history = await patient.tap("🕘 What was changed")
    assert "3 Mar 2026: another time\nbefore: 22:00, every day" in history.text


async def test_moved_back_the_left_out_dose_returns(bot: RunningBot, patient: Reminded) -> None:
    """Trying times out leaves no gap behind."""
    await move_to(patient, "8:00 am")
    said = await move_to(patient, "22:00")
    assert "left out" not in said
    await bot.travel_to(DUE + 2 * DAY)
    assert await reminders(patient) == [DUE, DUE + DAY, DUE + 2 * DAY]


async def test_from_the_morning_to_the_evening_the_long_gap_is_said(bot: RunningBot, chat: Person) -> None:
    """This morning's was taken: the next is tomorrow evening's."""
    patient = await titrating(bot, chat, ((date(2026, 2, 20), "3"),))
    await patient.change(local_time=time(8))
    await bot.travel_to(datetime(2026, 3, 5, 8, tzinfo=UTC))
    await patient.tap("Taken")
    said = await move_to(patient, "22:00")
    assert "Next reminder: Friday 6 Mar, 22:00. That's 38 hours after the last one." in said


async def test_a_zone_far_away_says_the_long_gap(bot: RunningBot, patient: Reminded) -> None:
    """In Tokyo Tuesday's time has passed: the next is Wednesday's, 39 hours after Monday's."""
    await bot.travel_to(DUE)
    await patient.tap("Taken")
    await bot.travel_to(DUE + DAY - timedelta(hours=2))
    await patient.say("/settings")
    await patient.tap("🌍 Time zone")
    await patient.say("Asia/Tokyo")
    said = await patient.tap("Yes")
    assert "Next reminder: Thursday 5 Mar, 22:00. That's 39 hours after the last one." in said.text


async def test_times_on_days_off_that_come_too_close_are_refused(patient: Reminded) -> None:
    """Friday 22:00 and Saturday 8:00 would be ten hours apart each week."""
    await patient.say("/settings")
    await patient.tap("🏖 Days off")
    await patient.tap("🔔 Reminder time")
    said = await patient.say("8:00 am")
    assert "only 10 hours apart; at least 12 are needed. Nothing was changed." in said.text
    assert "on days off the reminder comes at 23:30" in (await patient.say("23:30")).text
