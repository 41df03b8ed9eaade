"""/history and /undo: the past at a glance, a day with all that is known of it, every way to correct it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.domain.pause import PauseReason
from bot.domain.regimen import DoseStep
from bot.features.regimen import pauses
from bot.features.regimen.plan import load
from bot.message import press_data
from bot.storage import patients, plans
from bot.storage.tables import Change, Checkin, Event, Patient, SafetyAnswer
from tests.features.reminded import DUE, TUESDAY, Reminded, enrol, labels

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatMessage
    from tests.harness import RunningBot

DAY = timedelta(days=1)
WEDNESDAY, THURSDAY, FRIDAY = (TUESDAY + days * DAY for days in (1, 2, 3))


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: what is shown doesn't depend on where the rows stand."""
    return sqlite_url


@pytest.fixture
async def patient(bot: RunningBot, chat: Person) -> Reminded:
    """A patient with doses on Tuesday (taken), Wednesday (declined), Thursday (not answered); Friday noon."""
    return await _four_days(bot, await enrol(bot, chat))


async def _four_days(bot: RunningBot, patient: Reminded) -> Reminded:
    await bot.travel_to(DUE)
    await _press_newest(patient, "dose.taken")
    await bot.travel_to(DUE + DAY)
    await _press_newest(patient, "dose.not_tonight")
    await bot.travel_to(DUE + 2 * DAY + timedelta(hours=14))
    return patient


async def _press_newest(patient: Reminded, verb: str) -> None:
    assert patient.chat.last is not None
    button = next(button for button in patient.chat.last.buttons if (button.data or "").startswith(verb))
    await patient.chat.tap(button)
    await patient.bot.settle()


async def _open(patient: Reminded, day: date) -> ChatMessage:
    """Open a day of the history by its button in the calendar."""
    await patient.say("/history")
    return await patient.tap(f"history.day::{day.isoformat()}")


async def _checkin(bot: RunningBot, on: date) -> Checkin:
    async with bot.database.read() as session:
        return (await session.execute(select(Checkin).where(Checkin.local_date == on))).scalar_one()


async def test_a_month_shows_each_days_state_in_signs_of_different_shape(
    patient: Reminded,
) -> None:
    """Told apart without colours: ✓ ✗ ? for the dose, • for the check-in; the counts stand above."""
    await patient.add(_answered(WEDNESDAY))
    await patient.say("/note flu 3 to 4 March")
    shown = await patient.say("/history")
    assert shown.text == (
        "Mar 2026\n✓ taken: 1\n✗ not taken: 1\n? no answer: 1\n‖ on hold or paused: 0\n• check-in: 1\n"
        "📌 Notes on: 3, 4\nTap a day."
    )
    assert labels(shown)[:14] == ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", *["\u2800"] * 6, "1"]
    assert labels(shown)[14:21] == ["2", "3✓", "4✗•", "5?", "6", "7", "8"]
    await patient.tap("‹ Feb 2026")
    back = await patient.tap("Mar 2026 ›")
    assert "Apr 2026 ›" not in labels(back)
    await patient.tap("history.day::2026-03-20")
    assert patient.chat.toasts[-1].text == "That day is still to come."


async def test_i_took_it_but_forgot_to_say(patient: Reminded) -> None:
    """The time isn't guessed; it can be added; what stood there before is kept and marked."""
    shown = await _open(patient, THURSDAY)
    assert "Dose: No answer logged." in shown.text
    said = await patient.tap("I took it")
    assert said.text == "Thursday's dose: ✅ Taken 4.5 mg; the time isn't known."
    await patient.tap("Correct")
    await patient.tap("The time")
    await patient.say("10:20 pm")
    shown = await patient.tap("‹ That day")
    assert "Dose: ✅ Taken 4.5 mg at 22:20 (changed)" in shown.text
    shown = await patient.tap("Before the changes")
    assert "Before: ✅ Taken 4.5 mg; the time isn't known." in shown.text
    assert "Thursday 5 Mar 2026" in (await patient.tap("‹ Back")).text


async def test_i_took_it_at_another_time_and_i_did_not_take_it(patient: Reminded) -> None:
    """A dose without an answer gets one with its time at once; a taken one turns into not taken."""
    await _open(patient, THURSDAY)
    await patient.tap("I took it at …")
    assert (await patient.say("half past nine")).text == "Thursday's dose: ✅ Taken 4.5 mg at 21:30"
    await _open(patient, TUESDAY)
    await patient.tap("Correct the dose")
    await patient.tap("I didn't take it")
    await patient.tap("Forgot")
    shown = await patient.tap("‹ That day")
    assert "Dose: Not taken (logged at 12:00). Reason: Forgot. (changed)" in shown.text


async def test_an_older_check_in_is_backfilled_and_the_next_days_is_late(
    bot: RunningBot, patient: Reminded
) -> None:
    """Both are asked like any other, lead back to their day, and say what they are."""
    for day, mark, timing in ((WEDNESDAY, "added later", "backfilled"), (THURSDAY, "late", "late")):
        await _open(patient, day)
        asked = await patient.tap("📝 Fill in the check-in")
        if "checkin.dose" in (asked.buttons[0].data or ""):
            await patient.tap("Skip")
        await patient.tap("6")
        await patient.tap("7")
        await patient.tap("None")
        shown = await patient.tap("‹ That day")
        assert f"Check-in ({mark}): Pain 6 · Sleep 7 (10 = worst) · Side effects: none" in shown.text
        assert (await _checkin(bot, day)).timing == timing


async def test_a_check_in_is_changed_withdrawn_and_brought_back(bot: RunningBot, patient: Reminded) -> None:
    """Withdrawn answers count nowhere; undo brings them all back, as they were."""
    await patient.add(_answered(WEDNESDAY))
    await _open(patient, WEDNESDAY)
    shown = await patient.tap("Withdraw the check-in")
    assert "Check-in: none" in shown.text
    row = await _checkin(bot, WEDNESDAY)
    assert (row.answers, row.answered_at) == ({}, None)
    asked = await patient.tap("↩ Undo")
    assert asked.text == "Undo your last change? the check-in of Wednesday 4 Mar (just now)"
    await patient.tap("Yes, undo it")
    row = await _checkin(bot, WEDNESDAY)
    assert (row.state, row.answers, row.answered_at) == (
        "done",
        _answered(WEDNESDAY).answers,
        DUE + timedelta(hours=12),
    )
    await _open(patient, WEDNESDAY)
    await patient.tap("📝 Open the check-in")
    await patient.tap("Change")
    await patient.tap("Pain 4")
    await patient.tap("2")
    shown = await patient.tap("‹ That day")
    assert "Check-in (changed): Pain 2 · Sleep 5" in shown.text
    assert "Before: Pain 4" in (await patient.tap("Before the changes")).text


async def test_an_extra_dose_of_an_earlier_day_is_recorded_with_its_text(
    bot: RunningBot, patient: Reminded
) -> None:
    """Yesterday's brings the safety text, an older one doesn't: "take no more today" is over."""
    shown = await _open(patient, THURSDAY)
    await patient.tap("I took an extra dose")
    assert "Extra dose: recorded for 22:00." in shown.text
    texts = [message.text for message in patient.chat.bot_messages]
    assert sum(text.startswith("Recorded. Take no more today.") for text in texts) == 1
    await patient.tap("Withdraw: 22:00", shown)
    await bot.travel(timedelta(seconds=5))
    shown = await _open(patient, TUESDAY)
    await patient.tap("I took an extra dose")
    assert "Extra dose: recorded for 22:00." in shown.text
    await patient.tap("↩ Undo", shown)
    await patient.tap("Yes, undo it", shown)
    async with bot.database.read() as session:
        assert (await session.execute(select(SafetyAnswer))).scalars().all() == []


async def test_a_day_takes_a_note_of_its_own_date(bot: RunningBot, patient: Reminded) -> None:
    """From the day to the note and back, without typing a date."""
    await _open(patient, WEDNESDAY)
    await patient.tap("📌 New note")
    await patient.tap("🔥 flare")
    shown = await patient.tap("‹ That day")
    assert "4 Mar · 🔥 flare" in labels(shown)
    await patient.tap("4 Mar · 🔥 flare")
    await bot.travel(timedelta(seconds=5))
    await patient.tap("🗑 Delete")
    await patient.say("/undo")
    await patient.tap("Yes, undo it")
    async with bot.database.read() as session:
        assert (await session.execute(select(Event))).scalar_one().withdrawn_at is None


async def test_the_last_action_can_be_undone_for_ten_minutes(bot: RunningBot, patient: Reminded) -> None:
    """It is named before it is undone; a dose's reminder comes back; later there is nothing to undo."""
    await bot.travel_to(DUE + 3 * DAY)
    await patient.tap("Taken")
    asked = await patient.say("/undo")
    assert asked.text == "Undo your last change? Friday's dose: ✅ Taken 4.5 mg at 22:00 (just now)"
    await patient.tap("Yes, undo it")
    assert (await patient.dose(FRIDAY)).state == "asked"
    await patient.say("taken")
    asked = await patient.say("/undo")
    await bot.travel(timedelta(minutes=11))
    said = await patient.tap("Yes, undo it", asked)
    assert said.text.startswith("Nothing to undo")
    assert (await patient.dose(FRIDAY)).state == "taken"


async def test_a_change_of_the_plan_is_undone_as_a_whole(bot: RunningBot, patient: Reminded) -> None:
    """Whatever feature changed it: the steps and the next dose are as before."""
    async with bot.database.write() as session:
        row = (await session.execute(select(Patient))).scalar_one()
        later = DoseStep(FRIDAY, Decimal(3), None), DoseStep(FRIDAY + 7 * DAY, Decimal("4.5"), None)
        await plans.save_steps(session, row.id, later, action="edit", now=bot.clock.now())
    asked = await patient.say("/undo")
    assert "a change of your plan" in asked.text
    await patient.tap("Yes, undo it")
    async with bot.database.read() as session:
        steps = await patients.dose_steps(session, row.id)
        assert [(step.starts_on, step.dose_mg) for step in steps] == [(TUESDAY, Decimal("4.5"))]


async def test_a_stale_undo_never_undoes_something_else(bot: RunningBot, patient: Reminded) -> None:
    """The button undoes the action that it named, or nothing."""
    await patient.say("/note flare")
    asked = await patient.say("/undo")
    await bot.travel(timedelta(seconds=5))
    await patient.say("/note stress")
    said = await patient.tap("Yes, undo it", asked)
    assert "⚡ stress" in said.text
    async with bot.database.read() as session:
        kept = (await session.execute(select(Event).where(Event.withdrawn_at.is_(None)))).scalars().all()
        assert len(kept) == 2
        assert (await session.execute(select(Change).where(Change.undone_at.is_not(None)))).first() is None


async def test_the_discreet_history_names_no_dose_and_no_amount(bot: RunningBot, chat: Person) -> None:
    """The month, a day, its corrections and the undo question."""
    patient = await _four_days(bot, await enrol(bot, chat, discreet=True))
    before = len(chat.bot_messages)
    await patient.say("/note started pregabalin")
    for day in (TUESDAY, WEDNESDAY, THURSDAY, FRIDAY):
        await _open(patient, day)
    await _open(patient, THURSDAY)
    await patient.tap("It was done")
    await patient.tap("‹ That day")
    await patient.tap("I did it twice")
    await patient.say("/undo")
    seen = " ".join(
        f"{version.text} {' '.join(button.text for button in version.buttons)}"
        for message in chat.bot_messages[before:]
        for version in message.versions
        if "Take no more today" not in version.text
    )
    for word in ("dose", "Dose", "LDN", " mg", "pregabalin", "taken", "Taken", "took"):
        assert word not in seen, word


@pytest.mark.parametrize("hours", [80, pytest.param(0, marks=pytest.mark.soak)])
async def test_every_button_ever_shown_answers_in_every_later_state(
    bot: RunningBot, patient: Reminded, hours: int
) -> None:
    """Pressed again as they were seen, at once and days later: always an answer, never a failure."""
    await patient.add(_answered(WEDNESDAY))
    await patient.say("/note started magnesium yesterday")
    for label in ("📅 Day", "‹ Back", "⏹ Stopped …", "Today", "✏️ Words", "‹ Back", "🏷 Kind", "‹ Back"):
        await patient.tap(label)
    await patient.say("/note")
    await patient.tap("🤲 therapy")
    await _open(patient, WEDNESDAY)
    await patient.say("/undo")
    # The calendar's days and the kinds are one button thirty and eight times.
    seen = {
        button.data.split(":")[0] + button.data[-1]: button
        for message in patient.chat.bot_messages
        for version in message.versions
        for button in version.buttons
        if button.data and button.data.startswith(("history.", "event.", "undo."))
    }
    assert len({button.data.split(":")[0] for button in seen.values() if button.data}) >= 18
    await bot.travel(timedelta(hours=hours, seconds=1))
    for button in seen.values():
        heard = len(patient.chat.toasts)
        await patient.chat.tap(button)
        await bot.settle()
        assert len(patient.chat.toasts) == heard + 1
        assert "went wrong" not in (patient.chat.last.text if patient.chat.last else "")


async def test_a_treatment_that_goes_on_stands_on_its_first_and_last_day_alone(patient: Reminded) -> None:
    """While an illness stands on each of its days."""
    await patient.say("/note started magnesium on 3 March")
    await patient.say("/note flu 3 to 5 March")
    assert ["📌" in label or "🌿" in label for label in labels(await _open(patient, TUESDAY))].count(
        True
    ) == 2
    shown = labels(await _open(patient, WEDNESDAY))
    assert not any("magnesium" in label for label in shown)
    assert any("flu" in label for label in shown)


async def test_another_patients_rows_stay_out_of_reach(bot: RunningBot, patient: Reminded) -> None:
    """A button with a stranger's row shows one's own calendar and changes nothing."""
    async with bot.database.write() as session:
        stranger = Patient(telegram_id=9, created_at=DUE)
        session.add(stranger)
        await session.flush()
        row = _answered(WEDNESDAY)
        row.patient_id = stranger.id
        session.add(row)
    shown = await _open(patient, WEDNESDAY)
    assert "Check-in: none" in shown.text
    await patient.chat.tap(replace(shown.buttons[0], data=press_data("history.withdraw", row.id)))
    await bot.settle()
    assert (await _checkin(bot, WEDNESDAY)).answers == _answered(WEDNESDAY).answers


def _answered(on: date) -> Checkin:
    return Checkin(
        local_date=on,
        state="done",
        answers={"pain": 4, "sleep": 5, "side_effects": {}},
        timing="on_time",
        opened_at=DUE,
        answered_at=DUE + timedelta(hours=12),
        position={"questions": ["pain", "sleep", "side_effects"], "at": None, "rating": None, "to_rate": []},
    )


async def test_a_pause_is_undone_but_not_one_for_an_opioid(bot: RunningBot, patient: Reminded) -> None:
    """The first brings its doses back; the second ends by a prescriber's word alone."""
    async with bot.database.write() as session:
        row = (await session.execute(select(Patient))).scalar_one()
        plan = await load(session, row, bot.clock.now())
        assert plan is not None
        await pauses.start(plan, PauseReason.HOLIDAY, FRIDAY, None)
        await bot.companion.planner.plan_all(session, row, bot.clock.now())
    assert (await patient.dose(FRIDAY)).state == "held"
    assert "a change of your pauses" in (await patient.say("/undo")).text
    await patient.tap("Yes, undo it")
    assert (await patient.dose(FRIDAY)).state == "planned"
    await bot.travel(timedelta(seconds=5))
    async with bot.database.write() as session:
        row = (await session.execute(select(Patient))).scalar_one()
        plan = await load(session, row, bot.clock.now())
        assert plan is not None
        await pauses.start(plan, PauseReason.OPIOID, FRIDAY, None)
    assert (await patient.say("/undo")).text.startswith("Nothing to undo")
