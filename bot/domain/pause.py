"""Why doses pause, and which pauses never end by themselves."""

from __future__ import annotations

from enum import StrEnum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.safety import Trigger
from bot.locale import N_

if TYPE_CHECKING:
    from collections.abc import Mapping


class PauseReason(StrEnum):
    """Why the patient pauses; the words stand in `Pause.reason`."""

    OPIOID = auto()
    SURGERY = auto()
    ILLNESS = auto()
    SIDE_EFFECTS = auto()
    HOLIDAY = auto()
    OTHER = auto()


TIME_CHANGE = "time_change"
"""The reason of a pause of one date that the bot sets: the dose moved, and two would be too close."""

PAUSE_LABELS: Mapping[PauseReason, str] = MappingProxyType(
    {
        PauseReason.OPIOID: N_("Opioid painkiller"),
        PauseReason.SURGERY: N_("Surgery or dentist"),
        PauseReason.ILLNESS: N_("Illness"),
        PauseReason.SIDE_EFFECTS: N_("Side effects"),
        PauseReason.HOLIDAY: N_("Holiday"),
        PauseReason.OTHER: N_("Another reason"),
    }
)

DISCREET_PAUSE_LABELS: Mapping[PauseReason, str] = MappingProxyType(
    {
        **PAUSE_LABELS,
        PauseReason.OPIOID: N_("Another medicine"),
        PauseReason.SURGERY: N_("An appointment"),
        PauseReason.ILLNESS: N_("Not well"),
        PauseReason.SIDE_EFFECTS: N_("Not feeling right"),
    }
)
"""The same for who reads over the patient's shoulder; the safety text that follows says what it is about."""

SAFETY_TEXTS: Mapping[PauseReason, Trigger] = MappingProxyType(
    {PauseReason.OPIOID: Trigger.OPIOIDS, PauseReason.SURGERY: Trigger.SURGERY}
)
"""A pause for these shows its safety text, never ends by itself, and asks before it is ended."""


def never_ends_by_itself(reason: str) -> bool:
    """Tell whether a pause for *reason* lasts until the patient says that the next dose is safe."""
    return reason in set(SAFETY_TEXTS)
