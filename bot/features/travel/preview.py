"""What a change of clocks would do: tried out on the rows themselves, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.due import next_dose
from bot.domain.spacing import Gap, gap
from bot.storage import deliveries, doses, patients
from bot.telegram_io.spacing import plan_apart

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.telegram_io.spacing import Spacing
    from bot.telegram_io.turn import Turn

_REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Preview:
    """The next reminders under one of the two choices.

    Attributes:
        reminders: Aware UTC instants of the next reminders, two at most.
        gap: What is unusual about the time from the last dose to the next, with its whole hours; or None.
        spacing: What comes of it for two doses that would be too close.
    """

    reminders: Sequence[datetime]
    gap: tuple[Gap, int] | None
    spacing: Spacing


@dataclass(frozen=True, slots=True)
class Away:
    """A patient on a journey who keeps home's clock.

    Attributes:
        zone: The zone of where the patient is.
        reminders: Aware UTC instants of the next reminders, two at most.
    """

    zone: str
    reminders: Sequence[datetime]


async def away(turn: Turn) -> Away | None:
    """Return where the patient is who keeps home's clock, or None."""
    there = turn.patient.away_zone
    return None if there is None else Away(there, await _next_two(turn))


async def under(turn: Turn, zone: str) -> Preview:
    """Return the next reminders if the patient's clock were that of *zone*; nothing is changed."""
    session, patient = turn.session, turn.patient
    await session.flush()
    trial = await session.begin_nested()
    try:
        patient.zone = zone
        return await after(turn, await plan_apart(turn))
    finally:
        await trial.rollback()
        await session.refresh(patient)


async def after(turn: Turn, spacing: Spacing) -> Preview:
    """Return the next reminders as they are planned now."""
    reminders = await _next_two(turn)
    next_at = reminders[0] if reminders else None
    last = await doses.last_taken(turn.session, turn.patient.id)
    last_at = None if last is None else last.taken_at or last.due_at
    return Preview(reminders, gap(last_at, next_at), spacing)


async def _next_two(turn: Turn) -> Sequence[datetime]:
    pending = await deliveries.pending(turn.session, turn.patient.id, _REMINDER)
    next_at = min((row.due_at for row in pending if row.due_at > turn.now), default=None)
    return [at for at in (next_at, await _following(turn, next_at)) if at is not None]


async def _following(turn: Turn, next_at: datetime | None) -> datetime | None:
    """Return the reminder after the next one, by the plan."""
    regimen = await patients.regimen_of(turn.session, turn.patient.id)
    if regimen is None or next_at is None:
        return None
    coming = next_dose(regimen, turn.zone, next_at)
    return None if coming is None else coming[1]
