"""The kind "weekly_summary": once a week at the time that the patient chose, never in the quiet hours.

A chosen time between 21:00 and 8:00 moves to the next 8:00; the summary keeps its own week.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.delivery.kinds import NotSent, Outcome
from bot.delivery.notices import DATED, has_unasked
from bot.domain import delivery as decisions
from bot.domain.delivery import DeliveryKind
from bot.domain.due import first_instant_outside_quiet, is_quiet, local_date, next_occurrence
from bot.features.summary import actions, messages
from bot.storage import deliveries
from bot.telegram_io.outgoing import Outgoing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Delivery, Patient
    from bot.telegram_io.feature import Offer

KIND = "weekly_summary"
# Days later at most, where dated reminders take the days: one unasked message a day.
_MOST_DAYS_ON = timedelta(days=3)
# A summary of 21:00 comes at 8:00: it may still be ahead although its evening is over.
_LONGEST_MOVE = timedelta(hours=12) + _MOST_DAYS_ON
_COPY = {"what": "copy"}
_POSTPONED = {"what": "postponed"}
# Cancelled because the patient chose so: a further choice may plan the same week again.
_WITHDRAWN = frozenset({"moved", "switched off"})


class WeeklySummaryKind:
    """Sends the numbers of the week that ends on the chosen day (two weeks for check-ins every other day).

    Args:
        offers: Buttons of other features below it.
    """

    def __init__(self, offers: Sequence[Offer] = ()) -> None:
        self._offers = offers

    async def render(
        self, session: AsyncSession, delivery: Delivery, patient: Patient, now: datetime
    ) -> Outgoing | NotSent:
        """Read the week again and sum it up, unless nothing was answered or it is a time to be quiet."""
        if patient.summary_weekday is None:
            return NotSent(Outcome.CANCELLED, "switched off")
        if is_quiet(now, _zone(patient)):
            return NotSent(Outcome.EXPIRED, "quiet hours")
        week = await actions.usual_overview(session, patient, date.fromisoformat(delivery.subject))
        if not actions.has_answers(week):
            return NotSent(Outcome.CANCELLED, "nothing answered")
        message = messages.weekly(
            week, discreet=patient.discreet, is_copy=_is_copy(delivery), offers=self._offers
        )
        return Outgoing("send", message)

    async def after(
        self, session: AsyncSession, delivery: Delivery, patient: Patient, outcome: Outcome, now: datetime
    ) -> None:
        """Plan the one copy of what may be lost, a quiet hour's for the morning, and the next week's."""
        if outcome is Outcome.UNCERTAIN:
            at = decisions.copy_at(now, int(_is_copy(delivery)), delivery.expires_at)
            await self._again(session, delivery, at, copy=True)
        elif outcome is Outcome.EXPIRED and is_quiet(now, _zone(patient)):
            at = first_instant_outside_quiet(now, _zone(patient))
            await self._again(session, delivery, at, copy=_is_copy(delivery))
        await self.plan(session, patient, now)

    async def plan(self, session: AsyncSession, patient: Patient, now: datetime) -> None:
        """Give an active patient the next weekly summary; move it when its day or time changed."""
        if patient.state != "active" or patient.summary_weekday is None:
            await deliveries.cancel_pending(session, patient.id, KIND, reason="switched off")
            return
        for chosen_date, usual in _coming(patient, now):
            due_at = await _free_day(session, patient, usual)
            if due_at > now and await _put(session, patient, chosen_date.isoformat(), due_at):
                await _cancel_others(session, patient, chosen_date.isoformat(), now)
                return

    async def _again(
        self, session: AsyncSession, delivery: Delivery, at: datetime | None, *, copy: bool
    ) -> None:
        if at is not None and at < delivery.expires_at:
            await deliveries.plan_another(
                session,
                patient_id=delivery.patient_id,
                kind=KIND,
                subject=delivery.subject,
                due_at=at,
                expires_at=delivery.expires_at,
                payload=_COPY if copy else _POSTPONED,
            )


def _coming(patient: Patient, now: datetime) -> Iterator[tuple[date, datetime]]:
    """Yield the days of the coming summaries, with the instants at which they are due."""
    zone, weekdays = _zone(patient), frozenset({patient.summary_weekday or 0})
    instant = now - _LONGEST_MOVE
    while True:
        chosen_date, instant = next_occurrence(patient.summary_time, zone, instant, weekdays=weekdays)
        due_at = first_instant_outside_quiet(instant, zone)
        if due_at > now - _MOST_DAYS_ON:
            yield chosen_date, due_at


async def _free_day(session: AsyncSession, patient: Patient, usual: datetime) -> datetime:
    """Return when the summary comes: later than usual where a dated reminder has the day to itself."""
    due_at, dated = usual, frozenset({DATED})
    while due_at < usual + _MOST_DAYS_ON:
        if not await has_unasked(session, patient, local_date(due_at, _zone(patient)), dated):
            break
        due_at += timedelta(days=1)
    return due_at


async def _put(session: AsyncSession, patient: Patient, subject: str, due_at: datetime) -> bool:
    """Plan or move the summary of the week; return whether one is to come (False: it has had its turn)."""
    known = await deliveries.of_subject(session, patient.id, KIND, subject)
    expires_at = decisions.expires_at(DeliveryKind.WEEKLY_SUMMARY, due_at)
    for row in known:
        if row.state in deliveries.OPEN:
            if row.state == "pending" and row.attempts == 0 and row.payload is None:
                row.due_at, row.run_at, row.expires_at = due_at, due_at, expires_at
            return True
    if any(row.state != "cancelled" or row.outcome not in _WITHDRAWN for row in known):
        return False
    await deliveries.plan_another(
        session, patient_id=patient.id, kind=KIND, subject=subject, due_at=due_at, expires_at=expires_at
    )
    return True


async def _cancel_others(session: AsyncSession, patient: Patient, subject: str, now: datetime) -> None:
    """Cancel what an earlier choice of day planned; leave what is due by now, and copies, to the sender."""
    for row in await deliveries.pending(session, patient.id, KIND):
        if row.subject != subject and row.payload is None and row.due_at > now:
            await deliveries.cancel_pending(session, patient.id, KIND, row.subject, reason="moved")


def _is_copy(delivery: Delivery) -> bool:
    return (delivery.payload or {}).get("what") == _COPY["what"]


def _zone(patient: Patient) -> ZoneInfo:
    return ZoneInfo(patient.zone or "UTC")
