"""The kind "silence": after months without a word the patient is asked whether to keep the diary."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.delivery.kinds import Outcome
from bot.delivery.notices import SILENCE, NoticeKind, Wanted
from bot.domain.consent import practice
from bot.domain.due import local_date
from bot.features.privacy import messages
from bot.storage import patients

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.message import Message
    from bot.storage.tables import Delivery, Patient


class SilenceKind(NoticeKind):
    """Asks once for each silence."""

    kind = SILENCE

    async def wanted(self, session: AsyncSession, patient: Patient, now: datetime) -> Sequence[Wanted]:  # noqa: ARG002
        """Return the question once the silence is long enough: nothing is planned months ahead."""
        if not patients.is_silent(patient, practice().silent_before(now)):
            return []
        return [Wanted(_subject(patient), local_date(now, ZoneInfo(patient.zone or "UTC")))]

    async def say(
        self,
        session: AsyncSession,  # noqa: ARG002 - the protocol's
        patient: Patient,
        subject: str,
        now: datetime,
    ) -> Message | None:
        """Ask, unless the patient has said something since."""
        months = practice().ask_after_months
        if months is None or subject != _subject(patient):
            return None
        return (
            messages.after_silence(months)
            if patients.is_silent(patient, practice().silent_before(now))
            else None
        )

    async def after(
        self, session: AsyncSession, delivery: Delivery, patient: Patient, outcome: Outcome, now: datetime
    ) -> None:
        """Remember that this silence was asked about."""
        if outcome in {Outcome.SENT, Outcome.UNCERTAIN}:
            patient.silence_asked_at = now
        await super().after(session, delivery, patient, outcome, now)


def _subject(patient: Patient) -> str:
    return f"since {(patient.last_seen_at or patient.created_at).isoformat(timespec='minutes')}"
