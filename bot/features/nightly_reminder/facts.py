"""What messages about a dose need to know of it, read from the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.regimen import step_left
from bot.features.nightly_reminder.alert import KIND
from bot.storage import ahead, deliveries, dose_rows, doses, patients
from bot.storage.tables import Heartbeat

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.dose_view import DoseView
    from bot.storage.tables import Dose, Patient

LISTENING = "listening"
"""The heartbeat of whoever receives updates."""


async def view(session: AsyncSession, patient: Patient, dose: Dose) -> DoseView:
    """Return the dose as the messages see it."""
    regimen = await patients.regimen_of(session, patient.id)
    before = None if regimen is None else step_left(regimen, dose.dose_date, dose.planned_mg)
    return replace(
        dose_rows.view(patient, dose),
        before_mg=before.dose_mg if before else None,
        before_as=before.shown_as if before else None,
    )


async def first_sent_at(session: AsyncSession, dose: Dose) -> datetime | None:
    """Return when the first message about the dose went out (aware, UTC), or None."""
    rows = await deliveries.of_subject(session, dose.patient_id, KIND, str(dose.id))
    return min((row.sent_at for row in rows if row.sent_at is not None), default=None)


async def taps_may_be_lost(session: AsyncSession, dose: Dose) -> bool:
    """Tell whether nobody listened for a while after the dose was asked about.

    Telegram drops presses that wait too long; whoever receives updates notes the end of such a gap.
    """
    known = ahead.of(session)
    if known is not None and LISTENING in known.heartbeats:
        row = known.heartbeats[LISTENING]
    else:
        row = await session.get(Heartbeat, LISTENING)
    noted = (row.detail or {}).get("gap_until") if row is not None else None
    if noted is None:
        return False
    asked_at = await first_sent_at(session, dose)
    return asked_at is not None and asked_at < datetime.fromisoformat(noted)


async def silent_doses(session: AsyncSession, patient: Patient, dose: Dose, limit: int) -> int:
    """Return how many doses in a row before *dose* brought no sign of life, at most *limit*."""
    silent = 0
    for earlier in await doses.counted_before(session, dose, limit):
        seen = patient.last_seen_at is not None and patient.last_seen_at >= earlier.due_at
        if earlier.logged_at is not None or seen:
            break
        silent += 1
    return silent
