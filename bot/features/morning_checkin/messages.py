"""What the check-in says: one screen a question, the thanks at the end, and what can be changed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bot.domain.checkin import HOURS, SCALES, Answers, DoseAnswer, Question
from bot.domain.checkin_calendar import Timing
from bot.domain.checkin_echo import answer_line, answer_lines, effect_name, effects_text, first_up, name_of
from bot.domain.checkin_walk import may_copy_yesterday
from bot.domain.checkin_words import (
    DISCREET_DOSE_TEXT,
    DISCREET_MORNING_DOSE_TEXT,
    DISCREET_PGIC_TEXT,
    ECHOES,
    QUESTION_TEXTS,
    SCALE_ENDS,
)
from bot.domain.due import is_morning
from bot.domain.safety import NOT_SURE, NOT_SURE_MORNING, Trigger, hours_since_text, safety_text
from bot.domain.side_effect import SEVERITY_DEFINITIONS, SIDE_EFFECT_LABELS
from bot.features.morning_checkin import keyboards
from bot.locale import _
from bot.locale.dates import clock_text, day_text, weekday_name
from bot.message import Message
from bot.telegram_io.questions import crisis_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from bot.domain.free_text.checkin_words import CheckinWords
    from bot.domain.safety import SafetyText
    from bot.features.morning_checkin.dose_answer import DoseLogged
    from bot.features.morning_checkin.walks import View

LONGEST_QUOTE = 80
"""Characters of a piece of text that is quoted back."""


def screen(
    view: View,
    *,
    discreet: bool,
    said: Sequence[str] = (),
    yesterday: date | None = None,
    is_copy: bool = False,
    echo: bool = True,
) -> Message:
    """Return the check-in as it stands: the question in front of the patient, or the thanks at the end.

    Args:
        view: The check-in.
        discreet: No amounts, no name of the medicine.
        said: Lines above the question: what was understood, what was logged. Telegram HTML.
        yesterday: Yesterday's date where its check-in is offered too, else None.
        is_copy: An earlier sending of this very message may have arrived.
        echo: Repeats the numbers given so far.
    """
    position = view.walk.position
    if position is None:
        return finished(view, discreet=discreet, said=said)
    lines = [_heading(view), *said]
    if is_copy:
        lines.append(_("You may see this twice: it is the same check-in."))
    numbers = " · ".join(_numbers(view.walk.answers))
    if echo and numbers:
        lines.append(f"<i>{escape(numbers)}</i>")
    lines += ["", *_question_lines(view, position, discreet=discreet)]
    return Message("\n".join(lines), keyboards.for_question(view, discreet=discreet, yesterday=yesterday))


def finished(view: View, *, discreet: bool, said: Sequence[str] = ()) -> Message:
    """Return the thanks, with what was logged and the way to change it."""
    lines = [_("<b>Thank you.</b> Logged for {day}:").format(day=_day(view))]
    answers = logged(view, discreet=discreet)
    lines += answers
    if not answers and not view.walk.answers.flare:
        lines.append(_("no answers."))
    if view.walk.answers.flare:
        lines.append(_("Marked as a day too unwell for questions. Nothing more to do; rest well."))
    return Message("\n".join([*said, *([""] if said else []), *lines]), keyboards.for_end(view))


def change_list(view: View, *, discreet: bool) -> Message:
    """Return the list of questions, each of which can be answered anew."""
    text = _("<b>What do you want to change?</b> ({day})").format(day=_day(view))
    labels = {question: change_label(view, question, discreet=discreet) for question in view.walk.questions}
    return Message(text, keyboards.for_changes(view, labels))


def logged(view: View, *, discreet: bool) -> list[str]:
    """Return one line for each answer, as Telegram HTML."""
    return [escape(line) for line in answer_lines(view.walk.answers, discreet=discreet)]


def change_label(view: View, question: Question, *, discreet: bool) -> str:
    """Return a button's words for *question*: its answer where there is one. Buttons are plain text."""
    if view.walk.answers.value(question) is None:
        return _("{question}: not answered").format(question=name_of(question, discreet=discreet))
    return answer_line(view.walk.answers, question, discreet=discreet)


def _heading(view: View) -> str:
    place, total = view.walk.progress
    title = _("Check-in for {day}").format(day=_day(view))
    progress = _("{place} of {total}").format(place=place, total=total)
    return f"<b>{title}</b> · {progress}"


def _day(view: View) -> str:
    day = day_text(view.local_date)
    if view.timing is Timing.LATE:
        return _("{day} (late)").format(day=day)
    return _("{day} (added later)").format(day=day) if view.timing is Timing.BACKFILLED else day


def _question_lines(view: View, position: Question, *, discreet: bool) -> list[str]:
    if position is Question.SIDE_EFFECTS:
        return _side_effect_lines(view)
    lines = [_question_text(view, position, discreet=discreet)]
    if position in SCALES:
        lines.append(" · ".join(_(end) for end in SCALE_ENDS[position]))
    elif position in HOURS:
        lines.append(_("Tap, or type it: 6.5"))
    elif position is Question.NOTE:
        lines.append(_("Type it as a message, or skip."))
    return lines


def _question_text(view: View, position: Question, *, discreet: bool) -> str:
    if position is Question.DOSE and view.dose is not None:
        dose = keyboards.plain_amount(view.dose.planned_mg, view.dose.planned_as)
        hidden = DISCREET_MORNING_DOSE_TEXT if view.dose.morning else DISCREET_DOSE_TEXT
        text = hidden if discreet else QUESTION_TEXTS[position]
        return _(text).format(
            weekday=weekday_name(view.dose.dose_date),
            dose=escape(dose),
        )
    return _(DISCREET_PGIC_TEXT if discreet and position is Question.PGIC else QUESTION_TEXTS[position])


def _side_effect_lines(view: View) -> list[str]:
    walk = view.walk
    if walk.rating is not None:
        effect = _(SIDE_EFFECT_LABELS[walk.rating])
        asked = _("<b>{effect}</b>: how severe was it in the past 24 hours?").format(effect=first_up(effect))
        return [asked, *(_(definition) for definition in SEVERITY_DEFINITIONS.values())]
    lines = [_(QUESTION_TEXTS[Question.SIDE_EFFECTS])]
    chosen = walk.answers.side_effects or {}
    if chosen:
        lines.append(escape(effects_text(chosen, walk.answers.other_text)))
    elif may_copy_yesterday(view.yesterday) and view.yesterday is not None:
        yesterday = effects_text(view.yesterday.side_effects or {}, view.yesterday.other_text)
        lines.append(_("Yesterday: {effects}").format(effects=escape(yesterday)))
    if walk.wants_other_text:
        lines.append(_("You can type a few words about “other”, or tap Done."))
    return lines


def _numbers(answers: Answers) -> list[str]:
    return [
        _(ECHOES[question]).format(value=answers.value(question))
        for question in Question
        if question in SCALES and answers.value(question) is not None
    ]


def understood_lines(words: CheckinWords) -> list[str]:
    """Return what was understood of a typed check-in, and which pieces weren't. Telegram HTML."""
    said = [
        _(ECHOES[question]).format(value=value)
        for question, value in ((Question.PAIN, words.pain), (Question.SLEEP, words.sleep))
        if value is not None
    ]
    if words.side_effects is not None:
        names = [effect_name(effect, words.other_text) for effect in words.side_effects]
        said.append(", ".join(names) or _("no side effects"))
    lines = []
    if said:
        lines.append(_("Understood: {answers}").format(answers=escape(" · ".join(said))))
    if words.unclear:
        pieces = ", ".join(f"“{escape(piece[:LONGEST_QUOTE])}”" for piece in words.unclear)
        lines.append(_("Not clear: {pieces}. Please tap what is missing.").format(pieces=pieces))
    return lines


def dose_lines(logged: DoseLogged | None, zone: ZoneInfo) -> list[str]:
    """Return what must be said about an answer to Q0: how to go on when unsure, and the 12-hour warning."""
    if logged is None:
        return []
    lines = []
    if logged.answer is DoseAnswer.NOT_SURE:
        text = NOT_SURE_MORNING if is_morning(logged.due_at, zone) else NOT_SURE
        lines.append(escape(_(text), quote=False))
    if logged.warning is not None:
        at = clock_text(logged.warning.last_at, zone)
        lines.append(escape(hours_since_text(at, logged.warning.hours), quote=False))
    return lines


def safety(text: SafetyText, checkin_id: UUID) -> Message:
    """Return a safety text; a crisis asks whether to go on with the check-in."""
    words = escape(safety_text(text.trigger, said_today=text.said_today), quote=False)
    rows = crisis_rows(checkin_id) if text.trigger is Trigger.SUICIDE else ()
    return Message(words, rows)
