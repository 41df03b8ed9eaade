"""Safety words in a typed text: the answer comes first, once in full a day, and holds the doses."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.storage.tables import Checkin, Pause
from tests.features.reminded import DUE, Reminded, enrol, labels

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot


@pytest.fixture
async def patient(bot: RunningBot, chat: Person) -> Reminded:
    """A patient whose first dose is due tonight at 22:00; it is noon."""
    return await enrol(bot, chat)


async def test_the_full_text_comes_once_a_day_and_one_line_each_further_time(
    bot: RunningBot, patient: Reminded
) -> None:
    """On the next local date it is said in full again."""
    full = "I'm sorry you're feeling this way."
    assert (await patient.say("I want to die")).text.startswith(full)
    assert (await patient.say("I want to die")).text.startswith("I'm still automated.")
    await bot.travel(timedelta(hours=13))
    assert (await patient.say("I want to die")).text.startswith(full)


async def test_an_opioid_turns_the_reminder_into_a_question(bot: RunningBot, patient: Reminded) -> None:
    """No amount, no Taken button; the question comes once a night, and resuming brings the reminder."""
    said = await patient.say("the dentist gave me codeine")
    assert "Naltrexone blocks opioids" in said.text
    await bot.travel_to(DUE + timedelta(hours=1))
    question = patient.chat.last
    assert question is not None
    assert question.text == "On hold. Has a prescriber or pharmacist said that your next dose is safe?"
    assert labels(question) == ["Yes, resume", "Not yet", "This isn't about me"]
    assert question.date == DUE
    assert (await patient.dose()).state == "held"
    await patient.tap("Yes, resume", question)
    reminder = patient.about_doses()[-1]
    assert reminder.text == "💊 Your LDN, 4.5 mg was due at 22:00."
    await patient.tap("Taken")
    assert (await patient.dose()).state == "taken"


async def test_not_yet_keeps_the_hold_for_the_next_night(bot: RunningBot, patient: Reminded) -> None:
    """It asks again, and never ends by itself."""
    await patient.say("I took tramadol")
    await bot.travel_to(DUE)
    await patient.tap("Not yet")
    await bot.travel_to(DUE + timedelta(days=2))
    assert patient.about_doses() == []
    assert [dose.state for dose in await patient.doses()] == ["held", "held", "held", "planned"]


async def test_a_reminder_in_front_of_the_patient_loses_its_taken_button(
    bot: RunningBot, patient: Reminded
) -> None:
    """The words come after the reminder: its button goes, and no re-alert names the dose."""
    await bot.travel_to(DUE)
    await patient.say("can I take oxycodone with it")
    (reminder,) = patient.about_doses()
    assert labels(reminder) == []
    await bot.travel_to(DUE + timedelta(hours=8))
    assert len(patient.about_doses()) == 1


async def test_this_is_not_about_me_ends_the_hold(bot: RunningBot, patient: Reminded) -> None:
    """The reminder comes as if nothing had been written; an old button afterwards changes nothing."""
    await patient.say("my mother takes morphine")
    button = patient.chat.find_button("Yes, resume")
    await patient.tap("This isn't about me")
    await patient.chat.tap(button)
    await bot.settle()
    assert patient.chat.toasts[-1].text == "That hold has ended already."
    await bot.travel_to(DUE)
    assert patient.about_doses()[-1].text == "💊 Time for your LDN, 4.5 mg."


async def test_a_dose_taken_while_on_hold_is_recorded_with_the_safety_text(
    bot: RunningBot, patient: Reminded
) -> None:
    """A fact is a fact; what to beware of stands beside it."""
    await patient.say("I took tramadol")
    await bot.travel_to(DUE + timedelta(minutes=1))
    said = await patient.say("taken")
    assert (await patient.dose()).state == "taken"
    assert "Don't take LDN until a prescriber or pharmacist says it's safe." in said.text


async def test_somebody_who_is_still_enrolling_is_answered_too(bot: RunningBot, chat: Person) -> None:
    """Safety words come before everything else, from the first message on, and hold what will be planned."""
    said = await bot.say(chat, "I use a fentanyl patch")
    assert "Naltrexone blocks opioids" in said.text
    async with bot.database.read() as session:
        (hold,) = (await session.execute(select(Pause))).scalars().all()
    assert hold.is_hold


async def test_several_matters_in_one_text_are_all_answered_the_most_urgent_first(patient: Reminded) -> None:
    """One message, no unrelated reply behind it."""
    before = len(patient.chat.bot_messages)
    said = await patient.say("I took codeine and I want to die")
    assert said.text.index("I'm sorry you're feeling") < said.text.index("Naltrexone blocks opioids")
    assert len(patient.chat.bot_messages) == before + 1


async def test_safety_words_in_the_middle_of_a_question_are_not_taken_as_its_answer(
    bot: RunningBot, patient: Reminded
) -> None:
    """The question of the time stays open and takes the next text."""
    await bot.travel_to(DUE + timedelta(minutes=5))
    await patient.tap("Taken")
    await patient.tap("Correct")
    await patient.tap("The time")
    assert (await patient.say("I want to kill myself")).text.startswith("I'm sorry")
    said = await patient.say("21:50")
    assert said.text == "✅ Taken 4.5 mg at 21:50"


async def test_a_crisis_in_an_open_check_in_offers_to_go_on_or_stop(
    bot: RunningBot, patient: Reminded
) -> None:
    """Both buttons work, and what was answered before stays."""
    await bot.travel_to(DUE + timedelta(hours=11))
    await patient.say("/checkin")
    said = await patient.say("I want to die")
    assert labels(said) == ["Continue", "Stop for today"]
    await patient.tap("Stop for today")
    async with bot.database.read() as session:
        (checkin,) = (await session.execute(select(Checkin).where(Checkin.state != "planned"))).scalars()
    assert checkin.state == "done"


async def test_a_note_with_safety_words_is_answered_and_kept(bot: RunningBot, patient: Reminded) -> None:
    """Nothing that was typed is lost: the text comes first, and the note keeps the words."""
    await patient.change(optional_questions=["note"])
    await bot.travel_to(DUE + timedelta(hours=11))
    await patient.say("/checkin")
    for answer in ("Taken", "3", "4", "None"):
        await patient.tap(answer)
    await patient.say("took codeine for my back")
    assert any("Naltrexone blocks opioids" in message.text for message in patient.chat.bot_messages)
    async with bot.database.read() as session:
        (checkin,) = (await session.execute(select(Checkin).where(Checkin.state != "planned"))).scalars()
    assert checkin.answers["note"] == "took codeine for my back"
