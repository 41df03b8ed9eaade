"""How a span reads: at most ten lines, every number beside its denominator, nothing claimed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bot.domain.checkin import Question
from bot.domain.checkin_words import MEASURE_LABELS, PGIC_LABELS
from bot.domain.free_text.dose_amount import format_mg
from bot.domain.pain_change import CHANGE_WORDS, Change
from bot.domain.span import ONE_DAY
from bot.domain.summary_facts import CAVEAT_TEXTS, Caveat
from bot.features.summary.figures import (
    comparison,
    is_unanswered,
    latest,
    mean_line,
    nothing_answered,
    short_figures,
    side_effects_line,
    values_line,
)
from bot.locale import N_, _, ngettext
from bot.locale.dates import month_text, short_date
from bot.message import Button, Message, press_data

if TYPE_CHECKING:
    from datetime import date

    from bot.domain.dose import Adherence
    from bot.domain.span import Span
    from bot.domain.summary_facts import Measure, Summary
    from bot.features.summary.actions import Overview
    from bot.message import Row

CHOICES = (7, 30, 90)
_DISCREET_CAVEATS = {
    Caveat.NO_BASELINE: N_("no diary before the start"),
    Caveat.NO_CAUSE: N_(
        "Fibromyalgia varies, people often start a treatment at a bad time, and people on placebo improve "
        "too. This can't show what caused the change."
    ),
}


def summary(one: Overview, *, discreet: bool, silent: bool = False) -> Message:
    """Return the span as a message with the buttons 7 · 30 · 90.

    Args:
        one: The numbers.
        discreet: No amounts, no name of the medicine.
        silent: Nobody asked for it: no sound.
    """
    return Message("\n".join(_lines(one, discreet=discreet)), _rows(one.summary.span), silent=silent)


def weekly(one: Overview, *, discreet: bool, is_copy: bool) -> Message:
    """Return the weekly summary; a copy says that it may have come before."""
    message = summary(one, discreet=discreet, silent=True)
    if not is_copy:
        return message
    notice = _("Once more, because the first one may not have arrived:")
    return Message(f"{notice}\n{message.text}", message.rows, silent=True)


def not_a_span() -> Message:
    """Return the answer to /summary with something that isn't a span of past days."""
    text = _(
        "I can't read past dates in that. Type a number of days or two dates: <i>/summary 14</i> or "
        "<i>/summary 1 May to 20 May</i>."
    )
    return Message(text, (_choices(None, None),))


def _lines(one: Overview, *, discreet: bool) -> list[str]:
    numbers = one.summary
    lines = [_heading(numbers.span), _start_line(one, discreet=discreet)]
    lines.append(_doses_line(numbers.doses, numbers.span, discreet=discreet))
    if is_unanswered(numbers):
        lines.append(nothing_answered(numbers))
    else:
        lines += _daily_lines(numbers, discreet=discreet)
    lines.append(_other_answers(numbers))
    lines.append(_change_line(numbers))
    lines.append(_caveats_line(numbers, discreet=discreet))
    return [line for line in lines if line]


def _daily_lines(numbers: Summary, *, discreet: bool) -> list[str]:
    main = [measure for measure in numbers.measures if measure.question in {Question.PAIN, Question.SLEEP}]
    others = [short_figures(measure) for measure in numbers.measures if measure not in main]
    return [
        *(_measure_line(measure, numbers.span) for measure in main),
        " · ".join(others),
        side_effects_line(numbers, discreet=discreet),
    ]


def _heading(span: Span) -> str:
    days = ngettext("{count} day", "{count} days", span.days).format(count=span.days)
    return _("<b>{first} to {last}</b> ({days})").format(
        first=short_date(span.first, year=span.first.year != span.last.year),
        last=short_date(span.last, year=True),
        days=days,
    )


def _start_line(one: Overview, *, discreet: bool) -> str:
    if one.started_on is None:
        return _("Start: not planned yet") if discreet else _("LDN start: not planned yet")
    started = month_text(one.started_on) if one.month_only else short_date(one.started_on, year=True)
    if one.started_on >= one.summary.span.last:
        # Tonight's or a later date, or a span from before the start: no word of "since".
        return (_("Start: {date}") if discreet else _("LDN start: {date}")).format(date=started)
    if discreet:
        return _("Since {date}").format(date=started)
    if one.step is None:
        return _("LDN since {date}").format(date=started)
    return _("LDN since {date}; {dose} from {step_date}").format(
        date=started,
        dose=escape(one.step.shown_as or format_mg(one.step.dose_mg)),
        step_date=short_date(one.step.starts_on),
    )


def _doses_line(doses: Adherence, span: Span, *, discreet: bool) -> str:
    head = _("Routine") if discreet else _("Doses")
    if span.last_dose < span.first_dose or not (doses.of or doses.held):
        return _("{doses}: none in these days").format(doses=head)
    parts = [
        _("taken {count}").format(count=doses.taken),
        _("not taken {count}").format(count=doses.not_taken),
        _("not answered {count}").format(count=doses.not_answered),
    ]
    if discreet:
        parts[:2] = [
            _("done {count}").format(count=doses.taken),
            _("not done {count}").format(count=doses.not_taken),
        ]
    if doses.not_asked:
        parts.append(_("not asked {count}").format(count=doses.not_asked))
    if doses.held:
        parts.append(_("on hold {count} (not counted)").format(count=doses.held))
    return _("{doses} {first}–{last}: {counts}, of {total}").format(
        doses=head,
        first=short_date(span.first_dose),
        last=short_date(span.last_dose),
        counts=" · ".join(parts),
        total=doses.of,
    )


def _measure_line(measure: Measure, span: Span) -> str:
    label = _(MEASURE_LABELS[measure.question]).capitalize()
    if measure.mean is None:
        return values_line(label, measure)
    return mean_line(label, measure) + comparison(measure, span)


def _other_answers(numbers: Summary) -> str:
    parts = []
    if numbers.interference:
        listed = latest([f"{value} ({short_date(day)})" for day, value in numbers.interference])
        parts.append(_("Pain in the way of everyday activities: {values}").format(values=listed))
    if numbers.pgic:
        listed = latest([f"{_(PGIC_LABELS[answer])} ({short_date(day)})" for day, answer in numbers.pgic])
        parts.append(_("Overall since the start: {values}").format(values=listed))
    if numbers.flares:
        days = latest([short_date(day) for day in numbers.flares])
        parts.append(_("Too unwell on: {days}").format(days=days))
    return " · ".join(parts)


def _change_line(numbers: Summary) -> str:
    change = numbers.pain_change
    if change is None or change is Change.NUMBERS_ONLY:
        return ""
    return _("Pain, the last 28 days against the 28 before: {words} (approximate)").format(
        words=_(CHANGE_WORDS[change])
    )


def _caveats_line(numbers: Summary, *, discreet: bool) -> str:
    # "Not enough days" stands beside the values that it is about.
    texts = [
        _(_DISCREET_CAVEATS.get(caveat, CAVEAT_TEXTS[caveat]) if discreet else CAVEAT_TEXTS[caveat])
        for caveat in numbers.caveats
        if caveat is not Caveat.FEW_DAYS and not (caveat is Caveat.UNANSWERED and is_unanswered(numbers))
    ]
    sentences = [text[0].upper() + text[1:].rstrip(".") + "." for text in texts]
    return "<i>" + " ".join(sentences) + "</i>" if sentences else ""


def _rows(span: Span) -> tuple[Row, ...]:
    is_usual = span.last_dose == span.last - ONE_DAY and span.first_dose == span.first - ONE_DAY
    return (_choices(span.days if is_usual else None, span.last),)


def _choices(shown: int | None, last: date | None) -> Row:
    """Return the buttons; each keeps the span's last day: a button decides what it shows, never the clock."""
    ends = [] if last is None else [last.isoformat()]
    return tuple(
        Button(
            _("{days} days").format(days=days),
            press_data("summary.show", None, days, *ends),
            style="primary" if days == shown else None,
        )
        for days in CHOICES
    )
