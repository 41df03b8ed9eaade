"""The sections of the doctor's page, in the order of rule 8; each number beside its denominator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checkin_calendar import Rhythm
from bot.domain.checkin_words import MEASURE_LABELS, PGIC_LABELS
from bot.domain.doctor_page import effects_by_step, levels
from bot.domain.side_effect import SEVERITY_LABELS, SIDE_EFFECT_LABELS
from bot.domain.summary import HIGH
from bot.domain.summary_facts import CAVEAT_TEXTS, Caveat
from bot.locale import _, ngettext
from bot.locale.dates import short_date
from bot.locale.lists import latest
from bot.reports.chart import chart_data
from bot.reports.doctor_treatment import Section, dose_words, facts_section, safety, treatment
from bot.reports.picture import event_line, reading_aid
from bot.reports.typesetting import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.doctor_page import Column, DoctorPage
    from bot.domain.side_effect import SideEffect
    from bot.domain.summary_facts import Measure


_LONGEST_NOTE = 90
_MOST_WEEKLY = 8
_MOST_VALUES = 8
_MOST_LINES = 5
_MOST_STEPS = 4


def sections(page: DoctorPage, listed: int, rows: int) -> list[Section]:
    """Return every section.

    Args:
        page: What it says.
        listed: Of more items than this a list shows the latest, and how many there are.
        rows: The same for rows of a table or a picture, the worst side effects first.
    """
    made = (
        treatment(page, listed),
        safety(page, listed),
        _levels(page),
        _weekly_and_monthly(page, listed),
        _picture(page, rows),
        _effects(page, rows),
        _events(page, listed),
        _questions(page),
        _method(page),
    )
    return [section for section in made if section]


def _levels(page: DoctorPage) -> Section:
    rows = []
    for level in levels(page.diary):
        before = _("no diary before LDN") if level.before is None else _measure(level.before)
        rows.append([_(MEASURE_LABELS[level.question]).capitalize(), _measure(level.now), before])
    days = min(28, page.diary.span.days)
    head = ["", _("Now: the last {days} days").format(days=days), _("Before LDN: the last 28 days")]
    return {"kind": "table", "title": _("Pain and sleep, 0 best to 10 worst"), "head": head, "rows": rows}


def _measure(measure: Measure) -> str:
    days = ngettext("{n} of {of} day", "{n} of {of} days", measure.of).format(n=measure.n, of=measure.of)
    if not measure.n:
        return days
    if measure.mean is None:
        values = latest([f"{value:g}" for _day, value in measure.listed], _MOST_VALUES)
        text = _("{values}; {known}").format(values=values, known=days)
        return text if measure.needed is None else text + _(", not enough days for an average")
    text = _("mean {mean} ({days})").format(mean=measure.mean, days=days)
    if measure.high_days is None:
        return text
    return text + _(", {high} or more on {count}").format(high=HIGH, count=measure.high_days)


def _weekly_and_monthly(page: DoctorPage, listed: int) -> Section:
    numbers = page.diary.summary
    interference = [f"{value} ({short_date(day)})" for day, value in numbers.interference]
    pgic = [f"{_(PGIC_LABELS[answer])} ({short_date(day)})" for day, answer in numbers.pgic]
    none = _("no answers")
    return facts_section(
        "",
        (
            (
                _("Pain in the way of everyday activities, 0 to 10, weekly:"),
                latest(interference, _MOST_WEEKLY) or none,
            ),
            (_("Overall since the start (PGIC), monthly:"), latest(pgic, max(3, listed)) or none),
        ),
    )


def _picture(page: DoctorPage, rows: int) -> Section:
    chart = chart_data(page.diary, most=rows, most_events=rows)
    return {
        "kind": "chart",
        "title": "",
        "chart": chart,
        "aid": " ".join(reading_aid(page.diary)),
        "alt": _("Pain, sleep problems, doses, dose steps, side effects and events by day."),
    }


def _effects(page: DoctorPage, most: int) -> Section:
    columns = effects_by_step(page.diary)
    steps = [column for column in columns if column.step is not None]
    title = _("Side effects by dose (reported, at worst)")
    if len(steps) > _MOST_STEPS:
        columns = (*(column for column in columns if column.step is None), *steps[-_MOST_STEPS:])
        title = _("Side effects by dose (reported, at worst; the latest {shown} of {count} doses)").format(
            shown=_MOST_STEPS, count=len(steps)
        )
    worst_first = _worst_first(columns)
    if not columns:
        return facts_section(_("Side effects by dose"), (("", _("no answers")),))
    head = [_("Days reported of days answered"), *(_column_head(column) for column in columns)]
    rows = [
        [_(SIDE_EFFECT_LABELS[effect]), *(_cell(column, effect) for column in columns)]
        for effect in worst_first[:most]
    ]
    if len(worst_first) > most:
        more = _("and {count} more").format(count=len(worst_first) - most)
        rows.append([more, *("" for _column in columns)])
    if not rows:
        rows = [[_("none reported"), *(f"0 / {column.answered}" for column in columns)]]
    return {
        "kind": "table",
        "title": title,
        "head": head,
        "rows": rows,
    }


def _worst_first(columns: Sequence[Column]) -> list[SideEffect]:
    found: dict[SideEffect, tuple[int, int]] = {}
    for column in columns:
        for effect, (days, severity) in column.reported.items():
            found[effect] = max(found.get(effect, (0, 0)), (severity.rank, days))
    return sorted(found, key=lambda effect: found[effect], reverse=True)


def _column_head(column: Column) -> str:
    return _("before LDN") if column.step is None else dose_words(column.step)


def _cell(column: Column, effect: SideEffect) -> str:
    if effect not in column.reported:
        return f"0 / {column.answered}"
    days, severity = column.reported[effect]
    return f"{days} / {column.answered}, {_(SEVERITY_LABELS[severity])}"


def _events(page: DoctorPage, listed: int) -> Section:
    lines = [event_line(event, _LONGEST_NOTE) for event in page.diary.events]
    flares = [short_date(day) for day in page.diary.summary.flares]
    facts = [("", line) for line in lines[-listed:]]
    if len(lines) > listed:
        facts.append(("", _("(the latest {shown} of {count})").format(shown=listed, count=len(lines))))
    if flares:
        facts.append((_("Too unwell on:"), latest(flares, listed)))
    if not facts:
        facts = [("", _("none recorded"))]
    return facts_section(_("Other medicines and events"), facts)


def _questions(page: DoctorPage) -> Section | None:
    paragraphs = [printable(line) for line in page.questions.splitlines()]
    paragraphs = [line for line in paragraphs if line]
    if len(paragraphs) > _MOST_LINES:
        paragraphs[_MOST_LINES - 1 :] = [" ".join(paragraphs[_MOST_LINES - 1 :])]
    return {"kind": "words", "title": _("My questions"), "paragraphs": paragraphs} if paragraphs else None


def _method(page: DoctorPage) -> Section:
    asked = {
        Rhythm.DAILY: _("Asked each morning about the past 24 hours. A mean needs 4 of 7 days answered."),
        Rhythm.EVERY_OTHER_DAY: _(
            "Asked every other morning about the past 24 hours. A mean needs 5 answers in 14 days."
        ),
        Rhythm.WEEKLY: _("Asked once a week about the past 24 hours, which is too seldom for a mean."),
    }[page.diary.rhythm]
    gaps = _("Days without an answer are left out, not filled in, and may have been the worst.")
    return {
        "kind": "words",
        "title": _("Method"),
        "paragraphs": [f"{asked} {gaps} {_(CAVEAT_TEXTS[Caveat.NO_CAUSE])}"],
    }
