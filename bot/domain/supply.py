"""Supply: a ledger per strength, how much of it a dose takes, and when it runs out by the plan.

Nothing here is converted or computed from milligrams: the patient copies from the label what a strength is
called, and says how many of it make one dose of each amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum, auto
from typing import TYPE_CHECKING

from bot.domain.regimen import Regimen, dose_dates, planned_dose_mg

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

WARN_DAYS = 14
"""Compounding takes time: so long before it runs out the patient is warned, unless chosen otherwise."""
WARN_AGAIN_DAYS = 4
"""The second and last warning, unless the first one came this late."""
HORIZON = timedelta(days=400)
LONGEST_LABEL = 40
UNCOUNTED_FROM = timedelta(hours=4)
"""A dose that nobody answered for counts as unanswered from so long after its due time."""


class EntryKind(StrEnum):
    """What an entry of the ledger says."""

    GOT = auto()
    TAKEN = auto()
    CORRECTED = auto()


class Unit(StrEnum):
    """What a strength is counted in."""

    CAPSULES = auto()
    TABLETS = auto()
    ML = auto()
    DROPS = auto()


# Of one instant: a dose, then the count that saw the bottle afterwards, then what came.
_ORDER = (EntryKind.TAKEN, EntryKind.CORRECTED, EntryKind.GOT)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger.

    Attributes:
        kind: CORRECTED is a count: what came before it no longer matters.
        amount: Capsules, ml and so on: added, used up, or counted.
        at: Aware UTC instant at which it happened; for a dose when it was taken.
    """

    kind: EntryKind
    amount: Decimal
    at: datetime


def left(entries: Iterable[Entry]) -> Decimal:
    """Return what is left by the ledger; below zero where more was taken than was ever counted.

    A dose taken before the last count changes nothing, also when it is logged or undone afterwards: the
    count saw the bottle as it was.
    """
    total = Decimal(0)
    for entry in sorted(entries, key=lambda entry: (entry.at, _ORDER.index(entry.kind))):
        if entry.kind is EntryKind.CORRECTED:
            total = entry.amount
        else:
            total += entry.amount if entry.kind is EntryKind.GOT else -entry.amount
    return total


@dataclass(frozen=True, slots=True)
class Forecast:
    """How long a strength lasts if the plan is followed from now on.

    Attributes:
        runs_out_on: The first dose date for which there isn't enough; None: none within the horizon.
        unknown_from: The first dose date whose amount has no count yet; nothing is known from there on.
        is_used: Some dose within the horizon takes from this strength.
    """

    runs_out_on: date | None = None
    unknown_from: date | None = None
    is_used: bool = False

    def days_left(self, today: date) -> int | None:
        """Return the days from *today* to the first dose that isn't covered, or None if that isn't known."""
        return None if self.runs_out_on is None else max(0, (self.runs_out_on - today).days)


def forecasts(
    regimen: Regimen,
    left_of: Mapping[UUID, Decimal],
    uses: Mapping[Decimal, Mapping[UUID, Decimal]],
    first: date,
    answered: Collection[date] = (),
) -> Mapping[UUID, Forecast]:
    """Return how long each strength lasts, following the plan with its steps and pauses.

    Args:
        regimen: The plan.
        left_of: What is left of each strength.
        uses: For each amount in mg: how much of which strength makes one dose of it.
        first: The first dose date that will still take from the supply.
        answered: Dose dates from *first* on that were answered already.
    """
    remaining = dict(left_of)
    found = {key: Forecast() for key in remaining}
    for day in dose_dates(regimen, first, first + HORIZON):
        if day in answered:
            continue
        mg = planned_dose_mg(regimen.steps, day)
        need = None if mg is None else uses.get(mg)
        if not need:
            return {key: _unknown_from(one, day) for key, one in found.items()}
        for key, amount in need.items():
            if key not in remaining:
                continue
            remaining[key] -= amount
            out = found[key].runs_out_on or (day if remaining[key] < 0 else None)
            found[key] = Forecast(runs_out_on=out, is_used=True)
    return found


def _unknown_from(one: Forecast, day: date) -> Forecast:
    return one if one.runs_out_on is not None else Forecast(None, day, one.is_used)
