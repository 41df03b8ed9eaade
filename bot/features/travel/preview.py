"""What a change of clocks would do: tried out on the rows themselves, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain.due import next_dose
from bot.domain.travel import Gap, gap
from bot.storage import deliveries, doses, patients

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.telegram_io.turn import Turn

_REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Preview:
    """The next reminders under one of the two choices.

    Attributes:
        reminders: Aware UTC instants of the next reminders, two at most.
        gap: What is unusual about the time from the last dose to the next, with its whole hours; or None.
    """

    reminders: Sequence[datetime]
    gap: tuple[Gap, int] | None


async def under(turn: Turn, zone: str) -> Preview:
    """Return the next reminders if the patient's clock were that of *zone*; nothing is changed."""
    session, patient = turn.session, turn.patient
    await session.flush()
    trial = await session.begin_nested()
    try:
        patient.zone = zone
        await turn.plan()
        planned = [row.due_at for row in await deliveries.pending(session, patient.id, _REMINDER)]
    finally:
        await trial.rollback()
        await session.refresh(patient)
    next_at = min((at for at in planned if at > turn.now), default=None)
    following = await _following(turn, zone, next_at)
    reminders = [at for at in (next_at, following) if at is not None]
    return Preview(reminders, gap(await _last_dose_at(turn), next_at))


async def _following(turn: Turn, zone: str, next_at: datetime | None) -> datetime | None:
    """Return the reminder after the next one, by the plan."""
    regimen = await patients.regimen_of(turn.session, turn.patient.id)
    if regimen is None or next_at is None:
        return None
    after = next_dose(regimen, ZoneInfo(zone), next_at)
    return None if after is None else after[1]


async def _last_dose_at(turn: Turn) -> datetime | None:
    last = await doses.last_taken(turn.session, turn.patient.id)
    return None if last is None else last.taken_at or last.due_at
