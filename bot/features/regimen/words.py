"""Small words that the plan's screens share: amounts, evenings, whole plans read back."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from bot.domain.free_text.dose_amount import format_mg
from bot.domain.regimen import ONE_DAY, next_dose_date, step_before
from bot.domain.titration import coming_steps
from bot.locale import _
from bot.locale.dates import short_date
from bot.message import Button, Message
from bot.telegram_io import questions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from bot.domain.regimen import DoseStep
    from bot.features.regimen.plan import Plan

FAR_DAYS = 300
"""A date further away than this is said with its year."""


def amount(step: DoseStep, *, discreet: bool) -> str:
    """Return the step's amount, as typed, as plain text; discreetly the bare number, where it is mg."""
    if step.shown_as:
        return step.shown_as
    return f"{step.dose_mg.normalize():f}" if discreet else format_mg(step.dose_mg)


def shown(plan: Plan, step: DoseStep) -> str:
    """Return the step's amount as HTML."""
    return escape(amount(step, discreet=plan.patient.discreet))


def label(plan: Plan, step: DoseStep) -> str:
    """Return the step's amount for a button, which is plain text."""
    return amount(step, discreet=plan.patient.discreet)


def day_words(plan: Plan, day: date) -> str:
    """Return "tonight (3 Mar)", "tomorrow evening (4 Mar)", "Tuesday 17 Mar"."""
    words = questions.evening_words(day, plan.choice, morning=plan.morning)
    if day <= plan.choice.today + ONE_DAY:
        return _("{evening} ({date})").format(evening=words, date=short_date(day))
    return f"{words} {day.year}" if abs((day - plan.today).days) > FAR_DAYS else words


def first_dose_words(plan: Plan, steps: Sequence[DoseStep], step: DoseStep) -> str:
    """Return the evening of the step's first dose: every other day, that may be a day after it starts."""
    open_plan = replace(plan.regimen, steps=tuple(steps), pauses=())
    return day_words(plan, next_dose_date(open_plan, step.starts_on) or step.starts_on)


def read_back(plan: Plan, steps: Sequence[DoseStep]) -> str:
    """Return what the plan *steps* says from now on, each new amount beside the one it replaces.

    Two amounts are named only as old and new, never as if both were due.
    """
    coming = coming_steps(steps, plan.first)
    lines = []
    for step in coming:
        before = step_before(steps, step)
        text = (
            _("From {evening} your plan says <b>{amount}</b>.")
            if before is None
            else _("From {evening} your plan says <b>{amount}</b> (before: {before}).")
        )
        values = {"evening": first_dose_words(plan, steps, step), "amount": shown(plan, step)}
        lines.append(text.format(**values, before="" if before is None else shown(plan, before)))
    present = plan.present
    if not lines:
        if present is None:
            return _("Your plan gives no amount.")
        lines.append(_("Your plan stays at <b>{amount}</b>.").format(amount=shown(plan, present)))
    once = _("One only, each time.") if plan.patient.discreet else _("One dose only.")
    return "\n".join([*lines, once])


def choices(
    text: str, options: Iterable[tuple[str, str]], back: str | None = None, width: int = 1
) -> Message:
    """Return a question with its buttons, (label, callback data) of each.

    Args:
        text: The question, as HTML.
        options: Label and callback data of each button.
        back: Where "Back" leads; None: one of the options is the way back.
        width: Buttons in a row.
    """
    rows = questions.in_rows((Button(words, data) for words, data in options), width)
    return Message(text, rows if back is None else (*rows, (Button(_("‹ Back"), back),)))
