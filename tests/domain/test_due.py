"""Due instants on the nasty days, each worked out by hand from the zone's rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.domain.due import (
    due_at,
    first_instant_outside_quiet,
    is_quiet,
    local_date,
    next_dose,
    next_occurrence,
    to_instant,
)
from bot.domain.regimen import DoseStep, Pause, Regimen

LISBON = ZoneInfo("Europe/Lisbon")
BERLIN = ZoneInfo("Europe/Berlin")

# zone, local date, local time, UTC instant
NASTY = [
    # Clocks go 02:00 -> 03:00 at 01:00 UTC: 02:30 is skipped, so the first instant after the gap.
    ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00"),
    ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00"),
    ("Europe/Berlin", "2026-03-29", "22:00", "2026-03-29T20:00"),
    # 02:30 comes at UTC+2 and again at UTC+1: the first.
    ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30"),
    ("Europe/Berlin", "2026-10-25", "22:00", "2026-10-25T21:00"),
    # The last Friday of April, 00:00 -> 01:00, UTC+2 -> UTC+3.
    ("Africa/Cairo", "2026-04-24", "00:15", "2026-04-23T22:00"),
    ("Africa/Cairo", "2026-04-24", "22:00", "2026-04-24T19:00"),
    # The last Thursday of October ends an hour late: 23:30 comes twice, first at UTC+3.
    ("Africa/Cairo", "2026-10-29", "23:30", "2026-10-29T20:30"),
    # The last Sunday of March, 00:00 -> 01:00, UTC+2 -> UTC+3.
    ("Asia/Beirut", "2026-03-29", "00:15", "2026-03-28T22:00"),
    # Saturday 24:00 -> 23:00, UTC-3 -> UTC-4: 23:30 comes twice.
    ("America/Santiago", "2026-04-04", "23:30", "2026-04-05T02:30"),
    # Saturday 24:00 -> Sunday 01:00, UTC-4 -> UTC-3.
    ("America/Santiago", "2026-09-06", "00:30", "2026-09-06T04:00"),
    # 00:00 -> 01:00 on the second Sunday of March, UTC-5 -> UTC-4; 01:00 -> 00:00 on the first of November.
    ("America/Havana", "2026-03-08", "00:30", "2026-03-08T05:00"),
    ("America/Havana", "2026-11-01", "00:30", "2026-11-01T04:30"),
    # Half an hour: 02:00 -> 02:30, UTC+10:30 -> UTC+11, and 02:00 -> 01:30 back.
    ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30"),
    ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45"),
    # Across the date line: Thursday 29 December 24:00 was Saturday 31 December 00:00, UTC-10 -> UTC+14.
    ("Pacific/Apia", "2011-12-29", "22:00", "2011-12-30T08:00"),
    ("Pacific/Apia", "2011-12-30", "22:00", None),
    ("Pacific/Apia", "2011-12-31", "00:00", "2011-12-30T10:00"),
    # UTC+1, but UTC+0 for Ramadan 2026: 15 February 03:00 -> 02:00 until 22 March 02:00 -> 03:00.
    ("Africa/Casablanca", "2026-02-14", "22:00", "2026-02-14T21:00"),
    ("Africa/Casablanca", "2026-02-15", "02:30", "2026-02-15T01:30"),
    ("Africa/Casablanca", "2026-03-01", "22:00", "2026-03-01T22:00"),
    ("Africa/Casablanca", "2026-03-22", "02:30", "2026-03-22T02:00"),
    # With the EU's clocks, at 01:00 UTC: late on Saturday evening, UTC-2 -> UTC-1.
    ("America/Nuuk", "2026-03-28", "23:30", "2026-03-29T01:00"),
    ("America/Nuuk", "2026-10-24", "23:30", "2026-10-25T00:30"),
    # Two hours: UTC+0 in winter, UTC+2 in summer, 01:00 -> 03:00.
    ("Antarctica/Troll", "2026-03-29", "02:30", "2026-03-29T01:00"),
    ("Antarctica/Troll", "2026-10-25", "01:30", "2026-10-24T23:30"),
    ("Asia/Kathmandu", "2026-11-24", "22:00", "2026-11-24T16:15"),
]


@pytest.mark.parametrize(("zone", "day", "clock", "expected"), NASTY)
def test_a_nasty_wall_time_is_due_at_the_instant_worked_out_by_hand(
    zone: str, day: str, clock: str, expected: str | None
) -> None:
    """In a gap the first instant after it, twice the first, on a skipped date none."""
    instant = to_instant(date.fromisoformat(day), time.fromisoformat(clock), ZoneInfo(zone))

    assert instant == (datetime.fromisoformat(expected).replace(tzinfo=UTC) if expected else None)


def plan(**changes: object) -> Regimen:
    """Return 4.5 mg at 22:00 from Monday 2026-11-23 on, changed as said."""
    usual: dict[str, object] = {
        "local_time": time(22),
        "anchor": date(2026, 11, 23),
        "steps": (DoseStep(date(2026, 11, 23), Decimal("4.5")),),
    }
    return Regimen(**(usual | changes))  # type: ignore[arg-type]


def test_a_dose_is_due_at_its_wall_time_on_its_date() -> None:
    """22:00 in winter Berlin is 21:00 UTC."""
    assert due_at(plan(), date(2026, 11, 24), BERLIN) == datetime(2026, 11, 24, 21, tzinfo=UTC)


def test_no_dose_is_due_before_the_first_step() -> None:
    """The day before the plan starts has no due instant."""
    assert due_at(plan(), date(2026, 11, 22), BERLIN) is None


def test_a_bedtime_after_midnight_belongs_to_the_evening_before() -> None:
    """Tuesday's dose at 00:30 is due on Wednesday."""
    late = plan(local_time=time(0, 30), day_offset=1)

    assert due_at(late, date(2026, 11, 24), LISBON) == datetime(2026, 11, 25, 0, 30, tzinfo=UTC)


def test_a_later_bedtime_on_days_off_passes_midnight_too() -> None:
    """23:00, but 00:30 on Fridays: Friday's dose is due early on Saturday."""
    mixed = plan(local_time=time(23), time_on_days_off=time(0, 30), days_off=frozenset({4}))

    assert due_at(mixed, date(2026, 11, 26), LISBON) == datetime(2026, 11, 26, 23, tzinfo=UTC)
    assert due_at(mixed, date(2026, 11, 27), LISBON) == datetime(2026, 11, 28, 0, 30, tzinfo=UTC)


def test_an_earlier_bedtime_on_days_off_stays_on_its_own_evening() -> None:
    """00:30, but 23:00 on Fridays: Friday's dose is due on Friday."""
    mixed = plan(local_time=time(0, 30), day_offset=1, time_on_days_off=time(23), days_off=frozenset({4}))

    assert due_at(mixed, date(2026, 11, 27), LISBON) == datetime(2026, 11, 27, 23, tzinfo=UTC)


def test_the_next_dose_is_due_strictly_later() -> None:
    """At the very instant of a dose the next one is tomorrow's."""
    monday = datetime(2026, 11, 23, 22, tzinfo=UTC)

    assert next_dose(plan(), LISBON, monday - timedelta(seconds=1)) == (date(2026, 11, 23), monday)
    assert next_dose(plan(), LISBON, monday) == (date(2026, 11, 24), monday + timedelta(days=1))


def test_the_next_dose_after_midnight_is_still_the_evening_before() -> None:
    """At 00:10 on Wednesday, Tuesday's dose of 00:30 comes next."""
    late = plan(local_time=time(0, 30), day_offset=1)

    found = next_dose(late, LISBON, datetime(2026, 11, 25, 0, 10, tzinfo=UTC))

    assert found == (date(2026, 11, 24), datetime(2026, 11, 25, 0, 30, tzinfo=UTC))


def test_the_next_dose_may_be_years_away() -> None:
    """A plan that starts in 2030 is found from 2026."""
    far = plan(steps=(DoseStep(date(2030, 1, 1), Decimal(1)),))

    found = next_dose(far, LISBON, datetime(2026, 11, 24, tzinfo=UTC))

    assert found == (date(2030, 1, 1), datetime(2030, 1, 1, 22, tzinfo=UTC))


def test_a_pause_without_an_end_has_no_next_dose() -> None:
    """Until the patient resumes nothing comes."""
    paused = plan(pauses=(Pause(date(2026, 11, 24), None, "opioid"),))

    assert next_dose(paused, LISBON, datetime(2026, 11, 24, tzinfo=UTC)) is None


def test_a_date_that_never_was_has_no_dose() -> None:
    """Apia goes from 29 to 31 December 2011."""
    apia = ZoneInfo("Pacific/Apia")
    old = plan(anchor=date(2011, 12, 1), steps=(DoseStep(date(2011, 12, 1), Decimal(3)),))
    thursday = due_at(old, date(2011, 12, 29), apia)

    assert thursday is not None
    assert due_at(old, date(2011, 12, 30), apia) is None
    assert next_dose(old, apia, thursday) == (date(2011, 12, 31), datetime(2011, 12, 31, 8, tzinfo=UTC))


def test_an_evening_that_was_keeps_its_dose_when_the_night_after_is_skipped() -> None:
    """Apia, 00:30: 29 December's dose comes as soon as time goes on, on the 31st; the 30th has none."""
    apia = ZoneInfo("Pacific/Apia")
    late = plan(
        local_time=time(0, 30),
        day_offset=1,
        anchor=date(2011, 12, 1),
        steps=(DoseStep(date(2011, 12, 1), Decimal(3)),),
    )

    assert due_at(late, date(2011, 12, 29), apia) == datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert due_at(late, date(2011, 12, 30), apia) is None
    assert due_at(late, date(2011, 12, 31), apia) == datetime(2011, 12, 31, 10, 30, tzinfo=UTC)


def test_an_instant_without_a_zone_is_refused() -> None:
    """A naive instant is a bug of the caller's, never quietly taken as UTC."""
    with pytest.raises(ValueError, match="aware"):
        local_date(datetime(2026, 11, 24, 22), LISBON)  # noqa: DTZ001 - that is the point


def test_the_local_date_is_the_patients() -> None:
    """23:30 UTC is already tomorrow in Berlin."""
    assert local_date(datetime(2026, 11, 24, 23, 30, tzinfo=UTC), BERLIN) == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [("20:59", False), ("21:00", True), ("23:59", True), ("00:00", True), ("07:59", True), ("08:00", False)],
)
def test_quiet_hours_go_from_21_to_8_in_the_patients_zone(clock: str, quiet: bool) -> None:  # noqa: FBT001 - a table
    """The ends belong to the night and to the day."""
    instant = to_instant(date(2026, 7, 1), time.fromisoformat(clock), BERLIN)

    assert instant is not None
    assert is_quiet(instant, BERLIN) is quiet


def test_quiet_hours_end_at_the_next_eight_oclock() -> None:
    """From an evening and from a night it is the same morning; in the day it is now."""
    morning = datetime(2026, 11, 25, 7, tzinfo=UTC)
    noon = datetime(2026, 11, 25, 12, tzinfo=UTC)

    assert first_instant_outside_quiet(datetime(2026, 11, 24, 22, tzinfo=UTC), BERLIN) == morning
    assert first_instant_outside_quiet(datetime(2026, 11, 25, 3, tzinfo=UTC), BERLIN) == morning
    assert first_instant_outside_quiet(noon, BERLIN) == noon


def test_a_weekly_message_comes_on_its_weekday() -> None:
    """From Tuesday, Sunday at 18:00; at that instant, the Sunday after, whatever the clocks do."""
    tuesday = datetime(2026, 3, 24, 12, tzinfo=UTC)

    first = next_occurrence(time(18), BERLIN, tuesday, weekdays=frozenset({6}))
    second = next_occurrence(time(18), BERLIN, first[1], weekdays=frozenset({6}))

    assert first == (date(2026, 3, 29), datetime(2026, 3, 29, 16, tzinfo=UTC))
    assert second == (date(2026, 4, 5), datetime(2026, 4, 5, 16, tzinfo=UTC))


def test_every_other_day_counts_from_its_anchor() -> None:
    """Also backwards, so that an anchor in the future sets the rhythm already."""
    monday = datetime(2026, 11, 23, 12, tzinfo=UTC)

    assert next_occurrence(time(9), LISBON, monday, every_other_from=date(2026, 11, 24))[0] == date(
        2026, 11, 24
    )
    assert next_occurrence(time(9), LISBON, monday, every_other_from=date(2026, 12, 1))[0] == date(
        2026, 11, 25
    )


def test_a_message_on_no_weekday_is_refused() -> None:
    """It would never come."""
    with pytest.raises(ValueError, match="weekday"):
        next_occurrence(time(9), LISBON, datetime(2026, 11, 23, tzinfo=UTC), weekdays=frozenset())
