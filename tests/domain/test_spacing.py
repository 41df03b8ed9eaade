"""How far doses lie apart: by the clocks on the wall, and on the line of time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from bot.domain.regimen import DoseStep, Regimen
from bot.domain.spacing import DueDose, least_gap, too_close

WEDNESDAY = date(2026, 3, 4)
DUE = datetime(2026, 3, 4, 22, tzinfo=UTC)
DAY = timedelta(days=1)


def test_the_least_gap_looks_across_days_off_and_midnight() -> None:
    """23:00, and 00:30 on days off, which still belongs to the evening before."""
    plan = Regimen(
        local_time=time(23),
        anchor=WEDNESDAY,
        time_on_days_off=time(0, 30),
        days_off=frozenset({4, 5}),
        steps=(DoseStep(WEDNESDAY, Decimal(3)),),
    )
    assert least_gap(plan, WEDNESDAY) == timedelta(hours=22, minutes=30)


def test_only_a_dose_to_come_can_be_too_close() -> None:
    """What was taken was taken."""
    first = DueDose(WEDNESDAY, DUE, is_open=False)
    second = DueDose(WEDNESDAY + DAY, DUE + timedelta(hours=11), is_open=False)
    assert too_close([first, second]) is None
