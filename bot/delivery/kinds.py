"""What a feature tells the sender about its kind of message."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
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


@runtime_checkable
class ReadsAhead(Protocol):
    """A kind that reads for many deliveries at once what `render` and `after` will ask for."""

    async def read_ahead(self, session: AsyncSession, rows: Sequence[tuple[Delivery, Patient]]) -> None:
        """Read it (bot/storage/ahead.py); each of *rows* is of this kind."""
        ...


async def read_ahead(
    session: AsyncSession, kinds: Mapping[str, Kind], rows: Iterable[tuple[Delivery, Patient]]
) -> None:
    """Let each kind read at once what its deliveries among *rows* need."""
    of_kind: defaultdict[str, list[tuple[Delivery, Patient]]] = defaultdict(list)
    for delivery, patient in rows:
        of_kind[delivery.kind].append((delivery, patient))
    for name, own in of_kind.items():
        kind = kinds[name]
        if isinstance(kind, ReadsAhead):
            await kind.read_ahead(session, own)


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
