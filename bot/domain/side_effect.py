"""Side effects that a check-in asks about, and how severe they are: fixed words keep days comparable."""

from __future__ import annotations

from enum import StrEnum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.locale import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class SideEffect(StrEnum):
    """One choice of question Q3, in the order in which it is shown. Reported, never "caused by"."""

    VIVID_DREAMS = auto()
    HEADACHE = auto()
    TROUBLE_SLEEPING = auto()
    NAUSEA = auto()
    STOMACH_CRAMPS = auto()
    DIARRHOEA = auto()
    ANXIETY = auto()
    LOW_MOOD = auto()
    DIZZINESS = auto()
    TIREDNESS = auto()
    DRY_MOUTH = auto()
    OTHER = auto()


class Severity(StrEnum):
    """How much a side effect limited the patient; compare with `rank` (the values sort by letter)."""

    MILD = auto()
    MODERATE = auto()
    SEVERE = auto()

    @property
    def rank(self) -> int:
        """Return 1 for mild, 2 for moderate, 3 for severe."""
        return _RANKS[self]


_RANKS: Mapping[Severity, int] = MappingProxyType(
    {Severity.MILD: 1, Severity.MODERATE: 2, Severity.SEVERE: 3}
)

NO_SIDE_EFFECTS_LABEL = N_("None")

SIDE_EFFECT_LABELS: Mapping[SideEffect, str] = MappingProxyType(
    {
        SideEffect.VIVID_DREAMS: N_("vivid dreams"),
        SideEffect.HEADACHE: N_("headache"),
        SideEffect.TROUBLE_SLEEPING: N_("trouble sleeping"),
        SideEffect.NAUSEA: N_("nausea"),
        SideEffect.STOMACH_CRAMPS: N_("stomach cramps"),
        SideEffect.DIARRHOEA: N_("diarrhoea"),
        SideEffect.ANXIETY: N_("anxiety or restlessness"),
        SideEffect.LOW_MOOD: N_("low mood"),
        SideEffect.DIZZINESS: N_("dizziness"),
        SideEffect.TIREDNESS: N_("unusual tiredness"),
        SideEffect.DRY_MOUTH: N_("dry mouth"),
        SideEffect.OTHER: N_("other"),
    }
)

SEVERITY_LABELS: Mapping[Severity, str] = MappingProxyType(
    {Severity.MILD: N_("mild"), Severity.MODERATE: N_("moderate"), Severity.SEVERE: N_("severe")}
)

SEVERITY_DEFINITIONS: Mapping[Severity, str] = MappingProxyType(
    {
        Severity.MILD: N_("mild = noticeable, didn't limit me"),
        Severity.MODERATE: N_("moderate = limited some activities"),
        Severity.SEVERE: N_("severe = stopped normal activities"),
    }
)


def worst(severities: Iterable[Severity]) -> Severity | None:
    """Return the highest of *severities*, or None if there are none."""
    return max(severities, key=lambda severity: severity.rank, default=None)
