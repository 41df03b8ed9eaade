"""Stages of a treatment that can be compared: the baseline, each dose step, one month and the one before.

Dates are local dates of check-ins. A morning's answers tell of the day before, so the check-in on the day of
a change still belongs to the stage before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, auto
from typing import TYPE_CHECKING

from bot.domain.checkin import Question
from bot.domain.comparison import (
    COMPARED_DAYS,
    FEWEST_DAYS,
    LEFT_OUT_DAYS,
    Stretch,
    interval_of,
    last_days,
)
from bot.domain.pain_change import Change, change_of
from bot.domain.regimen import ONE_DAY
from bot.domain.summary import exact_mean, reported_in, values_of_dates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.domain.regimen import DoseStep
    from bot.domain.summary_facts import CheckinFact, Reported

_MONTH = timedelta(days=COMPARED_DAYS)
_SETTLING = timedelta(days=LEFT_OUT_DAYS)


class StageKind(StrEnum):
    """What makes a stage."""

    BASELINE = auto()
    STEP = auto()
    MONTH = auto()


@dataclass(frozen=True, slots=True)
class Stage:
    """Dates that belong together.

    Attributes:
        kind: What makes it a stage.
        first: First local date of check-ins that counts.
        last: Last one; before `first` where no date counts yet.
        step: The dose step, of a STEP.
    """

    kind: StageKind
    first: date
    last: date
    step: DoseStep | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One stage in numbers: of its last 28 days at most.

    Attributes:
        stage: Which.
        pain: Days and answers.
        sleep: Sleep problems, on the same days.
        effects: Side effects by rank, as reported on these days.
        effects_answered: Days on which Q3 was answered.
    """

    stage: Stage
    pain: Stretch
    sleep: Stretch
    effects: tuple[Reported, ...]
    effects_answered: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """One stage beside another.

    Attributes:
        earlier: The stage that came first.
        later: The other.
        interval: For the later minus the earlier mean of pain, in points; None: too short to compare, or
            nothing varies.
        change: The word for it; None unless 28 days are compared with the 28 before (rule 4).
    """

    earlier: Side
    later: Side
    interval: tuple[float, float] | None
    change: Change | None

    @property
    def is_long_enough(self) -> bool:
        """Tell whether both stages have at least 21 days and 15 answers."""
        return self.earlier.pain.is_long_enough and self.later.pain.is_long_enough


def months(today: date) -> tuple[Stage, Stage]:
    """Return the 28 days before the last 28, and the last 28, ending on *today*."""
    middle = today - _MONTH
    return (
        Stage(StageKind.MONTH, middle - _MONTH + ONE_DAY, middle),
        Stage(StageKind.MONTH, middle + ONE_DAY, today),
    )


def stages(
    steps: Sequence[DoseStep],
    pauses: Sequence[tuple[date, date | None]],
    *,
    started_on: date | None,
    diary_from: date,
    today: date,
) -> tuple[Stage, ...]:
    """Return the baseline, where there is one, and every dose step that has begun, oldest first.

    Args:
        steps: The titration, in any order; steps in a row with one amount are one stage.
        pauses: (first, last dose date) of pauses and holds, last None until today: what lies inside belongs
            to no stage, and the days after them settle like those after a change.
        started_on: First dose date ever, None where it isn't planned.
        diary_from: The local date of the first check-in.
        today: The last date that may count.
    """
    found = []
    if started_on is not None and diary_from <= min(started_on, today):
        found.append(Stage(StageKind.BASELINE, diary_from, min(started_on, today)))
    changes = _changes([step for step in steps if step.starts_on <= today])
    for number, step in enumerate(changes):
        ends = changes[number + 1].starts_on if number + 1 < len(changes) else today
        pieces = list(_pieces(step.starts_on, ends, pauses, diary_from, today))
        first, last = next((piece for piece in reversed(pieces) if _is_long(piece)), pieces[-1])
        found.append(Stage(StageKind.STEP, first, last, step))
    return tuple(found)


def compare(earlier: Stage, later: Stage, checkins: Sequence[CheckinFact]) -> Comparison:
    """Return the two stages side by side.

    Args:
        earlier: The one that came first.
        later: The other; no date in both.
        checkins: The diary, oldest first.
    """
    before, after = _side(earlier, checkins), _side(later, checkins)
    long_enough = before.pain.is_long_enough and after.pain.is_long_enough
    interval = interval_of(after.pain.values, before.pain.values) if long_enough else None
    change = None
    if long_enough and earlier.kind is later.kind is StageKind.MONTH:
        change = change_of(exact_mean(after.pain.values), exact_mean(before.pain.values), interval)
    return Comparison(before, after, interval, change)


def _changes(steps: Sequence[DoseStep]) -> list[DoseStep]:
    """Return the steps that change the amount, oldest first."""
    changes: list[DoseStep] = []
    for step in sorted(steps, key=lambda step: step.starts_on):
        if not changes or changes[-1].dose_mg != step.dose_mg:
            changes.append(step)
    return changes


def _pieces(
    starts_on: date, ends: date, pauses: Sequence[tuple[date, date | None]], diary_from: date, today: date
) -> Iterator[tuple[date, date]]:
    """Yield (first, last check-in date) of each piece of a step between its pauses, the settling left out."""
    begun = starts_on
    for first, last in sorted(pauses, key=lambda pause: (pause[0], pause[1] or date.max)):
        until = last or today
        if until < begun or first >= ends:
            continue
        yield max(begun + ONE_DAY + _SETTLING, diary_from), min(first, ends)
        # The first dose date after it is a change again.
        begun = max(begun, until + ONE_DAY)
    yield max(begun + ONE_DAY + _SETTLING, diary_from), ends


def _is_long(piece: tuple[date, date]) -> bool:
    return (piece[1] - piece[0]).days + 1 >= FEWEST_DAYS


def _side(stage: Stage, checkins: Sequence[CheckinFact]) -> Side:
    pain, sleep = (
        last_days(values_of_dates(question, checkins, stage.first, stage.last), stage.first, stage.last)
        for question in (Question.PAIN, Question.SLEEP)
    )
    inside = [fact for fact in checkins if pain.first <= fact.local_date <= pain.last]
    answered = sum(fact.side_effects is not None for fact in inside)
    return Side(stage, pain, sleep, reported_in(inside), answered)
