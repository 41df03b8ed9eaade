"""What a patient types to /dose: an amount, a line of steps, a date, how much longer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from bot.domain import titration
from bot.domain.free_text.dates import AmbiguousDate
from bot.domain.free_text.dose_amount import DoseAmount
from bot.domain.free_text.dose_plan import (
    LineProblem,
    PlanLine,
    looks_like_a_plan,
    parse_last_date,
    parse_plan,
)
from bot.domain.free_text.dose_stay import parse_stay
from bot.domain.regimen import ONE_DAY, DoseStep
from bot.features.regimen import drafts, flow
from bot.features.regimen.drafts import Action
from bot.features.regimen.screens import PLAN
from bot.features.regimen.words import choices, shown
from bot.locale import _
from bot.message import press_data
from bot.storage import plans
from bot.telegram_io.typed_answers import Choices, Problem, echo, line_problem, read_amount, read_date

if TYPE_CHECKING:
    from datetime import date

    from bot.domain.free_text.dose_stay import Stay
    from bot.features.regimen.plan import Plan
    from bot.message import Message
    from bot.telegram_io.turn import Turn


async def take_plan(turn: Turn, plan: Plan, text: str) -> None:
    """Take an amount (asks from when), a line of steps, or "another week" (each is read back)."""
    stays = parse_stay(text)
    if stays is not None:
        await _take_stay(turn, plan, stays)
        return
    if looks_like_a_plan(text):
        flow.show_result(turn, plan, await line(plan, text))
        return
    await take_amount(turn, plan, text)


async def line(plan: Plan, text: str) -> Message | Problem:
    """Read a line of steps back, or say which part of it is wrong."""
    found = parse_plan(text, plan.today, plan.first)
    if isinstance(found, LineProblem):
        return line_problem(found)
    return await _take_line(plan, found)


async def _take_line(plan: Plan, found: PlanLine) -> Message | Problem:
    one = len(found.steps) == 1
    action = Action.STEP if one else Action.LINE
    return await drafts.propose(plan, action, titration.with_steps(plan.steps, found.steps, keep_later=one))


async def take_amount(turn: Turn, plan: Plan, text: str, at: date | None = None) -> None:
    """Take an amount: for the coming step of *at*, or (None) for a date that is asked next."""
    found = read_amount(text)
    if isinstance(found, Problem):
        flow.show_result(turn, plan, found)
    elif at is None:
        draft, message = await drafts.ask_from_when(plan, found)
        flow.show(turn, message, awaiting=flow.DATE, about=str(draft.id))
    else:
        flow.show_result(turn, plan, await new_amount_at(plan, at, found))


async def new_amount_at(plan: Plan, at: date, amount: DoseAmount) -> Message | Problem:
    """Give the coming step of *at* another amount, and read it back."""
    step = DoseStep(at, amount.mg, amount.as_typed)
    return await drafts.propose(
        plan, Action.AMOUNT, titration.with_steps(plan.steps, (step,), keep_later=True)
    )


async def take_date(turn: Turn, plan: Plan, text: str, draft_id: str) -> None:
    """Take the date from which the draft's amount counts."""
    draft = await plans.own_draft(turn.session, UUID(draft_id), turn.patient.id)
    found = read_date(text, plan.today)
    if draft is None:
        flow.show_plan(turn, plan)
    elif isinstance(found, Choices):
        data = press_data("regimen.from", draft.id)
        options = ((label, f"{data}:{day}") for label, day in found.options)
        message = choices(found.text, options, PLAN)
        flow.show(turn, message, awaiting=flow.DATE, about=draft_id)
    elif isinstance(found, Problem):
        flow.show_result(turn, plan, found)
    else:
        flow.show_result(turn, plan, await drafts.from_date(plan, draft, found))


async def _take_stay(turn: Turn, plan: Plan, said: Stay) -> None:
    """Take "stay on 3 mg for another week"; an amount that isn't the present one is no hold."""
    present = plan.present
    if present is None or not plan.coming:
        flow.show_result(turn, plan, Problem(_("There is no step to come.")))
    elif said.amount is not None and (
        not isinstance(said.amount, DoseAmount) or said.amount.mg != present.dose_mg
    ):
        text = _("Your plan says {amount} now; nothing was changed. Type the amount, or a line of steps.")
        flow.show_result(turn, plan, Problem(text.format(amount=shown(plan, present))))
    else:
        await take_hold(turn, plan, said.length)


async def take_hold(turn: Turn, plan: Plan, text: str) -> None:
    """Take how much longer the plan stays at the present amount: "10 days", "until 20 March"."""
    coming = plan.coming
    begins = coming[0].starts_on if coming else plan.first
    # A stretch counts from when the next step would have come; "until" names its last day.
    last = parse_last_date(text, plan.today, begins)
    if last is None or isinstance(last, AmbiguousDate):
        problem = _("I couldn't read {typed} as a time. Please type it like 10 days, or until 20 March.")
        flow.show_result(turn, plan, Problem(problem.format(typed=echo(text))))
        return
    flow.show_result(turn, plan, await stay(plan, (last + ONE_DAY - begins).days))


async def stay(plan: Plan, days: int | None) -> Message | Problem:
    """Stay at the present amount: coming steps *days* later; None: they go."""
    steps = (
        tuple(step for step in plan.steps if step.starts_on < plan.first)
        if days is None
        else titration.shifted(plan.steps, plan.first, days)
    )
    return await drafts.propose(plan, Action.HOLD, steps)


async def take_move(turn: Turn, plan: Plan, text: str, at: date) -> None:
    """Take the new date of a coming step; the steps after it move with it."""
    found = read_date(text, plan.today)
    if isinstance(found, (Problem, Choices)):
        problem = found if isinstance(found, Problem) else Problem(_("Please write the month as a word."))
        flow.show_result(turn, plan, problem)
        return
    flow.show_result(turn, plan, await move(plan, at, (found - at).days))


async def move(plan: Plan, at: date, days: int) -> Message | Problem:
    """Let the coming step of *at*, and those after it, start *days* later (negative: earlier)."""
    steps = titration.shifted(plan.steps, at, days)
    before = max((step.starts_on for step in plan.steps if step.starts_on < at), default=None)
    moved = at + ONE_DAY * days
    if before is not None and moved <= before:
        return Problem(_("The step before it starts on that day or later; nothing was changed."))
    if not plan.first <= moved <= at + titration.FURTHEST:
        return Problem(_("A step starts with a dose to come, up to a year ahead. Nothing was changed."))
    return await drafts.propose(plan, Action.POSTPONE, steps)
