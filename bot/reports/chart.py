"""A span of the diary as the data of chart.typ: columns are dates, 0 the first; words are translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.checkin import Question
from bot.domain.checkin_calendar import Rhythm
from bot.domain.checkin_words import MEASURE_LABELS
from bot.domain.dose import DoseState
from bot.domain.event import EVENT_LABELS, Aspect, EventKind
from bot.domain.free_text.dose_amount import format_mg
from bot.domain.regimen import step_on
from bot.domain.running_mean import running_means
from bot.domain.side_effect import SEVERITY_LABELS, SIDE_EFFECT_LABELS, Severity, SideEffect
from bot.locale import N_, _, ngettext
from bot.reports.axis import ticks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from bot.domain.diary import Diary
    from bot.domain.event import EventFact
    from bot.domain.regimen import DoseStep
    from bot.domain.summary_facts import Measure

Data = dict[str, Any]

MOST_EFFECTS = 6
_LONGEST_AMOUNT = 16
_DAYS_APART = {Rhythm.DAILY: 1, Rhythm.EVERY_OTHER_DAY: 2, Rhythm.WEEKLY: 7}
_SHAPES = {Question.PAIN: "circle", Question.SLEEP: "diamond"}
# Short enough for the margin of a picture on a phone.
_SHORT_EFFECTS: Mapping[SideEffect, str] = {
    SideEffect.ANXIETY: N_("anxiety, restless"),
    SideEffect.TIREDNESS: N_("tiredness"),
}
_DOSE_ROWS: Mapping[str, str] = {
    "taken": N_("taken"),
    "not_taken": N_("not taken"),
    "unknown": N_("not answered"),
    "unreached": N_("not asked"),
    "held": N_("on hold"),
}
_DISCREET_DOSE_ROWS: Mapping[str, str] = {**_DOSE_ROWS, "taken": N_("done"), "not_taken": N_("not done")}
_ALWAYS_SHOWN = ("taken", "not_taken")


def chart_data(diary: Diary, *, most: int = MOST_EFFECTS, most_events: int = len(EventKind)) -> Data:
    """Return what chart.typ draws of *diary*.

    Args:
        diary: The days.
        most: Rows of side effects; a count tells of further ones.
        most_events: The same of kinds of events.
    """
    return {
        "days": diary.days,
        "apart": _DAYS_APART[diary.rhythm],
        "ticks": ticks(diary.first, diary.last),
        "baseline": baseline_days(diary),
        "panels": [
            _panel(diary, measure) for measure in diary.summary.measures if measure.question in _SHAPES
        ],
        "doses": {"label": _("Routine") if diary.discreet else _("Doses"), "rows": _dose_rows(diary)},
        "steps": None if diary.discreet else _steps(diary),
        "effects": _effects(diary, most),
        "events": _events(diary, most_events),
    }


def baseline_days(diary: Diary) -> int:
    """Return how many of the first columns lie before the treatment; the first dose is in the evening."""
    if diary.started_on is None:
        return diary.days
    return max(0, min(diary.days, diary.column(diary.started_on) + 1))


def _panel(diary: Diary, measure: Measure) -> Data:
    question = measure.question
    values = tuple(
        (fact.local_date, fact.values[question]) for fact in diary.checkins if question in fact.values
    )
    runs = running_means(values, diary.span.first, diary.span.last, diary.rhythm)
    known = ngettext("{n} of {of} day", "{n} of {of} days", measure.of).format(n=measure.n, of=measure.of)
    mean = None if measure.mean is None else _("mean {mean} · {known}").format(mean=measure.mean, known=known)
    return {
        "label": _(MEASURE_LABELS[question]).capitalize(),
        "aside": mean or known,
        "shape": _SHAPES[question],
        "ends": {"0": _("0 best"), "10": _("10 worst")},
        "dots": [
            [diary.column(day), value] for day, value in values if diary.span.first <= day <= diary.span.last
        ],
        "means": [[[diary.column(day), round(mean, 3)] for day, mean in run] for run in runs],
    }


def _dose_rows(diary: Diary) -> list[Data]:
    days: dict[str, set[int]] = {state: set() for state in _DOSE_ROWS}
    for dose in diary.doses:
        state = DoseState.UNKNOWN if dose.state is DoseState.ASKED else dose.state
        if state.value in days and diary.shows(dose.dose_date):
            days[state.value].add(diary.column(dose.dose_date))
    spoken = set().union(*days.values())
    for first, last in diary.pauses:
        until = min(last or diary.span.last_dose, diary.span.last_dose)
        days["held"] |= set(_columns(diary, first, until)) - spoken
    labels = _DISCREET_DOSE_ROWS if diary.discreet else _DOSE_ROWS
    return [
        {"state": state, "label": _(label), "days": sorted(days[state])}
        for state, label in labels.items()
        if days[state] or state in _ALWAYS_SHOWN
    ]


def _columns(diary: Diary, first: date, last: date) -> Iterable[int]:
    return range(max(0, diary.column(first)), min(diary.days - 1, diary.column(last)) + 1)


def _steps(diary: Diary) -> Data | None:
    line: list[list[Any]] = []
    for column, day in enumerate(diary.dates()):
        step = step_on(diary.steps, day)
        if step is None or day > max(diary.span.last_dose, diary.first):
            continue
        words = _short_amount(step)
        if line and line[-1][3] == words:
            line[-1][1] = column + 1
        else:
            line.append([column, column + 1, float(step.dose_mg), words])
    if not line:
        return None
    begins = line[0][0] > 0 or any(step.starts_on == diary.first for step in diary.steps)
    return {
        "label": _("Dose planned"),
        "line": line,
        "top": max(part[2] for part in line),
        # A step that began earlier has no riser at the edge.
        "begins": begins,
    }


def _short_amount(step: DoseStep) -> str:
    """Return the amount as the patient typed it; "1.5 ml (1 mg/ml), with water" has no room above a step."""
    typed = step.shown_as or ""
    return typed if 0 < len(typed) <= _LONGEST_AMOUNT else format_mg(step.dose_mg)


def _effects(diary: Diary, most: int) -> Data:
    span, shown = diary.span, diary.summary.side_effects[:most]
    answered = [
        fact
        for fact in diary.checkins
        if fact.side_effects is not None and span.first <= fact.local_date <= span.last
    ]
    rows: list[Data] = [
        {
            "label": _(_SHORT_EFFECTS.get(one.effect, SIDE_EFFECT_LABELS[one.effect])),
            "marks": [
                [diary.column(fact.local_date), fact.side_effects[one.effect].rank]
                for fact in answered
                if fact.side_effects and one.effect in fact.side_effects
            ],
        }
        for one in shown
    ]
    if answered and not rows:
        rows = [{"label": _("none reported"), "marks": []}]
    more = len(diary.summary.side_effects) - len(shown)
    label = _("Side effects") if not more else _("Side effects, and {count} more").format(count=more)
    return {
        "label": label,
        "key": [_(SEVERITY_LABELS[severity]) for severity in Severity],
        "answered": [diary.column(fact.local_date) for fact in answered],
        "rows": rows,
    }


def _events(diary: Diary, most: int) -> Data:
    rows = _event_rows(diary)
    more = len(rows) - most
    label = _("Events") if more <= 0 else _("Events, and {count} more kinds").format(count=more)
    return {"label": label, "rows": rows[:most]}


def _event_rows(diary: Diary) -> list[Data]:
    spans: dict[EventKind, set[tuple[int, int]]] = {kind: set() for kind in EventKind}
    for fact in diary.checkins:
        if fact.flare and diary.shows(fact.local_date):
            spans[EventKind.FLARE].add((diary.column(fact.local_date),) * 2)
    for event in diary.events:
        columns = _event_columns(diary, event)
        if columns is not None:
            spans[event.kind].add(columns)
    return [
        {"label": _(EVENT_LABELS[kind]), "spans": [list(span) for span in sorted(found)]}
        for kind, found in spans.items()
        if found
    ]


def _event_columns(diary: Diary, event: EventFact) -> tuple[int, int] | None:
    """Return where an event begins and ends; None for a treatment that only goes on: nothing happened."""
    last = event.last or event.first
    if event.aspect is Aspect.STARTED and not diary.shows(event.first):
        return None
    if last < diary.first or event.first > diary.last:
        return None
    return max(0, diary.column(event.first)), min(diary.days - 1, diary.column(last))
