"""The kind "reminder": what is sent about a dose, what follows from it, and which dose comes next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from bot.delivery.kinds import NotSent, Outcome
from bot.domain import delivery as decisions
from bot.domain.dose import DoseEvent, DoseState
from bot.features.nightly_reminder import facts, messages
from bot.features.nightly_reminder.alert import KIND, Alert, plan_alert
from bot.features.nightly_reminder.planning import plan_doses
from bot.storage import ahead, deliveries, dose_rows, doses, patients
from bot.telegram_io.outgoing import Outgoing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Delivery, Dose, Patient

SILENT_DAYS = 3
_ENDED_UNSENT = frozenset({Outcome.EXPIRED, Outcome.FAILED})
# A strip may wait until Telegram is reachable again; later nobody looks that far up.
_STRIP_WORTH = timedelta(hours=24)


class Reminders(Protocol):
    """The settings that are needed here, in whole minutes (bot/config.py, section "reminders")."""

    @property
    def catch_up_minutes(self) -> int:
        """How late a first reminder may go out."""

    @property
    def re_alert_minutes(self) -> int:
        """From the first message to the re-alert."""

    @property
    def second_re_alert_minutes(self) -> int:
        """From the first message to the second re-alert, for patients who chose one."""


class ReminderKind:
    """Asks about each planned dose, once and at the right time."""

    def __init__(self, reminders: Reminders) -> None:
        self._catch_up = timedelta(minutes=reminders.catch_up_minutes)
        self._re_alert = timedelta(minutes=reminders.re_alert_minutes)
        self._second_re_alert = timedelta(minutes=reminders.second_re_alert_minutes)

    async def read_ahead(self, session: AsyncSession, rows: Sequence[tuple[Delivery, Patient]]) -> None:
        """Read what rendering and planning will ask about each of these."""
        own = {patient.id for _delivery, patient in rows}
        await ahead.read_plans(session, own)
        about = {(patient.id, KIND, delivery.subject) for delivery, patient in rows}
        found = await ahead.read_doses(session, own, {UUID(delivery.subject) for delivery, _patient in rows})
        about |= {(dose.patient_id, KIND, str(dose.id)) for dose in found}
        about |= {(patient.id, "reply", delivery.id.hex) for delivery, patient in rows}
        await ahead.read_about(session, about)
        await ahead.read_heartbeat(session, facts.LISTENING)

    async def render(
        self, session: AsyncSession, delivery: Delivery, patient: Patient, now: datetime
    ) -> Outgoing | NotSent:
        """Read the dose again and ask about it, unless it was answered or dropped, or it is too late."""
        dose = await doses.own(session, UUID(delivery.subject), patient.id)
        reason = _why_not(dose)
        if dose is None or reason is not None:
            return NotSent(Outcome.CANCELLED, reason or "gone")
        alert = Alert.of(delivery)
        wording = decisions.reminder_wording(
            now - dose.due_at, alert.re_alert, uncertain_copy=alert.is_copy, catch_up=self._catch_up
        )
        if wording is decisions.ReminderWording.TOO_LATE:
            return NotSent(Outcome.EXPIRED, "too late")
        hold = await patients.open_hold(session, patient.id)
        if hold is not None:
            return Outgoing("send", messages.hold_question(hold.id))
        first_sent_at = await facts.first_sent_at(session, dose) or now
        view = await facts.view(session, patient, dose)
        asking = messages.Asking(
            wording=wording,
            alert=alert,
            makes_sound=decisions.makes_sound(
                wording, alert.re_alert, first_sent_at - dose.due_at, snoozed=alert.snoozed
            ),
            tap_again=await facts.taps_may_be_lost(session, dose),
            quiet_for_days=await self._is_third_silent_day(session, patient, dose, alert),
        )
        return Outgoing("send", messages.reminder(view, asking))

    async def after(
        self, session: AsyncSession, delivery: Delivery, patient: Patient, outcome: Outcome, now: datetime
    ) -> None:
        """Record that the dose was asked about (or couldn't be); plan what follows, and the next dose."""
        dose = await doses.own(session, UUID(delivery.subject), patient.id)
        if dose is not None and outcome in {Outcome.SENT, Outcome.UNCERTAIN}:
            await self._was_asked(session, delivery, patient, dose, now=now, outcome=outcome)
        elif dose is not None and outcome in _ENDED_UNSENT and await _never_arrived(session, delivery, dose):
            hold = await patients.open_hold(session, patient.id)
            dose_rows.advance(dose, DoseEvent.HOLD if hold else DoseEvent.MISS_WINDOW)
            await _close_earlier(session, dose)
        await self.plan(session, patient, now)

    async def plan(self, session: AsyncSession, patient: Patient, now: datetime) -> None:
        """Give an active patient the next dose and its reminder; move, hold or cancel what changed."""
        if patient.state == "active":
            await plan_doses(session, patient, now, catch_up=self._catch_up)

    async def _was_asked(
        self,
        session: AsyncSession,
        delivery: Delivery,
        patient: Patient,
        dose: Dose,
        *,
        outcome: Outcome,
        now: datetime,
    ) -> None:
        on_hold = await patients.open_hold(session, patient.id) is not None
        if dose.logged_at is None:
            dose_rows.advance(dose, DoseEvent.HOLD if on_hold else DoseEvent.ASK)
        await _move_buttons(session, delivery, dose, now)
        await _close_earlier(session, dose)
        if dose.logged_at is not None:
            return
        alert = Alert.of(delivery)
        copy_at = decisions.copy_at(now, int(alert.is_copy), dose.due_at + decisions.LAST_CALL)
        if outcome is Outcome.UNCERTAIN and copy_at is not None:
            last_call = dose.due_at + decisions.LAST_CALL
            await plan_alert(session, dose, replace(alert, is_copy=True), copy_at, last_call)
        elif not on_hold:
            await self._plan_re_alert(session, delivery, patient, dose, now)

    async def _plan_re_alert(
        self, session: AsyncSession, delivery: Delivery, patient: Patient, dose: Dose, now: datetime
    ) -> None:
        rows = await deliveries.of_subject(session, patient.id, KIND, str(dose.id))
        waiting = any(row.state in deliveries.OPEN and row.id != delivery.id for row in rows)
        if waiting or await facts.silent_doses(session, patient, dose, SILENT_DAYS) >= SILENT_DAYS:
            return
        sent_at = delivery.sent_at or now
        planned = decisions.next_re_alert(
            Alert.of(delivery).re_alert,
            due_at=dose.due_at,
            first_sent_at=await facts.first_sent_at(session, dose) or sent_at,
            sent_at=sent_at,
            settings=decisions.ReAlertSettings(
                self._re_alert, self._second_re_alert if patient.second_re_alert else None
            ),
        )
        if planned is not None:
            await plan_alert(session, dose, Alert(planned.re_alert), planned.at, planned.expires_at)

    async def _is_third_silent_day(
        self, session: AsyncSession, patient: Patient, dose: Dose, alert: Alert
    ) -> bool:
        """Tell whether this is the one message that asks kindly: three days silent, not four."""
        silent = await facts.silent_doses(session, patient, dose, SILENT_DAYS + 1)
        return alert.is_first and silent == SILENT_DAYS


async def _never_arrived(session: AsyncSession, delivery: Delivery, dose: Dose) -> bool:
    """Tell whether no message about the dose went out, now that this one didn't, and none is to come.

    Of an earlier uncertain one nobody knows: the copy was to make sure, and came too late.
    """
    if Alert.of(delivery).is_first:
        return True
    rows = await deliveries.of_subject(session, dose.patient_id, KIND, str(dose.id))
    ended = {row.state for row in rows if row.id != delivery.id}
    return dose.logged_at is None and ended.isdisjoint({"sent", *deliveries.OPEN})


def _why_not(dose: Dose | None) -> str | None:
    """Return why nothing may be asked about the dose, or None."""
    if dose is None:
        return "gone"
    if dose.logged_at is not None:
        return "answered"
    return None if dose.state in {DoseState.PLANNED, DoseState.ASKED} else dose.state


async def _move_buttons(session: AsyncSession, delivery: Delivery, dose: Dose, now: datetime) -> None:
    """Let only the newest message about the dose carry buttons: the earlier one loses them."""
    new = delivery.message_id
    if new is None:
        return
    # Answered while this one was on its way: the earlier message shows the answer, this one is too much.
    old = new if dose.logged_at is not None else dose.message_id
    if dose.logged_at is None:
        dose.message_id = new
    if old is not None and (old != new or dose.logged_at is not None):
        await deliveries.plan_first(
            session,
            patient_id=dose.patient_id,
            kind="reply",
            subject=delivery.id.hex,
            due_at=now,
            expires_at=now + _STRIP_WORTH,
            payload=Outgoing("strip", message_id=old).to_json(),
        )


async def _close_earlier(session: AsyncSession, dose: Dose) -> None:
    """Leave earlier doses that were asked and never answered as unknown."""
    for earlier in await doses.open_ones(session, dose.patient_id):
        if earlier.state == DoseState.ASKED and earlier.due_at < dose.due_at:
            dose_rows.advance(earlier, DoseEvent.CLOSE)
