"""Typed texts: an answer to the question in front of the patient, or a whole check-in in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checkin import HOURS, SCALES, Answers, DoseAnswer, Question
from bot.domain.checkin_walk import Action, Answer
from bot.domain.free_text.checkin_tokens import Kind, tokens
from bot.domain.free_text.checkin_words import LONGEST_CHECKIN, parse_checkin
from bot.domain.free_text.words import normalise
from bot.features.morning_checkin import actions, messages, opening, typed, walks
from bot.features.morning_checkin.dose_answer import DoseSaid
from bot.features.morning_checkin.show import show
from bot.locale import _

if TYPE_CHECKING:
    from bot.domain.free_text.checkin_words import CheckinWords
    from bot.features.morning_checkin.actions import Result
    from bot.features.morning_checkin.walks import View
    from bot.storage.tables import Checkin
    from bot.telegram_io.turn import Turn


async def on_text(turn: Turn) -> bool:
    """Take a text that makes sense in a check-in; leave every other one alone."""
    return await _as_answer(turn) or await _as_checkin(turn)


async def _as_checkin(turn: Turn) -> bool:
    """Fill a check-in with what a sentence says: "pain 6, slept badly 8, bad headache and dreams"."""
    words = parse_checkin(turn.text)
    if not (_fills(words) or _names_a_number(turn.text)):
        return False
    checkin = await opening.for_sentence(turn.session, turn.patient, turn.now)
    given = {effect: how for effect, how in (words.side_effects or {}).items() if how is not None}
    to_rate = [effect for effect, how in (words.side_effects or {}).items() if how is None]
    no_effects = words.side_effects is not None and not words.side_effects
    answers = Answers(
        pain=words.pain,
        sleep=words.sleep,
        side_effects=given if given or no_effects else None,
        other_text=words.other_text,
    )
    result = await actions.fill(turn.session, turn.patient, checkin, answers, to_rate=to_rate, now=turn.now)
    is_closed = result.note is actions.Note.CLOSED
    show(turn, result, said=() if is_closed else messages.understood_lines(words), echo=is_closed)
    return True


def _fills(words: CheckinWords) -> bool:
    # A bare "none" answers Q3 when that is asked; out of the blue it may be about anything.
    return words.pain is not None or words.sleep is not None or bool(words.side_effects)


def _names_a_number(text: str) -> bool:
    """Tell whether a number for pain or sleep was typed but not understood: "slept well 8" is asked again."""
    kinds = {token.kind for token in tokens(normalise(text, LONGEST_CHECKIN).replace("'", ""))}
    return Kind.NUMBER in kinds and bool(kinds & {Kind.PAIN, Kind.SLEEP, Kind.SLEPT})


async def _as_answer(turn: Turn) -> bool:
    """Take the text as the answer to the question in front of the patient, if it is one."""
    checkin = await opening.in_front(turn.session, turn.patient, turn.now)
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
            said = DoseSaid(view.dose.dose_date, answer)
            return await actions.answer_dose(turn.session, turn.patient, checkin, said, turn.now)
        case _:
            return await actions.take(turn.session, turn.patient, checkin, action, turn.now)


def _out_of_range(view: View) -> str:
    if view.walk.position in HOURS:
        return _("Please type hours from 0 to 24, in halves: 6.5")
    if view.walk.position in SCALES:
        return _("Please type a whole number from 0 to 10.")
    if view.walk.rating is not None:
        return _("Please tap or type: mild, moderate or severe.")
    return _("This one has no numbers: please tap an answer.")
