"""What is said once the patient has answered about a dose: what is logged, and why nothing was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain import safety
from bot.domain.dose import NotTakenReason, reason_label
from bot.domain.dose_log import Refusal
from bot.domain.dose_view import clock, state_words
from bot.features.nightly_reminder.words import capital, dose_name
from bot.locale import _
from bot.locale.dates import clock_text
from bot.message import Button, Message, Row, press_data

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.dose_log import HoursSince
    from bot.domain.dose_view import DoseView


def logged(
    dose: DoseView,
    now: datetime,
    *,
    warning: HoursSince | None = None,
    hold_reason: str | None = None,
    already: bool = False,
) -> Message:
    """Return what is logged about a dose, with Undo and Correct; what to beware of stands below it.

    Args:
        dose: The dose.
        now: Aware UTC instant.
        warning: The 12-hour warning, or None.
        hold_reason: It was taken while doses are on hold for this reason; else None.
        already: It was said once more: nothing changed.
    """
    line = state_line(dose, now)
    lines = [_("Logged already. {line}").format(line=line) if already else line]
    if warning is not None:
        last_at = clock_text(warning.last_at, dose.zone)
        lines.append("⚠️ " + safety.hours_since_text(last_at, warning.hours))
    if hold_reason is not None:
        lines.append("⚠️ " + _hold_text(hold_reason))
    return Message("\n\n".join(lines), logged_rows(dose, now) if dose.logged_at else ())


def already_logged(dose: DoseView) -> str:
    """Return what pops up when the same is said twice: nothing changed, and when it was logged."""
    at = "" if dose.logged_at is None else clock(dose, dose.logged_at)
    return _("Already logged at {time}: nothing was changed. Correct or undo it below.").format(time=at)


def _hold_text(hold_reason: str) -> str:
    known = {trigger.value: row for trigger, row in safety.ROWS.items()}
    row = known.get(hold_reason)
    return _(row.repeat) if row else _(safety.ON_HOLD)


def logged_row(dose: DoseView) -> Row:
    """Return the buttons of a logged dose."""
    return (
        Button(_("Undo"), press_data("dose.undo", dose.id)),
        Button(_("Correct"), press_data("dose.correct", dose.id)),
    )


def logged_rows(dose: DoseView, now: datetime) -> tuple[Row, ...]:
    """Return the buttons of a logged dose; an older one also has its way back to the history."""
    if not dose_name(dose, now, only_older=True):
        return (logged_row(dose),)
    return (logged_row(dose), (to_history(dose),))


def to_history(dose: DoseView) -> Button:
    """Return the button that opens the dose's day in the history."""
    return Button(_("‹ That day"), press_data("history.day", None, dose.dose_date.isoformat()))


def state_line(dose: DoseView, now: datetime) -> str:
    """Return one line that says what is known about the dose; older doses are named."""
    line = state_words(dose)
    if not dose_name(dose, now, only_older=True):
        return line
    return _("{dose}: {line}").format(dose=capital(dose_name(dose, now)), line=line)


def reasons(dose: DoseView) -> Message:
    """Return "not taken" as logged, with the reasons that may be given."""
    buttons = [
        Button(reason_label(reason, discreet=dose.discreet), press_data("dose.reason", dose.id, reason.value))
        for reason in NotTakenReason
    ]
    pairs = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    text = (
        _("Logged: not done. Is there a reason?")
        if dose.discreet
        else _("Logged: not taken. Is there a reason?")
    )
    return Message(
        text,
        (
            *pairs,
            (
                Button(_("Skip"), press_data("dose.skip_reason", dose.id)),
                Button(_("Undo"), press_data("dose.undo", dose.id)),
            ),
        ),
    )


def refused_message(dose: DoseView, refusal: Refusal, now: datetime) -> Message:
    """Return why nothing was recorded, and what stands there."""
    text = refused(dose, refusal)
    if dose.logged_at is None:
        return Message(text, ((Button(_("Today"), press_data("today.open")),),))
    return Message(f"{text}\n\n{state_line(dose, now)}", (logged_row(dose),))


def refused(dose: DoseView, refusal: Refusal) -> str:
    """Return why nothing was recorded, in one sentence."""
    texts = {
        Refusal.IN_FUTURE: _("That time is still to come, so nothing was recorded."),
        Refusal.BEFORE_THIS_DOSE: _("That time is too early for this one, so nothing was recorded."),
        Refusal.AFTER_THIS_DOSE: _("That time is too late for this one, so nothing was recorded."),
        Refusal.AMOUNT_OUT_OF_RANGE: _(safety.FROM_10_MG),
        Refusal.ON_HOLD: _("It's on hold, so there is nothing to log as not taken."),
        Refusal.CANCELLED: _("It's no longer in your plan, so there is nothing to log."),
        Refusal.NOTHING_TO_UNDO: _("There is nothing to undo."),
    }
    if dose.discreet and refusal is Refusal.AMOUNT_OUT_OF_RANGE:
        return _("I can't record that amount; nothing was saved. Check your label, or ask your pharmacist.")
    return texts[refusal]
