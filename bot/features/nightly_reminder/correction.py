"""Correcting a dose: the questions for time and amount, and what a typed time of day means."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from bot.domain.dose_log import EARLIEST, LATEST
from bot.domain.dose_view import amount, planned_amount
from bot.domain.due import local_date, to_instant
from bot.features.nightly_reminder.words import capital, dose_name
from bot.locale import _
from bot.locale.dates import clock_text
from bot.message import Button, Message, press_data

if TYPE_CHECKING:
    from uuid import UUID

    from bot.domain.dose_view import DoseView
    from bot.storage.tables import Patient

FEATURE_NAME = "nightly_reminder"
TIME, AMOUNT = "taken_at", "taken_mg"
# A question that was left open this long no longer catches what is typed.
_PATIENCE = timedelta(hours=1)


def await_text(patient: Patient, awaiting: str, dose_id: UUID, now: datetime) -> None:
    """Let the next typed text be the *awaiting* (TIME or AMOUNT) of this dose."""
    patient.dialogue = {
        "feature": FEATURE_NAME,
        "awaiting": awaiting,
        "dose": str(dose_id),
        "until": (now + _PATIENCE).isoformat(),
    }


def awaited(patient: Patient, now: datetime) -> dict[str, Any] | None:
    """Return our own open dialogue, or None; one that was left open too long is dropped."""
    dialogue = patient.dialogue
    if dialogue is None or dialogue.get("feature") != FEATURE_NAME:
        return None
    if datetime.fromisoformat(dialogue["until"]) < now:
        patient.dialogue = None
        return None
    return dialogue


def stop_awaiting(patient: Patient) -> None:
    """Let typed texts mean what they usually mean, if it was us who waited for one."""
    if patient.dialogue is not None and patient.dialogue.get("feature") == FEATURE_NAME:
        patient.dialogue = None


def instant_of(dose: DoseView, local_time: time, now: datetime) -> datetime | None:
    """Return the instant that a typed time of day means for this dose, or None if it is still to come.

    Of the days around the dose it is the one closest to the due time that isn't in the future.
    """
    due_date = local_date(dose.due_at, dose.zone)
    instants = [to_instant(due_date + timedelta(days=days), local_time, dose.zone) for days in (-1, 0, 1)]
    fitting = [
        instant
        for instant in instants
        if instant is not None and dose.due_at - EARLIEST <= instant <= min(now, dose.due_at + LATEST)
    ]
    return min(fitting, key=lambda instant: abs(instant - dose.due_at), default=None)


def menu(dose: DoseView, now: datetime, *, taken: bool) -> Message:
    """Return what can be corrected about a logged dose."""
    back = (Button(_("‹ Back"), press_data("dose.back", dose.id)),)
    title = _("{dose}: what should be corrected?").format(dose=capital(dose_name(dose, now)))
    if not taken:
        took = _("It was done") if dose.discreet else _("I took it")
        reason = Button(_("The reason"), press_data("dose.not_tonight", dose.id))
        return Message(title, ((Button(took, press_data("dose.to_taken", dose.id)), reason), back))
    not_taken = _("It wasn't done") if dose.discreet else _("I didn't take it")
    what = [Button(_("The time"), press_data("dose.time", dose.id))]
    if not dose.discreet:
        what.append(Button(_("The amount"), press_data("dose.amount", dose.id)))
    return Message(title, (tuple(what), (Button(not_taken, press_data("dose.to_not_taken", dose.id)),), back))


def ask_time(dose: DoseView, now: datetime, problem: str = "") -> Message:
    """Return the question for the time; typing it works, the likely one is a button."""
    text = (
        _("When was it? Type the time, like 22:15 or half past ten.")
        if dose.discreet
        else _("When did you take it? Type the time, like 22:15 or half past ten.")
    )
    quick = []
    if dose.due_at <= now:
        at_due = clock_text(dose.due_at, dose.zone)
        quick.append(Button(at_due, press_data("dose.time_is", dose.id, int(dose.due_at.timestamp()))))
    quick.append(Button(_("Just now"), press_data("dose.time_is", dose.id, int(now.timestamp()))))
    back = Button(_("‹ Back"), press_data("dose.back", dose.id))
    return Message(f"{problem}\n\n{text}".strip(), (tuple(quick), (back,)))


def ask_amount(dose: DoseView, problem: str = "") -> Message:
    """Return the question for the amount; typing it works, the plan's amounts are buttons."""
    text = (
        _("How much was it? Type what your label says.")
        if dose.discreet
        else _("How much did you take? Type the mg, like 4.5.")
    )
    back = Button(_("‹ Back"), press_data("dose.back", dose.id))
    if dose.discreet:
        return Message(f"{problem}\n\n{text}".strip(), ((back,),))
    quick = [Button(planned_amount(dose), press_data("dose.amount_is", dose.id, dose.planned_mg))]
    if dose.before_mg is not None:
        before = amount(dose.before_mg, dose.before_as)
        quick.append(Button(before, press_data("dose.amount_is", dose.id, dose.before_mg)))
    return Message(f"{problem}\n\n{text}".strip(), (tuple(quick), (back,)))
