"""Zones that have broken reminders elsewhere, with instants worked out by hand from tzdata."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.domain.due import next_dose, to_instant
from bot.domain.regimen import DoseStep, Regimen

# Zone, local date and time, the instant in UTC (None: that date never was), and what happens there.
NASTY = [
    ("Africa/Cairo", "2024-04-26 00:15", "2024-04-25 22:00", "midnight is skipped: 00:00 became 01:00"),
    ("Africa/Cairo", "2024-10-31 23:30", "2024-10-31 20:30", "the hour before midnight comes twice"),
    ("Asia/Beirut", "2024-03-31 00:15", "2024-03-30 22:00", "midnight is skipped"),
    ("Asia/Beirut", "2024-10-26 23:30", "2024-10-26 20:30", "the hour before midnight comes twice"),
    ("America/Santiago", "2024-09-08 00:30", "2024-09-08 04:00", "midnight is skipped"),
    ("America/Santiago", "2024-04-06 23:30", "2024-04-07 02:30", "the hour before midnight comes twice"),
    ("America/Havana", "2024-03-10 00:30", "2024-03-10 05:00", "midnight is skipped"),
    ("America/Havana", "2024-11-03 00:30", "2024-11-03 04:30", "the hour after midnight comes twice"),
    ("Australia/Lord_Howe", "2024-10-06 02:15", "2024-10-05 15:30", "half an hour is skipped"),
    ("Australia/Lord_Howe", "2024-04-07 01:45", "2024-04-06 14:45", "half an hour comes twice"),
    ("Pacific/Apia", "2011-12-29 22:00", "2011-12-30 08:00", "the evening before the skipped day"),
    ("Pacific/Apia", "2011-12-30 22:00", None, "the skipped day"),
    ("Pacific/Apia", "2011-12-31 22:00", "2011-12-31 08:00", "the evening after it, 24 hours later"),
    ("Africa/Casablanca", "2025-02-23 02:30", "2025-02-23 01:30", "Ramadan begins: the hour comes twice"),
    ("Africa/Casablanca", "2025-03-10 22:00", "2025-03-10 22:00", "Ramadan: UTC"),
    ("Africa/Casablanca", "2025-04-06 02:30", "2025-04-06 02:00", "Ramadan is over: the hour is skipped"),
    ("Africa/Casablanca", "2025-05-01 22:00", "2025-05-01 21:00", "the rest of the year: UTC+1"),
    ("America/Nuuk", "2023-03-25 22:30", "2023-03-26 01:00", "from UTC-3 to UTC-2 for good"),
    ("America/Nuuk", "2023-11-10 22:00", "2023-11-11 00:00", "no way back that autumn"),
    ("America/Nuuk", "2024-03-30 23:30", "2024-03-31 01:00", "summer time begins on the evening before"),
    ("America/Nuuk", "2024-10-26 23:30", "2024-10-27 00:30", "and ends: the hour comes twice"),
    ("Antarctica/Troll", "2024-03-31 01:30", "2024-03-31 01:00", "two hours are skipped"),
    ("Antarctica/Troll", "2024-03-31 02:30", "2024-03-31 01:00", "two hours are skipped"),
    ("Antarctica/Troll", "2024-10-27 01:30", "2024-10-26 23:30", "two hours come twice"),
    ("Asia/Kathmandu", "2026-03-03 22:00", "2026-03-03 16:15", "UTC+5:45"),
]


@pytest.mark.parametrize(
    ("zone", "wall", "instant", "why"), NASTY, ids=[f"{row[0]} {row[1]}" for row in NASTY]
)
def test_a_nasty_night_has_the_instant_that_tzdata_says(
    zone: str, wall: str, instant: str | None, why: str
) -> None:
    """A skipped wall time is the first instant after the gap; of two the first."""
    local = datetime.fromisoformat(wall)
    expected = None if instant is None else datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert to_instant(local.date(), local.time(), ZoneInfo(zone)) == expected, why


@pytest.mark.parametrize(
    ("zone", "clock", "first", "dates"),
    [
        ("Pacific/Apia", time(22), date(2011, 12, 28), ["12-28", "12-29", "12-31", "01-01"]),
        ("Africa/Cairo", time(0, 15), date(2024, 4, 24), ["04-24", "04-25", "04-26", "04-27"]),
        ("America/Santiago", time(23, 30), date(2024, 4, 5), ["04-05", "04-06", "04-07", "04-08"]),
    ],
)
def test_a_dose_a_day_comes_once_for_each_date_that_there_is(
    zone: str, clock: time, first: date, dates: list[str]
) -> None:
    """Nothing twice, nothing left out, but the day that Apia skipped."""
    regimen = Regimen(local_time=clock, anchor=first, steps=(DoseStep(first, Decimal("4.5")),))
    after = datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    found = []
    for _night in dates:
        dose = next_dose(regimen, ZoneInfo(zone), after)
        assert dose is not None
        found.append(f"{dose[0]:%m-%d}")
        after = dose[1]
    assert found == dates
