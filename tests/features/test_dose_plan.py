"""/dose: the plan is the patient's own, read back before it is saved, and its past is never rewritten."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.storage.tables import Change
from tests.features.planned import steps_of, titrating
from tests.features.reminded import DUE, Reminded, enrol, labels

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

# What is said is the same on both databases; test_dose_and_pause.py walks through both.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def patient(bot: RunningBot, chat: Person) -> Reminded:
    """0.5 mg until 19 February, 1.5 mg now, 3 mg from 10 March, 4.5 mg from 24 March; it is noon, 3 March."""
    return await titrating(bot, chat)


def said(patient: Reminded, words: str) -> bool:
    """Tell whether one of the bot's messages says *words* now."""
    return any(words in message.text for message in patient.chat.bot_messages)


PAST = ["1.2. 0.5 mg", "20.2. 1.5 mg"]


async def test_the_plan_shows_past_present_and_coming_steps(patient: Reminded) -> None:
    """One line each; the way in is also a button of /settings and of "More"."""
    plan = await patient.say("/dose")
    for line in (
        "1 Feb to 19 Feb: 0.5 mg",
        "Now: 1.5 mg, since 20 Feb",
        "From Tuesday 10 Mar: 3 mg",
        "From Tuesday 24 Mar: 4.5 mg",
    ):
        assert line in plan.text
    await patient.say("/settings")
    assert "Now: 1.5 mg" in (await patient.tap("💊 Dose plan")).text
    await patient.tap("‹ Back")
    assert "Now: 1.5 mg" in (await patient.tap("💊 Dose plan")).text


async def test_a_new_amount_is_read_back_before_it_is_saved(bot: RunningBot, patient: Reminded) -> None:
    """Amount, evening, read-back with the amount before; only "save" writes the step."""
    await patient.say("/dose")
    await patient.say("2 mg")
    back = await patient.tap("From tomorrow evening")
    assert "From tomorrow evening (4 Mar) your plan says 2 mg (before: 1.5 mg)." in back.text
    assert "From Tuesday 10 Mar your plan says 3 mg (before: 2 mg)." in back.text
    assert "One dose only." in back.text
    assert len(await steps_of(bot)) == 4
    saved = await patient.tap("✓ Save this")
    assert "Next reminder: Tuesday 3 Mar, 22:00." in saved.text
    assert await steps_of(bot) == [*PAST, "4.3. 2 mg", "10.3. 3 mg", "24.3. 4.5 mg"]


async def test_a_whole_titration_is_typed_as_a_line(bot: RunningBot, patient: Reminded) -> None:
    """It replaces the coming steps, and is read back with its dates."""
    await patient.say("/dose")
    back = await patient.say("2 for 2 weeks, then 3 mg for 10 days, then 4,5")
    assert "From tonight (3 Mar) your plan says 2 mg (before: 1.5 mg)." in back.text
    assert "From Tuesday 17 Mar your plan says 3 mg (before: 2 mg)." in back.text
    await patient.tap("✓ Save this")
    assert await steps_of(bot) == [*PAST, "3.3. 2 mg", "17.3. 3 mg", "27.3. 4.5 mg"]
    assert (await patient.dose()).planned_mg == Decimal(2)


async def test_a_line_is_understood_without_being_asked_for(bot: RunningBot, patient: Reminded) -> None:
    """Two steps or more are nothing else; "/dose 2 for a week, then 3" works as well."""
    assert "From tonight (3 Mar) your plan says 2 mg" in (await patient.say("2 for 2 weeks, then 3")).text
    await patient.say("/dose 2 mg for a week, then 2.5")
    await patient.tap("✓ Save this")
    assert await steps_of(bot) == [*PAST, "3.3. 2 mg", "10.3. 2.5 mg"]


async def test_one_dated_step_keeps_the_later_ones_or_takes_them_out(
    bot: RunningBot, patient: Reminded
) -> None:
    """The read-back shows them, and the patient chooses."""
    await patient.say("/dose")
    await patient.say("2.5 mg from 17 March")
    await patient.tap("Save, and take the later steps out")
    assert await steps_of(bot) == [*PAST, "10.3. 3 mg", "17.3. 2.5 mg"]


REFUSED = {
    "45": "I only handle doses under 10 mg; nothing was saved.",
    "2 for 2 weeks, then 45": "I only handle doses under 10 mg; nothing was saved.",
    "0.3 ml for a week, then 3 mg": "I don't convert units",
    "2 then 3 then 4.5": "For how long is “2”?",
    "3 for 2 weeks": "What comes after “3 for 2 weeks”?",
    "2 from 1 March": "would start before your next dose",
    "banana": "couldn't read an amount",
    "3 mg <b>x</b>": "couldn't read “3 mg <b>x</b>”",
}


async def test_what_cannot_be_is_said_in_one_sentence_and_nothing_changes(
    bot: RunningBot, patient: Reminded
) -> None:
    """Also inside a line; the part that is wrong is named."""
    before = await steps_of(bot)
    await patient.say("/dose")
    for typed, answer in REFUSED.items():
        assert answer in (await patient.say(typed)).text
    assert await steps_of(bot) == before


async def test_a_slip_of_the_decimal_point_is_asked_about_twice(bot: RunningBot, chat: Person) -> None:
    """From 0.5 mg, "5" asks (over 2.5 times); "no" changes nothing. Over 6 mg asks inside a line too."""
    patient = await titrating(bot, chat, ((date(2026, 2, 1), "0.5"),))
    await patient.say("/dose")
    await patient.say("5")
    sure = await patient.tap("From tonight")
    assert "Does your label really say 5 mg?" in sure.text
    await patient.tap("No, change it")
    assert await steps_of(bot) == ["1.2. 0.5 mg"]
    sure = await patient.say("1 for 2 weeks, then 2.5 for 2 weeks, then 6.2")
    assert "6.2 mg: that's more than usual" in sure.text
    await patient.tap("Yes, 6.2 mg")
    await patient.tap("✓ Save this")
    assert await steps_of(bot) == ["1.2. 0.5 mg", "3.3. 1 mg", "17.3. 2.5 mg", "31.3. 6.2 mg"]


async def test_micrograms_and_millilitres_stay_as_typed(bot: RunningBot, patient: Reminded) -> None:
    """Tonight's step is changed, not doubled; neither unit is converted in what the patient reads."""
    await patient.say("/dose")
    back = await patient.say("750 mcg for a week, then 1.5 mg (0.15 ml) for a week, then 3")
    assert "your plan says 750 mcg (before: 1.5 mg)" in back.text
    await patient.tap("✓ Save this")
    assert await steps_of(bot) == [*PAST, "3.3. 750 mcg", "10.3. 1.5 mg (0.15 ml)", "17.3. 3 mg"]
    await bot.travel_to(DUE)
    assert "750 mcg" in patient.about_doses()[-1].text


async def test_staying_longer_moves_the_coming_steps_and_keeps_the_reason(
    bot: RunningBot, patient: Reminded
) -> None:
    """The patient's own choice: read back, saved, and the reason stands in the history."""
    await patient.say("/dose")
    await patient.tap("Stay on 1.5 mg longer")
    back = await patient.tap("A week longer")
    assert "From Tuesday 17 Mar your plan says 3 mg (before: 1.5 mg)." in back.text
    await patient.tap("✓ Save this")
    assert await steps_of(bot) == [*PAST, "17.3. 3 mg", "31.3. 4.5 mg"]
    await patient.tap("Side effects")
    history = await patient.tap("🕘 What was changed")
    assert "3 Mar 2026: stayed longer (Side effects)" in history.text
    assert "→ 3 mg (10 Mar) → 4.5 mg (24 Mar)" in history.text


async def test_the_reason_can_be_typed(bot: RunningBot, patient: Reminded) -> None:
    """In the patient's own words, escaped where they are shown."""
    await patient.say("/dose")
    await patient.tap("Stay on 1.5 mg longer")
    await patient.say("until 20 March")
    await patient.tap("✓ Save this")
    await patient.say("the <i>dreams</i> were bad")
    assert (await steps_of(bot))[2] == "21.3. 3 mg"
    history = await patient.tap("🕘 What was changed")
    assert "(the <i>dreams</i> were bad)" in history.text


async def test_going_back_a_step_begins_the_present_one_anew(bot: RunningBot, patient: Reminded) -> None:
    """Later steps keep their lengths."""
    await patient.say("/dose")
    await patient.tap("Go back to 0.5 mg")
    back = await patient.tap("For a week")
    assert "From tonight (3 Mar) your plan says 0.5 mg (before: 1.5 mg)." in back.text
    await patient.tap("✓ Save this")
    assert await steps_of(bot) == [*PAST, "3.3. 0.5 mg", "10.3. 1.5 mg", "28.3. 3 mg", "11.4. 4.5 mg"]


async def test_a_coming_step_is_postponed_changed_and_taken_out(bot: RunningBot, patient: Reminded) -> None:
    """Each with its read-back; a typed date moves it too."""
    await patient.say("/dose")
    await patient.tap("✎ 10 Mar: 3 mg")
    await patient.say("12 March")
    await patient.tap("✓ Save this")
    assert (await steps_of(bot))[2:] == ["12.3. 3 mg", "26.3. 4.5 mg"]
    await patient.tap("Skip")
    await patient.tap("✎ 26 Mar: 4.5 mg")
    await patient.tap("Another amount")
    await patient.say("4 mg")
    await patient.tap("✓ Save this")
    assert (await steps_of(bot))[2:] == ["12.3. 3 mg", "26.3. 4 mg"]
    await patient.tap("The plan")
    await patient.tap("✎ 26 Mar: 4 mg")
    await patient.tap("Take it out")
    await patient.tap("✓ Save this")
    assert (await steps_of(bot))[2:] == ["12.3. 3 mg"]


async def test_what_past_doses_had_stays(bot: RunningBot, patient: Reminded) -> None:
    """Tonight's reminder is out: a change starts tomorrow, and tonight's dose keeps what was planned."""
    await patient.say("/dose")
    await patient.say("2 for 2 weeks, then 3")
    await bot.travel_to(DUE + timedelta(minutes=1))
    await patient.tap("✓ Save this")
    assert said(patient, "Your plan has moved on since, so nothing was changed.")
    assert await steps_of(bot) == [*PAST, "10.3. 3 mg", "24.3. 4.5 mg"]
    await patient.say("2 for 2 weeks, then 3")
    await patient.tap("✓ Save this")
    assert (await steps_of(bot))[2] == "4.3. 2 mg"
    assert (await patient.dose()).planned_mg == Decimal("1.5")


async def test_an_old_button_and_a_double_tap_change_nothing(bot: RunningBot, patient: Reminded) -> None:
    """Each button carries its draft: an earlier one can't save a later plan, nor the same plan twice."""
    await patient.say("/dose 2 for 2 weeks, then 3")
    old = patient.chat.find_button("✓ Save this")
    await patient.say("/dose 2.5 for 2 weeks, then 4")
    new = patient.chat.find_button("✓ Save this")
    await patient.chat.tap(old)
    await bot.settle()
    assert said(patient, "That button is from an earlier change, so nothing was changed.")
    await patient.chat.tap(new)
    await patient.chat.tap(new)
    await bot.settle()
    async with bot.database.read() as session:
        assert len((await session.execute(select(Change).where(Change.noun == "plan"))).scalars().all()) == 1


async def test_a_reminder_and_a_restart_in_the_middle_lose_nothing(
    bot: RunningBot, patient: Reminded
) -> None:
    """The draft is a row: the read-back's button works after both, for a plan that starts later."""
    await patient.say("/dose 3.5 mg from 12 March")
    save = patient.chat.find_button("✓ Save this")
    await bot.travel_to(DUE)
    await patient.tap("Taken")
    await bot.restart()
    await patient.chat.tap(save)
    await bot.settle()
    assert "12.3. 3.5 mg" in await steps_of(bot)


async def test_a_word_about_the_dose_logs_it_while_the_plan_is_open(patient: Reminded) -> None:
    """The word "taken" is no amount and no reason."""
    await patient.say("/dose")
    logged = await patient.say("taken")
    assert logged.text == "✅ Taken 1.5 mg at 12:00"


async def test_in_discreet_mode_no_screen_names_medicine_or_unit(bot: RunningBot, chat: Person) -> None:
    """Steps are numbers only when asked for, and never with "mg"."""
    patient = await titrating(bot, chat, discreet=True)
    plan = await patient.say("/dose")
    texts = [plan.text, *labels(plan)]
    plan = await patient.tap("Show the numbers")
    assert "Now: 1.5, since 20 Feb" in plan.text
    texts += [plan.text, *labels(plan)]
    for button in (
        "Stay on 1.5 longer",
        "A week longer",
        "✓ Save this",
        "Side effects",
        "🕘 What was changed",
    ):
        screen = await patient.tap(button)
        texts += [screen.text, *labels(screen)]
    assert not [text for text in texts if " mg" in text or "LDN" in text or "dose" in text.lower()]


async def test_every_other_day_a_step_is_named_by_its_first_dose(bot: RunningBot, chat: Person) -> None:
    """The plan's date may lie between two doses."""
    patient = await titrating(bot, chat, ((date(2026, 2, 1), "1.5"),))
    await patient.change(rhythm="every_other_day")
    await patient.say("/dose")
    back = await patient.say("3 mg from 10 March")
    assert "From Wednesday 11 Mar your plan says 3 mg (before: 1.5 mg)." in back.text
    await patient.tap("✓ Save this")
    await bot.travel_to(DUE + timedelta(days=8))
    assert "From tonight your plan says 3 mg (before: 1.5 mg)." in patient.about_doses()[-1].text


async def test_a_change_during_a_pause_says_that_it_is_paused(bot: RunningBot, patient: Reminded) -> None:
    """Else it would read as if a dose were due tonight."""
    await patient.say("/pause")
    await patient.tap("Surgery or dentist")
    await patient.tap("⏸ Pause from tonight (3 Mar)")
    back = await patient.say("/dose 2 for 2 weeks, then 3")
    assert "⏸ Paused from tonight (3 Mar) until you resume: surgery or dentist." in back.text
    await patient.tap("✓ Save this")
    await bot.travel_to(DUE + timedelta(days=3))
    assert patient.about_doses() == []


async def test_an_enrolled_patients_first_step_can_be_moved(bot: RunningBot, chat: Person) -> None:
    """Before the first dose the plan is only to come."""
    patient = await enrol(bot, chat)
    plan = await patient.say("/dose")
    assert "From tonight (3 Mar): 4.5 mg" in plan.text
    await patient.tap("✎ 3 Mar: 4.5 mg")
    await patient.tap("A week later")
    await patient.tap("✓ Save this")
    assert await steps_of(bot) == ["10.3. 4.5 mg"]
    assert (await patient.dose()).state == "cancelled"


@pytest.mark.parametrize("asked", [True, False])
async def test_staying_longer_may_be_typed(bot: RunningBot, patient: Reminded, *, asked: bool) -> None:
    """In the patient's words, with /dose open or not; another amount is no hold, and changes nothing."""
    if asked:
        await patient.say("/dose")
    assert (
        "Your plan says 1.5 mg now; nothing was changed."
        in (await patient.say("stay on 3 mg for another week")).text
    )
    if not asked:
        await patient.say("/today")
    back = await patient.say("I'll stay on 1.5 mg for another week")
    assert "From Tuesday 17 Mar your plan says 3 mg (before: 1.5 mg)." in back.text
    await patient.tap("✓ Save this")
    assert await steps_of(bot) == [*PAST, "17.3. 3 mg", "31.3. 4.5 mg"]
