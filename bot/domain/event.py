"""Dated events: what else happened, so that a chart or a doctor can see it beside the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.locale import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class EventKind(StrEnum):
    """What kind of event, in the order in which it is offered."""

    FLARE = auto()
    PERIOD = auto()
    MEDICINE = auto()
    SUPPLEMENT = auto()
    THERAPY = auto()
    ILLNESS = auto()
    STRESS = auto()
    OTHER = auto()


class Aspect(StrEnum):
    """What happened to a medicine, supplement or therapy on the event's date."""

    STARTED = auto()
    STOPPED = auto()
    CHANGED = auto()


ONE_TAP = frozenset({EventKind.FLARE, EventKind.PERIOD})
"""Kinds that are recorded for today at once; words and another date can be added afterwards."""

TREATMENTS = frozenset({EventKind.MEDICINE, EventKind.SUPPLEMENT, EventKind.THERAPY})
"""Kinds with an aspect; one that was started goes on until its last date."""

EVENT_LABELS: Mapping[EventKind, str] = MappingProxyType(
    {
        EventKind.FLARE: N_("flare"),
        EventKind.PERIOD: N_("period"),
        EventKind.MEDICINE: N_("medicine"),
        EventKind.SUPPLEMENT: N_("supplement"),
        EventKind.THERAPY: N_("therapy"),
        EventKind.ILLNESS: N_("illness"),
        EventKind.STRESS: N_("stress"),
        EventKind.OTHER: N_("other"),
    }
)

ASPECT_LABELS: Mapping[Aspect, str] = MappingProxyType(
    {Aspect.STARTED: N_("started"), Aspect.STOPPED: N_("stopped"), Aspect.CHANGED: N_("changed")}
)


@dataclass(frozen=True, slots=True)
class EventFact:
    """One event as lists, pictures and the doctor's page speak of it.

    Attributes:
        kind: What kind.
        first: Local date on which it happened or began.
        last: Its last local date; None: that one day, or still going on where it was started.
        aspect: Of a treatment: started, stopped or changed; None: not said, or no treatment.
        note: The patient's own words, or None.
    """

    kind: EventKind
    first: date
    last: date | None = None
    aspect: Aspect | None = None
    note: str | None = None

    @property
    def goes_on(self) -> bool:
        """Tell whether it is a treatment that was started and not stopped yet."""
        return self.aspect is Aspect.STARTED and self.last is None
