"""How a span reads: at most ten lines, every number beside its denominator, nothing claimed.

The words say what the picture above them shows: they are what a screen reader has of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from bot.domain.checkin import Question
from bot.domain.checkin_words import MEASURE_LABELS, PGIC_LABELS
from bot.domain.free_text.dose_amount import format_mg
from bot.domain.pain_change import CHANGE_WORDS, Change
from bot.domain.regimen import ONE_DAY
from bot.domain.summary_facts import CAVEAT_TEXTS, DISCREET_CAVEAT_TEXTS, Caveat
from bot.features.summary.figures import (
    NAMED_SIDE_EFFECTS,
    comparison,
    is_unanswered,
    mean_line,
    nothing_answered,
    short_figures,
    side_effects_line,
    values_line,
)
from bot.features.summary.picture import picture_of
from bot.locale import _, ngettext
from bot.locale.dates import month_text, short_date
from bot.locale.lists import latest
from bot.message import MAX_CAPTION, Button, Message, press_data, shown_length
from bot.telegram_io.questions import in_rows, ways_back

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.domain.diary import Diary
    from bot.domain.dose import Adherence
    from bot.domain.span import Span
    from bot.domain.summary_facts import Measure, Summary
    from bot.message import Attachment, Row
    from bot.telegram_io.feature import Offer

A_YEAR = 365
CHOICES = (7, 30, 90, A_YEAR)
_MOST_OFFERS = 3


@dataclass(frozen=True, slots=True)
class _Detail:
    """How much the lines tell: what a caption has no room for stands in the picture above it."""

    effects: int = NAMED_SIDE_EFFECTS
    listed: int = 14
    optional: bool = True
    compared: bool = True


# The first that fits is said. Without the figures of the span before, nothing is compared.
_DETAILS = (
    _Detail(),
    _Detail(effects=2, listed=3),
    _Detail(effects=2, listed=1, optional=False),
    _Detail(effects=1, listed=1, optional=False, compared=False),
)


def summary(one: Diary, *, discreet: bool, offers: Sequence[Offer] = ()) -> Message:
    """Return the span as a picture with its words and the buttons 7 · 30 · 90 days · 1 year.

    Args:
        one: The diary.
        discreet: No amounts, no name of the medicine.
        offers: Further buttons.
    """
    return _message(one, discreet=discreet, offers=offers)


def weekly(one: Diary, *, discreet: bool, is_copy: bool, offers: Sequence[Offer] = ()) -> Message:
    """Return the weekly summary, which nobody asked for; a copy says that it may have come before."""
    notice = _("Once more, because the first one may not have arrived:") if is_copy else ""
    return _message(one, discreet=discreet, offers=offers, silent=True, notice=notice)


def _message(
    one: Diary, *, discreet: bool, offers: Sequence[Offer], silent: bool = False, notice: str = ""
) -> Message:
    text, attachment = _fitting(one, discreet=discreet, notice=notice)
    rows = _rows(one.summary.span, offers)
    return Message(text, rows, silent=silent, attachment=attachment)


def _fitting(one: Diary, *, discreet: bool, notice: str) -> tuple[str, Attachment | None]:
    """Return the words and the picture; in full without one, else as much as fits below it."""
    picture = picture_of(one.summary.span) if has_something(one) else None
    texts = []
    for detail in _DETAILS:
        lines = _lines(one, detail, discreet=discreet)
        # On the first line: there are ten.
        lines[0] = f"{notice} {lines[0]}".lstrip()
        texts.append("\n".join(lines))
        if picture is None or shown_length(texts[-1]) <= MAX_CAPTION:
            return texts[-1], picture
    return texts[0], None


def has_something(one: Diary) -> bool:
    """Tell whether there is anything to draw: a dose, an answer, a flare, an event."""
    numbers = one.summary
    return bool(numbers.doses.of or numbers.flares or one.events or not is_unanswered(numbers))


def not_a_span() -> Message:
    """Return the answer to /summary with something that isn't a span of past days."""
    text = _(
        "I can't read past dates in that. Type a number of days or two dates: <i>/summary 14</i> or "
        "<i>/summary 1 May to 20 May</i>."
    )
    return Message(text, (_choices(None, None),))


def _lines(one: Diary, detail: _Detail, *, discreet: bool) -> list[str]:
    numbers = one.summary
    lines = [_heading(numbers.span), _start_line(one, discreet=discreet)]
    lines.append(_doses_line(numbers.doses, numbers.span, discreet=discreet))
    if is_unanswered(numbers):
        lines.append(nothing_answered(numbers))
    else:
        lines += _daily_lines(numbers, detail, discreet=discreet)
    lines.append(_other_answers(numbers, detail.listed))
    lines.append(_change_line(numbers) if detail.compared else "")
    lines.append(_caveats_line(numbers, detail, discreet=discreet))
    return [line for line in lines if line]


def _daily_lines(numbers: Summary, detail: _Detail, *, discreet: bool) -> list[str]:
    main = [measure for measure in numbers.measures if measure.question in {Question.PAIN, Question.SLEEP}]
    others = [short_figures(measure) for measure in numbers.measures if measure not in main]
    return [
        *(_measure_line(measure, numbers.span, detail) for measure in main),
        " · ".join(others) if detail.optional else "",
        side_effects_line(numbers, discreet=discreet, named=detail.effects, compared=detail.compared),
    ]


def _heading(span: Span) -> str:
    days = ngettext("{count} day", "{count} days", span.days).format(count=span.days)
    return _("<b>{first} to {last}</b> ({days})").format(
        first=short_date(span.first, year=span.first.year != span.last.year),
        last=short_date(span.last, year=True),
        days=days,
    )


def _start_line(one: Diary, *, discreet: bool) -> str:
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
        first=short_date(span.first_dose, year=span.first_dose.year != span.last_dose.year),
        last=short_date(span.last_dose, year=span.first_dose.year != span.last_dose.year),
        counts=" · ".join(parts),
        total=doses.of,
    )


def _measure_line(measure: Measure, span: Span, detail: _Detail) -> str:
    label = _(MEASURE_LABELS[measure.question]).capitalize()
    if measure.mean is None:
        return values_line(label, measure)
    return mean_line(label, measure) + (comparison(measure, span) if detail.compared else "")


def _other_answers(numbers: Summary, most: int) -> str:
    parts = []
    if numbers.interference:
        listed = latest([f"{value} ({short_date(day)})" for day, value in numbers.interference], most)
        parts.append(_("Pain in the way of everyday activities: {values}").format(values=listed))
    if numbers.pgic:
        listed = latest(
            [f"{_(PGIC_LABELS[answer])} ({short_date(day)})" for day, answer in numbers.pgic], most
        )
        parts.append(_("Overall since the start: {values}").format(values=listed))
    if numbers.flares:
        days = latest([short_date(day) for day in numbers.flares], most)
        parts.append(_("Too unwell on: {days}").format(days=days))
    return " · ".join(parts)


def _change_line(numbers: Summary) -> str:
    change = numbers.pain_change
    if change is None or change is Change.NUMBERS_ONLY:
        return ""
    return _("Pain, the last 28 days against the 28 before: {words} (approximate)").format(
        words=_(CHANGE_WORDS[change])
    )


def _caveats_line(numbers: Summary, detail: _Detail, *, discreet: bool) -> str:
    # "Not enough days" stands beside the values that it is about.
    texts_of = DISCREET_CAVEAT_TEXTS if discreet else CAVEAT_TEXTS
    texts = [
        _(texts_of[caveat])
        for caveat in numbers.caveats
        if caveat is not Caveat.FEW_DAYS
        and not (caveat is Caveat.UNANSWERED and is_unanswered(numbers))
        and not (caveat is Caveat.NO_CAUSE and not detail.compared)
    ]
    sentences = [text[0].upper() + text[1:].rstrip(".") + "." for text in texts]
    return "<i>" + " ".join(sentences) + "</i>" if sentences else ""


def _rows(span: Span, offers: Sequence[Offer]) -> tuple[Row, ...]:
    is_usual = span.last_dose == span.last - ONE_DAY and span.first_dose == span.first - ONE_DAY
    further = tuple(
        Button(_(offer.label), press_data(offer.verb, None, span.days, span.last.isoformat()))
        for offer in offers
    )
    first = _choices(span.days if is_usual else None, span.last)
    rows = (first, *in_rows(further, _MOST_OFFERS), ways_back())
    return tuple(row for row in rows if row)


def _choices(shown: int | None, last: date | None) -> Row:
    """Return the buttons; each keeps the span's last day: a button decides what it shows, never the clock."""
    ends = [] if last is None else [last.isoformat()]
    return tuple(
        Button(
            _("1 year") if days == A_YEAR else _("{days} days").format(days=days),
            press_data("summary.show", None, days, *ends),
            style="primary" if days == shown else None,
        )
        for days in CHOICES
    )
