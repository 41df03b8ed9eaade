"""A check-in's answers in a few words each: "Pain 6", "Side effects: none". Plain text, not escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checkin import HOURS, SCALES, Answers, DoseAnswer, Pgic, Question
from bot.domain.checkin_words import DOSE_ANSWER_LABELS, ECHOES, MEASURE_LABELS, PGIC_LABELS
from bot.domain.side_effect import SEVERITY_LABELS, SIDE_EFFECT_LABELS, SideEffect
from bot.locale import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.side_effect import Severity

_DISCREET_DOSE_LABELS = {
    DoseAnswer.TAKEN: N_("Done"),
    DoseAnswer.NOT_TAKEN: N_("Not done"),
    DoseAnswer.NOT_SURE: N_("Not sure"),
}


def answer_lines(answers: Answers, *, discreet: bool) -> list[str]:
    """Return one line for each answered question, in the order of the questions."""
    answered = (question for question in Question if answers.value(question) is not None)
    return [answer_line(answers, question, discreet=discreet) for question in answered]


def effects_text(effects: Mapping[SideEffect, Severity], other_text: str | None) -> str:
    """Return "headache (mild), other: itching (severe)", or "none". Plain text, not escaped."""
    if not effects:
        return _("none")
    return ", ".join(
        f"{effect_name(effect, other_text)} ({_(SEVERITY_LABELS[severity])})"
        for effect, severity in effects.items()
    )


def effect_name(effect: SideEffect, other_text: str | None) -> str:
    """Return what a side effect is called; "other" with the patient's words."""
    if effect is SideEffect.OTHER and other_text:
        return _("other: {words}").format(words=other_text)
    return _(SIDE_EFFECT_LABELS[effect])


def answer_line(answers: Answers, question: Question, *, discreet: bool) -> str:
    """Return one answered question in a few words; plain text, not escaped."""
    value = answers.value(question)
    if question in SCALES:
        return _(ECHOES[question]).format(value=value)
    if question is Question.SIDE_EFFECTS:
        effects = effects_text(answers.side_effects or {}, answers.other_text)
        text = _("Noticed: {effects}") if discreet else _("Side effects: {effects}")
        return text.format(effects=effects)
    name = first_up(name_of(question, discreet=discreet))
    return _("{question}: {answer}").format(
        question=name, answer=_in_words(answers, question, discreet=discreet)
    )


def _in_words(answers: Answers, question: Question, *, discreet: bool) -> str:
    if question is Question.DOSE and answers.dose is not None:
        return dose_label(answers.dose, discreet=discreet)
    if question is Question.PGIC and answers.pgic is not None:
        return _(PGIC_LABELS[Pgic(answers.pgic)])
    if question is Question.PERIOD:
        return _("yes") if answers.period else _("no")
    if question in HOURS:
        return f"{answers.value(question):g}"
    return answers.note or ""


def first_up(words: str) -> str:
    """Return *words* with a capital letter at their start."""
    return words[:1].upper() + words[1:]


def name_of(question: Question, *, discreet: bool) -> str:
    """Return what a question is called on a button or in the list of what was logged."""
    if question is Question.DOSE:
        return _("routine") if discreet else _("dose")
    if question is Question.SIDE_EFFECTS:
        return _("what I noticed") if discreet else _("side effects")
    if question is Question.PGIC:
        return _("overall since I started") if discreet else _("overall since I started LDN")
    return _("note") if question is Question.NOTE else _(MEASURE_LABELS[question])


def dose_label(answer: DoseAnswer, *, discreet: bool) -> str:
    """Return the words for an answer to Q0."""
    return _((_DISCREET_DOSE_LABELS if discreet else DOSE_ANSWER_LABELS)[answer])
