"""What is said about one dose: the reminder in all its wordings, and the answer once it is logged."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from bot.domain.delivery import SNOOZES, ReminderWording
from bot.domain.dose import NOT_TAKEN_REASON_LABELS, DoseState, NotTakenReason
from bot.features.nightly_reminder.words import (
    amount,
    choice,
    clock,
    dose_name,
    is_evening,
    not_tonight,
    planned_amount,
    routine,
)
from bot.locale import _, ngettext
from bot.locale.dates import clock_text
from bot.message import Button, Message, Row, press_data

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from bot.domain.dose_log import HoursSince
    from bot.features.nightly_reminder.alert import Alert
    from bot.features.nightly_reminder.facts import DoseView


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
        lines.append(_step_change(dose))
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
    values = {"routine": routine(dose), "time": clock_text(dose.due_at, dose.zone)}
    if asking.alert.late_first or asking.wording is ReminderWording.WAS_DUE:
        return _("💊 Your {routine} was due at {time}.").format(**values)
    if asking.alert.snoozed:
        return _("💊 You asked me to come back: your {routine}, due at {time}.").format(**values)
    if asking.wording is ReminderWording.AGAIN:
        return _("💊 No answer yet: your {routine}, due at {time}.").format(**values)
    if asking.wording is ReminderWording.SAME_DOSE:
        return _("💊 Your {routine}, due at {time}.").format(**values)
    return _("💊 Time for your {routine}.").format(**values)


def _step_change(dose: DoseView) -> str:
    """Name both amounts only as old and new, never as if both were due."""
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
    return Message(
        _("On hold. Has a prescriber or pharmacist said that your next dose is safe?"),
        (
            (Button(_("Yes, resume"), press_data("safety.resume", hold_id)),),
            (
                Button(_("Not yet"), press_data("safety.not_yet", hold_id)),
                Button(_("This isn't about me"), press_data("safety.not_about_me", hold_id)),
            ),
        ),
    )


def snooze_choices(dose: DoseView) -> Message:
    """Return the question how long to wait; the dose can still be logged right here."""
    minutes = [int(length.total_seconds() // 60) for length in SNOOZES]
    return Message(
        _("Remind you of your {routine} again in …").format(routine=routine(dose)),
        (
            tuple(
                Button(
                    ngettext("{count} minute", "{count} min", count).format(count=count),
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
    text = _("⏰ I'll come back at {time}: your {routine}.")
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
    text = _("No answer logged for {dose}.").format(dose=dose_name(dose, now))
    may_have = _("If you may have taken it, don't take another.")
    return Message(
        text if dose.discreet else f"{text} {may_have}",
        (taken_row(dose), (Button(_("Not taken"), press_data("dose.not_tonight", dose.id)),)),
    )


def logged(dose: DoseView, now: datetime, warning: HoursSince | None = None) -> Message:
    """Return what is logged about a dose, with Undo and Correct; a warning stands below it."""
    lines = [state_line(dose, now)]
    if warning is not None:
        lines.append(twelve_hours(dose, warning))
    return Message("\n\n".join(lines), (logged_row(dose),))


def logged_row(dose: DoseView) -> Row:
    """Return the buttons of a logged dose."""
    return (
        Button(_("Undo"), press_data("dose.undo", dose.id)),
        Button(_("Correct"), press_data("dose.correct", dose.id)),
    )


def state_line(dose: DoseView, now: datetime) -> str:
    """Return one line that says what is known about the dose; older doses are named."""
    line = _state_words(dose)
    if dose.state is DoseState.NOT_TAKEN and dose.reason is not None:
        reason = _(NOT_TAKEN_REASON_LABELS[dose.reason])
        line = _("{line} Reason: {reason}.").format(line=line, reason=reason.lower())
    if not dose_name(dose, now, only_older=True):
        return line
    return _("{dose}: {line}").format(dose=dose_name(dose, now), line=line)


def _state_words(dose: DoseView) -> str:
    if dose.state is DoseState.TAKEN:
        return _taken_words(dose)
    if dose.logged_at is None:
        return {
            DoseState.HELD: _("On hold."),
            DoseState.CANCELLED: _("No longer in your plan."),
        }.get(dose.state, _("No answer logged."))
    at = clock_text(dose.logged_at, dose.zone)
    if dose.state is DoseState.NOT_TAKEN:
        text = _("Not done (logged at {time}).") if dose.discreet else _("Not taken (logged at {time}).")
    else:
        text = _("Not sure (logged at {time}).")
    return text.format(time=at)


def _taken_words(dose: DoseView) -> str:
    if dose.taken_at is None:
        text = _("✅ Done; the time isn't known.") if dose.discreet else _("✅ Taken {amount}; the time isn't known.")
    else:
        text = _("✅ Done at {time}") if dose.discreet else _("✅ Taken {amount} at {time}")
    when = "" if dose.taken_at is None else clock(dose, dose.taken_at)
    return text.format(amount=taken_amount(dose), time=when)


def taken_amount(dose: DoseView) -> str:
    """Return the amount taken, as the patient types such amounts: "4.5 mg", "500 mcg"."""
    as_planned = dose.taken_mg == dose.planned_mg
    return amount(dose.taken_mg, dose.planned_as if as_planned else None)


def twelve_hours(dose: DoseView, warning: HoursSince) -> str:
    """Return the warning that two doses lie under 12 hours apart."""
    at = clock_text(warning.last_at, dose.zone)
    if dose.discreet:
        return _("⚠️ The last one was logged at {time}. Check with a pharmacist before another.").format(time=at)
    text = ngettext(
        "⚠️ Your last dose was logged at {time}, {count} hour ago. Check with a pharmacist before another.",
        "⚠️ Your last dose was logged at {time}, {count} hours ago. Check with a pharmacist before another.",
        warning.hours,
    )
    return text.format(time=at, count=warning.hours)


def reasons(dose: DoseView) -> Message:
    """Return "not taken" as logged, with the reasons that may be given."""
    buttons = [
        Button(choice(_(label)), press_data("dose.reason", dose.id, reason.value))
        for reason, label in NOT_TAKEN_REASON_LABELS.items()
        if not (dose.discreet and reason is NotTakenReason.SIDE_EFFECTS)
    ]
    pairs = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    text = _("Logged: not done. Is there a reason?") if dose.discreet else _("Logged: not taken. Is there a reason?")
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
