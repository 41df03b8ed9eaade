"""How far doses lie apart: two under 12 hours apart are too close, over 36 hours is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.domain.dose_log import MIN_INTERVAL
from bot.domain.regimen import dose_dates, local_time_on, wall_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.domain.regimen import Regimen

LONG_GAP = timedelta(hours=36)
BACK_AT_HOUR = 6
"""On the day of a return the clock changes at this hour: last night's dose is over, tonight's ahead."""
_TWO_WEEKS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class DueDose:
    """One dose on the line of time.

    Attributes:
        dose_date: Local date that the plan gives the dose.
        at: Aware UTC instant: when it was taken, else when it is due.
        is_open: It is still to come, and nobody was asked about it.
        is_unreached: Its time passed without a word, so it hardly was taken.
    """

    dose_date: date
    at: datetime
    is_open: bool
    is_unreached: bool = False


def too_close(doses: Sequence[DueDose]) -> tuple[DueDose, DueDose] | None:
    """Return the first two doses under 12 hours apart, the later one still to come; None without any."""
    line = sorted(doses, key=lambda dose: dose.at)
    for earlier, later in pairwise(line):
        if later.is_open and later.at - earlier.at < MIN_INTERVAL:
            return earlier, later
    return None


def least_gap(regimen: Regimen, today: date) -> timedelta | None:
    """Return the shortest time between two doses in a row in the next two weeks, by the clocks on the wall.

    Times on days off may bring them together each week. None where the plan gives fewer than two doses.
    """
    walls = [
        datetime.combine(wall_date(regimen, day), local_time_on(regimen, day))
        for day in dose_dates(regimen, today, today + _TWO_WEEKS)
    ]
    return min((later - earlier for earlier, later in pairwise(walls)), default=None)


class Gap(StrEnum):
    """What is unusual about the time between two doses."""

    SHORT = auto()
    LONG = auto()


def gap(last_at: datetime | None, next_at: datetime | None) -> tuple[Gap, int] | None:
    """Return what is unusual about the time from the last dose to the next, and its whole hours.

    Args:
        last_at: Aware UTC instant of the last dose; None: there was none.
        next_at: Aware UTC instant of the next one; None: none is planned.

    Returns:
        None where it is from 12 to 36 hours, or isn't known.
    """
    if last_at is None or next_at is None:
        return None
    between = next_at - last_at
    hours = between // timedelta(hours=1)
    if between < MIN_INTERVAL:
        return Gap.SHORT, hours
    return (Gap.LONG, hours) if between > LONG_GAP else None
