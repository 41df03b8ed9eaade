"""Promise 2: in every IANA zone, over 20 years, each dose date has exactly one due instant, in order."""

from __future__ import annotations

import itertools
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.domain.due import due_at, to_instant
from bot.domain.places import is_zone
from bot.domain.regimen import DoseStep, Regimen

FIRST, LAST = date(2008, 1, 1), date(2028, 12, 31)
DAY = timedelta(days=1)
ZONES = sorted(name for name in zoneinfo.available_timezones() if is_zone(name))
CLOCKS = [
    time(0),
    time(0, 15),
    time(0, 30),
    time(1, 30),
    time(2, 15),
    time(2, 30),
    time(3),
    time(22),
    time(23, 30),
]
STEP = DoseStep(date(2000, 1, 1), Decimal("4.5"))
BEDTIME = Regimen(local_time=time(23, 30), anchor=STEP.starts_on, steps=(STEP,))
AFTER_MIDNIGHT = Regimen(local_time=time(0, 30), day_offset=1, anchor=STEP.starts_on, steps=(STEP,))


def noon(day: date) -> datetime:
    """Return noon UTC."""
    return datetime.combine(day, time(12), UTC)


def days_around_transitions(zone: ZoneInfo) -> list[list[date]]:
    """Return runs of days around each change of the zone's offset (weekly probes, then day by day)."""
    runs = []
    day = FIRST
    while day < LAST:
        if noon(day).astimezone(zone).utcoffset() != noon(day + 7 * DAY).astimezone(zone).utcoffset():
            change = day
            while (
                noon(change).astimezone(zone).utcoffset() == noon(change + DAY).astimezone(zone).utcoffset()
            ):
                change += DAY
            runs.append([change + offset * DAY for offset in range(-2, 4)])
        day += 7 * DAY
    return runs


def offsets_around(day: date, zone: ZoneInfo) -> set[timedelta]:
    """Return every offset from UTC that the zone has near *day*."""
    probes = (noon(day) + timedelta(hours=hours) for hours in range(-40, 41, 4))
    return {offset for probe in probes if (offset := probe.astimezone(zone).utcoffset()) is not None}


def check_day(day: date, zone: ZoneInfo, clock: time, offsets: set[timedelta]) -> datetime | None:
    """Compare `to_instant` with a search through all offsets, and return what it said."""
    wall = datetime.combine(day, clock)
    instant = to_instant(day, clock, zone)
    readings = [(wall - offset).replace(tzinfo=UTC) for offset in offsets]
    true = [reading for reading in readings if reading.astimezone(zone).replace(tzinfo=None) == wall]
    if true:
        assert instant == min(true), (zone, wall)
    elif instant is not None:
        before = (instant - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert before < wall < instant.astimezone(zone).replace(tzinfo=None), (zone, wall)
    else:
        hours = (noon(day) + timedelta(hours=hour) for hour in range(-40, 41))
        assert day not in {hour.astimezone(zone).date() for hour in hours}, (zone, wall)
    return instant


def check_order(instants: list[datetime | None], zone: ZoneInfo) -> None:
    """Each instant lies after the one of the date before."""
    known = [instant for instant in instants if instant is not None]
    assert all(early < late for early, late in itertools.pairwise(known)), (zone, instants)


def test_each_dose_date_has_one_due_instant_around_every_change_of_every_zone() -> None:
    """All zones, all changes of their offsets in 20 years, nine times of day."""
    changes = 0
    for name in ZONES:
        zone = ZoneInfo(name)
        for run in days_around_transitions(zone):
            changes += 1
            offsets = offsets_around(run[2], zone)
            for clock in CLOCKS:
                check_order([check_day(day, zone, clock, offsets) for day in run], zone)
    assert changes > 5_000


def test_doses_come_in_order_around_every_change_of_every_zone() -> None:
    """The same for a regimen before and one after midnight."""
    for name in ZONES:
        zone = ZoneInfo(name)
        for run in days_around_transitions(zone):
            for regimen in (BEDTIME, AFTER_MIDNIGHT):
                check_order([due_at(regimen, day, zone) for day in run], zone)


def test_each_dose_date_has_one_due_instant_on_ordinary_days() -> None:
    """All zones, one day in 97 (which falls on every weekday and season), three times of day."""
    for name in ZONES:
        zone = ZoneInfo(name)
        for clock in (time(0, 30), time(7), time(22)):
            days = [FIRST + step * DAY for step in range(0, (LAST - FIRST).days, 97)]
            check_order([to_instant(day, clock, zone) for day in days], zone)


@pytest.mark.soak
@pytest.mark.parametrize("name", ZONES)
def test_each_dose_date_has_one_due_instant_on_every_single_day(name: str) -> None:
    """All zones, all days of 20 years, nine times of day."""
    zone = ZoneInfo(name)
    days = [FIRST + step * DAY for step in range((LAST - FIRST).days)]
    offsets = {day: offsets_around(day, zone) for day in days}
    for clock in CLOCKS:
        check_order([check_day(day, zone, clock, offsets[day]) for day in days], zone)
    for regimen in (BEDTIME, AFTER_MIDNIGHT):
        check_order([due_at(regimen, day, zone) for day in days], zone)
