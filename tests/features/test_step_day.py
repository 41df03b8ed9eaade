"""The day a dose step starts: never two amounts as if both were due; the answer keeps its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.features.planned import titrating
from tests.features.reminded import DUE, Reminded, labels

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

STEPS = ((date(2026, 2, 20), "1.5"), (date(2026, 3, 3), "3"))
CHECKIN = {"checkin_time": time(9), "checkin_anchor": date(2026, 3, 4)}

# What is said is the same on both databases; test_dose_and_pause.py walks through both.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def patient(bot: RunningBot, chat: Person) -> Reminded:
    """1.5 mg until yesterday, 3 mg from tonight; it is noon on Tuesday, 3 March."""
    return await titrating(bot, chat, STEPS, **CHECKIN)


async def test_the_reminder_says_from_tonight_and_asks_which(bot: RunningBot, patient: Reminded) -> None:
    """Also the re-alert after it."""
    await bot.travel_to(DUE + timedelta(minutes=20))
    for reminder in patient.about_doses():
        assert "From tonight your plan says 3 mg (before: 1.5 mg). One dose only." in reminder.text
        assert "LDN, 3 mg" not in reminder.text
    newest = patient.about_doses()[-1]
    assert labels(newest)[:2] == ["Took 3 mg", "Took 1.5 mg"]
    await patient.tap("Took 1.5 mg")
    dose = await patient.dose()
    assert (dose.planned_mg, dose.taken_mg) == (Decimal(3), Decimal("1.5"))


async def test_the_morning_after_asks_which_too(bot: RunningBot, patient: Reminded) -> None:
    """Q0 has a button for each amount; planned and taken are kept apart."""
    await bot.travel_to(datetime(2026, 3, 4, 9, tzinfo=UTC))
    asked = patient.chat.last
    assert asked is not None
    assert "Did you take Tuesday's dose (3 mg)?" in asked.text
    assert labels(asked)[:4] == ["Took 3 mg", "Took 1.5 mg", "Not taken", "Not sure"]
    await patient.tap("Took 1.5 mg")
    dose = await patient.dose()
    assert (dose.state, dose.planned_mg, dose.taken_mg) == ("taken", Decimal(3), Decimal("1.5"))


async def test_typed_words_keep_their_amount(bot: RunningBot, patient: Reminded) -> None:
    """A bare "taken" means what the plan says, a bare number one of the two amounts."""
    await bot.travel_to(DUE + timedelta(minutes=15))
    for typed, mg in (("took 3", "3"), ("took 1.5", "1.5"), ("took 1.5 at 10", "1.5"), ("taken", "3")):
        assert f"✅ Taken {mg} mg at" in (await patient.say(typed)).text
        assert (await patient.dose()).taken_mg == Decimal(mg)
        await patient.tap("Undo")
    await patient.say("took 2")
    assert (await patient.dose()).state == "asked"


async def test_today_offers_both_and_the_next_night_only_one(bot: RunningBot, patient: Reminded) -> None:
    """The step is new for one dose."""
    said = await patient.say("/today")
    assert labels(said)[:2] == ["Took 3 mg", "Took 1.5 mg"]
    assert said.text.endswith("From tonight your plan says 3 mg (before: 1.5 mg). One dose only.")
    await bot.travel_to(DUE)
    await patient.tap("Took 3 mg")
    await bot.travel_to(DUE + timedelta(days=1))
    newest = patient.about_doses()[-1]
    assert newest.text == "💊 Time for your LDN, 3 mg."
    assert labels(newest)[0] == "Taken"


async def test_in_discreet_mode_neither_amount_is_named(bot: RunningBot, chat: Person) -> None:
    """The new step and the one before, in the reminder, in /today and in the morning."""
    patient = await titrating(bot, chat, STEPS, discreet=True, **CHECKIN)
    screens = [await patient.say("/today")]
    await bot.travel_to(DUE)
    screens.append(patient.about_doses()[-1])
    assert labels(screens[-1])[:2] == ["Did the new step", "Did the one before"]
    await bot.travel_to(datetime(2026, 3, 4, 9, tzinfo=UTC))
    assert patient.chat.last is not None
    screens.append(patient.chat.last)
    assert labels(screens[-1])[:2] == ["Did the new step", "Did the one before"]
    for screen in screens:
        assert not any(word in " ".join([screen.text, *labels(screen)]) for word in ("mg", "1.5", "LDN"))


async def test_with_a_morning_dose_the_checkin_asks_about_the_one_before(
    bot: RunningBot, chat: Person
) -> None:
    """At nine, today's eight o'clock dose has its reminder; the question is about yesterday's."""
    patient = await titrating(bot, chat, ((date(2026, 2, 20), "3"),), **CHECKIN)
    await patient.change(local_time=time(8))
    await bot.travel_to(datetime(2026, 3, 5, 9, tzinfo=UTC))
    assert patient.chat.last is not None
    assert "Did you take Wednesday's dose (3 mg)?" in patient.chat.last.text
    await patient.tap("Taken", patient.chat.last)
    assert (await patient.dose(date(2026, 3, 4))).state == "taken"
    assert (await patient.dose(date(2026, 3, 5))).state == "asked"


async def test_micrograms_of_the_step_before_are_shown_as_typed(bot: RunningBot, patient: Reminded) -> None:
    """Neither the button nor what is logged converts them."""
    await patient.say("/dose")
    await patient.say("1500 mcg from 4 March, 3 mg from 5 March")
    await patient.tap("✓ Save this")
    await bot.travel_to(DUE + timedelta(days=2))
    said = await patient.tap("Took 1500 mcg")
    assert said.text.startswith("✅ Taken 1500 mcg at")


async def test_a_step_that_is_put_off_leaves_tonights_dose_as_it_was(
    bot: RunningBot, patient: Reminded
) -> None:
    """On the day itself, before the reminder: the plan stays, and only one amount is named."""
    await patient.say("/dose")
    await patient.tap("Stay on 1.5 mg longer")
    await patient.tap("A week longer")
    await patient.tap("✓ Save this")
    await bot.travel_to(DUE)
    assert patient.about_doses()[-1].text == "💊 Time for your LDN, 1.5 mg."
    await bot.travel_to(DUE + timedelta(days=7))
    assert "From tonight your plan says 3 mg (before: 1.5 mg)." in patient.about_doses()[-1].text


async def test_a_hold_on_the_day_of_a_step_asks_and_names_no_amount(
    bot: RunningBot, patient: Reminded
) -> None:
    """Reminder out, snooze pending: both give way to the question; resuming that night asks anew."""
    await bot.travel_to(DUE)
    await patient.tap("Snooze")
    await patient.tap("15 min")
    said = await patient.say("the dentist gave me codeine")
    assert "Naltrexone blocks opioids" in said.text
    assert labels(patient.about_doses()[0]) == []
    await bot.travel_to(DUE + timedelta(hours=1))
    assert len(patient.about_doses()) == 1
    assert (await patient.dose()).state == "held"
    assert "Took 3 mg" not in labels(await patient.say("/today"))
    await patient.tap("Yes, resume")
    newest = patient.about_doses()[-1]
    assert "From tonight your plan says 3 mg (before: 1.5 mg). One dose only." in newest.text
    await patient.tap("Took 1.5 mg", newest)
    assert (await patient.dose()).taken_mg == Decimal("1.5")


async def test_a_dose_taken_during_an_opioid_pause_is_recorded_with_its_text(
    bot: RunningBot, patient: Reminded
) -> None:
    """A fact is a fact; undoing it leaves the dose paused, and it isn't asked about in the morning."""
    await patient.say("/pause")
    await patient.tap("Opioid painkiller")
    await patient.tap("⏸ Pause from tonight (3 Mar)")
    await bot.travel_to(DUE + timedelta(minutes=5))
    said = await patient.say("taken")
    assert "Don't take LDN until a prescriber or pharmacist says it's safe." in said.text
    await patient.tap("Undo")
    assert (await patient.dose()).state == "held"
    await bot.travel_to(datetime(2026, 3, 4, 9, tzinfo=UTC))
    assert patient.chat.last is not None
    assert "Did you take" not in patient.chat.last.text
