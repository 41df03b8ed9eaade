"""Where a patient stands in one check-in: the row's JSON as a walk of the domain, and back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.domain import checkin_calendar as calendar
from bot.domain.checkin import OPTIONAL, Answers, Question
from bot.domain.checkin_walk import Walk, next_question, questions_for, start
from bot.domain.delivery import LAST_CALL
from bot.domain.dose import OPEN_STATES
from bot.domain.dose_log import LATEST
from bot.domain.due import is_morning, local_date, to_instant
from bot.domain.regimen import ONE_DAY, step_left
from bot.domain.side_effect import SideEffect
from bot.storage import checkins, doses, patients

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Checkin, Dose, Patient

PLANNED = "planned"
"""The row of a check-in whose message is still to come; nobody has seen it."""
DONE = "done"
IN_HAND = timedelta(hours=1)
"""This long after the last tap the patient is still at the check-in."""
NOON = time(12)
SUNDAY = 6


@dataclass(frozen=True, slots=True)
class AskedDose:
    """The dose that Q0 is about.

    Attributes:
        dose_date: Local date that the plan gives the dose.
        planned_mg: Milligrams.
        planned_as: The amount as the patient typed it, or None where plain mg will do.
        logged: The patient has said something about it already.
        before_mg: On the day a dose step starts: the amount until then, in mg; else None.
        before_as: The same as typed, or None.
        morning: It is a dose of the morning.
    """

    dose_date: date
    planned_mg: Decimal
    planned_as: str | None
    logged: bool
    before_mg: Decimal | None = None
    before_as: str | None = None
    morning: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """One check-in as it stands: all that its screen needs.

    Attributes:
        checkin_id: The row's id, which every button carries.
        local_date: The date that the answers are about.
        timing: What an answer given now would be called, or what the first answer was called.
        is_today: Its date is the patient's local date.
        walk: Questions, answers and the question in front of the patient.
        done: It was finished once; with a question in front of the patient it is being changed.
        dose: What Q0 asks about; None if it isn't asked.
        yesterday: Answers of the day before, or None.
        to_rate: Side effects that were named in words; their severity is still to be asked, in this order.
        touched_at: Aware UTC instant of the last answer or screen; None if there was none yet.
    """

    checkin_id: UUID
    local_date: date
    timing: calendar.Timing
    is_today: bool
    walk: Walk
    done: bool = False
    dose: AskedDose | None = None
    yesterday: Answers | None = None
    to_rate: tuple[SideEffect, ...] = ()
    touched_at: datetime | None = None


def today_of(patient: Patient, now: datetime) -> date:
    """Return the patient's local date at *now*."""
    return local_date(now, ZoneInfo(patient.zone or "UTC"))


async def load(session: AsyncSession, patient: Patient, checkin: Checkin, now: datetime) -> View:
    """Return the check-in as it stands at *now*; nothing is written.

    A check-in that nobody has touched yet gets its questions from the patient's settings and plan; one that
    was begun keeps the questions that it began with, apart from Q0 once the dose is logged elsewhere.
    """
    stored = checkin.position or {}
    dose = await _dose_of(session, patient, checkin, now)
    answers = Answers.from_json(checkin.answers or {})
    if stored:
        walk = _without_logged_dose(_stored_walk(stored, answers), dose)
    else:
        walk = start(await _questions(session, patient, checkin.local_date, dose), answers)
    before = await checkins.on_date(session, patient.id, checkin.local_date - ONE_DAY)
    when = calendar.timing(checkin.local_date, today_of(patient, now))
    touched = stored.get("touched_at")
    return View(
        checkin_id=checkin.id,
        local_date=checkin.local_date,
        timing=calendar.Timing(checkin.timing) if checkin.timing else _never_future(when),
        is_today=when is calendar.Timing.ON_TIME,
        walk=walk,
        done=checkin.state == DONE,
        dose=None if dose is None else await _asked(session, patient, dose),
        yesterday=None if before is None else Answers.from_json(before.answers or {}),
        to_rate=tuple(SideEffect(name) for name in stored.get("to_rate", ())),
        touched_at=None if touched is None else datetime.fromisoformat(touched),
    )


def save(checkin: Checkin, view: View, now: datetime) -> None:
    """Write *view* into its row. The first answer dates the check-in: on time, late or backfilled."""
    walk = view.walk
    checkin.answers = walk.answers.to_json()
    checkin.flare = walk.answers.flare
    checkin.position = {
        "questions": list(walk.questions),
        "at": walk.position,
        "rating": walk.rating,
        "to_rate": list(view.to_rate),
        "dose_date": view.dose.dose_date.isoformat() if view.dose else None,
        "touched_at": now.isoformat(),
    }
    if checkin.answered_at is None and _says_something(walk.answers):
        checkin.answered_at, checkin.timing = now, view.timing
    if checkin.state != DONE:
        checkin.state = DONE if walk.position is None else "open"


def _says_something(answers: Answers) -> bool:
    return bool(answers.to_json().keys() - {"skipped"})


def _never_future(timing: calendar.Timing) -> calendar.Timing:
    # A journey westward can bring yesterday back under a check-in that was already open.
    return calendar.Timing.ON_TIME if timing is calendar.Timing.FUTURE else timing


def _stored_walk(stored: dict[str, Any], answers: Answers) -> Walk:
    at, rating = stored.get("at"), stored.get("rating")
    return Walk(
        questions=tuple(Question(name) for name in stored["questions"]),
        answers=answers,
        position=None if at is None else Question(at),
        rating=None if rating is None else SideEffect(rating),
    )


def _without_logged_dose(walk: Walk, dose: Dose | None) -> Walk:
    if Question.DOSE not in walk.questions or walk.answers.settled(Question.DOSE):
        return walk
    if dose is not None and dose.logged_at is None:
        return walk
    questions = tuple(question for question in walk.questions if question is not Question.DOSE)
    at = walk.position
    return replace(
        walk,
        questions=questions,
        position=next_question(questions, walk.answers, None) if at is Question.DOSE else at,
    )


async def _dose_of(session: AsyncSession, patient: Patient, checkin: Checkin, now: datetime) -> Dose | None:
    """Return the dose that Q0 of this check-in is about, or None.

    The check-in of a past date asks about the dose before it, as its message did on that morning.
    """
    if checkin.position:
        dose_date = checkin.position.get("dose_date")
        on = None if dose_date is None else date.fromisoformat(dose_date)
        return None if on is None else await doses.on_date(session, patient.id, on)
    until = now
    if checkin.local_date < today_of(patient, now):
        zone = ZoneInfo(patient.zone or "UTC")
        until = to_instant(checkin.local_date, patient.checkin_time or NOON, zone) or now
    dose = await doses.last_due(session, patient.id, until)
    if dose is not None and _is_in_hand(patient, dose, until):
        dose = await doses.last_due(session, patient.id, dose.due_at - timedelta(microseconds=1))
    is_open = dose is not None and dose.logged_at is None and dose.state in OPEN_STATES
    return dose if dose is not None and is_open and until - dose.due_at <= LATEST else None


def _is_in_hand(patient: Patient, dose: Dose, until: datetime) -> bool:
    """Tell whether *dose* is this morning's and can still be taken: its own reminder asks about it.

    With a morning dose Q0 asks about the dose before.
    """
    return until - dose.due_at <= LAST_CALL and is_morning(dose.due_at, ZoneInfo(patient.zone or "UTC"))


async def _asked(session: AsyncSession, patient: Patient, dose: Dose) -> AskedDose:
    regimen = await patients.regimen_of(session, patient.id)
    before = None if regimen is None else step_left(regimen, dose.dose_date, dose.planned_mg)
    return AskedDose(
        dose.dose_date,
        dose.planned_mg,
        dose.planned_as,
        logged=dose.logged_at is not None,
        before_mg=before.dose_mg if before else None,
        before_as=before.shown_as if before else None,
        morning=is_morning(dose.due_at, ZoneInfo(patient.zone or "UTC")),
    )


async def _questions(
    session: AsyncSession, patient: Patient, on: date, dose: Dose | None
) -> tuple[Question, ...]:
    chosen = set(patient.optional_questions or ())
    anchor = patient.checkin_anchor or on
    return questions_for(
        [question for question in OPTIONAL if question in chosen],
        has_open_dose=dose is not None,
        weekly_due=calendar.interference_due(
            calendar.Rhythm(patient.checkin_rhythm),
            anchor,
            on,
            anchor.weekday(),
            SUNDAY if patient.summary_weekday is None else patient.summary_weekday,
        ),
        pgic_due=await _pgic_due(session, patient, on),
    )


async def first_dose_on(session: AsyncSession, patient: Patient) -> date | None:
    """Return the local date of the first dose, as told or as planned; None where there is no plan yet."""
    if patient.started_on is not None:
        return patient.started_on
    steps = await patients.dose_steps(session, patient.id)
    return steps[0].starts_on if steps else None


async def _pgic_due(session: AsyncSession, patient: Patient, on: date) -> bool:
    if not calendar.pgic_due(on, await first_dose_on(session, patient), None):
        return False
    # Only the last 27 days can make it too early to ask again.
    recent = await checkins.between(session, patient.id, on - calendar.PGIC_EVERY + ONE_DAY, on - ONE_DAY)
    if any(Answers.from_json(row.answers or {}).settled(Question.PGIC) for row in recent):
        return False
    asked = [row for row in recent if row.answered_at and Question.PGIC in _asked_questions(row)]
    return not calendar.pgic_left_out(len(asked))


def _asked_questions(checkin: Checkin) -> Sequence[str]:
    questions: Sequence[str] = (checkin.position or {}).get("questions", ())
    return questions
