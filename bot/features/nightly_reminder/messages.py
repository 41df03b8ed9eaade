"""What is said about one dose: the reminder in all its wordings, and the answer once it is logged."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from bot.domain import safety
from bot.domain.delivery import SNOOZES, ReminderWording
from bot.domain.dose_view import amount, planned_amount
from bot.features.nightly_reminder.words import (
    capital,
    dose_name,
    is_evening,
    not_tonight,
    routine,
)
from bot.locale import _
from bot.locale.dates import clock_text
from bot.message import Button, Message, Row, press_data
from bot.telegram_io.questions import hold_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from bot.domain.dose_view import DoseView
    from bot.features.nightly_reminder.alert import Alert


@dataclass(frozen=True, slots=True)
class Asking:
    """How one message about an open dose is worded.

    Attributes:
        wording: By lateness and by what went before.
        alert: Which message it is.
        makes_sound: Whether it rings.
        tap_again: Nobody listened for a while after the dose was asked about.
        quiet_for_days: The patient hasn't answered for three days: ask once, kindly.
    """

    wording: ReminderWording
    alert: Alert
    makes_sound: bool = True
    tap_again: bool = False
    quiet_for_days: bool = False


def reminder(dose: DoseView, asking: Asking) -> Message:
    """Return the message that asks about an open dose."""
    lines = [_opening(dose, asking)]
    if dose.before_mg is not None:
        lines.append(step_change(dose))
    if dose.cue and not asking.alert.re_alert:
        lines.append(escape(dose.cue))
    if asking.wording is ReminderWording.SAME_DOSE:
        lines.append(
            _("It's the same one as before; not twice.")
            if dose.discreet
            else _("It's the same dose as before, don't take two.")
        )
    if asking.tap_again:
        lines.append(_("I was out of reach for a while: if you tapped already, please tap again."))
    rows = open_rows(dose)
    if asking.quiet_for_days:
        lines.append(
            _(
                "It's been quiet for three days, so I'll write less. Is this time still good for you? "
                "Answer whenever you like; nothing is lost."
            )
        )
        rows += ((Button(_("Change the time"), press_data("settings.open")),),)
    return Message("\n".join(lines), rows, silent=not asking.makes_sound)


def _opening(dose: DoseView, asking: Asking) -> str:
    # A pill on the lock screen would give a discreet reminder away.
    sign = "🔔" if dose.discreet else "💊"
    values = {"sign": sign, "routine": routine(dose), "time": clock_text(dose.due_at, dose.zone)}
    if asking.alert.late_first or asking.wording is ReminderWording.WAS_DUE:
        return _("{sign} Your {routine} was due at {time}.").format(**values)
    if asking.alert.snoozed:
        return _("{sign} You asked me to come back: your {routine}, due at {time}.").format(**values)
    if asking.wording is ReminderWording.AGAIN:
        return _("{sign} No answer yet: your {routine}, due at {time}.").format(**values)
    if asking.wording is ReminderWording.SAME_DOSE:
        return _("{sign} Your {routine}, due at {time}.").format(**values)
    return _("{sign} Time for your {routine}.").format(**values)


def step_change(dose: DoseView) -> str:
    """Return both amounts of the day of a dose step, only as old and new, never as if both were due."""
    evening = is_evening(dose)
    if dose.discreet:
        return (
            _("From tonight your plan has a new step. One only.")
            if evening
            else _("From today your plan has a new step. One only.")
        )
    text = (
        _("From tonight your plan says {now} (before: {before}). One dose only.")
        if evening
        else _("From today your plan says {now} (before: {before}). One dose only.")
    )
    return text.format(now=planned_amount(dose), before=amount(dose.before_mg, dose.before_as))


def open_rows(dose: DoseView) -> tuple[Row, ...]:
    """Return the buttons of an open dose: Taken, and below it Snooze and Not tonight."""
    return (
        taken_row(dose),
        (
            Button(_("Snooze"), press_data("dose.snooze", dose.id)),
            Button(not_tonight(dose), press_data("dose.not_tonight", dose.id)),
        ),
    )


def taken_row(dose: DoseView) -> Row:
    """Return the button that logs the dose, or two on the day a dose step starts."""
    if dose.before_mg is None:
        label = _("Done") if dose.discreet else _("Taken")
        return (Button(label, press_data("dose.taken", dose.id), style="success"),)
    new, old = (
        (_("Did the new step"), _("Did the one before"))
        if dose.discreet
        else (
            _("Took {amount}").format(amount=planned_amount(dose)),
            _("Took {amount}").format(amount=amount(dose.before_mg, dose.before_as)),
        )
    )
    return (
        Button(new, press_data("dose.taken", dose.id, dose.planned_mg), style="success"),
        Button(old, press_data("dose.taken", dose.id, dose.before_mg)),
    )


def hold_question(hold_id: UUID) -> Message:
    """Return what a reminder turns into while a safety hold is in force: no amount, no Taken button."""
    return Message(_(safety.ON_HOLD), hold_rows(hold_id))


def snooze_choices(dose: DoseView) -> Message:
    """Return the question how long to wait; the dose can still be logged right here."""
    minutes = [int(length.total_seconds() // 60) for length in SNOOZES]
    return Message(
        _("When shall I remind you again? ({routine})").format(routine=routine(dose)),
        (
            tuple(
                Button(
                    _("{count} min").format(count=count),
                    press_data("dose.snooze_for", dose.id, count),
                )
                for count in minutes
            ),
            taken_row(dose),
            (Button(_("‹ Back"), press_data("dose.back", dose.id)),),
        ),
    )


def snoozed(dose: DoseView, at: datetime) -> Message:
    """Return the confirmation of a snooze, with the way to log before it rings."""
    text = _("⏰ I'll remind you again at {time} ({routine}).")
    return Message(
        text.format(time=clock_text(at, dose.zone), routine=routine(dose)),
        (taken_row(dose), (Button(not_tonight(dose), press_data("dose.not_tonight", dose.id)),)),
    )


def snooze_too_late(dose: DoseView) -> Message:
    """Return the answer to a snooze that would ring more than four hours after the due time."""
    text = _("That would be too late for your {routine}, due at {time}: I won't remind you again.")
    return Message(
        text.format(routine=routine(dose), time=clock_text(dose.due_at, dose.zone)),
        (taken_row(dose), (Button(not_tonight(dose), press_data("dose.not_tonight", dose.id)),)),
    )


def still_open(dose: DoseView, now: datetime) -> Message:
    """Return an open dose without an answer: after an undo, or under an old button."""
    text = _("{dose}: {line}").format(dose=capital(dose_name(dose, now)), line=_(safety.NO_ANSWER_LOGGED))
    return Message(
        text,
        (
            taken_row(dose),
            (
                Button(
                    _("Not done") if dose.discreet else _("Not taken"),
                    press_data("dose.not_tonight", dose.id),
                ),
                Button(_("‹ That day"), press_data("history.day", None, dose.dose_date.isoformat())),
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """One dose that typed words may be about.

    Attributes:
        dose: The dose.
        taken: The words say that it was taken; else that it wasn't.
        taken_mg: The amount they named, in mg, or None.
        taken_at: The instant they named (aware, UTC), or None.
    """

    dose: DoseView
    taken: bool
    taken_mg: Decimal | None = None
    taken_at: datetime | None = None


def which_dose(choices: Sequence[Choice], now: datetime) -> Message:
    """Return the question which dose the words are about."""
    return Message(
        _("Which one do you mean?"),
        tuple(
            (Button(capital(dose_name(item.dose, now, by_day=True)), _choice_data(item)),) for item in choices
        ),
    )


def _choice_data(item: Choice) -> str:
    if not item.taken:
        return press_data("dose.not_tonight", item.dose.id)
    mg = "" if item.taken_mg is None else item.taken_mg
    at = "" if item.taken_at is None else int(item.taken_at.timestamp())
    return press_data("dose.taken", item.dose.id, mg, at)
