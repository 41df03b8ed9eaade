"""Words for a change of pain, 28 days against the 28 before: only where an interval allows a word at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum, auto
from fractions import Fraction
from types import MappingProxyType

from bot.locale import N_

LOWEST_COMPARED = 3
"""Under this earlier mean there is no room for words: numbers only."""
CLEARLY = (Fraction(2), Fraction(30, 100))
"""Points and share of the earlier mean, both needed (Salaffi 2004, Farrar 2001, IMMPACT)."""
A_LITTLE = (Fraction(1), Fraction(15, 100))

Values = tuple[tuple[date, float], ...]
IntervalOf = Callable[[Values, Values], tuple[float, float] | None]
"""From the values of the later and of the earlier span: an interval for later − earlier mean, or None."""


class Change(StrEnum):
    """Words for pain, 28 days against the 28 before. NUMBERS_ONLY: say no word at all."""

    NUMBERS_ONLY = auto()
    SAME_OR_UNCLEAR = auto()
    A_LITTLE_LOWER = auto()
    CLEARLY_LOWER = auto()
    A_LITTLE_HIGHER = auto()
    CLEARLY_HIGHER = auto()


CHANGE_WORDS: Mapping[Change, str] = MappingProxyType(
    {
        Change.SAME_OR_UNCLEAR: N_("about the same, or can't tell"),
        Change.A_LITTLE_LOWER: N_("a little lower"),
        Change.CLEARLY_LOWER: N_("clearly lower"),
        Change.A_LITTLE_HIGHER: N_("a little higher"),
        Change.CLEARLY_HIGHER: N_("clearly higher"),
    }
)


def change_of(later: Fraction, earlier: Fraction, interval: tuple[float, float] | None) -> Change:
    """Return the word for a change of mean pain, on unrounded means.

    Args:
        later: Mean of the later 28 days.
        earlier: Mean of the earlier 28 days.
        interval: For later − earlier; None if it is not known.
    """
    if earlier < LOWEST_COMPARED:
        return Change.NUMBERS_ONLY
    if interval is None or interval[0] <= 0 <= interval[1]:
        return Change.SAME_OR_UNCLEAR
    size, share, lower = abs(later - earlier), abs(later - earlier) / earlier, later < earlier
    if size >= CLEARLY[0] and share >= CLEARLY[1]:
        return Change.CLEARLY_LOWER if lower else Change.CLEARLY_HIGHER
    if size >= A_LITTLE[0] and share >= A_LITTLE[1]:
        return Change.A_LITTLE_LOWER if lower else Change.A_LITTLE_HIGHER
    return Change.SAME_OR_UNCLEAR
