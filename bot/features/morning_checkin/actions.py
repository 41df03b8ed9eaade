"""What happens in a check-in: opened, answered tap by tap, changed, ended; every answer saved at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from bot.domain import checkin_walk as walking
from bot.domain.checkin import Answers, Question
from bot.domain.side_effect import SideEffect
from bot.features.morning_checkin import dose_answer, walks
from bot.features.morning_checkin.alerts import raise_alerts
from bot.storage import changes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.safety import SafetyText
    from bot.features.morning_checkin.dose_answer import DoseSaid
    from bot.features.morning_checkin.walks import View
    from bot.storage.tables import Checkin, Patient


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


async def take(
    session: AsyncSession, patient: Patient, checkin: Checkin, action: walking.Action, now: datetime
) -> Result:
    """Do what a tap or a typed answer says.

    Raises:
        ValueError: An answer that its question cannot have.
    """
    view = await walks.load(session, patient, checkin, now)
    walk = walking.step(view.walk, action)
    if _is_closed(view):
        # A doubled tap on the last answer says the same once more: nothing to tell.
        same = walk.answers == view.walk.answers
        return Result(view, checkin.message_id, Note.NOTHING if same else Note.CLOSED)
    walk, to_rate = _after_rating(view, action, walk)
    return await _keep(session, patient, checkin, replace(view, to_rate=to_rate), walk, now=now)


async def answer_dose(
    session: AsyncSession,
    patient: Patient,
    checkin: Checkin,
    said: DoseSaid,
    now: datetime,
) -> Result:
    """Answer Q0: log the dose that the button names, then go on.

    A stray tap on a dose that was logged in the meantime changes nothing.
    """
    view = await walks.load(session, patient, checkin, now)
    if _is_closed(view):
        return Result(view, checkin.message_id, Note.CLOSED)
    in_front = view.walk.position is Question.DOSE and view.dose and view.dose.dose_date == said.dose_date
    if not in_front and await dose_answer.is_logged(session, patient, said.dose_date):
        return Result(view, checkin.message_id, Note.DOSE_LOGGED_BEFORE)
    logged = await dose_answer.log(session, patient, said, now)
    walk = walking.step(view.walk, walking.Answer(Question.DOSE, said.answer))
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
    if _is_closed(view):
        return Result(view, checkin.message_id, Note.CLOSED)
    if answers.side_effects:
        # What was tapped before stays: words add to it.
        both = dict(view.walk.answers.side_effects or {}) | dict(answers.side_effects)
        answers = replace(answers, side_effects=both)
    walk = walking.step(view.walk, walking.Fill(answers))
    # "Other" first: its words wait for it.
    queue = tuple(sorted(dict.fromkeys(to_rate), key=lambda effect: effect is not SideEffect.OTHER))
    if queue:
        walk = walking.step(walk, walking.PickEffect(queue[0]))
    return await _keep(session, patient, checkin, replace(view, to_rate=queue), walk, now=now)


def screen_of(view: View) -> str:
    """Return a name for the screen in front of the patient, which its Back button carries."""
    return "rating" if view.walk.rating is not None else str(view.walk.position or "end")


def _is_closed(view: View) -> bool:
    return view.done and view.walk.position is None


def _after_rating(
    view: View, action: walking.Action, walk: walking.Walk
) -> tuple[walking.Walk, tuple[SideEffect, ...]]:
    """Ask for the severities of all side effects that were named in words, then go on; return what is left.

    A doubled tap on the severity before leaves the present question where it is.
    """
    queue = view.to_rate
    if not isinstance(action, walking.RateEffect):
        return walk, queue if walk.rating in queue else ()
    if view.walk.rating is not None and view.walk.rating is not action.effect:
        return replace(walk, rating=view.walk.rating), queue
    left = tuple(effect for effect in queue if effect is not action.effect)
    if left:
        return walking.step(walk, walking.PickEffect(left[0])), left
    return (walking.step(walk, walking.EffectsDone()) if queue else walk), ()


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
    after = replace(view, walk=walk)
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
