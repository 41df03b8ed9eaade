"""A new amount from a date on: amount, second question, evening, read-back, and only then the dose step.

Each button carries the amount and the date that it speaks of, so an old one can't save another amount. The
unit that was typed ("500 mcg") waits in the dialogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING

from bot.domain.dose import DoseState
from bot.domain.due import local_date, next_dose
from bot.domain.free_text.dose_amount import DoseAmount, format_mg, needs_second_question
from bot.domain.regimen import ONE_DAY, DoseStep, is_morning_dose, step_on
from bot.domain.start_choice import StartChoice, can_start_on, start_choice
from bot.features.settings.fields import Asked, Changed, Field, Rows, open_data
from bot.features.settings.screens import asked_screen
from bot.locale import _
from bot.locale.dates import short_date
from bot.message import Button, Message, press_data
from bot.storage import changes, doses, patients, tables
from bot.telegram_io import questions
from bot.telegram_io.typed_answers import Choices, Problem, read_amount, read_date

if TYPE_CHECKING:
    from bot.features.settings.plan_changes import Result

DATES_OFFERED = 4


@dataclass(frozen=True, slots=True)
class NewAmount:
    """An amount on its way into the plan.

    Attributes:
        amount: Under 10 mg.
        before: The step in force today, or None.
    """

    amount: DoseAmount
    before: DoseStep | None

    @property
    def mg(self) -> str:
        """Return plain digits for a button."""
        return f"{self.amount.mg:f}"


def form(rows: Rows) -> Message:
    """Return the form's first screen: how much."""
    before = _step_now(rows)
    now = _("none yet") if before is None else escape(before.shown_as or format_mg(before.dose_mg))
    lines = (
        _("Your plan says <b>{amount}</b>.").format(amount=now),
        _("Has your prescriber changed it? I never suggest an amount."),
        questions.amount_question(),
    )
    buttons = (
        Button(questions.amount_text(mg), press_data("settings.dose", None, "amount", mg))
        for mg in questions.LABEL_AMOUNTS
    )
    return Message("\n\n".join(lines), (*questions.in_rows(buttons, 3), (Button(_("‹ Back"), open_data()),)))


def new_amount(rows: Rows, amount: DoseAmount) -> NewAmount:
    """Return an amount with the step that it would follow."""
    return NewAmount(amount, _step_now(rows))


async def amount(rows: Rows, text: str) -> Result:
    """Read an amount; ask again where it is unusual, else ask from when."""
    found = read_amount(text)
    if isinstance(found, Problem):
        return found
    new = NewAmount(found, _step_now(rows))
    typed = (new.mg, found.as_typed)
    present_mg = new.before.dose_mg if new.before else None
    if needs_second_question(found.mg, present_mg):
        yes = (
            _("Yes, {amount}").format(amount=found.shown_as),
            press_data("settings.dose", None, "sure", new.mg),
        )
        no = (_("No, change it"), open_data(Field.DOSE))
        return Asked(asked_screen(questions.amount_sure(found.shown_as), (yes, no), open_data()), typed)
    return Asked(await _when(rows, new), typed)


async def sure(rows: Rows, new: NewAmount) -> Result:
    """Ask from when, after the second question."""
    return Asked(await _when(rows, new), (new.mg, new.amount.as_typed))


async def typed_date(rows: Rows, new: NewAmount, text: str) -> Result:
    """Read the date that was typed to "from when?", and read the new step back."""
    found = read_date(text, local_date(rows.now, rows.zone))
    if isinstance(found, Choices):
        options = ((label, _data("from", new, day)) for label, day in found.options)
        return Asked(asked_screen(found.text, options, open_data(Field.DOSE)), (new.mg, new.amount.as_typed))
    if isinstance(found, Problem):
        return found
    return await from_date(rows, new, found.isoformat())


async def from_date(rows: Rows, new: NewAmount, day: str) -> Result:
    """Read the new step back, from the ISO dose date *day*; nothing is saved yet."""
    choice = await _choice(rows)
    starts_on = _iso(day)
    if starts_on is None or not can_start_on(choice, starts_on):
        return Problem(_("A new amount starts with a dose to come, up to a year ahead. Nothing was changed."))
    data = _data("save", new, day)
    options = ((_("✓ Save this"), data), (_("No, change it"), open_data(Field.DOSE)))
    return Asked(
        asked_screen(_read_back(rows, new, choice, starts_on), options, open_data()),
        (new.mg, new.amount.as_typed),
    )


async def save(rows: Rows, new: NewAmount, day: str) -> Result:
    """Put the step into the plan; a step of the same date keeps what it said before in the history."""
    choice = await _choice(rows)
    starts_on = _iso(day)
    if starts_on is None or not can_start_on(choice, starts_on):
        return Problem(_("That evening is over, so nothing was changed. Please choose the date again."))
    patient = rows.patient
    steps = await patients.dose_steps(rows.session, patient.id)
    existing = next((step for step in steps if step.starts_on == starts_on), None)
    if existing is None:
        existing = tables.DoseStep(patient_id=patient.id, starts_on=starts_on)
        rows.session.add(existing)
    else:
        changes.keep_before(
            rows.session, existing, patient_id=patient.id, noun="dose_step", action="changed", now=rows.now
        )
    existing.dose_mg, existing.shown_as = new.amount.mg, new.amount.as_typed
    return Changed(_("Saved. {plan}").format(plan=_read_back(rows, new, choice, starts_on)))


async def _when(rows: Rows, new: NewAmount) -> Message:
    choice = await _choice(rows)
    options = []
    day = choice.next_date
    for _number in range(DATES_OFFERED):
        label = _("From {evening}").format(evening=_evening(rows, choice, day))
        options.append((label, _data("from", new, day.isoformat())))
        day += ONE_DAY
    text = _("<b>{amount}</b>: from when? Tap, or type a date such as <i>1 December</i>.").format(
        amount=escape(new.amount.shown_as)
    )
    return asked_screen(text, options, open_data(Field.DOSE))


async def _choice(rows: Rows) -> StartChoice:
    """Return the dose dates that a new amount can start on: never one whose dose was already logged."""
    today = local_date(rows.now, rows.zone)
    choice = start_choice(rows.plan, rows.zone, rows.now) or StartChoice(today, today, rows.now, None)
    dose = await doses.on_date(rows.session, rows.patient.id, choice.next_date)
    if dose is None or dose.state in {DoseState.PLANNED, DoseState.CANCELLED, DoseState.HELD}:
        return StartChoice(choice.today, choice.next_date, choice.next_due_at, None)
    coming = next_dose(rows.plan, rows.zone, choice.next_due_at)
    if coming is None:
        return StartChoice(choice.today, choice.next_date + ONE_DAY, choice.next_due_at, None)
    return StartChoice(choice.today, *coming, None)


def _read_back(rows: Rows, new: NewAmount, choice: StartChoice, starts_on: date) -> str:
    evening, shown = _evening(rows, choice, starts_on), escape(new.amount.shown_as)
    before = step_on(rows.plan.steps, starts_on - ONE_DAY)
    if before is None:
        text = _("From {evening} ({date}) your plan says <b>{amount}</b>. One dose only.")
        return text.format(evening=evening, date=short_date(starts_on), amount=shown)
    text = _("From {evening} ({date}) your plan says <b>{amount}</b> (before: {before}). One dose only.")
    return text.format(
        evening=evening,
        date=short_date(starts_on),
        amount=shown,
        before=escape(before.shown_as or format_mg(before.dose_mg)),
    )


def _evening(rows: Rows, choice: StartChoice, day: date) -> str:
    return questions.evening_words(day, choice, morning=is_morning_dose(rows.plan))


def _data(stage: str, new: NewAmount, day: str) -> str:
    return press_data("settings.dose", None, stage, new.mg, day)


def _iso(day: str) -> date | None:
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None


def _step_now(rows: Rows) -> DoseStep | None:
    return step_on(rows.plan.steps, local_date(rows.now, rows.zone))
