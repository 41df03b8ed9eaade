"""What a feature tells the sender about its kind of message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Delivery, Patient
    from bot.telegram_io.outgoing import Outgoing


class Outcome(StrEnum):
    """How a delivery ended."""

    SENT = "sent"
    # Telegram may have delivered it: a read timeout, a cut connection, a 5xx, an expired lease.
    UNCERTAIN = "uncertain"
    # Telegram refuses it for good.
    FAILED = "failed"
    # It was due too long ago to be worth sending.
    EXPIRED = "expired"
    # Its subject no longer wants it: answered, held, withdrawn.
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class NotSent:
    """The renderer's "no": the subject was read again and doesn't want the message.

    Attributes:
        outcome: CANCELLED or EXPIRED.
        reason: A word for the row, e.g. "answered".
    """

    outcome: Outcome
    reason: str


class Kind(Protocol):
    """A kind of message, implemented by the feature that owns it.

    Rendering and `after` run inside `speaking(patient.language)`.
    """

    async def render(
        self, session: AsyncSession, delivery: Delivery, patient: Patient, now: datetime
    ) -> Outgoing | NotSent:
        """Read the subject again and return what to say now, or why not to. Reads only."""
        ...

    async def after(
        self,
        session: AsyncSession,
        delivery: Delivery,
        patient: Patient,
        outcome: Outcome,
        now: datetime,
    ) -> None:
        """Do what follows from the end of a delivery, in the transaction that records it.

        delivery.message_id and sent_at are set when it was sent. Re-alerts, copies and the next one are
        planned here.
        """
        ...

    async def plan(self, session: AsyncSession, patient: Patient, now: datetime) -> None:
        """Give an active patient the next delivery of this kind, or move it when its time changed.

        Idempotent: called after enrolment, after every change of settings, and by the sweep.
        """
        ...
