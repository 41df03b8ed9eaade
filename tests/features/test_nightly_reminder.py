"""The nightly reminder: when it comes, what it says, and what follows from an answer or from silence."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.faults import CUT_AFTER
from bot.storage.tables import DoseStep, Heartbeat, Pause
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


async def test_the_previous_dose_is_unknown_once_the_next_is_asked(
    bot: RunningBot, patient: Reminded
) -> None:
    """Silence is not a fact: it is neither taken nor missed."""
    await bot.travel_to(DUE + timedelta(hours=23))
    assert (await patient.dose()).state == "asked"
    await bot.travel_to(DUE + timedelta(hours=24))
    assert [dose.state for dose in await patient.doses()] == ["unknown", "asked", "planned"]


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
    bot.companion = bot._build()  # noqa: SLF001 - a process that was away for a while
    await bot.start()
    await bot.settle()
    (reminder,) = patient.about_doses()
    assert reminder.text == opening
    assert reminder.silent is ("was due" in opening)


async def test_past_the_catch_up_nothing_is_sent_and_the_dose_is_unreached(
    bot: RunningBot, patient: Reminded
) -> None:
    """Nobody is woken in the small hours; the next night comes as usual, and no night is forgotten."""
    bot.clock.travel_to(DUE + timedelta(days=2, hours=2))
    await bot.settle()
    assert patient.about_doses() == []
    states = [dose.state for dose in await patient.doses()]
    assert states == ["unreached", "unreached", "unreached", "planned"]
    await bot.travel_to(DUE + timedelta(days=3))
    assert len(patient.about_doses()) == 1


async def test_moving_the_time_moves_the_pending_reminder(patient: Reminded) -> None:
    """One dose, one reminder, at the new time."""
    await patient.change(local_time=time(20, 30))
    (row,) = await patient.pending()
    assert row.run_at == datetime(2026, 3, 3, 20, 30, tzinfo=UTC)
    await patient.change(zone="America/New_York")
    (row,) = await patient.pending()
    assert row.run_at == datetime(2026, 3, 4, 1, 30, tzinfo=UTC)
    assert len(await patient.doses()) == 1


async def test_a_new_time_that_has_passed_tonight_starts_with_the_next_dose(
    bot: RunningBot, patient: Reminded
) -> None:
    """Tonight's dose stays where it was: none is lost and none is doubled."""
    bot.clock.travel_to(DUE - timedelta(hours=1))
    await patient.change(local_time=time(8))
    assert [row.run_at for row in await patient.pending()] == [DUE, datetime(2026, 3, 4, 8, tzinfo=UTC)]
    assert (await patient.dose()).due_at == DUE


async def test_a_flight_over_the_dose_time_leaves_it_unreached_and_wakes_nobody(
    bot: RunningBot, patient: Reminded
) -> None:
    """In Tokyo it is five in the morning: Tuesday's time has long passed there, Wednesday's is the next."""
    bot.clock.travel_to(DUE - timedelta(hours=2))
    await patient.change(zone="Asia/Tokyo")
    await bot.travel_to(DUE + timedelta(hours=4))
    assert (await patient.dose()).state == "unreached"
    assert patient.about_doses() == []
    await bot.travel_to(datetime(2026, 3, 4, 13, tzinfo=UTC))
    assert (await patient.dose(WEDNESDAY)).state == "asked"


async def test_a_dose_that_was_asked_is_never_moved(bot: RunningBot, patient: Reminded) -> None:
    """Its due time is history; only the next dose follows the new time."""
    await bot.travel_to(DUE + timedelta(minutes=1))
    await patient.change(local_time=time(23))
    assert (await patient.dose()).due_at == DUE
    assert (await patient.dose(WEDNESDAY)).due_at == DUE + timedelta(hours=25)


async def test_planning_twice_changes_nothing(patient: Reminded) -> None:
    """The sweep and every change of settings may call it at any time."""
    before = [(row.id, row.run_at) for row in await patient.pending()]
    await patient.change()
    await patient.change()
    assert [(row.id, row.run_at) for row in await patient.pending()] == before


async def test_a_pause_holds_the_planned_dose_and_its_end_brings_it_back(
    bot: RunningBot, patient: Reminded
) -> None:
    """No reminder in the pause; afterwards the same row is due again."""
    pause = Pause(first_date=TUESDAY, reason="surgery", created_at=bot.clock.now())
    await patient.add(pause)
    assert (await patient.dose()).state == "held"
    assert await patient.pending() == []
    async with bot.database.write() as session:
        row = await session.get(Pause, pause.id)
        assert row is not None
        row.ended_at = bot.clock.now()
    await patient.change()
    assert (await patient.dose()).state == "planned"
    await bot.travel_to(DUE)
    assert len(patient.about_doses()) == 1


async def test_a_dose_that_left_the_plan_is_cancelled_and_comes_back_with_it(
    bot: RunningBot, patient: Reminded
) -> None:
    """Weekdays without Tuesday, and then every day again: still one row for Tuesday."""
    await patient.change(rhythm="weekdays", weekdays=[3])
    assert [(dose.dose_date, dose.state) for dose in await patient.doses()] == [
        (TUESDAY, "cancelled"),
        (date(2026, 3, 5), "planned"),
    ]
    await patient.change(rhythm="daily")
    assert (await patient.dose()).state == "planned"
    await bot.travel_to(DUE)
    assert len(patient.about_doses()) == 1


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


async def test_an_uncertain_sending_is_followed_by_one_copy_that_says_so(
    bot: RunningBot, patient: Reminded
) -> None:
    """Telegram delivered it and the answer was lost: a minute later one copy, never a third."""
    bot.server.faults.add(CUT_AFTER, "sendMessage", times=1)
    await bot.travel_to(DUE + timedelta(minutes=10))
    first, copy = patient.about_doses()
    assert "It's the same dose as before, don't take two." in copy.text
    assert copy.date == first.date + timedelta(seconds=60)


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


async def test_a_first_dose_that_is_still_to_come_tonight_is_asked_about_late(
    bot: RunningBot, chat: Person
) -> None:
    """Enrolled at 23:00 for 22:00, tonight's still to come: one message after a while, and the next night."""
    bot.clock.travel_to(DUE + timedelta(hours=1))
    late = await enrol(bot, chat)
    assert (await late.dose()).state == "planned"
    await bot.travel_to(DUE + timedelta(hours=9))
    (reminder,) = late.about_doses()
    assert reminder.text == "💊 Your LDN, 4.5 mg was due at 22:00."
    assert [dose.state for dose in await late.doses()] == ["asked", "planned"]


async def test_a_cue_stands_below_the_reminder_as_it_was_typed(bot: RunningBot, patient: Reminded) -> None:
    """A routine works better than a timer; what was typed can't break the message."""
    await patient.change(cue="after <brushing> teeth & flossing")
    await bot.travel_to(DUE)
    assert patient.about_doses()[0].text.endswith("\nafter <brushing> teeth & flossing")


@pytest.mark.parametrize("zone", ["Africa/Cairo", "America/Santiago", "Pacific/Apia", "Australia/Lord_Howe"])
async def test_each_dose_date_has_one_dose_and_one_reminder_wherever_the_patient_goes(
    bot: RunningBot, patient: Reminded, zone: str
) -> None:
    """Travel there and back within a few days: no date twice, no reminder at four in the morning's wake."""
    await bot.travel_to(DUE + timedelta(hours=3))
    await patient.change(zone=zone)
    await bot.travel(timedelta(days=2))
    await patient.change(zone="Europe/London")
    await bot.travel(timedelta(days=2))
    dates = [dose.dose_date for dose in await patient.doses()]
    assert dates == sorted(set(dates))
    subjects = [row.subject for row in await patient.pending()]
    assert len(subjects) == len(set(subjects))
    assert {dose.state for dose in await patient.doses()} <= {"asked", "unknown", "planned"}
