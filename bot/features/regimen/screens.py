"""The screens of /dose: the plan itself, and one small screen for each way to change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.regimen import ONE_DAY, step_before
from bot.features.regimen import pause_words
from bot.features.regimen.words import choices, day_words, first_dose_words, label, shown
from bot.locale import _
from bot.locale.dates import short_date
from bot.message import Button, Message, press_data
from bot.telegram_io import questions

if TYPE_CHECKING:
    from datetime import date

    from bot.domain.regimen import DoseStep
    from bot.features.regimen.plan import Plan
    from bot.message import Row

PAST_SHOWN = 6
COMING_BUTTONS = 8
DATES_OFFERED = 4
PLAN = press_data("regimen.open")


def overview(plan: Plan, *, numbers: bool = False) -> Message:
    """Return the plan: past, now, coming; and how to change it.

    Args:
        plan: The plan.
        numbers: Shows the numbers in discreet mode too, because the patient asked for them.
    """
    hidden = plan.patient.discreet and not numbers
    lines = [_("<b>Your plan</b>"), *_step_lines(plan, hidden=hidden), *pause_lines(plan)]
    return Message("\n".join(lines) + "\n\n" + _how_to_change(plan), _overview_rows(plan, hidden=hidden))


def _step_lines(plan: Plan, *, hidden: bool) -> list[str]:
    steps, present = plan.steps, plan.present
    lines = []
    for at, step in enumerate(steps):
        words = _("step {number}").format(number=at + 1) if hidden else shown(plan, step)
        if step.starts_on >= plan.first:
            text = _("From {evening}: {amount}")
        elif step == present:
            text = _("Now: <b>{amount}</b>, since {start}")
        else:
            text = _("{start} to {end}: {amount}")
        end = steps[at + 1].starts_on - ONE_DAY if at + 1 < len(steps) else step.starts_on
        lines.append(
            text.format(
                evening=first_dose_words(plan, steps, step),
                amount=words,
                start=short_date(step.starts_on, year=step.starts_on.year != plan.today.year),
                end=short_date(end),
            )
        )
    past = len([step for step in steps if step.starts_on < plan.first])
    hidden_past = max(past - PAST_SHOWN, 0)
    return [*([_("…")] if hidden_past else []), *lines[hidden_past:]] or [_("No amount yet.")]


def pause_lines(plan: Plan) -> list[str]:
    """Return the pauses that are in force or to come, one line each."""
    return [
        pause_words.in_force(pause, plan)
        for pause in plan.regimen.pauses
        if pause_words.is_ahead(pause, plan)
    ]


def _how_to_change(plan: Plan) -> str:
    example = "1.5 for 2 weeks, then 3 for 2 weeks, then 4.5"
    if plan.patient.discreet:
        text = _("Has it been changed? Type the new step, or all of them in a line: <i>{example}</i>.")
        return text.format(example=example)
    text = _(
        "Has your prescriber changed it? Type the new amount, such as <i>3 mg</i>, or all steps in a line: "
        "<i>{example}</i>. I never suggest an amount."
    )
    return text.format(example=example)


def _overview_rows(plan: Plan, *, hidden: bool) -> tuple[Row, ...]:
    coming = plan.coming
    rows: list[Row] = []
    if hidden and plan.steps:
        rows.append((Button(_("Show the numbers"), press_data("regimen.numbers")),))
    rows.append((Button(_("➕ A new step"), press_data("regimen.new")),))
    present = plan.present
    if present is not None and coming and not hidden:
        stay = _("Stay on {amount} longer").format(amount=label(plan, present))
        rows.append((Button(stay, press_data("regimen.hold")),))
    earlier = None if present is None else step_before(plan.steps, present)
    if earlier is not None and not hidden:
        back = _("Go back to {amount}").format(amount=label(plan, earlier))
        rows.append((Button(back, press_data("regimen.back")),))
    if not hidden:
        rows += [(_step_button(plan, step),) for step in coming[:COMING_BUTTONS]]
    paused = any(pause_words.is_ahead(pause, plan) for pause in plan.regimen.pauses)
    pause = Button(_("⏸ The pause") if paused else _("⏸ Pause"), press_data("pause.open"))
    rows.append((pause, Button(_("🕘 What was changed"), press_data("regimen.history"))))
    rows.append((Button(_("‹ Back"), press_data("more.open")),))
    return tuple(rows)


def _step_button(plan: Plan, step: DoseStep) -> Button:
    words = _("✎ {date}: {amount}").format(date=short_date(step.starts_on), amount=label(plan, step))
    return Button(words, press_data("regimen.step", None, step.starts_on.isoformat()))


def new_amount(plan: Plan, at: date | None = None) -> Message:
    """Return the question for an amount; *at* is the coming step that it is for, None: asked afterwards."""
    lines = [questions.one_dose_a_day(), questions.amount_question()]
    if plan.patient.discreet:
        lines = [_("How much? <b>Copy it from your label</b>: tap, or type it.")]
    day = () if at is None else (at.isoformat(),)
    buttons = [
        (
            mg if plan.patient.discreet else questions.amount_text(mg),
            press_data("regimen.amount", None, mg, *day),
        )
        for mg in questions.LABEL_AMOUNTS
    ]
    return choices("\n\n".join(lines), buttons, PLAN, width=3)


def hold(plan: Plan) -> Message:
    """Return the question how much longer the plan stays at the present amount."""
    present, coming = plan.present, plan.coming
    amount = "" if present is None else shown(plan, present)
    text = _(
        "Stay on <b>{amount}</b>: how much longer? The coming steps move with it. "
        "You can also type it: <i>10 days</i>, <i>until 20 March</i>."
    ).format(amount=amount)
    options = [
        (_("A week longer"), press_data("regimen.hold_for", None, 7)),
        (_("Two weeks longer"), press_data("regimen.hold_for", None, 14)),
        (_("Four weeks longer"), press_data("regimen.hold_for", None, 28)),
    ]
    if coming:
        options.append((_("Until I change it"), press_data("regimen.hold_for", None, "open")))
    return choices(text, options, PLAN)


def back(plan: Plan) -> Message:
    """Return the question for how long the plan goes back to the amount before."""
    present = plan.present
    earlier = None if present is None else step_before(plan.steps, present)
    if present is None or earlier is None:
        return overview(plan)
    text = _(
        "Back to <b>{earlier}</b> from {evening}: for how long? Afterwards {present} starts again, and the "
        "coming steps follow it."
    ).format(earlier=shown(plan, earlier), present=shown(plan, present), evening=day_words(plan, plan.first))
    options = [
        (_("For a week"), press_data("regimen.back_for", None, 7)),
        (_("For two weeks"), press_data("regimen.back_for", None, 14)),
        (_("For four weeks"), press_data("regimen.back_for", None, 28)),
        (_("Until I change it"), press_data("regimen.back_for", None, "open")),
    ]
    return choices(text, options, PLAN)


def step(plan: Plan, chosen: DoseStep) -> Message:
    """Return what can be done with a coming step."""
    before = step_before(plan.steps, chosen)
    text = (
        _("From {evening} your plan says <b>{amount}</b>.")
        if before is None
        else _("From {evening} your plan says <b>{amount}</b> (before: {before}).")
    ).format(
        evening=first_dose_words(plan, plan.steps, chosen),
        amount=shown(plan, chosen),
        before="" if before is None else shown(plan, before),
    )
    day = chosen.starts_on.isoformat()
    options = [
        (_("A week later"), press_data("regimen.move", None, day, 7)),
        (_("Two weeks later"), press_data("regimen.move", None, day, 14)),
        (_("Another amount"), press_data("regimen.new", None, day)),
        (_("Take it out"), press_data("regimen.drop", None, day)),
    ]
    hint = _("If it moves, the steps after it move too. You can also type its new date.")
    return choices(f"{text}\n\n{hint}", options, PLAN, width=2)


def from_when(plan: Plan, draft_data: str, amount: str) -> Message:
    """Return the question from when a new amount counts; *draft_data* is the buttons' data up to the date."""
    options = []
    day = plan.first
    for _number in range(DATES_OFFERED):
        evening = questions.evening_words(day, plan.choice, morning=plan.morning)
        options.append((_("From {evening}").format(evening=evening), f"{draft_data}:{day.isoformat()}"))
        day += ONE_DAY
    text = _("<b>{amount}</b>: from when? Tap, or type a date such as <i>1 December</i>.")
    return choices(text.format(amount=amount), options, PLAN)
