"""The nightly reminder: when it comes, what it says, and what follows from silence."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.faults import CUT_AFTER
from bot.storage.tables import DoseStep, Heartbeat
from tests.features.reminded import DUE, TUESDAY, Reminded, enrol, labels

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

WEDNESDAY = date(2026, 3, 4)


@pytest.fixture
async def patient(bot: RunningBot, chat: Person) -> Reminded:
    """A patient whose first dose is due tonight at 22:00."""
    return await enrol(bot, chat)


async def test_the_reminder_comes_at_its_time_and_a_tap_logs_the_dose(
    bot: RunningBot, patient: Reminded
) -> None:
    """At 22:00 it names the amount; Taken turns it into a line with the time, and no second message comes."""
    await bot.travel_to(DUE - timedelta(seconds=1))
    assert patient.about_doses() == []
    await bot.travel_to(DUE)
    (reminder,) = patient.about_doses()
    assert reminder.text == "💊 Time for your LDN, 4.5 mg."
    assert labels(reminder) == ["Taken", "Snooze", "Not tonight"]
    assert not reminder.silent
    bot.clock.travel_to(DUE + timedelta(minutes=4))
    await patient.tap("Taken")
    assert reminder.text == "✅ Taken 4.5 mg at 22:04"
    assert labels(reminder) == ["Undo", "Correct"]
    await bot.travel(timedelta(hours=6))
    assert len(patient.about_doses()) == 1
    dose = await patient.dose()
    assert (dose.state, dose.taken_mg, dose.taken_at) == (
        "taken",
        Decimal("4.5"),
        DUE + timedelta(minutes=4),
    )


async def test_silence_brings_one_re_alert_and_the_earlier_message_loses_its_buttons(
    bot: RunningBot, patient: Reminded
) -> None:
    """After 20 minutes a second message; the first keeps its words only; nothing more that night."""
    await bot.travel_to(DUE + timedelta(hours=8))
    first, again = patient.about_doses()
    assert "No answer yet" in again.text
    assert labels(first) == []
    assert "Taken" in labels(again)
    assert again.date == DUE + timedelta(minutes=20)
    assert (await patient.dose()).state == "asked"


async def test_the_second_re_alert_is_chosen_and_silent(bot: RunningBot, patient: Reminded) -> None:
    """Off by default; switched on it comes 90 minutes after the first message, without a sound."""
    await patient.change(second_re_alert=True)
    await bot.travel_to(DUE + timedelta(hours=8))
    dates = [(message.date - DUE, message.silent) for message in patient.about_doses()]
    assert dates == [
        (timedelta(0), False),
        (timedelta(minutes=20), False),
        (timedelta(minutes=90), True),
    ]


async def test_a_snooze_replaces_the_re_alert(bot: RunningBot, patient: Reminded) -> None:
    """Thirty minutes after the tap one message comes, not another one after twenty."""
    await bot.travel_to(DUE + timedelta(minutes=5))
    await patient.tap("Snooze")
    await patient.tap("30 min")
    await bot.travel_to(DUE + timedelta(hours=8))
    first, again = patient.about_doses()
    assert again.date == DUE + timedelta(minutes=35)
    assert again.text == "💊 You asked me to come back: your LDN, 4.5 mg, due at 22:00."
    assert labels(first) == []


async def test_snoozing_ends_four_hours_after_the_due_time(bot: RunningBot, patient: Reminded) -> None:
    """A snooze that would ring later than that is refused in plain words."""
    await bot.travel_to(DUE + timedelta(hours=3, minutes=30))
    await patient.tap("Snooze")
    said = await patient.tap("60 min")
    assert "too late" in said.text
    await bot.travel_to(DUE + timedelta(hours=10))
    assert len(patient.about_doses()) == 2


@pytest.mark.parametrize(
    ("late", "opening"),
    [
        (timedelta(minutes=15), "💊 Time for your LDN, 4.5 mg."),
        (timedelta(minutes=89), "💊 Your LDN, 4.5 mg was due at 22:00."),
    ],
)
async def test_a_late_reminder_says_so_and_makes_no_sound(
    bot: RunningBot,
    patient: Reminded,
    late: timedelta,
    opening: str,
) -> None:
    """Up to 15 minutes late is normal; up to 90 it is silent and names the due time."""
    await bot.stop()
    bot.clock.travel_to(DUE + late)
    bot.companion = bot.build()
    await bot.start()
    await bot.settle()
    (reminder,) = patient.about_doses()
    assert reminder.text == opening
    assert reminder.silent is ("was due" in opening)


async def test_the_day_of_a_dose_step_names_one_dose_and_offers_both_amounts(
    bot: RunningBot, patient: Reminded
) -> None:
    """It never reads as if both were due, and each button logs its own amount."""
    await patient.add(DoseStep(starts_on=WEDNESDAY, dose_mg=Decimal(6)))
    await bot.travel_to(DUE + timedelta(days=1))
    reminder = patient.about_doses()[-1]
    assert "From tonight your plan says 6 mg (before: 4.5 mg). One dose only." in reminder.text
    assert labels(reminder)[:2] == ["Took 6 mg", "Took 4.5 mg"]
    await patient.tap("Took 4.5 mg")
    dose = await patient.dose(WEDNESDAY)
    assert (dose.planned_mg, dose.taken_mg) == (Decimal(6), Decimal("4.5"))
    await bot.travel_to(DUE + timedelta(days=2))
    assert labels(patient.about_doses()[-1])[0] == "Taken"


async def test_a_discreet_patient_reads_no_amount_and_no_name(bot: RunningBot, patient: Reminded) -> None:
    """Messages and buttons, on an ordinary night and on the day of a dose step, whatever is tapped."""
    await patient.change(discreet=True, cue="after brushing teeth")
    await patient.add(DoseStep(starts_on=WEDNESDAY, dose_mg=Decimal(6)))
    await bot.travel_to(DUE)
    for button in (
        "Snooze",
        "‹ Back",
        "Done",
        "Correct",
        "The time",
        "‹ Back",
        "Undo",
        "Not tonight",
        "Skip",
    ):
        await patient.tap(button)
    await bot.travel_to(DUE + timedelta(days=1, minutes=30))
    await patient.tap("Did the one before")
    await patient.say("/today")
    for message in patient.chat.bot_messages[1:]:
        for version in message.versions:
            words = " ".join([version.text, *(button.text for button in version.buttons)])
            assert "LDN" not in words
            assert "mg" not in words
    assert "evening routine" in patient.about_doses()[0].versions[0].text


async def test_after_three_silent_days_there_are_fewer_messages_and_one_kind_question(
    bot: RunningBot, patient: Reminded
) -> None:
    """Two messages a night become one, and the question comes once."""
    await bot.travel_to(DUE + timedelta(days=5, hours=5))
    nights = [(message.date - timedelta(hours=12)).date() for message in patient.about_doses()]
    assert [nights.count(TUESDAY + timedelta(days=day)) for day in range(6)] == [2, 2, 2, 1, 1, 1]
    kind = [message for message in patient.about_doses() if "quiet for three days" in message.text]
    assert len(kind) == 1


async def test_an_uncertain_sending_is_followed_by_one_copy_that_says_so(
    bot: RunningBot, patient: Reminded
) -> None:
    """Telegram delivered it and the answer was lost: a minute later one copy, never a third."""
    bot.server.faults.add(CUT_AFTER, "sendMessage", times=1)
    await bot.travel_to(DUE + timedelta(minutes=10))
    first, copy = patient.about_doses()
    assert "It's the same dose as before, don't take two." in copy.text
    assert copy.date == first.date + timedelta(seconds=60)


async def test_after_an_outage_the_next_message_asks_for_the_tap_again(
    bot: RunningBot, patient: Reminded
) -> None:
    """Telegram drops presses that wait too long: the dose stays asked, and the re-alert says so."""
    await bot.travel_to(DUE)
    async with bot.database.write() as session:
        row = await session.get(Heartbeat, "listening")
        detail = {"gap_until": (DUE + timedelta(minutes=10)).isoformat()}
        if row is None:
            session.add(Heartbeat(name="listening", at=DUE, detail=detail))
        else:
            row.detail = detail
    await bot.travel_to(DUE + timedelta(minutes=20))
    first, again = patient.about_doses()
    assert "if you tapped already, please tap again" not in first.text
    assert "if you tapped already, please tap again" in again.text
    await bot.travel_to(DUE + timedelta(days=1))
    assert "tap again" not in patient.about_doses()[-1].text


async def test_a_cue_stands_below_the_reminder_as_it_was_typed(bot: RunningBot, patient: Reminded) -> None:
    """A routine works better than a timer; what was typed can't break the message."""
    await patient.change(cue="after <brushing> teeth & flossing")
    await bot.travel_to(DUE)
    assert patient.about_doses()[0].text.endswith("\nafter <brushing> teeth & flossing")
