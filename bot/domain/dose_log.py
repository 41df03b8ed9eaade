"""What a patient says about a dose, and what is then recorded: taken, not taken, not sure, corrected."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum, auto
from typing import TYPE_CHECKING

from bot.domain.dose import TRANSITIONS, Dose, DoseEvent, DoseState, NotTakenReason

if TYPE_CHECKING:
    from datetime import datetime

MIN_INTERVAL = timedelta(hours=12)
"""Two doses closer together than this bring the 12-hour warning."""
ANSWERED_LIVE = timedelta(hours=4)
"""A "Taken" up to this long after the due time means "just now"; later it says that, but not when."""
EARLIEST = timedelta(hours=18)
"""A dose said to be taken longer before its due time than this is another dose."""
LATEST = timedelta(hours=36)
"""A dose said to be taken longer after its due time than this is another dose."""
TOO_MUCH_MG = Decimal(10)
"""The bot handles doses under this many mg: from here on "check that your label says mg, not ml or mcg"."""

_SAID_STATES = frozenset({DoseState.TAKEN, DoseState.NOT_TAKEN, DoseState.UNKNOWN})


class LogOutcome(StrEnum):
    """What became of something the patient said about a dose."""

    RECORDED = auto()
    ALREADY_LOGGED = auto()
    REFUSED = auto()


class Refusal(StrEnum):
    """Why nothing was recorded; each needs its own plain sentence."""

    IN_FUTURE = auto()
    BEFORE_THIS_DOSE = auto()
    AFTER_THIS_DOSE = auto()
    AMOUNT_OUT_OF_RANGE = auto()
    ON_HOLD = auto()
    CANCELLED = auto()
    NOTHING_TO_UNDO = auto()


@dataclass(frozen=True, slots=True)
class HoursSince:
    """The 12-hour warning: "Your last dose was logged at {last_at}, {hours} hours ago".

    Attributes:
        last_at: Aware UTC instant of the other dose.
        hours: Whole hours between the two, 0 to 11.
    """

    last_at: datetime
    hours: int


@dataclass(frozen=True, slots=True)
class LogResult:
    """What to save and what to say.

    Attributes:
        outcome: Whether *dose* differs from *before*.
        dose: The dose as it now stands.
        before: The dose as it stood, for the history.
        since: When it was logged first, if already logged; else None.
        refusal: Why nothing was recorded; None unless refused.
        warning: The 12-hour warning; None if it doesn't apply. It never keeps the dose from being recorded.
        was_held: Taken while on hold: the safety text belongs beside the answer.
    """

    outcome: LogOutcome
    dose: Dose
    before: Dose
    since: datetime | None = None
    refusal: Refusal | None = None
    warning: HoursSince | None = None
    was_held: bool = False


def log_taken(
    dose: Dose,
    now: datetime,
    *,
    taken_at: datetime | None = None,
    taken_mg: Decimal | None = None,
    last_taken: Dose | None = None,
) -> LogResult:
    """Record that *dose* was taken, also early, also instead of an earlier "not taken".

    Args:
        dose: The dose whose button was pressed.
        now: Aware UTC instant.
        taken_at: Aware UTC instant that the patient named; None means "just now" until four hours after the
            due time, and "at an unknown time" later on (a morning's answer about last night).
        taken_mg: Amount the patient named; None means the planned one.
        last_taken: The latest other dose that was taken, for the 12-hour warning.
    """
    if dose.state is DoseState.TAKEN:
        return LogResult(LogOutcome.ALREADY_LOGGED, dose, dose, since=dose.logged_at)
    if taken_at is None and now <= dose.due_at + ANSWERED_LIVE:
        taken_at = now
    return _record_taken(dose, now, taken_at, dose.planned_mg if taken_mg is None else taken_mg, last_taken)


def log_not_taken(dose: Dose, now: datetime, reason: NotTakenReason | None = None) -> LogResult:
    """Record that the patient did not take *dose*, with a reason if one was given.

    Saying it again with a reason adds the reason and keeps the time of the first answer.
    """
    if dose.state is DoseState.NOT_TAKEN:
        if reason in (None, dose.reason):
            return LogResult(LogOutcome.ALREADY_LOGGED, dose, dose, since=dose.logged_at)
        return LogResult(LogOutcome.RECORDED, replace(dose, reason=reason), dose)
    return _record(dose, now, DoseEvent.DECLINE, reason)


def log_unsure(dose: Dose, now: datetime) -> LogResult:
    """Record that the patient doesn't know whether *dose* was taken."""
    if dose.state is DoseState.UNKNOWN and dose.logged_at is not None:
        return LogResult(LogOutcome.ALREADY_LOGGED, dose, dose, since=dose.logged_at)
    return _record(dose, now, DoseEvent.UNSURE, None)


def correct_taken(
    dose: Dose,
    now: datetime,
    *,
    taken_at: datetime | None = None,
    taken_mg: Decimal | None = None,
    last_taken: Dose | None = None,
) -> LogResult:
    """Change time or amount of a taken dose, or turn another answer into taken; None keeps what is there.

    A dose that wasn't taken before and gets no time has an unknown one: a correction is not "just now".
    """
    amount = taken_mg if taken_mg is not None else dose.taken_mg or dose.planned_mg
    return _record_taken(dose, now, taken_at or dose.taken_at, amount, last_taken)


def undo(dose: Dose, now: datetime, *, on_hold: bool = False) -> LogResult:
    """Withdraw what the patient said about *dose*.

    Args:
        dose: A dose that the patient logged.
        now: Aware UTC instant. Before the due time the dose is planned again, and its reminder with it;
            afterwards it counts as asked, because the patient has just had it in front of them.
        on_hold: Doses are held at present, so it is held again.
    """
    if dose.state not in _SAID_STATES or dose.logged_at is None:
        return LogResult(LogOutcome.REFUSED, dose, dose, refusal=Refusal.NOTHING_TO_UNDO)
    state = DoseState.PLANNED if now < dose.due_at else DoseState.ASKED
    undone = replace(
        dose,
        state=DoseState.HELD if on_hold else state,
        taken_mg=None,
        taken_at=None,
        logged_at=None,
        reason=None,
    )
    return LogResult(LogOutcome.RECORDED, undone, dose)


def _record_taken(
    dose: Dose, now: datetime, taken_at: datetime | None, taken_mg: Decimal, last_taken: Dose | None
) -> LogResult:
    refusal = _refusal(dose, now, taken_at, taken_mg)
    if refusal:
        return LogResult(LogOutcome.REFUSED, dose, dose, refusal=refusal)
    taken = replace(
        dose, state=DoseState.TAKEN, taken_mg=taken_mg, taken_at=taken_at, logged_at=now, reason=None
    )
    return LogResult(
        LogOutcome.RECORDED,
        taken,
        dose,
        warning=_hours_since(taken_at, last_taken),
        was_held=dose.state is DoseState.HELD,
    )


def _record(dose: Dose, now: datetime, event: DoseEvent, reason: NotTakenReason | None) -> LogResult:
    state = TRANSITIONS[dose.state].get(event)
    if state is None:
        refusal = Refusal.ON_HOLD if dose.state is DoseState.HELD else Refusal.CANCELLED
        return LogResult(LogOutcome.REFUSED, dose, dose, refusal=refusal)
    said = replace(dose, state=state, taken_mg=None, taken_at=None, logged_at=now, reason=reason)
    return LogResult(LogOutcome.RECORDED, said, dose)


def _refusal(dose: Dose, now: datetime, taken_at: datetime | None, taken_mg: Decimal) -> Refusal | None:
    if not 0 < taken_mg < TOO_MUCH_MG:
        return Refusal.AMOUNT_OUT_OF_RANGE
    if taken_at is None:
        return Refusal.IN_FUTURE if now < dose.due_at - EARLIEST else None
    if taken_at > now:
        return Refusal.IN_FUTURE
    if taken_at < dose.due_at - EARLIEST:
        return Refusal.BEFORE_THIS_DOSE
    if taken_at > dose.due_at + LATEST:
        return Refusal.AFTER_THIS_DOSE
    return None


def _hours_since(taken_at: datetime | None, last: Dose | None) -> HoursSince | None:
    """Return the warning, if the two doses lie under 12 hours apart as far as anyone knows.

    A dose with no known time counts from when it was logged, which is the cautious end of what is possible.
    """
    if taken_at is None or last is None:
        return None
    last_at = last.taken_at or last.logged_at
    if last_at is None or (last.taken_at is None and last_at > taken_at):
        return None
    between = abs(taken_at - last_at)
    return HoursSince(last_at, between // timedelta(hours=1)) if between < MIN_INTERVAL else None
