"""/today: "did I take it?", taking early, logging now, an extra dose, and the ways to the other screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.domain import safety
from bot.domain.dose import DoseState
from bot.domain.dose_view import planned_amount, state_words
from bot.domain.due import local_date
from bot.domain.pause import TIME_CHANGE
from bot.domain.regimen import DAYS_IN_WEEK, pause_on
from bot.features.nightly_reminder import actions, facts, messages, messages_logged
from bot.features.nightly_reminder.words import capital, dose_name, is_evening, not_taken
from bot.locale import _
from bot.locale.dates import clock_text, short_date, weekday_name
from bot.message import Button, Message, Row, press_data
from bot.storage import patients
from bot.storage.tables import Dose

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.dose_view import DoseView
    from bot.domain.regimen import Pause
    from bot.storage.tables import Patient

EARLY = timedelta(hours=12)
"""How long before its due time a dose can be logged from /today."""


@dataclass(frozen=True, slots=True)
class Today:
    """What /today shows.

    Attributes:
        last: The newest dose that was due, or None.
        coming: The next dose, or None if the plan gives none.
        hold_id: The safety hold in force, or None.
        pauses: Pauses that aren't over (no holds); also of one date, where the time has moved.
        zone: The patient's zone.
        extra_at: When an extra dose was recorded in the last day, or None.
        now: Aware UTC instant.
    """

    last: DoseView | None
    coming: DoseView | None
    hold_id: UUID | None
    pauses: tuple[Pause, ...]
    zone: ZoneInfo
    extra_at: datetime | None
    now: datetime


async def read(session: AsyncSession, patient: Patient, now: datetime) -> Today:
    """Return what is known about the present doses."""
    in_plan = select(Dose).where(Dose.patient_id == patient.id, Dose.state != DoseState.CANCELLED)
    last = (
        await session.execute(in_plan.where(Dose.due_at <= now).order_by(Dose.due_at.desc()).limit(1))
    ).scalar_one_or_none()
    coming = (
        await session.execute(
            in_plan.where(Dose.due_at > now, Dose.state != DoseState.HELD).order_by(Dose.due_at).limit(1)
        )
    ).scalar_one_or_none()
    regimen = await patients.regimen_of(session, patient.id)
    hold = await patients.open_hold(session, patient.id)
    return Today(
        last=None if last is None else await facts.view(session, patient, last),
        coming=None if coming is None else await facts.view(session, patient, coming),
        hold_id=None if hold is None else hold.id,
        zone=ZoneInfo(patient.zone or "UTC"),
        pauses=() if regimen is None else regimen.pauses,
        extra_at=await actions.extra_dose_at(session, patient.id, now),
        now=now,
    )


def screen(today: Today, *, discreet: bool) -> Message:
    """Return the screen of /today."""
    lines: list[str] = []
    rows: tuple[Row, ...] = ()
    if today.last is not None:
        lines.append(_last_line(today, today.last))
        rows += _last_rows(today.last)
    if today.extra_at is not None:
        lines.append(_(safety.EXTRA_DOSE_TODAY))
    paused = _pause_line(today)
    if paused is not None:
        lines.append(paused)
        rows += ((Button(_("⏸ The pause"), press_data("pause.open")),),)
    if today.coming is not None:
        # Beside an extra dose the next amount would read as "go ahead".
        quiet = today.hold_id is not None or today.extra_at is not None
        lines.append(_coming_line(today.coming, today.now, on_hold=quiet))
    if today.hold_id is not None:
        question = messages.hold_question(today.hold_id)
        lines.append(question.text)
        rows += question.rows
    elif today.coming is not None and today.coming.due_at - today.now <= EARLY:
        rows += _coming_rows(today.coming, today.last)
    if not lines:
        lines.append(_("Nothing is planned at present."))
    return Message("\n\n".join(lines), rows + _other_rows(discreet=discreet))


def _is_open(dose: DoseView) -> bool:
    return dose.logged_at is None and dose.state not in {DoseState.HELD, DoseState.CANCELLED}


def _last_line(today: Today, dose: DoseView) -> str:
    line = _(safety.NO_ANSWER_LOGGED) if _is_open(dose) else state_words(dose)
    paused = pause_on(today.pauses, dose.dose_date)
    if dose.state is DoseState.HELD and paused is not None:
        line = _("Left out: the time has moved.") if paused.reason == TIME_CHANGE else _("Paused.")
    return _("<b>{dose}</b>: {line}").format(dose=capital(dose_name(dose, today.now)), line=line)


def _pause_line(today: Today) -> str | None:
    """Return until when the doses are paused at present, or None."""
    zone = today.zone
    on = local_date(today.now, zone)
    pause = pause_on([one for one in today.pauses if one.reason != TIME_CHANGE], on)
    if pause is None:
        return None
    if pause.last_date is None:
        return _("⏸ Paused until you resume.")
    last = pause.last_date
    return _("⏸ Paused up to {day} {date}.").format(day=weekday_name(last), date=short_date(last))


def _last_rows(dose: DoseView) -> tuple[Row, ...]:
    if dose.state is DoseState.HELD:
        return ()
    if not _is_open(dose):
        return (messages_logged.logged_row(dose),)
    return (
        messages.taken_row(dose),
        (
            Button(not_taken(dose), press_data("dose.not_tonight", dose.id)),
            Button(_("Not sure?"), press_data("today.not_sure", dose.id)),
        ),
    )


def _coming_line(dose: DoseView, now: datetime, *, on_hold: bool) -> str:
    if dose.logged_at is not None:
        return _("<b>{dose}</b>: {line}").format(dose=capital(dose_name(dose, now)), line=state_words(dose))
    time = clock_text(dose.due_at, dose.zone)
    there = dose.due_at.astimezone(dose.zone).date()
    day = weekday_name(there)
    if (there - local_date(now, dose.zone)).days >= DAYS_IN_WEEK:
        day = f"{day} {short_date(there)}"
    is_step = dose.before_mg is not None and not on_hold and _is_present(dose, now)
    if dose.discreet or on_hold or is_step:
        line = _("Next: {day} at {time}.").format(day=day, time=time)
        return f"{line}\n{messages.step_change(dose)}" if is_step else line
    text = _("Next: {day} at {time}, {amount}.")
    return text.format(day=day, time=time, amount=planned_amount(dose))


def _is_present(dose: DoseView, now: datetime) -> bool:
    """Tell whether "tonight" (or "today") means this dose."""
    return not dose_name(dose, now, only_older=True)


def _coming_rows(dose: DoseView, last: DoseView | None) -> tuple[Row, ...]:
    """Return the buttons to log a dose before its time; but not beside an unanswered one."""
    if dose.logged_at is not None:
        return (messages_logged.logged_row(dose),)
    if last is not None and _is_open(last):
        return ()
    if dose.before_mg is not None:
        return (messages.taken_row(dose),)
    if is_evening(dose):
        label = _("Tonight's is done already") if dose.discreet else _("I took tonight's already")
    else:
        label = _("The next one is done already") if dose.discreet else _("I took the next one already")
    return ((Button(label, press_data("dose.taken", dose.id)),),)


def _other_rows(*, discreet: bool) -> tuple[Row, ...]:
    extra = _("I did it twice") if discreet else _("I took an extra dose")
    return (
        (Button(extra, press_data("today.extra")),),
        (
            Button(_("Check-in"), press_data("checkin.open")),
            Button(_("Summary"), press_data("summary.open")),
        ),
        (Button(_("Settings"), press_data("settings.open")), Button(_("More …"), press_data("more.open"))),
    )


def not_sure(dose: DoseView) -> Message:
    """Return the help for "not sure or forgotten", with the ways to log."""
    text = safety.NOT_SURE if is_evening(dose) else safety.NOT_SURE_MORNING
    return Message(
        _(text),
        (
            messages.taken_row(dose),
            (
                Button(not_taken(dose), press_data("dose.not_tonight", dose.id)),
                Button(_("I can't tell"), press_data("today.unsure", dose.id)),
            ),
            (Button(_("‹ Back"), press_data("today.open")),),
        ),
    )


def extra_dose(row_id: UUID) -> Message:
    """Return the text after an extra dose was recorded."""
    return Message(
        _(safety.EXTRA_DOSE),
        ((Button(_("A mistake: undo"), press_data("today.extra_undo", row_id)),),),
    )


def extra_dose_withdrawn() -> Message:
    """Return the answer to "tapped by mistake"."""
    return Message(
        _("Undone: no extra dose is recorded."), ((Button(_("Today"), press_data("today.open")),),)
    )
