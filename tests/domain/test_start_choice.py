"""From which evening a plan can start, in every zone and at every hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.due import due_at
from bot.domain.start_choice import STILL_TO_COME, StartChoice, can_start_on, daily_plan, start_choice
from bot.domain.zone_choice import clock_offsets, place_name, shown_at, zones_showing

LISBON = ZoneInfo("Europe/Lisbon")
ZONES = st.sampled_from(["Europe/Lisbon", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"]).map(
    ZoneInfo
)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def choice_at(local_time: time, day_offset: int, now: datetime, zone: ZoneInfo = LISBON) -> StartChoice:
    plan = daily_plan(local_time, day_offset, date(2000, 1, 1), Decimal("4.5"))
    choice = start_choice(plan, zone, now)
    assert choice is not None
    return choice


@pytest.mark.parametrize(
    ("local_time", "day_offset", "now", "next_date", "just_passed"),
    [
        (time(22), 0, datetime(2026, 3, 3, 12, tzinfo=UTC), date(2026, 3, 3), None),
        (time(22), 0, datetime(2026, 3, 3, 22, 30, tzinfo=UTC), date(2026, 3, 4), date(2026, 3, 3)),
        (time(22), 0, datetime(2026, 3, 4, 2, 1, tzinfo=UTC), date(2026, 3, 4), None),
        (time(0, 30), 1, datetime(2026, 3, 4, 0, 10, tzinfo=UTC), date(2026, 3, 3), None),
        (time(0, 30), 1, datetime(2026, 3, 4, 0, 40, tzinfo=UTC), date(2026, 3, 4), date(2026, 3, 3)),
        (time(8), 0, datetime(2026, 3, 3, 12, 1, tzinfo=UTC), date(2026, 3, 4), None),
    ],
)
def test_tonight_is_offered_while_it_can_still_be(
    local_time: time, day_offset: int, now: datetime, next_date: date, just_passed: date | None
) -> None:
    """A bedtime ahead is tonight's; one that passed less than four hours ago can still be to come."""
    choice = choice_at(local_time, day_offset, now)
    assert (choice.next_date, choice.just_passed) == (next_date, just_passed)


@given(
    ZONES,
    INSTANTS,
    st.times().map(lambda moment: moment.replace(second=0, microsecond=0, fold=0)),
    st.integers(0, 1),
)
def test_a_start_lies_ahead_or_passed_within_four_hours(
    zone: ZoneInfo, now: datetime, local_time: time, day_offset: int
) -> None:
    """Whatever the hour and zone: the next dose is ahead, and one that just passed is fresh."""
    choice = choice_at(local_time, day_offset if local_time.hour < 6 else 0, now, zone)
    assert choice.next_due_at > now
    assert can_start_on(choice, choice.next_date)
    assert not can_start_on(choice, choice.next_date - timedelta(days=3))
    assert not can_start_on(choice, choice.next_date + timedelta(days=400))
    if choice.just_passed is not None:
        plan = daily_plan(local_time, day_offset if local_time.hour < 6 else 0, date(2000, 1, 1), Decimal(1))
        passed_at = due_at(plan, choice.just_passed, zone)
        assert passed_at is not None
        assert timedelta(0) <= now - passed_at <= STILL_TO_COME


@settings(max_examples=10)
@given(INSTANTS)
def test_every_clock_that_is_offered_belongs_to_a_place_that_shows_it(now: datetime) -> None:
    """Behind each offered clock stands at least one zone, and all of its zones show the same time."""
    for offset in clock_offsets(now):
        zones = zones_showing(offset, now)
        shown = {f"{now.astimezone(ZoneInfo(zone)):%H:%M}" for zone in zones}
        assert shown == {shown_at(offset, now)}
        assert all(place_name(zone) for zone in zones)
