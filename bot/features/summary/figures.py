"""Means, lists and side effects in words: each with how many days it stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checkin_words import MEASURE_LABELS
from bot.domain.side_effect import SEVERITY_LABELS, SIDE_EFFECT_LABELS
from bot.domain.span import WEEK_DAYS
from bot.locale import _, ngettext
from bot.locale.dates import short_date

if TYPE_CHECKING:
    from datetime import date

    from bot.domain.span import Span
    from bot.domain.summary_facts import Measure, Reported, Summary

# More values than this are listed without their dates, more side effects only counted.
DATED_VALUES = 10
MOST_VALUES = 60
NAMED_SIDE_EFFECTS = 4


def mean_line(label: str, measure: Measure) -> str:
    """Return "Pain: mean 5.4 (6 of 7 days), worst 8 on 18 Nov, 7 or more on 2 days"."""
    return _("{measure}: mean {mean} ({n} of {of} days)").format(
        measure=label, mean=measure.mean, n=measure.n, of=measure.of
    ) + _beside(measure)


def values_line(label: str, measure: Measure) -> str:
    """Return the values themselves, where there is no mean; that they are too few only where they are."""
    if not measure.n:
        return ngettext(
            "{measure}: no answers (0 of {of} day)", "{measure}: no answers (0 of {of} days)", measure.of
        ).format(measure=label, of=measure.of)
    known = ngettext("{n} of {of} day", "{n} of {of} days", measure.of).format(n=measure.n, of=measure.of)
    if measure.n <= MOST_VALUES:
        known = _("{values}; {known}").format(values=_listed(measure.listed), known=known)
    if measure.needed is None:
        return _("{measure}: {words}").format(measure=label, words=known)
    return _("{measure}: {words}, not enough days for an average").format(measure=label, words=known)


def is_unanswered(numbers: Summary) -> bool:
    """Tell whether no daily question was answered in the span."""
    return not numbers.effects_answered and not any(measure.n for measure in numbers.measures)


def nothing_answered(numbers: Summary) -> str:
    """Return the one line in place of the daily figures when there are none."""
    of = max((measure.of for measure in numbers.measures), default=0)
    return _("No check-in was answered in these days (0 of {of}).").format(of=of)


def short_figures(measure: Measure) -> str:
    """Return an optional question's figures, which share a line with the others'."""
    label = _(MEASURE_LABELS[measure.question]).capitalize()
    return values_line(label, measure) if measure.mean is None else mean_line(label, measure)


def comparison(measure: Measure, span: Span) -> str:
    """Return the span before in numbers (never in words), or "" where it has no mean."""
    if measure.previous is None:
        return ""
    before = (
        _("the week before")
        if span.days == WEEK_DAYS
        else _("the {count} days before").format(count=span.days)
    )
    return _("; {before} {mean} ({n} of {of})").format(
        before=before, mean=measure.previous.mean, n=measure.previous.n, of=measure.previous.of
    )


def side_effects_line(
    numbers: Summary, *, discreet: bool, named: int = NAMED_SIDE_EFFECTS, compared: bool = True
) -> str:
    """Return the side effects that were reported, the worst first; what they came from nobody can tell.

    Args:
        numbers: The summary.
        discreet: No name of the medicine.
        named: How many are named; the others are counted.
        compared: With the rates before the start.
    """
    if not numbers.effects_answered:
        return _("Side effects: no answers")
    if not numbers.side_effects:
        count = numbers.effects_answered
        return ngettext(
            "Side effects reported: none, on {count} of {count} day answered",
            "Side effects reported: none, on {count} of {count} days answered",
            count,
        ).format(count=count)
    parts = [_reported(one, discreet=discreet, compared=compared) for one in numbers.side_effects[:named]]
    more = len(numbers.side_effects) - len(parts)
    if more:
        parts.append(ngettext("and {count} other", "and {count} others", more).format(count=more))
    return _("Side effects reported: {effects}").format(effects=" · ".join(parts))


def _reported(one: Reported, *, discreet: bool, compared: bool) -> str:
    text = _("{effect} on {days} of {answered} days, at worst {severity}").format(
        effect=_(SIDE_EFFECT_LABELS[one.effect]),
        days=one.days,
        answered=one.answered,
        severity=_(SEVERITY_LABELS[one.worst]),
    )
    if one.baseline_answered is None or not compared:
        return text
    before = (
        _(" (before the start {days} of {answered})") if discreet else _(" (before LDN {days} of {answered})")
    )
    return text + before.format(days=one.baseline_days, answered=one.baseline_answered)


def _beside(measure: Measure) -> str:
    if measure.worst is None or measure.high_days is None:
        return ""
    day, value = measure.worst
    high = ngettext("7 or more on {count} day", "7 or more on {count} days", measure.high_days)
    return _(", worst {value} on {day}, {high}").format(
        value=f"{value:g}", day=short_date(day), high=high.format(count=measure.high_days)
    )


def _listed(values: tuple[tuple[date, float], ...]) -> str:
    if len(values) > DATED_VALUES:
        return ", ".join(f"{value:g}" for _day, value in values)
    return ", ".join(f"{value:g} ({short_date(day)})" for day, value in values)
