"""What happens in a check-in: opened, answered tap by tap, changed, ended; every answer saved at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain import checkin_walk as walking
from bot.domain.checkin import Answers, DoseAnswer, Question
from bot.features.morning_checkin import dose_answer, walks
from bot.features.morning_checkin.alerts import SafetyText, raise_alerts
from bot.features.morning_checkin.walks import ONE_DAY, View, today_of
from bot.storage import changes, checkins
from bot.storage.tables import Checkin

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.side_effect import SideEffect
    from bot.storage.tables import Patient

OLDEST = timedelta(days=366)
"""A check-in further back than this is no memory any more."""
NIGHT_ENDS_AT_HOUR = 4
"""Until then "today" may still mean the day before, so its check-in is offered too."""


class Note(Enum):
    """What else to say about a tap, in a line that pops up."""

    NOTHING = auto()
    # The check-in was finished: a stray tap on an old screen changes nothing.
    CLOSED = auto()
    FIRST_QUESTION = auto()
    # Q0 was answered elsewhere in the meantime.
    DOSE_LOGGED_BEFORE = auto()


@dataclass(frozen=True, slots=True)
class Result:
    """What stands after an action, and what to say beside the screen.

    Attributes:
        view: The check-in as it now stands.
        message_id: The message that shows it, or None.
        note: A line that pops up.
        alerts: Safety texts that the side effects just named bring, crisis first.
        dose: What became of Q0; None if the action wasn't about it.
        yesterday: Yesterday's date where its check-in is offered beside today's, or None.
    """

    view: View
    message_id: int | None
    note: Note = Note.NOTHING
    alerts: tuple[SafetyText, ...] = ()
    dose: dose_answer.DoseLogged | None = None
    yesterday: date | None = None


async def open_on(session: AsyncSession, patient: Patient, on: date, now: datetime) -> Result | None:
    """Open the check-in of a local date, or take it up where it was left.

    Returns:
        None for a date in the future or over a year back.
    """
    today = today_of(patient, now)
    if not today - OLDEST <= on <= today:
        return None
    checkin = await checkins.on_date(session, patient.id, on)
    if checkin is None:
        checkin = Checkin(patient_id=patient.id, local_date=on, state="open", answers={}, opened_at=now)
        session.add(checkin)
        await session.flush()
    view = await walks.load(session, patient, checkin, now)
    if not view.done:
        checkin.opened_at = checkin.opened_at if checkin.state == "open" else now
        walks.save(checkin, view, now)
    else:
        view = _at(view, None)
    return Result(view, checkin.message_id, yesterday=await _yesterday_too(session, patient, on, now))


async def open_today(session: AsyncSession, patient: Patient, now: datetime) -> Result:
    """Open the check-in of the patient's local date."""
    result = await open_on(session, patient, today_of(patient, now), now)
    if result is None:  # pragma: no cover - today is never in the future
        raise AssertionError
    return result


async def take(
    session: AsyncSession, patient: Patient, checkin: Checkin, action: walking.Action, now: datetime
) -> Result:
    """Do what a tap or a typed answer says.

    Raises:
        ValueError: An answer that its question cannot have.
    """
    view = await walks.load(session, patient, checkin, now)
    if _is_closed(view):
        return Result(view, checkin.message_id, Note.CLOSED)
    walk = _next_rating(view, action, walking.step(view.walk, action))
    return await _keep(session, patient, checkin, view, walk, now=now)


async def answer_dose(
    session: AsyncSession,
    patient: Patient,
    checkin: Checkin,
    *,
    dose_date: date,
    answer: DoseAnswer,
    now: datetime,
) -> Result:
    """Answer Q0: log the dose that the button names, then go on.

    A stray tap on a dose that was logged in the meantime changes nothing.
    """
    view = await walks.load(session, patient, checkin, now)
    if _is_closed(view):
        return Result(view, checkin.message_id, Note.CLOSED)
    in_front = view.walk.position is Question.DOSE and view.dose and view.dose.dose_date == dose_date
    if not in_front and await dose_answer.is_logged(session, patient, dose_date):
        return Result(view, checkin.message_id, Note.DOSE_LOGGED_BEFORE)
    logged = await dose_answer.log(session, patient, dose_date, answer, now)
    walk = walking.step(view.walk, walking.Answer(Question.DOSE, answer))
    return replace(await _keep(session, patient, checkin, view, walk, now=now), dose=logged)


async def same_as_yesterday(
    session: AsyncSession, patient: Patient, checkin: Checkin, now: datetime
) -> Result:
    """Copy yesterday's side effects, if yesterday has any."""
    view = await walks.load(session, patient, checkin, now)
    return await take(session, patient, checkin, walking.SameAsYesterday(view.yesterday or Answers()), now)


async def go_back(
    session: AsyncSession, patient: Patient, checkin: Checkin, screen: str, now: datetime
) -> Result:
    """Go back from *screen* (`screen_of`); a second tap on the same Back does nothing more."""
    view = await walks.load(session, patient, checkin, now)
    if _is_closed(view):
        return Result(view, checkin.message_id, Note.CLOSED)
    if screen_of(view) != screen:
        return Result(view, checkin.message_id)
    if view.done and view.walk.rating is None:
        return await _keep(session, patient, checkin, view, replace(view.walk, position=None), now=now)
    walk = walking.step(view.walk, walking.Back())
    note = Note.FIRST_QUESTION if walk == view.walk else Note.NOTHING
    return replace(
        await _keep(session, patient, checkin, replace(view, to_rate=()), walk, now=now), note=note
    )


async def go_to(
    session: AsyncSession, patient: Patient, checkin: Checkin, question: Question | None, now: datetime
) -> Result:
    """Put *question* in front of the patient again, to be changed; None: show what is logged.

    Raises:
        ValueError: This check-in doesn't ask it.
    """
    view = await walks.load(session, patient, checkin, now)
    if question is not None and question not in view.walk.questions:
        raise ValueError("this check-in has no such question")
    if question is None and not view.done:
        return Result(view, checkin.message_id)
    return await _keep(
        session, patient, checkin, view, replace(view.walk, position=question, rating=None), now=now
    )


async def not_a_flare(session: AsyncSession, patient: Patient, checkin: Checkin, now: datetime) -> Result:
    """Withdraw "too unwell today" and ask what is still open."""
    view = await walks.load(session, patient, checkin, now)
    walk = walking.start(view.walk.questions, replace(view.walk.answers, flare=False))
    return await _keep(session, patient, checkin, view, walk, now=now)


async def fill(
    session: AsyncSession,
    patient: Patient,
    checkin: Checkin,
    answers: Answers,
    *,
    to_rate: Sequence[SideEffect],
    now: datetime,
) -> Result:
    """Fill in what was understood of a typed text; then ask for what is missing.

    Args:
        session: The open transaction.
        patient: Whose check-in it is.
        checkin: The row.
        answers: What was understood.
        to_rate: Side effects that were named without a severity.
        now: Aware UTC instant.
    """
    view = await walks.load(session, patient, checkin, now)
    walk = walking.step(view.walk, walking.Fill(answers))
    queue = tuple(dict.fromkeys(to_rate))
    if queue:
        walk = walking.step(walk, walking.PickEffect(queue[0]))
    return await _keep(session, patient, checkin, replace(view, to_rate=queue[1:]), walk, now=now)


async def in_front(session: AsyncSession, patient: Patient, now: datetime) -> Checkin | None:
    """Return the check-in that a typed answer belongs to: today's where it is open, else yesterday's."""
    today = today_of(patient, now)
    for row in reversed(await checkins.between(session, patient.id, today - ONE_DAY, today)):
        asked = (row.position or {}).get("at") if row.position else row.state == "open"
        if row.state != walks.PLANNED and asked:
            return row
    return None


def screen_of(view: View) -> str:
    """Return a name for the screen in front of the patient, which its Back button carries."""
    return "rating" if view.walk.rating is not None else str(view.walk.position or "end")


def _is_closed(view: View) -> bool:
    return view.done and view.walk.position is None


def _at(view: View, question: Question | None) -> View:
    return replace(view, walk=replace(view.walk, position=question, rating=None))


def _next_rating(view: View, action: walking.Action, walk: walking.Walk) -> walking.Walk:
    """Keep asking for severities where several side effects were named, also through a doubled tap."""
    if not isinstance(action, walking.RateEffect) or walk.position is not Question.SIDE_EFFECTS:
        return walk
    if view.walk.rating is not None and view.walk.rating is not action.effect:
        return replace(walk, rating=view.walk.rating)
    return walking.step(walk, walking.PickEffect(view.to_rate[0])) if view.to_rate else walk


async def _keep(
    session: AsyncSession,
    patient: Patient,
    checkin: Checkin,
    view: View,
    walk: walking.Walk,
    *,
    now: datetime,
) -> Result:
    """Save the walk; an answer that replaces another one leaves the earlier one in the history."""
    if _replaces(view, walk.answers):
        changes.keep_before(session, checkin, patient_id=patient.id, noun="checkin", action="change", now=now)
    queue = tuple(effect for effect in view.to_rate if effect is not walk.rating)
    after = replace(view, walk=walk, to_rate=queue if walk.rating is not None else ())
    walks.save(checkin, after, now)
    alerts = await raise_alerts(session, patient, checkin, _newly_named(view, walk.answers), now)
    return Result(replace(after, done=checkin.state == walks.DONE), checkin.message_id, alerts=alerts)


def _newly_named(view: View, after: Answers) -> set[SideEffect]:
    """Return the side effects that were reported, or rated otherwise, by this very action."""
    before = view.walk.answers.side_effects or {}
    return {effect for effect, how in (after.side_effects or {}).items() if before.get(effect) is not how}


def _replaces(view: View, after: Answers) -> bool:
    before = view.walk.answers
    if view.done:
        return before != after
    said = [question for question in Question if before.value(question) is not None]
    # While Q3 is being answered its list grows tap by tap: that is no change yet.
    growing = {Question.SIDE_EFFECTS} if view.walk.position is Question.SIDE_EFFECTS else set()
    return any(before.value(question) != after.value(question) for question in set(said) - growing)


async def _yesterday_too(session: AsyncSession, patient: Patient, on: date, now: datetime) -> date | None:
    zone = ZoneInfo(patient.zone or "UTC")
    if now.astimezone(zone).hour >= NIGHT_ENDS_AT_HOUR or on != today_of(patient, now):
        return None
    before = await checkins.on_date(session, patient.id, on - ONE_DAY)
    began = patient.checkin_anchor
    if (before is not None and before.state == walks.DONE) or (began and on - ONE_DAY < began):
        return None
    return on - ONE_DAY
