"""What a typed text means in front of one question: "6", "six", "none", "not sure", a note."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from bot.domain.checkin import HOURS, MAX_HOURS, NRS_BEST, NRS_WORST, SCALES, DoseAnswer, Pgic, Question
from bot.domain.checkin_walk import Action, Answer, EffectsDone, NoEffects, OtherText, RateEffect, Skip
from bot.domain.checkin_words import DOSE_ANSWER_LABELS, PGIC_LABELS
from bot.domain.free_text.words import normalise, number_in_words
from bot.domain.side_effect import SEVERITY_LABELS
from bot.features.morning_checkin.walks import IN_HAND
from bot.locale import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.features.morning_checkin.walks import View

_Choice = TypeVar("_Choice", bound=StrEnum)

_OUT_OF_TEN = re.compile(r"\s*(?:/|out of|of)\s*(?:10|ten)$")
_HALF = re.compile(r"\s*(?:½|and a half|1/2)$")
_HOURS = re.compile(r"\s*(?:h|hrs?|hours?)\.?$")
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d)?")
_YES = frozenset({"yes", "y", "yep", "yeah"})
_NO = frozenset({"no", "n", "nope"})
_NONE = frozenset({"none", "nothing", "none of these", "no side effects"}) | _NO
_NOT_SURE = frozenset({"not sure", "don't know", "dont know", "unsure", "?"})


class OutOfRange(Exception):  # noqa: N818 - an answer, not an error
    """A number that this question cannot have, or that has no numbers; it is asked again."""


def read_answer(text: str, view: View, now: datetime) -> Action | None:
    """Return what *text* says to the question in front of the patient, or None if it isn't about it.

    Q0's answer comes back as an `Answer` to `Question.DOSE`: the caller logs the dose.

    Raises:
        OutOfRange: A number, but not one that this question can have.
    """
    position = view.walk.position
    words = normalise(text).strip(" .!,")
    if position is None:
        return None
    if words in {_("skip"), "skip"}:
        return Skip(position)
    if position in SCALES:
        return _scale(words, position)
    if position in HOURS:
        return _hours(words, position)
    if position is Question.NOTE:
        return Answer(position, text) if text.strip() and _in_hand(view, now) else None
    action = (
        _side_effects(text, words, view, now)
        if position is Question.SIDE_EFFECTS
        else _choice(words, position)
    )
    if action is None and _number(_OUT_OF_TEN.sub("", words)) is not None and _in_hand(view, now):
        raise OutOfRange
    return action


def _scale(words: str, question: Question) -> Action | None:
    number = _number(_OUT_OF_TEN.sub("", words))
    if number is None:
        return None
    if not number.is_integer() or not NRS_BEST <= number <= NRS_WORST:
        raise OutOfRange
    return Answer(question, int(number))


def _hours(words: str, question: Question) -> Action | None:
    plain = _HOURS.sub("", words)
    whole, halves = _HALF.subn("", plain)
    number = _number(whole)
    if number is None:
        return None
    hours = number + (0.5 if halves else 0)
    if not (hours <= MAX_HOURS and (hours * 2).is_integer()):
        raise OutOfRange
    return Answer(question, hours)


def _number(words: str) -> float | None:
    if _NUMBER.fullmatch(words):
        return float(words.replace(",", "."))
    spoken = number_in_words(words)
    return None if spoken is None else float(spoken)


def _side_effects(text: str, words: str, view: View, now: datetime) -> Action | None:
    walk = view.walk
    if walk.rating is not None:
        severity = _labelled(words, SEVERITY_LABELS)
        return None if severity is None else RateEffect(walk.rating, severity)
    if words in {"done", _("done")} and walk.answers.side_effects:
        return EffectsDone()
    if words in _NONE and not walk.answers.side_effects:
        return NoEffects()
    if walk.wants_other_text and text.strip() and _in_hand(view, now):
        return OtherText(text)
    return None


def _choice(words: str, question: Question) -> Action | None:
    if question is Question.PERIOD and words in _YES | _NO:
        return Answer(question, words in _YES)
    if question is Question.PGIC:
        choice: Pgic | None = _labelled(words, PGIC_LABELS)
        return None if choice is None else Answer(question, choice)
    if question is Question.DOSE:
        answer = _dose(words)
        return None if answer is None else Answer(question, answer)
    return None


def _dose(words: str) -> DoseAnswer | None:
    for known, answer in (
        (_YES, DoseAnswer.TAKEN),
        (_NO, DoseAnswer.NOT_TAKEN),
        (_NOT_SURE, DoseAnswer.NOT_SURE),
    ):
        if words in known:
            return answer
    return _labelled(words, DOSE_ANSWER_LABELS)


def _labelled(words: str, labels: Mapping[_Choice, str]) -> _Choice | None:
    return next((choice for choice, label in labels.items() if normalise(_(label)) == words), None)


def _in_hand(view: View, now: datetime) -> bool:
    return view.touched_at is not None and now - view.touched_at <= IN_HAND
