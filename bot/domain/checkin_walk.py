"""The walk through a check-in: which question comes next, as a pure function of state and action."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.checkin import OPTIONAL, Answers, AnswerValue, Question
from bot.domain.side_effect import Severity, SideEffect

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def questions_for(
    optional: Collection[Question], *, has_open_dose: bool, weekly_due: bool, pgic_due: bool
) -> tuple[Question, ...]:
    """Return the questions of one check-in, in order.

    Args:
        optional: The optional questions that the patient chose; others in it are ignored.
        has_open_dose: The last due dose is unlogged, so Q0 is asked.
        weekly_due: This is the week's last check-in (`checkin_calendar.interference_due`).
        pgic_due: The monthly question is due (`checkin_calendar.pgic_due`).
    """
    asked = {Question.PAIN, Question.SLEEP, Question.SIDE_EFFECTS, *(set(optional) & set(OPTIONAL))}
    asked |= {Question.DOSE} if has_open_dose else set()
    asked |= {Question.INTERFERENCE} if weekly_due else set()
    asked |= {Question.PGIC} if pgic_due else set()
    return tuple(question for question in Question if question in asked)


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a patient stands in one check-in; all of it is stored after each tap (morning_checkin/walks.py).

    Attributes:
        questions: What this check-in asks, in order.
        answers: What was answered so far.
        position: The question in front of the patient; None when the walk has ended.
        rating: The side effect whose severity is being asked (a sub-step of Q3); else None.
    """

    questions: tuple[Question, ...]
    answers: Answers
    position: Question | None
    rating: SideEffect | None = None

    @property
    def progress(self) -> tuple[int, int]:
        """Return (n, m) for "question n of m"; (m, m) at the end."""
        total = len(self.questions)
        position = self.position
        return (self.questions.index(position) + 1 if position in self.questions else total, total)

    @property
    def wants_other_text(self) -> bool:
        """Tell whether "other" was rated at Q3 and its words are still missing (they may stay so)."""
        chosen = self.answers.side_effects or {}
        return (
            self.position is Question.SIDE_EFFECTS
            and self.rating is None
            and SideEffect.OTHER in chosen
            and self.answers.other_text is None
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """A tap or a typed value; it carries its question, so an old button answers its own."""

    question: Question
    value: AnswerValue


@dataclass(frozen=True, slots=True)
class Skip:
    """Leave a question out."""

    question: Question


@dataclass(frozen=True, slots=True)
class Back:
    """Return to the question before, or from a severity to the list of side effects."""


@dataclass(frozen=True, slots=True)
class PickEffect:
    """Choose a side effect at Q3; its severity is asked next."""

    effect: SideEffect


@dataclass(frozen=True, slots=True)
class RateEffect:
    """Say how severe a side effect was."""

    effect: SideEffect
    severity: Severity


@dataclass(frozen=True, slots=True)
class DropEffect:
    """Withdraw a side effect chosen at Q3."""

    effect: SideEffect


@dataclass(frozen=True, slots=True)
class OtherText:
    """The patient's words for the side effect "other"."""

    text: str


@dataclass(frozen=True, slots=True)
class NoEffects:
    """Answer Q3 with "None"."""


@dataclass(frozen=True, slots=True)
class EffectsDone:
    """Leave Q3 with the side effects rated so far."""


@dataclass(frozen=True, slots=True)
class SameAsYesterday:
    """Copy the side effects of yesterday's check-in, and nothing else of it."""

    yesterday: Answers


@dataclass(frozen=True, slots=True)
class Fill:
    """Free text that answered several questions at once."""

    answers: Answers


@dataclass(frozen=True, slots=True)
class TooUnwell:
    """Mark a flare and end; what was answered stays."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End for today without marking anything; what was answered stays."""


Action = (
    Answer
    | Skip
    | Back
    | PickEffect
    | RateEffect
    | DropEffect
    | OtherText
    | NoEffects
    | EffectsDone
    | SameAsYesterday
    | Fill
    | TooUnwell
    | Stop
)


def start(questions: tuple[Question, ...], answers: Answers | None = None) -> Walk:
    """Return a walk at its first unsettled question; a walk begun earlier is taken up again the same way."""
    given = answers or Answers()
    return Walk(questions, given, None if given.flare else next_question(questions, given, None))


def next_question(
    questions: tuple[Question, ...], answers: Answers, position: Question | None
) -> Question | None:
    """Return the next unsettled question after *position* (None: from the start), or else the first one left.

    Returns:
        None when every question is answered or skipped.
    """
    after = questions.index(position) + 1 if position in questions else 0
    in_order = questions[after:] + questions[:after]
    return next((question for question in in_order if not answers.settled(question)), None)


def previous_question(questions: tuple[Question, ...], position: Question | None) -> Question | None:
    """Return the question before *position* (None: the end, so the last one), or None before the first."""
    if position not in questions:
        return questions[-1] if questions else None
    index = questions.index(position)
    return questions[index - 1] if index else None


def may_copy_yesterday(yesterday: Answers | None) -> bool:
    """Tell whether Q3 offers "Same as yesterday": only if yesterday's check-in has side effects to copy."""
    return yesterday is not None and bool(yesterday.side_effects)


def step(walk: Walk, action: Action) -> Walk:  # noqa: PLR0911 - a table: one row per action
    """Return the walk after *action*.

    An action that doesn't fit (a button from an earlier screen, Back at the start) never raises and never
    loses anything: an answer goes to its own question, the rest changes nothing.

    Raises:
        ValueError: An answer that its question cannot have.
    """
    match action:
        case Answer(question, value):
            return _settle(walk, question, walk.answers.with_value(question, value))
        case Skip(question):
            return _settle(walk, question, walk.answers.skipping(question))
        case Fill(answers):
            return start(walk.questions, walk.answers.filled_with(answers))
        case Back():
            return _back(walk)
        case TooUnwell():
            return replace(walk, answers=replace(walk.answers, flare=True), position=None, rating=None)
        case Stop():
            return replace(walk, position=None, rating=None)
        case _:
            return _step_at_side_effects(walk, action)


def _step_at_side_effects(walk: Walk, action: Action) -> Walk:  # noqa: PLR0911 - the same table
    chosen = dict(walk.answers.side_effects or {})
    match action:
        case PickEffect(effect):
            return replace(walk, position=Question.SIDE_EFFECTS, rating=effect)
        case RateEffect(effect, severity):
            return _choosing(walk, chosen | {effect: severity})
        case DropEffect(effect):
            chosen.pop(effect, None)
            return _choosing(walk, chosen) if chosen else _unanswered(walk)
        case OtherText(text):
            named = chosen if SideEffect.OTHER in chosen else {}
            return replace(walk, answers=walk.answers.with_side_effects(chosen, text)) if named else walk
        case NoEffects():
            return _settle(walk, Question.SIDE_EFFECTS, walk.answers.with_side_effects({}))
        case EffectsDone() if chosen:
            return _settle(walk, Question.SIDE_EFFECTS, walk.answers)
        case SameAsYesterday(yesterday) if may_copy_yesterday(yesterday):
            copied = walk.answers.with_side_effects(yesterday.side_effects or {}, yesterday.other_text)
            return _settle(walk, Question.SIDE_EFFECTS, copied)
        case _:
            return walk


def _settle(walk: Walk, question: Question, answers: Answers) -> Walk:
    """Go on if *question* is the one in front of the patient; else only keep the answer."""
    if walk.position is not question:
        return replace(walk, answers=answers)
    position = next_question(walk.questions, answers, question)
    return replace(walk, answers=answers, position=position, rating=None)


def _choosing(walk: Walk, chosen: Mapping[SideEffect, Severity]) -> Walk:
    answers = walk.answers.with_side_effects(chosen, walk.answers.other_text)
    return replace(walk, answers=answers, rating=None)


def _unanswered(walk: Walk) -> Walk:
    return replace(walk, answers=replace(walk.answers, side_effects=None, other_text=None), rating=None)


def _back(walk: Walk) -> Walk:
    if walk.rating is not None:
        return replace(walk, rating=None)
    before = previous_question(walk.questions, walk.position)
    return walk if before is None else replace(walk, position=before)
