"""Enrolment over real HTTP: a stranger becomes a patient, in few taps, and nothing that was said is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.domain.consent import CONSENT_VERSION
from bot.storage import patients
from bot.storage.tables import Patient, Regimen

if TYPE_CHECKING:
    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatMessage
    from tests.harness import RunningBot

LATE_EVENING = datetime(2026, 3, 3, 22, 30, tzinfo=UTC)


async def patient_of(bot: RunningBot, chat: Person) -> Patient:
    async with bot.database.read() as session:
        patient = await patients.by_telegram_id(session, chat.id)
    assert patient is not None
    return patient


async def plan_of(bot: RunningBot, chat: Person) -> tuple[Regimen, list[tuple[date, Decimal, str | None]]]:
    patient = await patient_of(bot, chat)
    async with bot.database.read() as session:
        regimen = (
            await session.execute(select(Regimen).where(Regimen.patient_id == patient.id))
        ).scalar_one()
        steps = await patients.dose_steps(session, patient.id)
    return regimen, [(step.starts_on, step.dose_mg, step.shown_as) for step in steps]


async def agree(bot: RunningBot, chat: Person) -> ChatMessage:
    await bot.say(chat, "/start")
    await bot.tap(chat, "I've read this")
    return await bot.tap(chat, "I agree")


async def to_review(
    bot: RunningBot, chat: Person, *, bedtime: str = "22:00", dose: str = "4.5 mg"
) -> ChatMessage:
    await agree(bot, chat)
    await bot.say(chat, "Lisbon")
    await bot.tap(chat, "Yes")
    await bot.tap(chat, "Not yet")
    await bot.tap(chat, bedtime)
    await bot.tap(chat, "09:00")
    return await bot.tap(chat, dose)


async def test_ten_taps_with_a_location_make_a_patient(bot: RunningBot, chat: Person) -> None:
    """Location, defaults, tonight: ten taps, one plan; the location itself is kept nowhere."""
    await agree(bot, chat)
    await bot.tap(chat, "📍 Share my location once")
    assert chat.reply_keyboard is not None
    await chat.send_location(38.72, -9.14)
    await bot.settle()
    assert chat.reply_keyboard is None
    for button in ("Yes", "Not yet", "22:00", "09:00", "4.5 mg"):
        await bot.tap(chat, button)
    done = await bot.tap(chat, "✓ All correct, start tonight")
    assert "You're set up" in done.text
    assert "Tuesday 3 Mar, 22:00" in done.text
    patient = await patient_of(bot, chat)
    assert (patient.state, patient.zone, patient.checkin_time) == ("active", "Europe/Lisbon", time(9))
    assert (patient.consent_version, patient.started_on) == (CONSENT_VERSION, None)
    assert patient.dialogue is None
    regimen, steps = await plan_of(bot, chat)
    assert (regimen.local_time, regimen.day_offset) == (time(22), 0)
    assert steps == [(date(2026, 3, 3), Decimal("4.5"), None)]


async def test_nothing_is_asked_before_consent(bot: RunningBot, chat: Person) -> None:
    """Safety texts first, then consent by a tap alone: typed words don't count, and nothing is kept."""
    first = await bot.say(chat, "/start")
    assert "nobody watches your messages" in first.text
    assert "Speak to your prescriber" in first.text
    consent = await bot.tap(chat, "I've read this")
    assert "Telegram can technically read this chat" in consent.text
    answer = await bot.say(chat, "I agree")
    assert "needs a tap" in answer.text
    patient = await patient_of(bot, chat)
    assert (patient.consented_at, patient.zone) == (None, None)


async def test_an_enrolment_is_left_and_resumed_days_later_through_a_restart(
    bot: RunningBot, chat: Person, clock: ManualClock
) -> None:
    """/start after a week and a restart goes on where the patient stopped, with the answers in place."""
    await agree(bot, chat)
    await bot.say(chat, "Lisbon")
    await bot.tap(chat, "Yes")
    await bot.tap(chat, "Not yet")
    await bot.restart()
    clock.travel_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    resumed = await bot.say(chat, "/start")
    assert "remind you of your dose" in resumed.text
    for button in ("22:00", "09:00"):
        await bot.tap(chat, button)
    review = await bot.tap(chat, "4.5 mg")
    assert "Europe/Lisbon" in review.text
    assert "10 Mar" in review.text


async def test_back_leads_to_the_question_before_and_keeps_the_other_answers(
    bot: RunningBot, chat: Person
) -> None:
    """Back twice, another bedtime, and the next open question comes, not the ones answered already."""
    await to_review(bot, chat)
    await bot.tap(chat, "‹ Back")
    await bot.tap(chat, "‹ Back")
    checkin = await bot.tap(chat, "‹ Back")
    assert "remind you of your dose" in checkin.text
    review = await bot.tap(chat, "23:00")
    assert "Reminder at 23:00" in review.text
    assert "4.5 mg" in review.text


async def test_start_again_changes_nothing_for_a_patient(bot: RunningBot, chat: Person) -> None:
    """An enrolled patient's /start leaves every row as it is."""
    await to_review(bot, chat)
    await bot.tap(chat, "✓ All correct, start tonight")
    before = await plan_of(bot, chat)
    answer = await bot.say(chat, "/start")
    assert "You're set up" in answer.text
    assert (await plan_of(bot, chat))[1] == before[1]


async def test_a_bedtime_that_has_passed_starts_tomorrow(
    bot: RunningBot, chat: Person, clock: ManualClock
) -> None:
    """At 22:30 a plan for 22:00 starts tomorrow by default."""
    clock.travel_to(LATE_EVENING)
    review = await to_review(bot, chat)
    assert "22:00 has already passed" in review.text
    await bot.tap(chat, "✓ All correct, start tomorrow evening")
    assert (await plan_of(bot, chat))[1] == [(date(2026, 3, 4), Decimal("4.5"), None)]


async def test_a_dose_still_to_come_tonight_is_tonights(
    bot: RunningBot, chat: Person, clock: ManualClock
) -> None:
    """Past the bedtime, "still to come" starts the plan with tonight's dose."""
    clock.travel_to(LATE_EVENING)
    await to_review(bot, chat)
    await bot.tap(chat, "The dose of 22:00 is still to come")
    assert (await plan_of(bot, chat))[1] == [(date(2026, 3, 3), Decimal("4.5"), None)]


async def test_a_morning_dose_still_to_come_is_todays(
    bot: RunningBot, chat: Person, clock: ManualClock
) -> None:
    """Nobody who takes it at breakfast is told about tonight's."""
    clock.travel_to(datetime(2026, 3, 4, 9, 30, tzinfo=UTC))
    await agree(bot, chat)
    await bot.say(chat, "Lisbon")
    await bot.tap(chat, "Yes")
    await bot.tap(chat, "Not yet")
    await bot.say(chat, "8 am")
    await bot.tap(chat, "09:00")
    await bot.tap(chat, "4.5 mg")
    done = await bot.tap(chat, "The dose of 08:00 is still to come")
    assert "Today's dose is yours to log" in done.text
    assert "onight" not in done.text


async def test_a_bedtime_after_midnight_belongs_to_the_evening_before(bot: RunningBot, chat: Person) -> None:
    """00:30 asks once which evening it belongs to; then tonight's dose is due on tomorrow's date."""
    await agree(bot, chat)
    await bot.say(chat, "Lisbon")
    await bot.tap(chat, "Yes")
    await bot.tap(chat, "Not yet")
    question = await bot.say(chat, "half past midnight")
    if "after midnight" not in question.text:
        question = await bot.say(chat, "00:30")
    assert "evening before" in question.text
    await bot.tap(chat, "Yes, the evening before")
    await bot.tap(chat, "09:00")
    await bot.tap(chat, "4.5 mg")
    done = await bot.tap(chat, "✓ All correct, start tonight")
    assert "Wednesday 4 Mar, 00:30" in done.text
    regimen, steps = await plan_of(bot, chat)
    assert (regimen.local_time, regimen.day_offset) == (time(0, 30), 1)
    assert steps[0][0] == date(2026, 3, 3)


async def test_a_later_start_brings_baseline_check_ins_first(bot: RunningBot, chat: Person) -> None:
    """A plan from 20 March on has no dose before it, and says that only check-ins come until then."""
    await to_review(bot, chat)
    await bot.tap(chat, "Start on a later date …")
    review = await bot.say(chat, "20 March")
    assert "Until then I only send check-ins" in review.text
    done = await bot.tap(chat, "✓ All correct, start Friday 20 Mar")
    assert "Friday 20 Mar, 22:00" in done.text
    regimen, steps = await plan_of(bot, chat)
    assert (regimen.anchor, steps[0][0]) == (date(2026, 3, 20), date(2026, 3, 20))
    assert (await patient_of(bot, chat)).checkin_anchor == date(2026, 3, 4)


async def test_a_start_in_the_past_is_refused_in_one_sentence(bot: RunningBot, chat: Person) -> None:
    """A date before today, or beyond a year, starts nothing and loses nothing."""
    await to_review(bot, chat)
    answer = await bot.say(chat, "2026-03-01")
    assert "next dose on" in answer.text
    assert "4.5 mg" in answer.text


async def test_a_start_button_of_an_evening_that_is_over_starts_nothing(
    bot: RunningBot, chat: Person, clock: ManualClock
) -> None:
    """A start button that is pressed two days later asks again with the evening that is next."""
    await to_review(bot, chat)
    clock.travel_to(datetime(2026, 3, 5, 12, tzinfo=UTC))
    answer = await bot.tap(chat, "✓ All correct, start tonight")
    assert "too late to start then" in answer.text
    assert (await patient_of(bot, chat)).state == "enrolling"
    await bot.tap(chat, "✓ All correct, start tonight")
    assert (await plan_of(bot, chat))[1] == [(date(2026, 3, 5), Decimal("4.5"), None)]


async def test_since_when_is_picked_or_typed(bot: RunningBot, chat: Person) -> None:
    """A month is enough: picked from the months before, or typed in words."""
    await agree(bot, chat)
    await bot.say(chat, "Lisbon")
    await bot.tap(chat, "Yes")
    await bot.tap(chat, "Yes, since …")
    await bot.tap(chat, "‹ Earlier")
    await bot.tap(chat, "Dec 2024")
    for button in ("22:00", "09:00", "4.5 mg", "✓ All correct, start tonight"):
        await bot.tap(chat, button)
    patient = await patient_of(bot, chat)
    assert (patient.started_on, patient.started_precision) == (date(2024, 12, 1), "month")


async def test_the_clock_leads_to_a_zone(bot: RunningBot, chat: Person) -> None:
    """Who sees 13:00 at noon UTC picks it, then the place with the same summer time."""
    await agree(bot, chat)
    await bot.tap(chat, "🕙 Pick what my clock shows")
    places = await bot.tap(chat, "13:00")
    assert "13:00" in places.text
    question = await bot.tap(chat, "Berlin")
    assert "already started LDN" in question.text
    await bot.tap(chat, "Not yet")
    for button in ("22:00", "09:00", "4.5 mg", "✓ All correct, start tonight"):
        await bot.tap(chat, button)
    assert (await patient_of(bot, chat)).zone == "Europe/Berlin"


async def test_an_ambiguous_city_offers_the_choices(bot: RunningBot, chat: Person) -> None:
    """Springfield is in several zones: the patient picks one, and confirms its local time."""
    await agree(bot, chat)
    choices = await bot.say(chat, "Springfield")
    assert "several places" in choices.text
    confirm = await bot.tap(chat, choices.buttons[0].text)
    assert "Is that your time?" in confirm.text
    again = await bot.tap(chat, "No, another zone")
    assert "Type a city" in again.text


async def test_an_unusual_amount_is_asked_twice(bot: RunningBot, chat: Person) -> None:
    """8 mg is kept only after the second question."""
    await to_review(bot, chat, dose="‹ Back")
    await bot.tap(chat, "09:00")
    question = await bot.say(chat, "8 mg")
    assert "Does your label really say" in question.text
    review = await bot.tap(chat, "Yes, 8 mg")
    assert "8 mg, one dose a day" in review.text


async def test_an_amount_in_micrograms_is_kept_as_typed(bot: RunningBot, chat: Person) -> None:
    """500 mcg stays 500 mcg for the patient, and 0.5 mg for the checks."""
    await to_review(bot, chat, dose="‹ Back")
    await bot.tap(chat, "09:00")
    await bot.say(chat, "500 mcg")
    await bot.tap(chat, "✓ All correct, start tonight")
    assert (await plan_of(bot, chat))[1] == [(date(2026, 3, 3), Decimal("0.5"), "500 mcg")]


async def test_bad_input_gets_one_clear_sentence_and_loses_nothing(bot: RunningBot, chat: Person) -> None:
    """Unknown places, impossible times and amounts, an emoji, ten thousand characters: asked again, kept."""
    await agree(bot, chat)
    for typed in ("Atlantis-on-Sea", "Europe/Nowhere", "🙂", "x" * 10_000):
        answer = await bot.say(chat, typed)
        assert "Please type" in answer.text
        assert "Type a city" in answer.text
    await bot.say(chat, "Lisbon")
    await bot.tap(chat, "Yes")
    assert "past month" in (await bot.say(chat, "banana")).text
    await bot.tap(chat, "Not yet")
    for typed in ("25:00", "🙂"):
        assert "as a time of day" in (await bot.say(chat, typed)).text
    await bot.say(chat, "10:30pm")
    assert "only dose reminders come" in (await bot.say(chat, "6:00")).text
    await bot.say(chat, "9")
    assert "I only handle doses under 10 mg" in (await bot.say(chat, "45 mg")).text
    assert "couldn't read an amount" in (await bot.say(chat, "🙂")).text
    review = await bot.say(chat, "four and a half")
    for kept in ("Europe/Lisbon", "4.5 mg", "Reminder at 22:30", "Check-in at 09:00"):
        assert kept in review.text


async def test_a_command_in_the_middle_shows_where_the_patient_is(bot: RunningBot, chat: Person) -> None:
    """/today before enrolment is complete brings the open question back."""
    await agree(bot, chat)
    answer = await bot.say(chat, "/today")
    assert "Type a city" in answer.text


async def test_a_titration_is_typed_as_a_line(bot: RunningBot, chat: Person) -> None:
    """The prescriber's usual plan needs no second visit to /dose; it is read back with its dates."""
    await to_review(bot, chat)
    await bot.tap(chat, "Dose")
    asked = await bot.say(chat, "1.5 for 2 weeks, then 45")
    assert "I only handle doses under 10 mg; nothing was saved." in asked.text
    review = await bot.say(chat, "1.5 for 2 weeks, then 3 for 2 weeks, then 4,5")
    assert "LDN 1.5 mg, one dose a day" in review.text
    assert "From Tuesday 17 Mar: 3 mg\n⏫ From Tuesday 31 Mar: 4.5 mg" in review.text
    await bot.restart()
    await bot.tap(chat, "✓ Start tomorrow evening")
    assert (await plan_of(bot, chat))[1] == [
        (date(2026, 3, 4), Decimal("1.5"), None),
        (date(2026, 3, 18), Decimal(3), None),
        (date(2026, 4, 1), Decimal("4.5"), None),
    ]


async def test_a_large_step_inside_a_line_is_asked_about(bot: RunningBot, chat: Person) -> None:
    """0.5 to 5 is the likely slip; "no" keeps nothing of the line."""
    await to_review(bot, chat)
    await bot.tap(chat, "Dose")
    await bot.say(chat, "0.5 mg for 10 days, then 5 mg")
    assert "How much LDN" in (await bot.tap(chat, "No, change it")).text
    asked = await bot.say(chat, "0.5 mg for 10 days, then 5 mg")
    assert "5 mg" in asked.text
    review = await bot.tap(chat, "Yes, 5 mg")
    assert "LDN 0.5 mg" in review.text
    assert "From Friday 13 Mar: 5 mg" in review.text
    await bot.tap(chat, "Dose")
    assert "From Friday" not in (await bot.tap(chat, "4.5 mg")).text
