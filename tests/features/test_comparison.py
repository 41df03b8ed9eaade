"""/compare: stages side by side, as a patient reads them."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.domain.checkin import Question
from bot.domain.checkin_calendar import Rhythm
from bot.domain.span import span_ending
from bot.domain.stage import compare, months
from bot.domain.summary import summarise
from bot.domain.summary_facts import CheckinFact, Plan
from bot.features.comparison import messages
from bot.storage.tables import Checkin, DoseStep, Patient, Regimen
from tests.features.reminded import labels

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

DIARY_FROM = date(2025, 12, 1)
STARTED = date(2026, 1, 1)
ONE_DAY = timedelta(days=1)
# The fixtures' clock stands on Tuesday, 3 March 2026, at noon.
DAYS = 93


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite alone: nothing here depends on the sort of database."""
    return f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}"


async def enrol(bot: RunningBot, chat: Person, *, steps: dict[date, str], discreet: bool = False) -> None:
    """Store a patient with a diary from December: pain around 7 before LDN, around 4 since."""
    await chat.send_text("/help")
    await bot.settle()
    async with bot.database.write() as session:
        patient = (await session.execute(select(Patient).where(Patient.telegram_id == chat.id))).scalar_one()
        patient.state, patient.zone, patient.summary_weekday = "active", "Europe/London", None
        patient.checkin_anchor, patient.discreet, patient.started_on = DIARY_FROM, discreet, min(steps)
        session.add(Regimen(patient_id=patient.id, local_time=time(22), anchor=min(steps)))
        for day, mg in steps.items():
            session.add(DoseStep(patient_id=patient.id, starts_on=day, dose_mg=Decimal(mg)))
        for number in range(DAYS):
            day = DIARY_FROM + ONE_DAY * number
            pain = (7 if day <= STARTED else 4) + number % 3 - 1
            effects = {"headache": "mild"} if number % 10 == 0 else {}
            session.add(
                Checkin(
                    patient_id=patient.id,
                    local_date=day,
                    state="done",
                    answers={"pain": pain, "sleep": 5, "side_effects": effects},
                    opened_at=bot.clock.now(),
                    answered_at=bot.clock.now(),
                )
            )


async def test_what_there_is_to_compare_is_offered(bot: RunningBot, chat: Person) -> None:
    """Before against now first after the months; then step by step, newest first."""
    await enrol(bot, chat, steps={STARTED: "1.5", date(2026, 2, 1): "3"})
    offered = await bot.say(chat, "/compare")
    assert labels(offered) == [
        "The last 28 days and the 28 before",
        "Before LDN and 3 mg (from 1 Feb)",
        "1.5 mg (from 1 Jan) and 3 mg (from 1 Feb)",
        "‹ Back",
    ]


async def test_the_baseline_against_now_is_numbers_with_a_margin_and_no_cause(
    bot: RunningBot, chat: Person
) -> None:
    """Means with their days, an approximate range, side effects of both, and what it can't show."""
    await enrol(bot, chat, steps={STARTED: "3"})
    await bot.say(chat, "/compare")
    shown = await bot.tap(chat, "Before LDN and 3 mg (from 1 Jan)")
    lines = shown.text.split("\n")
    assert lines[0] == "Before LDN and 3 mg (from 1 Jan)"
    # By hand: nine times 7 + 8 + 6 and a 7 are 196, / 28 = 7.0; nine times 5 + 3 + 4 and a 5 are 113: 4.04.
    assert lines[1] == "Pain: mean 7.0 (28 of 28 days, 5 Dec–1 Jan) → 4.0 (28 of 28 days, 4 Feb–3 Mar)"
    assert lines[2].startswith("Difference −3.0 points; approximately between −3.")
    assert "Sleep problems: mean 5.0 (28 days) → 5.0 (28 days)" in lines
    assert "Side effects reported, Before LDN: headache 3 of 28 (mild)" in lines
    assert lines[-1].endswith("This can't show that LDN caused the change.")
    assert "lower" not in shown.text
    assert len(lines) <= 10


async def test_months_have_words_by_the_rules(bot: RunningBot, chat: Person) -> None:
    """28 days against the 28 before, both on LDN: the same."""
    await enrol(bot, chat, steps={STARTED: "3"})
    await bot.say(chat, "/compare")
    shown = await bot.tap(chat, "The last 28 days and the 28 before")
    assert "In words: about the same, or can't tell (approximate)" in shown.text
    assert "28 of 28 days, 7 Jan–3 Feb" in shown.text


async def test_a_stage_that_is_too_short_says_what_is_missing(bot: RunningBot, chat: Person) -> None:
    """No means, no margin: how many days and answers there are, and that the first week is left out."""
    await enrol(bot, chat, steps={STARTED: "3", date(2026, 2, 20): "4.5"})
    await bot.say(chat, "/compare")
    shown = await bot.tap(chat, "3 mg (from 1 Jan) and 4.5 mg (from 20 Feb)")
    assert "Too short to compare. It takes 21 days with 15 answers on each side." in shown.text
    assert "4.5 mg (from 20 Feb): 4 answers in 4 days so far" in shown.text
    assert "The first week after a change is left out." in shown.text
    assert "mean" not in shown.text


async def test_discreet_mode_names_neither_medicine_nor_amount(bot: RunningBot, chat: Person) -> None:
    """Neither on buttons nor in what they show."""
    await enrol(bot, chat, steps={STARTED: "1.5", date(2026, 2, 1): "3"}, discreet=True)
    offered = await bot.say(chat, "/compare")
    shown = await bot.tap(chat, "Before the start and from 1 Feb")
    for text in (*labels(offered), offered.text, shown.text):
        assert "LDN" not in text
        assert "mg" not in text


async def test_a_button_whose_step_left_the_plan_says_so(bot: RunningBot, chat: Person) -> None:
    """An old message doesn't compare days that belong to nothing now."""
    await enrol(bot, chat, steps={STARTED: "3", date(2026, 2, 1): "4.5"})
    offered = await bot.say(chat, "/compare")
    async with bot.database.write() as session:
        step = (
            await session.execute(select(DoseStep).where(DoseStep.dose_mg == Decimal("4.5")))
        ).scalar_one()
        step.starts_on = date(2026, 2, 2)
    shown = await bot.tap(chat, "Before LDN and 4.5 mg (from 1 Feb)", offered)
    assert "Your plan has changed since" in shown.text


async def test_without_a_diary_nothing_is_claimed(bot: RunningBot, chat: Person) -> None:
    """Somebody who has just begun is told what it takes."""
    await chat.send_text("/help")
    await bot.settle()
    async with bot.database.write() as session:
        patient = (await session.execute(select(Patient).where(Patient.telegram_id == chat.id))).scalar_one()
        patient.state, patient.zone, patient.summary_weekday = "active", "Europe/London", None
        session.add(Regimen(patient_id=patient.id, local_time=time(22), anchor=date(2026, 3, 3)))
        session.add(DoseStep(patient_id=patient.id, starts_on=date(2026, 3, 3), dose_mg=Decimal(3)))
    offered = await bot.say(chat, "/compare")
    assert "No diary before LDN." in offered.text
    shown = await bot.tap(chat, "The last 28 days and the 28 before")
    assert "last 28 days: 0 answers in 28 days so far" in shown.text


def test_a_mean_reads_as_in_the_summary() -> None:
    """Half up: 6.25 is 6.3 on both screens, for pain and for sleep."""
    last = date(2026, 3, 2)
    days = [last - ONE_DAY * back for back in range(55, -1, -1)]
    values = [(7 if number % 4 == 0 else 6) for number in range(len(days))]
    facts = [
        CheckinFact(
            day, {Question.PAIN: value, Question.SLEEP: value}, {}, None, None, flare=False, late=False
        )
        for day, value in zip(days, values, strict=True)
    ]
    text = messages.comparison(compare(*months(last), facts), discreet=False).text
    assert text.count("6.3") == 4
    assert "6.2" not in text
    plan = Plan(Rhythm.DAILY, days[0], 0, None)
    assert str(summarise((), facts, span=span_ending(last, 28), plan=plan).measures[0].mean) == "6.3"
