"""/today and typed words: "did I take it?", taking early, not sure, an extra dose."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.features.reminded import DUE, Reminded, enrol, labels

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

WEDNESDAY = date(2026, 3, 4)


@pytest.fixture
async def patient(bot: RunningBot, chat: Person) -> Reminded:
    """A patient whose first dose is due tonight at 22:00; it is noon."""
    return await enrol(bot, chat)


async def test_a_dose_taken_early_brings_no_reminder(bot: RunningBot, patient: Reminded) -> None:
    """Logged from /today in the afternoon; the evening stays quiet and the next night comes as usual."""
    await patient.say("/today")
    said = await patient.tap("I took tonight's already")
    assert said.text == "✅ Taken 4.5 mg at 12:00"
    await bot.travel_to(DUE + timedelta(hours=8))
    assert patient.about_doses() == []
    await bot.travel_to(DUE + timedelta(days=1))
    assert len(patient.about_doses()) == 1


async def test_undoing_an_early_dose_brings_its_reminder_back(bot: RunningBot, patient: Reminded) -> None:
    """It is planned again, as if nothing had been said."""
    await patient.say("taken")
    await patient.tap("Undo")
    assert (await patient.dose()).state == "planned"
    await bot.travel_to(DUE)
    assert len(patient.about_doses()) == 1


async def test_today_answers_did_i_take_it(bot: RunningBot, patient: Reminded) -> None:
    """Without an answer: the cautious sentence; with one: when."""
    await bot.travel_to(DUE + timedelta(hours=1))
    said = await patient.say("/today")
    assert "No answer logged. If you may have taken it, don't take another." in said.text
    assert labels(said)[:3] == ["Taken", "Not taken", "Not sure?"]
    assert labels(said)[-4:] == ["Check-in", "Summary", "Settings", "More …"]
    await patient.tap("Taken")
    said = await patient.say("did I take it?")
    assert "Tonight's dose: ✅ Taken 4.5 mg at 23:00" in said.text


async def test_in_the_morning_last_nights_dose_has_its_days_name(bot: RunningBot, patient: Reminded) -> None:
    """After midnight it is still tonight's; from six on "tonight" would be the next one."""
    await bot.travel_to(DUE + timedelta(hours=3))
    assert "Tonight's dose" in (await patient.say("/today")).text
    await bot.travel_to(DUE + timedelta(hours=9))
    said = await patient.say("/today")
    assert "Tuesday's dose" in said.text
    assert "Tonight" not in said.text


async def test_not_sure_helps_and_never_says_take_two(bot: RunningBot, patient: Reminded) -> None:
    """The help stands before the answer; "I can't tell" is kept as unknown, said by the patient."""
    await bot.travel_to(DUE + timedelta(hours=1))
    said = await patient.say("not sure")
    assert "Treat it as taken; don't take another." in said.text
    said = await patient.tap("I can't tell")
    dose = await patient.dose()
    assert (dose.state, dose.logged_at) == ("unknown", DUE + timedelta(hours=1))
    assert "Undo" in labels(said)


async def test_an_extra_dose_stands_in_today_and_hides_the_next_amount(bot: RunningBot, chat: Person) -> None:
    """After "take no more today" the screen must not read as if nothing had happened."""
    patient = await enrol(bot, chat)
    await patient.say("/today")
    await patient.tap("I took an extra dose")
    shown = await patient.say("/today")
    assert "An extra dose is recorded. Take no more today" in shown.text
    assert " mg" not in shown.text.rpartition("Next:")[2]


async def test_an_extra_dose_is_recorded_and_counts_for_the_twelve_hour_warning(
    bot: RunningBot, patient: Reminded
) -> None:
    """Its text comes at once; a tap by mistake can be taken back."""
    said = await patient.say("/today")
    said = await patient.tap("I took an extra dose")
    assert said.text.startswith("Recorded. Take no more today.")
    await bot.travel_to(DUE)
    said = await patient.tap("Taken")
    assert "Your last dose was logged at 12:00, 10 hours ago." in said.text
    await patient.tap("Undo")
    await patient.tap("A mistake: undo")
    said = await patient.tap("Taken")
    assert said.text == "✅ Taken 4.5 mg at 22:00"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("taken", "✅ Taken 4.5 mg at 23:00"),
        ("Took it at 10", "✅ Taken 4.5 mg at 22:00"),
        ("took 3 mg", "✅ Taken 3 mg at 23:00"),
        ("took it an hour ago", "✅ Taken 4.5 mg at 22:00"),
        ("forgot", "Not taken (logged at 23:00). Reason: Forgot."),
        ("not tonight", "Not taken (logged at 23:00)."),
    ],
)
async def test_typed_words_log_tonights_dose(
    bot: RunningBot, patient: Reminded, typed: str, answer: str
) -> None:
    """An hour after the reminder; the reminder's own buttons go."""
    await bot.travel_to(DUE + timedelta(hours=1))
    said = await patient.say(typed)
    assert said.text == answer
    assert labels(patient.about_doses()[-1]) == []


async def test_words_that_fit_two_doses_are_asked_about(bot: RunningBot, patient: Reminded) -> None:
    """In the morning "taken" may mean last night's or tonight's: buttons decide, and keep the time."""
    await bot.travel_to(DUE + timedelta(hours=12))
    said = await patient.say("taken")
    assert said.text == "Which one do you mean?"
    assert labels(said) == ["Tuesday's dose", "Wednesday's dose"]
    await patient.tap("Tuesday's dose")
    assert (await patient.dose()).state == "taken"
    assert (await patient.dose(WEDNESDAY)).state == "planned"


async def test_words_may_name_the_night(bot: RunningBot, patient: Reminded) -> None:
    """The words "took it last night at 10" go to last night's dose at any hour of the next day."""
    await bot.travel_to(DUE + timedelta(hours=18))
    said = await patient.say("took it last night at 10")
    assert said.text == "Tuesday's dose: ✅ Taken 4.5 mg at 22:00"


async def test_every_button_ever_sent_answers_in_every_later_state(
    bot: RunningBot, chat: Person, patient: Reminded
) -> None:
    """Each is pressed again as it was seen, after the dose was taken, undone, declined, and days later."""
    await bot.travel_to(DUE)
    labels_in_turn = "Snooze/15 min/Not tonight/Undo/Taken/Correct/The time/‹ Back/Correct"
    for label in labels_in_turn.split("/"):
        await patient.tap(label)
    await patient.tap("The amount")
    await patient.say("/today")
    seen = {
        button.data: button
        for message in chat.bot_messages
        for version in message.versions
        for button in version.buttons
        if button.data and button.data.startswith(("dose.", "today."))
    }
    assert len(seen) >= 15
    for hours in (1, 13, 80):
        await bot.travel_to(DUE + timedelta(hours=hours))
        for button in seen.values():
            heard = len(chat.toasts)
            await chat.tap(button)
            await bot.settle()
            assert len(chat.toasts) == heard + 1
            assert "went wrong" not in (chat.last.text if chat.last else "")
    logged = {dose.dose_date for dose in await patient.doses() if dose.logged_at}
    assert logged <= {date(2026, 3, 3), WEDNESDAY}
