"""Two kinds: the change of clocks at its instant, which says nothing, and the word about it at noon."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from bot.delivery.kinds import NotSent, Outcome
from bot.delivery.notices import NoticeKind, Wanted
from bot.domain.pause import TIME_CHANGE
from bot.features.travel import messages
from bot.storage import deliveries, patients, zone_changes
from bot.telegram_io.spacing import Move, plan_apart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.delivery.kinds import Kind
    from bot.message import Message
    from bot.storage.tables import Delivery, Patient
    from bot.telegram_io.outgoing import Outgoing

KIND = "zone_change"
# However long the bot was off: the clock still has to change.
_WORTH = timedelta(days=365)
_TOLD_FOR = timedelta(days=2)


class ZoneChangeKind:
    """Applies a planned change of clocks; its delivery is only the alarm."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds

    async def render(
        self,
        session: AsyncSession,  # noqa: ARG002 - the protocol's argument
        delivery: Delivery,  # noqa: ARG002
        patient: Patient,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> Outgoing | NotSent:
        """Say nothing: what is due here happens in `after`."""
        return NotSent(Outcome.CANCELLED, "applied")

    async def after(
        self,
        session: AsyncSession,
        delivery: Delivery,
        patient: Patient,
        outcome: Outcome,  # noqa: ARG002 - applied however late
        now: datetime,
    ) -> None:
        """Change the patient's clock, and move every planned message with it."""
        row = await zone_changes.own(session, UUID(delivery.subject), patient.id)
        if row is None or row.applied_at is not None or row.cancelled_at is not None:
            return
        row.applied_at, patient.zone, patient.away_zone = now, row.zone, None
        await plan_apart(Move(session, patient, now, self._plan_all))

    async def _plan_all(self, session: AsyncSession, patient: Patient, now: datetime) -> None:
        for kind in self._kinds.values():
            await kind.plan(session, patient, now)

    async def plan(self, session: AsyncSession, patient: Patient, now: datetime) -> None:  # noqa: ARG002
        """Give the coming change its alarm; cancel one that was forgotten."""
        row = await zone_changes.coming(session, patient.id)
        for waiting in await deliveries.pending(session, patient.id, KIND):
            if row is None or waiting.subject != str(row.id):
                await deliveries.cancel_pending(
                    session, patient.id, KIND, waiting.subject, reason="forgotten"
                )
        if row is not None:
            await deliveries.plan_first(
                session,
                patient_id=patient.id,
                kind=KIND,
                subject=str(row.id),
                due_at=row.at,
                expires_at=row.at + _WORTH,
            )


class ChangedBackKind(NoticeKind):
    """Says at noon that the clock changed by itself, and when the next reminder comes."""

    kind = "travel"

    async def wanted(self, session: AsyncSession, patient: Patient, now: datetime) -> Sequence[Wanted]:
        """Return the word about a change of the last two days."""
        row = await zone_changes.last_applied(session, patient.id)
        if row is None or row.applied_at is None or now - row.applied_at > _TOLD_FOR:
            return []
        return [Wanted(str(row.id), row.local_date)]

    async def say(
        self, session: AsyncSession, patient: Patient, subject: str, now: datetime
    ) -> Message | None:
        """Say it if the clock is still the one it changed to."""
        row = await zone_changes.own(session, UUID(subject), patient.id)
        if row is None or patient.zone != row.zone:
            return None
        waiting = await deliveries.pending(session, patient.id, "reminder")
        pauses = await patients.open_pauses(session, patient.id)
        left_out = [one.first_date for one in pauses if one.reason == TIME_CHANGE]
        recent = (day for day in left_out if day >= row.local_date)
        next_at = waiting[0].due_at if waiting else None
        return messages.changed_back(row, now, next_at, min(recent, default=None))
