"""Reads a pressed button of a question: its verb and arguments as an action of the walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checkin import HOURS, SCALES, AnswerValue, Pgic, Question
from bot.domain.checkin_walk import (
    Action,
    Answer,
    DropEffect,
    EffectsDone,
    NoEffects,
    PickEffect,
    RateEffect,
    Skip,
    Stop,
    TooUnwell,
)
from bot.domain.side_effect import Severity, SideEffect

if TYPE_CHECKING:
    from bot.message import Press

VERBS = (
    "checkin.answer",
    "checkin.skip",
    "checkin.pick",
    "checkin.drop",
    "checkin.rate",
    "checkin.none",
    "checkin.rated",
    "checkin.unwell",
    "checkin.stop",
)


def read_action(press: Press) -> Action:  # noqa: PLR0911 - a table: one row per verb
    """Return what the button does in the walk.

    Raises:
        ValueError: No button of ours says that (an older version's, or an invention).
    """
    match press.verb, press.args:
        case "checkin.answer", (question, value):
            return Answer(Question(question), _value(Question(question), value))
        case "checkin.skip", (question,):
            return Skip(Question(question))
        case "checkin.pick", (effect,):
            return PickEffect(SideEffect(effect))
        case "checkin.drop", (effect,):
            return DropEffect(SideEffect(effect))
        case "checkin.rate", (effect, severity):
            return RateEffect(SideEffect(effect), Severity(severity))
        case "checkin.none", ():
            return NoEffects()
        case "checkin.rated", ():
            return EffectsDone()
        case "checkin.unwell", ():
            return TooUnwell()
        case "checkin.stop", ():
            return Stop()
        case _:
            raise ValueError("no such button")


def _value(question: Question, value: str) -> AnswerValue:
    if question in SCALES:
        return int(value)
    if question in HOURS:
        return float(value)
    if question is Question.PERIOD and value in {"yes", "no"}:
        return value == "yes"
    if question is Question.PGIC:
        return Pgic(value)
    raise ValueError("this question has no such buttons")
