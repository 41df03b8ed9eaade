"""The kind "dated": one message for all that is today and tomorrow, bound to its day."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.delivery.notices import DATED, NOON, NoticeKind, Wanted
from bot.domain.dated import occurrence
from bot.domain.due import local_date
from bot.domain.regimen import ONE_DAY
from bot.features.dates import messages
from bot.storage import dated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.message import Message
    from bot.storage.tables import DatedReminder, Patient

# An appointment is often in the morning: noon of the same day would be too late.
MORNING = time(8)


class DatedKind(NoticeKind):
    """Reminds a day before, at noon, and on the day, at 8:00: the local date is the subject."""

    kind = DATED

    async def wanted(self, session: AsyncSession, patient: Patient, now: datetime) -> Sequence[Wanted]:
        """Return the days on which something is to be said, of the next occurrence of each date."""
        zone = ZoneInfo(patient.zone or "UTC")
        today = local_date(now, zone)
        at: dict[date, time] = {}
        for row in await dated.of_patient(session, patient.id):
            day = occurrence(row.first_date, row.every_months, today)
            if day is None:
                continue
            at[day] = MORNING
            at.setdefault(day - ONE_DAY, NOON)
            # Today's is said at 8:00; the next one is planned tomorrow.
            if day == today and (later := occurrence(row.first_date, row.every_months, today + ONE_DAY)):
                at.setdefault(later - ONE_DAY, NOON)
                at[later] = MORNING
        if at.get(today) == MORNING and now.astimezone(zone).time() >= MORNING:
            # Noted after 8:00: what is tomorrow must not be lost with it.
            at[today] = NOON
        return [
            Wanted(day.isoformat(), day, can_wait=False, at=when)
            for day, when in sorted(at.items())
            if day >= today
        ]

    async def say(
        self, session: AsyncSession, patient: Patient, subject: str, now: datetime
    ) -> Message | None:
        """Read the dates again; None where all of that day's were moved or deleted."""
        day = date.fromisoformat(subject)
        if day != local_date(now, ZoneInfo(patient.zone or "UTC")):
            return None
        rows = await dated.of_patient(session, patient.id)
        today, tomorrow = _on(rows, day), _on(rows, day + ONE_DAY)
        return messages.reminder(today, tomorrow, discreet=patient.discreet) if today or tomorrow else None


def _on(rows: Sequence[DatedReminder], day: date) -> Sequence[DatedReminder]:
    return [row for row in rows if occurrence(row.first_date, row.every_months, day) == day]
