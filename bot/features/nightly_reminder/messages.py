"""What is said about one dose: the reminder in all its wordings, and the answer once it is logged."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from bot.domain import safety
from bot.domain.delivery import SNOOZES, ReminderWording
from bot.domain.dose import NOT_TAKEN_REASON_LABELS, DoseState
from bot.domain.dose_log import Refusal
from bot.features.nightly_reminder.words import (
    amount,
    capital,
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
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal
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
        _(safety.ON_HOLD),
        (
            (Button(_(safety.ON_HOLD_RESUME), press_data("safety.resume", hold_id)),),
            (
                Button(_(safety.ON_HOLD_NOT_YET), press_data("safety.not_yet", hold_id)),
                Button(_(safety.ON_HOLD_NOT_ME), press_data("safety.not_about_me", hold_id)),
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
    text = _("{dose}: {line}").format(dose=capital(dose_name(dose, now)), line=_(safety.NO_ANSWER_LOGGED))
    return Message(
        text,
        (taken_row(dose), (Button(_("Not taken"), press_data("dose.not_tonight", dose.id)),)),
    )


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
    return Message("\n\n".join(lines), (logged_row(dose),) if dose.logged_at else ())


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


def state_line(dose: DoseView, now: datetime) -> str:
    """Return one line that says what is known about the dose; older doses are named."""
    line = state_words(dose)
    if not dose_name(dose, now, only_older=True):
        return line
    return _("{dose}: {line}").format(dose=capital(dose_name(dose, now)), line=line)


def state_words(dose: DoseView) -> str:
    """Return what is known about the dose, without naming it: "✅ Taken 4.5 mg at 22:04"."""
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
    line = text.format(time=at)
    if dose.reason is None:
        return line
    return _("{line} Reason: {reason}.").format(line=line, reason=_(NOT_TAKEN_REASON_LABELS[dose.reason]))


def _taken_words(dose: DoseView) -> str:
    if dose.taken_at is None:
        text = (
            _("✅ Done; the time isn't known.")
            if dose.discreet
            else _("✅ Taken {amount}; the time isn't known.")
        )
    else:
        text = _("✅ Done at {time}") if dose.discreet else _("✅ Taken {amount} at {time}")
    when = "" if dose.taken_at is None else clock(dose, dose.taken_at)
    return text.format(amount=taken_amount(dose), time=when)


def taken_amount(dose: DoseView) -> str:
    """Return the amount taken, as the patient types such amounts: "4.5 mg", "500 mcg"."""
    as_planned = dose.taken_mg == dose.planned_mg
    return amount(dose.taken_mg, dose.planned_as if as_planned else None)


def reasons(dose: DoseView) -> Message:
    """Return "not taken" as logged, with the reasons that may be given."""
    buttons = [
        Button(_(label), press_data("dose.reason", dose.id, reason.value))
        for reason, label in NOT_TAKEN_REASON_LABELS.items()
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
