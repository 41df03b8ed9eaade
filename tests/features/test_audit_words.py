"""What an audit of the running bot found: silence after a command, dates and counts that read wrongly."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

ENROLMENT = ("I've read this", "I agree", "Lisbon", "Yes", "Not yet", "22:00", "09:00", "4.5 mg")
START_TONIGHT = "✓ All correct, start tonight"
UNTIL_THE_REMINDER = timedelta(hours=10)
UNTIL_THE_CHECKIN = timedelta(hours=11)


@pytest.fixture
async def patient(bot: RunningBot, chat: Person) -> Person:
    """Enrol on Tuesday 3 March at noon in Lisbon, and reach Wednesday's check-in with the dose taken."""
    await bot.say(chat, "/start")
    for step in (*ENROLMENT, START_TONIGHT):
        await (bot.say(chat, step) if step == "Lisbon" else bot.tap(chat, step))
    await bot.travel(UNTIL_THE_REMINDER)
    await bot.tap(chat, "Taken")
    await bot.travel(UNTIL_THE_CHECKIN)
    return chat


async def test_the_checkin_command_is_never_answered_by_silence(bot: RunningBot, patient: Person) -> None:
    """The open check-in comes again below the command, and the message above loses its buttons."""
    asked = patient.last
    assert asked
    again = await bot.say(patient, "/checkin")
    assert again.id > asked.id
    assert again.text == asked.text
    assert again.rows
    old = next(message for message in patient.bot_messages if message.id == asked.id)
    assert not old.rows


async def test_a_finished_checkin_is_shown_again_on_command(bot: RunningBot, patient: Person) -> None:
    """Typing /checkin twice shows what was logged twice."""
    for answer in ("6", "7", "None"):
        await bot.tap(patient, answer)
    first = await bot.say(patient, "/checkin")
    second = await bot.say(patient, "/checkin")
    assert "Thank you" in second.text
    assert second.id > first.id


async def test_too_unwell_is_not_reproached_with_no_answers(bot: RunningBot, patient: Person) -> None:
    """A day marked as too unwell says so, and nothing of answers that are lacking."""
    ended = await bot.tap(patient, "Too unwell today")
    assert "too unwell" in ended.text
    assert "no answers" not in ended.text


async def test_a_span_over_new_year_names_both_years(bot: RunningBot, patient: Person) -> None:
    """Written with one year only, the first day would lie in the wrong December."""
    summary = await bot.say(patient, "/summary 90")
    assert "5 Dec 2025 to 4 Mar 2026 (90 days)" in summary.text


async def test_a_single_day_is_a_day(bot: RunningBot, patient: Person) -> None:
    """In a summary of one day it is "1 of 1 day"; in a first week "1 of 7 days"."""
    await bot.tap(patient, "6")
    assert "1 of 7 days," in (await bot.say(patient, "/summary")).text
    summary = await bot.say(patient, "/summary today")
    assert "1 of 1 day" in summary.text
    assert "1 days" not in summary.text
