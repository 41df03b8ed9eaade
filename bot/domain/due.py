"""Dose dates and wall times to instants and back: the one place that knows what DST does to a reminder.

Wall time in a gap: the first instant after it. Wall time that comes twice: the first. A local date that
doesn't exist (Apia skipped 2011-12-30) has no instant, so it has no dose and no check-in.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.domain.regimen import (
    EVERY_DAY,
    FIRST_HOUR_OF_MORNING,
    NOON,
    ONE_DAY,
    Regimen,
    is_dose_date,
    local_time_on,
    next_dose_date,
    wall_date,
)

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

QUIET_FROM = time(21)
QUIET_UNTIL = time(8)
# A dose is due at most one wall date after its dose date; zones that skip a date cost one more.
LOOK_BACK = timedelta(days=3)


def to_instant(local_date: date, local_time: time, zone: ZoneInfo) -> datetime | None:
    """Return the instant at which clocks in *zone* show *local_time* on *local_date*.

    Args:
        local_date: Wall date.
        local_time: Wall time, naive.
        zone: The patient's zone.

    Returns:
        An aware UTC instant: the first where the wall time comes twice, the first instant after the gap
        where it is skipped; None where the whole date is skipped.
    """
    wall = datetime.combine(local_date, local_time.replace(fold=0), tzinfo=zone)
    instant = wall.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    # Skipped. Read with the offset after the gap the wall time lies before it, and the other way round.
    end_of_gap = _end_of_gap(wall.replace(fold=1).astimezone(UTC), instant, zone)
    last_before = end_of_gap - timedelta(microseconds=1)
    dates_beside = {beside.astimezone(zone).date() for beside in (last_before, end_of_gap)}
    return end_of_gap if local_date in dates_beside else None


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant with the later offset between *before* and *after* (UTC, one gap between)."""
    early, late = before.replace(microsecond=0), after.replace(microsecond=0)
    later_offset = late.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        # Transitions lie on whole seconds.
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == later_offset:
            late = middle
        else:
            early = middle
    return late


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """Return the date that a calendar in *zone* shows at *instant* (aware)."""
    return _local(instant, zone).date()


def due_at(regimen: Regimen, dose_date: date, zone: ZoneInfo) -> datetime | None:
    """Return when the dose of *dose_date* is due.

    Returns:
        An aware UTC instant; None where *dose_date* is no dose date, or doesn't exist in *zone*.
    """
    if not is_dose_date(regimen, dose_date):
        return None
    return _due_at_any(regimen, dose_date, zone)


def next_dose(regimen: Regimen, zone: ZoneInfo, after: datetime) -> tuple[date, datetime] | None:
    """Return the first dose that is due strictly after *after* (aware).

    Returns:
        Its dose date and its aware UTC instant; None where the plan gives no further dose.
    """
    dose_date = next_dose_date(regimen, local_date(after, zone) - LOOK_BACK)
    while dose_date is not None:
        instant = _due_at_any(regimen, dose_date, zone)
        if instant is not None and instant > after:
            return dose_date, instant
        dose_date = next_dose_date(regimen, dose_date + ONE_DAY)
    return None


def _due_at_any(regimen: Regimen, dose_date: date, zone: ZoneInfo) -> datetime | None:
    # After midnight the wall date can exist where the dose date doesn't: such an evening never was.
    if to_instant(dose_date, time(12), zone) is None:
        return None
    on_wall, local_time = wall_date(regimen, dose_date), local_time_on(regimen, dose_date)
    instant = to_instant(on_wall, local_time, zone)
    if instant is None:
        # The night after this evening was skipped: the evening was real, so its dose comes when time goes on.
        instant = to_instant(on_wall + ONE_DAY, time(0), zone)
    return instant


def next_occurrence(
    local_time: time,
    zone: ZoneInfo,
    after: datetime,
    *,
    weekdays: frozenset[int] = EVERY_DAY,
    every_other_from: date | None = None,
) -> tuple[date, datetime]:
    """Return when a daily, weekly or every-other-day message comes next, strictly after *after*.

    Args:
        local_time: Wall time, naive.
        zone: The patient's zone.
        after: Aware instant.
        weekdays: Weekdays on which it comes (Monday = 0); at least one.
        every_other_from: A date on which it comes, every other day counted from it; None for every day.

    Returns:
        The local date and the aware UTC instant.

    Raises:
        ValueError: *weekdays* is empty.
    """
    if not weekdays:
        raise ValueError("at least one weekday")
    day = local_date(after, zone) - ONE_DAY
    while True:
        if day.weekday() in weekdays and (every_other_from is None or (day - every_other_from).days % 2 == 0):
            instant = to_instant(day, local_time, zone)
            if instant is not None and instant > after:
                return day, instant
        day += ONE_DAY


def is_morning(due_at: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a dose due at *due_at* (aware) is one of the morning in *zone*: from 6:00 to noon.

    Any other belongs to an evening: before 6:00 to the one before.
    """
    return FIRST_HOUR_OF_MORNING <= _local(due_at, zone).hour < NOON


def is_quiet(instant: datetime, zone: ZoneInfo) -> bool:
    """Tell whether *instant* (aware) lies between 21:00 and 8:00 in *zone*.

    Then nothing is sent but doses, snoozes and safety answers.
    """
    wall_time = _local(instant, zone).time()
    return wall_time >= QUIET_FROM or wall_time < QUIET_UNTIL


def first_instant_outside_quiet(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return *instant* itself (in UTC) where it isn't quiet, else the next 8:00 in *zone*."""
    if not is_quiet(instant, zone):
        return instant.astimezone(UTC)
    return next_occurrence(QUIET_UNTIL, zone, instant)[1]


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant is aware; this one names no zone")
    return instant.astimezone(zone)
