"""Typed texts: an answer to the question in front of the patient, or a whole check-in in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checkin import DoseAnswer, Question
from bot.domain.checkin_walk import Action, Answer
from bot.features.morning_checkin import actions, typed, walks
from bot.features.morning_checkin.show import show
from bot.locale import _

if TYPE_CHECKING:
    from bot.features.morning_checkin.actions import Result
    from bot.features.morning_checkin.walks import View
    from bot.storage.tables import Checkin
    from bot.telegram_io.turn import Turn

NAME = "morning_checkin"


async def on_text(turn: Turn) -> bool:
    """Take a text that makes sense in a check-in; leave every other one alone."""
    dialogue = turn.patient.dialogue or {}
    if dialogue.get("feature", NAME) != NAME:
        return False
    return await _as_answer(turn)


async def _as_answer(turn: Turn) -> bool:
    """Take the text as the answer to the question in front of the patient, if it is one."""
    checkin = await actions.in_front(turn.session, turn.patient, turn.now)
    if checkin is None:
        return False
    view = await walks.load(turn.session, turn.patient, checkin, turn.now)
    try:
        action = typed.read_answer(turn.text, view, turn.now)
    except typed.OutOfRange:
        show(turn, actions.Result(view, checkin.message_id), said=[_out_of_range(view)])
        return True
    if action is None:
        return False
    show(turn, await _do(turn, checkin, view, action))
    return True


async def _do(turn: Turn, checkin: Checkin, view: View, action: Action) -> Result:
    match action:
        case Answer(Question.DOSE, DoseAnswer() as answer) if view.dose is not None:
            dose_date = view.dose.dose_date
            return await actions.answer_dose(
                turn.session, turn.patient, checkin, dose_date=dose_date, answer=answer, now=turn.now
            )
        case _:
            return await actions.take(turn.session, turn.patient, checkin, action, turn.now)


def _out_of_range(view: View) -> str:
    if view.walk.position is Question.HOURS_SLEPT:
        return _("Please type hours from 0 to 24, in halves: 6.5")
    return _("Please type a whole number from 0 to 10.")
