"""Which dates stand under a chart: as many as fit a phone, at places that people think in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.locale.dates import month_name, short_date

if TYPE_CHECKING:
    from datetime import date

_EVERY_DAY = 10
_EVERY_WEEK = 45
_EVERY_MONTH = 200
_HALF_A_MONTH = 15


def ticks(first: date, last: date) -> list[tuple[int, str]]:
    """Return (column, words) of the dates to name, 0 being the column of *first*.

    Each day of a week, each seventh day back from the last one of a month, the firsts of months otherwise.
    """
    days = (last - first).days + 1
    dates = [first + timedelta(days=number) for number in range(days)]
    if days <= _EVERY_DAY:
        return [
            (n, short_date(day) if n == 0 or day.day == 1 else str(day.day)) for n, day in enumerate(dates)
        ]
    if days <= _EVERY_WEEK:
        return [(n, short_date(dates[n])) for n in range((days - 1) % 7, days, 7)]
    if days <= _EVERY_MONTH:
        return [(n, short_date(day)) for n, day in enumerate(dates) if day.day == 1]
    # The year stands in the title. A label that would hang over the edge is left out.
    return [
        (n, month_name(day))
        for n, day in enumerate(dates)
        if day.day == 1 and day.month % 2 == 1 and n + _HALF_A_MONTH < days
    ]
