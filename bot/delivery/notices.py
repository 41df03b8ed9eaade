"""Unasked messages of the daytime: at noon, never between 21:00 and 8:00, and one of them a day.

Besides dose and check-in a patient gets at most one unasked message a day (DOMAIN.md). So a notice looks
where the others lie: one that can wait moves on to the next free noon, one that is bound to its date stays,
and the weekly summary makes way for it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.delivery.kinds import NotSent, Outcome
from bot.domain import delivery as decisions
from bot.domain.delivery import DeliveryKind
from bot.domain.due import QUIET_FROM, is_quiet, local_date, to_instant
from bot.domain.regimen import ONE_DAY
from bot.storage import deliveries
from bot.storage.tables import Delivery
from bot.telegram_io.outgoing import Outgoing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.message import Message
    from bot.storage.tables import Patient

NOON = time(12)
DATED, SILENCE = "dated", "silence"
UNASKED = frozenset({"weekly_summary", "supply", "travel", DATED, SILENCE})
"""Kinds of which a patient gets at most one a day."""
_COPY = {"what": "copy"}
_NOT_AGAIN = frozenset({"sent", "uncertain", "failed"})
_MOST_DAYS_ON = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """A notice that a feature wants to give.

    Attributes:
        subject: What it is about, at most 40 characters; said once.
        on: The local date from whose noon on it is wanted.
        can_wait: It may come on a later day; else that day or never.
        at: Local time of day, never in the quiet hours.
    """

    subject: str
    on: date
    can_wait: bool = True
    at: time = NOON


class NoticeKind(ABC):
    """A kind of notice, implemented by the feature that has something to say."""

    kind: str

    @abstractmethod
    async def wanted(self, session: AsyncSession, patient: Patient, now: datetime) -> Sequence[Wanted]:
        """Return every notice to come, the most urgent first."""

    @abstractmethod
    async def say(
        self, session: AsyncSession, patient: Patient, subject: str, now: datetime
    ) -> Message | None:
        """Read the subject again and return the notice, or None where nothing is left to say."""

    async def render(
        self, session: AsyncSession, delivery: Delivery, patient: Patient, now: datetime
    ) -> Outgoing | NotSent:
        """Say it, unless it is a time to be quiet or the subject is settled."""
        if is_quiet(now, _zone(patient)):
            return NotSent(Outcome.EXPIRED, "quiet hours")
        message = await self.say(session, patient, delivery.subject, now)
        return NotSent(Outcome.CANCELLED, "settled") if message is None else Outgoing("send", message)

    async def after(
        self, session: AsyncSession, delivery: Delivery, patient: Patient, outcome: Outcome, now: datetime
    ) -> None:
        """Plan the one copy of what may be lost, and the next notice."""
        if outcome is Outcome.UNCERTAIN:
            at = decisions.copy_at(now, int(delivery.payload == _COPY), delivery.expires_at)
            if at is not None:
                await deliveries.plan_another(
                    session,
                    patient_id=patient.id,
                    kind=self.kind,
                    subject=delivery.subject,
                    due_at=at,
                    expires_at=delivery.expires_at,
                    payload=_COPY,
                )
        await self.plan(session, patient, now)

    async def plan(self, session: AsyncSession, patient: Patient, now: datetime) -> None:
        """Bring what is planned in line with what is wanted."""
        wanted = [] if patient.state != "active" else await self.wanted(session, patient, now)
        kept = {one.subject for one in wanted if await self._put(session, patient, one, now)}
        for row in await deliveries.pending(session, patient.id, self.kind):
            is_copy = Delivery.payload.stored(row) is not None
            if row.subject not in kept and not is_copy and row.due_at > now:
                await deliveries.cancel_pending(
                    session, patient.id, self.kind, row.subject, reason="not wanted"
                )

    async def _put(self, session: AsyncSession, patient: Patient, one: Wanted, now: datetime) -> bool:
        known = await deliveries.of_subject(session, patient.id, self.kind, one.subject)
        if any(row.state in _NOT_AGAIN for row in known):
            return False
        due_at = await self._noon(session, patient, one, now)
        if due_at is None:
            return False
        zone = _zone(patient)
        ends = to_instant(local_date(due_at, zone), QUIET_FROM, zone)
        expires_at = decisions.expires_at(DeliveryKind.NOTICE, due_at, day_ends_at=ends)
        for row in known:
            if row.state in deliveries.OPEN:
                if row.state == "pending" and row.attempts == 0 and row.due_at > now:
                    row.due_at, row.run_at, row.expires_at = due_at, due_at, expires_at
                return True
        await deliveries.plan_another(
            session,
            patient_id=patient.id,
            kind=self.kind,
            subject=one.subject,
            due_at=due_at,
            expires_at=expires_at,
        )
        await session.flush()
        return True

    async def _noon(
        self, session: AsyncSession, patient: Patient, one: Wanted, now: datetime
    ) -> datetime | None:
        """Return the first free noon for the notice, or None where its noon is over."""
        zone = _zone(patient)
        day = max(one.on, local_date(now, zone)) if one.can_wait else one.on
        for _later in range(_MOST_DAYS_ON):
            noon = to_instant(day, one.at, zone)
            if noon is not None and noon > now:
                others = UNASKED if one.can_wait else frozenset()
                if not await has_unasked(session, patient, day, others, but=(self.kind, one.subject)):
                    return noon
            if not one.can_wait:
                return None
            day += ONE_DAY
        return None


async def has_unasked(
    session: AsyncSession,
    patient: Patient,
    day: date,
    kinds: frozenset[str],
    *,
    but: tuple[str, str] = ("", ""),
) -> bool:
    """Tell whether a message of *kinds* lies on the local date *day*, planned or sent.

    Args:
        session: The open transaction.
        patient: The patient.
        day: Local date.
        kinds: Which kinds count.
        but: Kind and subject of the message that asks.
    """
    zone = _zone(patient)
    start = to_instant(day, time(0), zone)
    if start is None or not kinds:
        return False
    end = to_instant(day + ONE_DAY, time(0), zone) or start + timedelta(days=1)
    rows = await deliveries.due_between(session, patient.id, kinds, start.astimezone(UTC), end)
    return any((row.kind, row.subject) != but for row in rows)


def _zone(patient: Patient) -> ZoneInfo:
    return ZoneInfo(patient.zone or "UTC")
