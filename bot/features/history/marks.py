"""What a day of the calendar shows at a glance: signs that differ in shape, never in colour alone."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.dose import DoseState

if TYPE_CHECKING:
    from bot.features.history.actions import DayFacts


class Mark(StrEnum):
    """One sign on a day's button."""

    TAKEN = "✓"
    NOT_TAKEN = "✗"
    NO_ANSWER = "?"
    HELD = "‖"
    CHECKED_IN = "•"


_OF_DOSE = {
    DoseState.TAKEN: Mark.TAKEN,
    DoseState.NOT_TAKEN: Mark.NOT_TAKEN,
    DoseState.ASKED: Mark.NO_ANSWER,
    DoseState.UNKNOWN: Mark.NO_ANSWER,
    DoseState.UNREACHED: Mark.NO_ANSWER,
    DoseState.HELD: Mark.HELD,
}


def marks_of(day: DayFacts) -> tuple[Mark, ...]:
    """Return the day's signs: its dose, then its check-in. A dose that is still to come has none."""
    dose = _OF_DOSE.get(day.dose) if day.dose is not None else None
    return (*((dose,) if dose else ()), *((Mark.CHECKED_IN,) if day.checked_in else ()))
