"""Answers to the nightly reminder: each button acts on its own dose; corrections, undo, the warning."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.features.reminded import DUE, Reminded, enrol, labels

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

WEDNESDAY = date(2026, 3, 4)


@pytest.fixture
async def patient(bot: RunningBot, chat: Person) -> Reminded:
    """A patient whose first dose is due tonight at 22:00."""
    return await enrol(bot, chat)


async def test_not_tonight_counts_at_once_and_takes_a_reason(bot: RunningBot, patient: Reminded) -> None:
    """The answer is saved with the first tap; the reason is a second one, or skipped."""
    await bot.travel_to(DUE)
    said = await patient.tap("Not tonight")
    assert (await patient.dose()).state == "not_taken"
    assert "Skip" in labels(said)
    said = await patient.tap("Ran out")
    assert said.text == "Not taken (logged at 22:00). Reason: Ran out."
    assert (await patient.dose()).reason == "ran_out"
    await patient.tap("Undo")
    dose = await patient.dose()
    assert (dose.state, dose.reason, dose.logged_at) == ("asked", None, None)


async def test_a_second_taken_changes_nothing_and_says_when_it_was_logged(
    bot: RunningBot, chat: Person, patient: Reminded
) -> None:
    """The button as it was seen before, pressed again ten minutes later."""
    await bot.travel_to(DUE)
    button = chat.find_button("Taken")
    await chat.tap(button)
    await bot.settle()
    bot.clock.travel_to(DUE + timedelta(minutes=10))
    await chat.tap(button)
    await bot.settle()
    assert chat.toasts[-1].text.startswith("Already logged at 22:00")
    assert (await patient.dose()).taken_at == DUE


async def test_an_old_button_acts_on_its_own_dose(bot: RunningBot, chat: Person, patient: Reminded) -> None:
    """Pressing Tuesday's 'Taken' on Wednesday evening never logs Wednesday's dose."""
    await bot.travel_to(DUE)
    button = chat.find_button("Taken")
    await bot.travel_to(DUE + timedelta(hours=24, minutes=5))
    await chat.tap(button)
    await bot.settle()
    assert (await patient.dose()).state == "taken"
    assert (await patient.dose(WEDNESDAY)).state == "asked"
    assert any(
        "Tuesday's dose: ✅ Taken 4.5 mg; the time isn't known." in message.text
        for message in chat.bot_messages
    )


async def test_two_doses_within_twelve_hours_bring_a_warning_but_are_recorded(
    bot: RunningBot, patient: Reminded
) -> None:
    """Moved to the morning: the warning names the time and the hours, and Undo is there."""
    await bot.travel_to(DUE)
    await patient.tap("Taken")
    await patient.change(local_time=time(9))
    await bot.travel_to(DUE + timedelta(hours=11))
    said = await patient.tap("Taken")
    assert "Your last dose was logged at 22:00, 11 hours ago." in said.text
    assert (await patient.dose(WEDNESDAY)).state == "taken"
    await patient.tap("Undo")
    assert (await patient.dose(WEDNESDAY)).state == "asked"


async def test_a_logged_dose_can_be_corrected(bot: RunningBot, patient: Reminded) -> None:
    """Time and amount by typing or tapping, and to not taken; undo goes back one answer at a time."""
    await bot.travel_to(DUE + timedelta(minutes=10))
    await patient.tap("Taken")
    await patient.tap("Correct")
    await patient.tap("The time")
    assert "still to come" in (await patient.say("23:30")).text
    said = await patient.say("half past nine")
    assert said.text == "✅ Taken 4.5 mg at 21:30"
    await bot.travel(timedelta(minutes=1))
    await patient.tap("Correct")
    await patient.tap("The amount")
    assert "under 10 mg" in (await patient.say("45")).text
    assert (await patient.say("3")).text == "✅ Taken 3 mg at 21:30"
    await bot.travel(timedelta(minutes=1))
    await patient.tap("Undo")
    assert (await patient.dose()).taken_mg == Decimal("4.5")
    await patient.tap("Correct")
    await patient.tap("I didn't take it")
    assert (await patient.dose()).state == "not_taken"


async def test_a_button_of_another_patient_is_answered_and_changes_nothing(
    bot: RunningBot, patient: Reminded
) -> None:
    """A forwarded reminder shows its buttons; pressing one touches nobody's dose."""
    await bot.travel_to(DUE)
    button = patient.chat.find_button("Taken")
    other = bot.server.person()
    await enrol(bot, other)
    await other.tap_forwarded(button)
    await bot.settle()
    assert other.toasts[-1].text.startswith("That button is from an older message")
    assert all(dose.state != "taken" for dose in await patient.doses())


async def test_saying_taken_twice_by_typing_says_when_it_was_logged(
    bot: RunningBot, patient: Reminded
) -> None:
    """Words do what the button does."""
    await bot.travel_to(DUE)
    await patient.say("taken")
    bot.clock.travel_to(DUE + timedelta(minutes=30))
    said = await patient.say("taken")
    assert said.text == "Logged already. ✅ Taken 4.5 mg at 22:00"
    assert labels(said) == ["Undo", "Correct"]


async def test_forgot_never_turns_a_logged_taken_into_not_taken(bot: RunningBot, patient: Reminded) -> None:
    """Typed an hour later it may be about another day: it says what is logged, and how to change it."""
    await bot.travel_to(DUE)
    await patient.tap("Taken")
    await bot.travel_to(DUE + timedelta(hours=1))
    said = await patient.say("I forgot")
    assert "I changed nothing" in said.text
    assert (await patient.dose(DUE.date())).state == "taken"
    await patient.tap("Correct")
    await patient.tap("I didn't take it")
    assert (await patient.dose(DUE.date())).state == "not_taken"
