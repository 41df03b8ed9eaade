"""The check-in that the bot sends unasked: planned in the patient's rhythm, silent, never close to a dose."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.delivery.kinds import NotSent, Outcome
from bot.domain import due
from bot.domain.checkin_calendar import Rhythm, checkin_expires_at, is_checkin_date
from bot.domain.delivery import COPY_AFTER, is_said_again
from bot.domain.due import QUIET_FROM
from bot.domain.regimen import ONE_DAY, pause_on
from bot.features.morning_checkin import messages, walks
from bot.storage import ahead, checkins, claims, deliveries, patients
from bot.storage.tables import Checkin
from bot.telegram_io.outgoing import Outgoing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.regimen import Regimen
    from bot.storage.tables import Delivery, Patient

KIND = "checkin"
COPY = {"what": "copy"}
FARTHEST = 400
"""Days looked ahead; a rhythm that gives no date in that time gives none."""
MIDNIGHT = time(0)
# This one and the next, if they come daily or every other day.
_DAYS_READ_AHEAD = 3


class CheckinKind:
    """Renders and plans check-ins. The row is made with the plan, so that buttons can name it."""

    async def read_ahead(self, session: AsyncSession, rows: Sequence[tuple[Delivery, Patient]]) -> None:
        """Read what showing this check-in and planning the next will ask for."""
        own = {patient.id for _delivery, patient in rows}
        await ahead.read_plans(session, own)
        await ahead.read_pending(session, own, (KIND,))
        days = {
            (patient.id, _date_of(delivery) + number * ONE_DAY)
            for delivery, patient in rows
            for number in range(_DAYS_READ_AHEAD)
        }
        await ahead.read_checkins(session, days)
        await ahead.read_about(session, {(patient_id, KIND, day.isoformat()) for patient_id, day in days})

    async def render(
        self, session: AsyncSession, delivery: Delivery, patient: Patient, now: datetime
    ) -> Outgoing | NotSent:
        """Return the first screen (or the one where the patient left off), or why it isn't wanted."""
        checkin = await checkins.on_date(session, patient.id, _date_of(delivery))
        if checkin is None:
            return NotSent(Outcome.CANCELLED, "withdrawn")
        if checkin.state == walks.DONE:
            return NotSent(Outcome.CANCELLED, "answered")
        view = await walks.load(session, patient, checkin, now)
        if view.touched_at is not None and now - view.touched_at < walks.IN_HAND:
            # It is being answered right now, opened by hand: another message would disturb.
            return NotSent(Outcome.CANCELLED, "answered")
        message = messages.screen(view, discreet=patient.discreet, is_copy=delivery.payload == COPY)
        return Outgoing("send", replace(message, silent=True), keep_for=(KIND, str(checkin.id)))

    async def after(
        self, session: AsyncSession, delivery: Delivery, patient: Patient, outcome: Outcome, now: datetime
    ) -> None:
        """Remember the message that shows the check-in, and plan the next one."""
        if outcome in {Outcome.SENT, Outcome.UNCERTAIN}:
            checkin = await checkins.on_date(session, patient.id, _date_of(delivery))
            if checkin is not None:
                checkin.message_id = delivery.message_id or checkin.message_id
                if checkin.state == walks.PLANNED:
                    checkin.state, checkin.opened_at = "open", now
        # Withdrawn ones count as copies here: there are few.
        copies = delivery.ordinal if delivery.payload == COPY else 0
        died = delivery.outcome == claims.PROCESS_DIED
        if outcome is Outcome.UNCERTAIN and is_said_again(copies, died=died):
            await deliveries.plan_another(
                session,
                patient_id=patient.id,
                kind=KIND,
                subject=delivery.subject,
                due_at=now + COPY_AFTER,
                expires_at=delivery.expires_at,
                payload=COPY,
            )
        await self.plan(session, patient, now)

    async def plan(self, session: AsyncSession, patient: Patient, now: datetime) -> None:
        """Give the patient the next check-in, or move it when time, zone or rhythm have changed."""
        await patients.lock(session, patient.id)
        pending = await deliveries.pending(session, patient.id, KIND)
        if patient.state != "active" or patient.zone is None or patient.checkin_time is None:
            await _cancel(session, patient, pending)
            return
        if patient.checkin_anchor is None:
            patient.checkin_anchor = walks.today_of(patient, now) + ONE_DAY
        # What is due already is on its way; a copy says the same thing as a message that may be lost.
        waiting = [row for row in pending if row.due_at <= now or row.payload == COPY]
        to_come = [row for row in pending if row not in waiting]
        on_its_way = any(row.payload != COPY for row in waiting)
        regimen = await patients.regimen_of(session, patient.id)
        coming = None if on_its_way else await _next_free(session, patient, regimen, now)
        subject = None if coming is None else coming[0].isoformat()
        await _cancel(session, patient, [row for row in to_come if row.subject != subject])
        if coming is not None:
            await _plan_on(session, patient, *coming, regimen)


async def _next_free(
    session: AsyncSession, patient: Patient, regimen: Regimen | None, now: datetime
) -> tuple[date, datetime] | None:
    """Return the next date of the rhythm that was neither sent nor answered, with its instant.

    None where the rhythm gives none, or check-ins pause with the doses until the patient resumes.
    """
    pauses = await patients.checkin_pauses(session, patient.id)
    day = walks.today_of(patient, now) - ONE_DAY
    for _ in range(FARTHEST):
        due_at = None if pause_on(pauses, day) else _due_on(patient, regimen, day)
        if due_at is not None and due_at > now and not await _is_over(session, patient, day):
            return day, due_at
        day += ONE_DAY
    return None


def _due_on(patient: Patient, regimen: Regimen | None, day: date) -> datetime | None:
    """Return when the check-in of *day* is due (aware, UTC); None on a date without one."""
    anchor = patient.checkin_anchor
    if anchor is None or day < anchor or patient.checkin_time is None:
        return None
    if not is_checkin_date(Rhythm(patient.checkin_rhythm), anchor, day, anchor.weekday()):
        return None
    is_day_off = regimen is not None and day.weekday() in regimen.days_off
    later = patient.checkin_time_on_days_off if is_day_off else None
    return due.to_instant(day, later or patient.checkin_time, ZoneInfo(patient.zone or "UTC"))


async def _is_over(session: AsyncSession, patient: Patient, day: date) -> bool:
    checkin = await checkins.on_date(session, patient.id, day)
    if checkin is not None and checkin.state == walks.DONE:
        return True
    rows = await deliveries.of_subject(session, patient.id, KIND, day.isoformat())
    return any(row.state not in {"pending", "cancelled"} or row.outcome == "answered" for row in rows)


async def _plan_on(
    session: AsyncSession, patient: Patient, day: date, due_at: datetime, regimen: Regimen | None
) -> None:
    if await checkins.on_date(session, patient.id, day) is None:
        session.add(
            Checkin(patient_id=patient.id, local_date=day, state=walks.PLANNED, answers={}, opened_at=due_at)
        )
    expires_at = _expires_at(patient, regimen, day, due_at)
    rows = await deliveries.of_subject(session, patient.id, KIND, day.isoformat())
    pending = [row for row in rows if row.state == "pending"]
    for row in pending:
        row.due_at, row.run_at, row.expires_at = due_at, due_at, expires_at
    if not pending:
        # A withdrawn one (another rhythm, and back again) stays as it is; the next ordinal takes its place.
        await deliveries.plan_another(
            session,
            patient_id=patient.id,
            kind=KIND,
            subject=day.isoformat(),
            due_at=due_at,
            expires_at=expires_at,
        )


def _expires_at(patient: Patient, regimen: Regimen | None, day: date, due_at: datetime) -> datetime:
    """Return when it is too late to send: close to the next dose, or when the quiet hours begin."""
    zone = ZoneInfo(patient.zone or "UTC")
    coming = None if regimen is None else due.next_dose(regimen, zone, due_at)
    latest = checkin_expires_at(due_at, coming[1] if coming else None)
    for end in (due.to_instant(day, QUIET_FROM, zone), due.to_instant(day + ONE_DAY, MIDNIGHT, zone)):
        if end is not None and end > due_at:
            return min(latest, end)
    return latest


async def _cancel(session: AsyncSession, patient: Patient, rows: Sequence[Delivery]) -> None:
    """Take back what is no longer planned, with the rows that nobody has seen."""
    for row in rows:
        await deliveries.cancel_pending(session, patient.id, KIND, row.subject, reason="replanned")
        checkin = await checkins.on_date(session, patient.id, _date_of(row))
        if checkin is not None and checkin.state == walks.PLANNED:
            await session.delete(checkin)


def _date_of(delivery: Delivery) -> date:
    return date.fromisoformat(delivery.subject)
