"""States of a dose and their transitions: who may say what about a planned dose, and what then is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.locale import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from decimal import Decimal
    from uuid import UUID


class DoseState(StrEnum):
    """What is known about one planned dose. There is no "missed": silence is not a fact."""

    PLANNED = auto()
    ASKED = auto()
    TAKEN = auto()
    NOT_TAKEN = auto()
    UNKNOWN = auto()
    UNREACHED = auto()
    HELD = auto()
    CANCELLED = auto()


class DoseEvent(StrEnum):
    """What can happen to a dose: the patient says TAKE, DECLINE and UNSURE, the bot does the rest.

    Taking back what was said is no event: `dose_log.undo` puts the dose where it was.
    """

    ASK = auto()
    TAKE = auto()
    DECLINE = auto()
    UNSURE = auto()
    CLOSE = auto()
    MISS_WINDOW = auto()
    HOLD = auto()
    RELEASE = auto()
    CANCEL = auto()


class NotTakenReason(StrEnum):
    """Why the patient says "not tonight"; saying so is never required."""

    SIDE_EFFECTS = auto()
    FEELING_ILL = auto()
    FORGOT = auto()
    RAN_OUT = auto()
    TOLD_BY_PRESCRIBER = auto()
    OTHER = auto()


NOT_TAKEN_REASON_LABELS: Mapping[NotTakenReason, str] = MappingProxyType(
    {
        NotTakenReason.SIDE_EFFECTS: N_("Side effects"),
        NotTakenReason.FEELING_ILL: N_("Feeling ill"),
        NotTakenReason.FORGOT: N_("Forgot"),
        NotTakenReason.RAN_OUT: N_("Ran out"),
        NotTakenReason.TOLD_BY_PRESCRIBER: N_("Told by my prescriber"),
        NotTakenReason.OTHER: N_("Other"),
    }
)

_DISCREET_REASON_LABELS: Mapping[NotTakenReason, str] = MappingProxyType(
    {
        NotTakenReason.SIDE_EFFECTS: N_("Not feeling right"),
        NotTakenReason.TOLD_BY_PRESCRIBER: N_("I was told so"),
    }
)


def reason_label(reason: NotTakenReason, *, discreet: bool) -> str:
    """Return what a reason is called; in discreet mode nothing in it speaks of a medicine."""
    label = NOT_TAKEN_REASON_LABELS[reason]
    return _(_DISCREET_REASON_LABELS.get(reason, label) if discreet else label)


_S, _E = DoseState, DoseEvent
_SAID = {_E.TAKE: _S.TAKEN, _E.DECLINE: _S.NOT_TAKEN, _E.UNSURE: _S.UNKNOWN}

# A fact is a fact: "I took it" counts in every state, even on hold or after the plan dropped the dose.
# A dose that was asked can no longer be cancelled, only held: a reminder did go out.
TRANSITIONS: Mapping[DoseState, Mapping[DoseEvent, DoseState]] = MappingProxyType(
    {
        _S.PLANNED: _SAID
        | {_E.ASK: _S.ASKED, _E.MISS_WINDOW: _S.UNREACHED, _E.HOLD: _S.HELD, _E.CANCEL: _S.CANCELLED},
        # Unreached after being asked: nothing that was sent is known to have arrived, and it is too late now.
        _S.ASKED: _SAID
        | {_E.ASK: _S.ASKED, _E.CLOSE: _S.UNKNOWN, _E.MISS_WINDOW: _S.UNREACHED, _E.HOLD: _S.HELD},
        _S.TAKEN: _SAID,
        _S.NOT_TAKEN: _SAID,
        _S.UNKNOWN: _SAID,
        _S.UNREACHED: _SAID,
        _S.HELD: {_E.TAKE: _S.TAKEN, _E.RELEASE: _S.PLANNED, _E.CANCEL: _S.CANCELLED},
        _S.CANCELLED: {_E.TAKE: _S.TAKEN},
    }
)
OPEN_STATES = frozenset({_S.PLANNED, _S.ASKED, _S.UNKNOWN, _S.UNREACHED})
"""States in which nobody has said yet whether the dose was taken: question Q0 and `/today` ask."""


@dataclass(frozen=True, slots=True)
class Dose:
    """One planned dose of one dose date.

    Attributes:
        id: The row's id, which every button about this dose carries.
        dose_date: Local date that the plan gives the dose.
        due_at: Aware UTC instant at which the reminder is due.
        state: What is known about it.
        planned_mg: What the plan said for that date.
        taken_mg: What was taken; None unless taken.
        taken_at: Aware UTC instant of taking; None unless taken, and also None if taken at an unknown time.
        logged_at: Aware UTC instant at which the patient said what stands here; None while nobody has.
        reason: Why it was not taken; None if not said.
    """

    id: UUID
    dose_date: date
    due_at: datetime
    state: DoseState
    planned_mg: Decimal
    taken_mg: Decimal | None = None
    taken_at: datetime | None = None
    logged_at: datetime | None = None
    reason: NotTakenReason | None = None


def advance(dose: Dose, event: DoseEvent) -> Dose | None:
    """Return *dose* after something the bot did (ASK, CLOSE, MISS_WINDOW, HOLD, RELEASE, CANCEL).

    Returns:
        The dose in its next state, or None if the table has no such transition: then leave it alone.
    """
    state = TRANSITIONS[dose.state].get(event)
    return None if state is None else replace(dose, state=state)


@dataclass(frozen=True, slots=True)
class Adherence:
    """Doses in counts: "taken 22 · not taken 3 · not answered 3, of 28".

    Attributes:
        taken: The patient said so.
        not_taken: The patient said so.
        not_answered: Asked, with no answer or "not sure".
        not_asked: Never reached.
        held: On hold or paused; not part of `of`.
        of: taken + not taken + not answered + not asked. Planned and cancelled doses count nowhere.
    """

    taken: int
    not_taken: int
    not_answered: int
    not_asked: int
    held: int
    of: int

    @property
    def known(self) -> int:
        """Return how many doses the patient answered for: the denominator of a percentage."""
        return self.taken + self.not_taken


def adherence(states: Iterable[DoseState]) -> Adherence:
    """Count the states of the doses of a span."""
    seen = list(states)
    taken, not_taken = seen.count(DoseState.TAKEN), seen.count(DoseState.NOT_TAKEN)
    not_answered = seen.count(DoseState.ASKED) + seen.count(DoseState.UNKNOWN)
    not_asked = seen.count(DoseState.UNREACHED)
    total = taken + not_taken + not_answered + not_asked
    return Adherence(taken, not_taken, not_answered, not_asked, seen.count(DoseState.HELD), total)
