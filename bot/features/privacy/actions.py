"""What happens to a patient who leaves, comes back, or agrees to a new text."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete

from bot.domain.consent import CONSENT_VERSION
from bot.domain.due import local_date
from bot.storage.erasing import LEAVING
from bot.storage.tables import Delivery, Patient, Regimen

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.ext.asyncio import AsyncSession

GRACE = timedelta(hours=24)


async def leave(session: AsyncSession, patient: Patient, now: datetime, *, after: timedelta) -> None:
    """Send nothing more, and erase everything *after* that time; the earlier of two wishes counts."""
    erase_at = now + after
    if patient.erase_at is None or erase_at < patient.erase_at:
        patient.erase_at = erase_at
    patient.state = LEAVING
    patient.dialogue = None
    await session.execute(
        delete(Delivery).where(Delivery.patient_id == patient.id, Delivery.state == "pending")
    )


async def come_back(session: AsyncSession, patient: Patient, now: datetime) -> bool:
    """Take the leaving back; False where it is too late. The caller plans anew.

    A tombstone may stand already once the time has come: then there is no way back.
    """
    if patient.erase_at is None or patient.erase_at <= now:
        return False
    patient.erase_at = None
    patient.state = "enrolling" if await session.get(Regimen, patient.id) is None else "active"
    return True


def agree(patient: Patient, now: datetime) -> None:
    """Record the consent to the present text; a second tap keeps the first one's time."""
    if patient.consent_version != CONSENT_VERSION:
        patient.consent_version, patient.consented_at = CONSENT_VERSION, now


def is_to_be_asked(patient: Patient, zone: ZoneInfo, now: datetime) -> bool:
    """Tell whether the text has changed since the patient agreed, and they weren't asked today."""
    if patient.consent_version in {None, CONSENT_VERSION}:
        return False
    asked = patient.consent_asked_at
    return asked is None or local_date(asked, zone) != local_date(now, zone)
