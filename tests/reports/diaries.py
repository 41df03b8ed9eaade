"""Invented diaries, always the same ones, for pictures and documents."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.domain.checkin import Pgic, Question
from bot.domain.checkin_calendar import Rhythm
from bot.domain.diary import Diary
from bot.domain.doctor_page import DoctorPage, PauseFact
from bot.domain.dose import DoseState
from bot.domain.event import Aspect, EventFact, EventKind
from bot.domain.regimen import DoseStep, Regimen
from bot.domain.safety import Trigger
from bot.domain.side_effect import Severity, SideEffect
from bot.domain.span import span_ending
from bot.domain.summary import summarise
from bot.domain.summary_facts import CheckinFact, DoseFact, Plan

if TYPE_CHECKING:
    from bot.domain.doctor_page import Paper

LAST = date(2026, 11, 24)
QUESTIONS = "Is this the dose to stay on?\nMay I take ibuprofen with it?"
_DAY = timedelta(days=1)
_BEFORE = 20
_EFFECTS = {
    SideEffect.VIVID_DREAMS: 0.25,
    SideEffect.HEADACHE: 0.15,
    SideEffect.TROUBLE_SLEEPING: 0.08,
    SideEffect.ANXIETY: 0.04,
}
_STATES = {DoseState.TAKEN: 85, DoseState.NOT_TAKEN: 5, DoseState.UNKNOWN: 7, DoseState.HELD: 3}


def diary(
    days: int,
    *,
    started_on: date | None = None,
    discreet: bool = False,
    rhythm: Rhythm = Rhythm.DAILY,
    silent: bool = False,
    seed: int = 0,
) -> Diary:
    """Return the *days* up to 24 November 2026; a fifth of them is baseline unless it says otherwise.

    Args:
        days: How many.
        started_on: Date of the first dose.
        discreet: As the patient chose.
        rhythm: Of the check-ins.
        silent: Nothing was answered, and nothing happened.
        seed: For another diary of the same length.
    """
    rng = random.Random(days + 1000 * seed)
    span = span_ending(LAST, days)
    begun = started_on or LAST - _DAY * int(days * 0.8)
    dates = [span.first - _DAY * _BEFORE + _DAY * number for number in range(days + _BEFORE)]
    checkins = [] if silent else _checkins(dates, begun, rhythm, rng)
    doses = [
        DoseFact(day, rng.choices(list(_STATES), list(_STATES.values()))[0], Decimal("4.5"))
        for day in dates
        if max(begun, span.first_dose) <= day <= span.last_dose and not silent
    ]
    plan = Plan(rhythm, dates[0], 0, begun)
    return Diary(
        span=span,
        summary=summarise(doses, checkins, span=span, plan=plan),
        checkins=checkins,
        doses=doses,
        steps=_steps(begun, days),
        pauses=[],
        events=[] if silent else _events(days),
        started_on=begun,
        month_only=False,
        plan=plan,
        discreet=discreet,
    )


def titrated(days: int, every: int) -> Diary:
    """Return a diary with nine steps of half a milligram, one every so many days."""
    one = diary(days)
    assert one.started_on is not None
    steps = [DoseStep(one.started_on + _DAY * every * step, Decimal("0.5") * (step + 1)) for step in range(9)]
    return replace(one, steps=tuple(steps))


def page_about(one: Diary, *, questions: str = QUESTIONS, paper: Paper = "a4") -> DoctorPage:
    """Return a page with something in every section."""
    return DoctorPage(
        diary=one,
        regimen=Regimen(local_time=time(22), anchor=date(2026, 5, 3), steps=tuple(one.steps)),
        made_on=LAST,
        safety=[
            (date(2026, 11, 3), Trigger.OPIOIDS),
            (date(2026, 11, 8), Trigger.SUICIDE),
            (date(2026, 11, 9), Trigger.SURGERY),
        ],
        pauses=[PauseFact(date(2026, 11, 3), date(2026, 11, 6), "opioids", is_hold=True)],
        identification="Ana P, born 1980",
        questions=questions,
        paper=paper,
    )


def _checkins(dates: list[date], begun: date, rhythm: Rhythm, rng: random.Random) -> list[CheckinFact]:
    level, found = 6.2, []
    gap = range(int(len(dates) * 0.5), int(len(dates) * 0.5) + 5)
    for number, day in enumerate(dates):
        level = min(9.0, max(2.0, level + rng.gauss(0, 0.5) - (0.02 if day > begun else 0)))
        missing = rng.random() < 0.12 or number in gap or (rhythm is not Rhythm.DAILY and number % 2)
        effects = {effect: _severity(rng) for effect, share in _EFFECTS.items() if rng.random() < share}
        values = {
            Question.PAIN: _nrs(level + rng.gauss(0, 1)),
            Question.SLEEP: _nrs(level + rng.gauss(0, 1.4)),
        }
        if not missing:
            monthly = Pgic.MINIMALLY_IMPROVED if number % 28 == 14 and day > begun else None
            weekly = _nrs(level) if number % 7 == 3 else None
            found.append(
                CheckinFact(day, values, effects, weekly, monthly, flare=rng.random() < 0.03, late=False)
            )
    return found


def _severity(rng: random.Random) -> Severity:
    return rng.choices(list(Severity), (60, 30, 10))[0]


def _nrs(value: float) -> int:
    return min(10, max(0, round(value)))


def _steps(begun: date, days: int) -> tuple[DoseStep, ...]:
    return (
        DoseStep(begun, Decimal("1.5")),
        DoseStep(begun + _DAY * max(2, days // 5), Decimal(3), "3 mg (two capsules)" if days > 400 else None),
        DoseStep(begun + _DAY * max(4, days // 2), Decimal("4.5")),
    )


def _events(days: int) -> list[EventFact]:
    cold = LAST - _DAY * (days // 2)
    return [
        EventFact(EventKind.ILLNESS, cold - 3 * _DAY, cold, None, "a cold"),
        EventFact(
            EventKind.MEDICINE,
            LAST - _DAY * (days // 3),
            None,
            Aspect.STARTED,
            "magnesium 200 in the evening 😀",
        ),
        EventFact(EventKind.PERIOD, LAST - 6 * _DAY, LAST - 2 * _DAY),
    ]
