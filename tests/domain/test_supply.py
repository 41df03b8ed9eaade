"""The supply's rules: what is left, how long it lasts by the plan, and what a typed number or date means."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from bot.domain.free_text.supply_words import parse_count, parse_expiry
from bot.domain.regimen import DoseStep, Pause, Regimen
from bot.domain.supply import Entry, EntryKind, forecasts, left

A, B = UUID(int=1), UUID(int=2)
MONDAY = date(2026, 3, 2)
NIGHT = datetime(2026, 3, 2, 22, tzinfo=UTC)


def _regimen(*steps: tuple[date, str], pauses: tuple[Pause, ...] = ()) -> Regimen:
    return Regimen(
        local_time=time(22),
        anchor=MONDAY,
        steps=tuple(DoseStep(day, Decimal(mg)) for day, mg in steps),
        pauses=pauses,
    )


def test_a_count_makes_what_came_before_it_irrelevant() -> None:
    """A dose taken before the count changes nothing, in whatever order the lines were written."""
    hour = timedelta(hours=1)
    lines = [
        Entry(EntryKind.CORRECTED, Decimal(30), NIGHT),
        Entry(EntryKind.TAKEN, Decimal(3), NIGHT + hour),
        Entry(EntryKind.CORRECTED, Decimal(20), NIGHT + 2 * hour),
        Entry(EntryKind.GOT, Decimal(90), NIGHT + 3 * hour),
        Entry(EntryKind.TAKEN, Decimal("0.5"), NIGHT + 4 * hour),
        Entry(EntryKind.TAKEN, Decimal(3), NIGHT - hour),
    ]
    assert left(lines) == Decimal("109.5")


def test_the_run_out_date_follows_the_titration_and_the_pause() -> None:
    """By hand: 3 doses of one capsule, two paused days, then two capsules a dose: 3 + 2 + 2 = 7 of 8."""
    pause = Pause(date(2026, 3, 5), date(2026, 3, 6), "other")
    regimen = _regimen((MONDAY, "1.5"), (date(2026, 3, 7), "3"), pauses=(pause,))
    uses = {Decimal("1.5"): {A: Decimal(1)}, Decimal(3): {A: Decimal(2)}}
    found = forecasts(regimen, {A: Decimal(8)}, uses, MONDAY)[A]
    assert found.runs_out_on == date(2026, 3, 9)
    assert found.days_left(MONDAY) == 7


def test_a_mixed_dose_runs_out_with_the_strength_that_ends_first() -> None:
    """4.5 mg as 3 mg + 1.5 mg: each strength has its own day."""
    regimen = _regimen((MONDAY, "4.5"))
    uses = {Decimal("4.5"): {A: Decimal(1), B: Decimal(1)}}
    found = forecasts(regimen, {A: Decimal(2), B: Decimal(5)}, uses, MONDAY)
    assert found[A].runs_out_on == date(2026, 3, 4)
    assert found[B].runs_out_on == date(2026, 3, 7)


def test_an_amount_without_a_count_ends_what_is_known() -> None:
    """How many make a dose is never computed from milligrams."""
    regimen = _regimen((MONDAY, "1.5"), (date(2026, 3, 4), "3"))
    found = forecasts(regimen, {A: Decimal(90)}, {Decimal("1.5"): {A: Decimal(1)}}, MONDAY)[A]
    assert found.runs_out_on is None
    assert found.unknown_from == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("90", "90"),
        ("+90", "90"),
        ("90 capsules", "90"),
        ("about 42 left", "42"),
        ("1,5", "1.5"),
        ("1½", "1.5"),
        ("½", "0.5"),
        ("ten", "10"),
        ("0", "0"),
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str, meant: str) -> None:
    """Commas, words and units around it don't matter."""
    assert parse_count(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["", "1,000", "-5", "90 or 60", "lots", "12345", "1.2345"])
def test_an_unclear_number_is_asked_again(typed: str) -> None:
    """1,000 may be one or a thousand; nothing is guessed."""
    assert parse_count(typed) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12/2026", date(2026, 12, 31)),
        ("02/28", date(2028, 2, 29)),
        ("2027-06", date(2027, 6, 30)),
        ("Dec 2026", date(2026, 12, 31)),
        ("exp 11/26", date(2026, 11, 30)),
        ("31 Dec 2026", date(2026, 12, 31)),
    ],
)
def test_a_label_with_a_month_lasts_until_its_end(typed: str, meant: date) -> None:
    """That is how labels are meant."""
    assert parse_expiry(typed, MONDAY) == meant
