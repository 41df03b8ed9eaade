"""A change of the plan on its way: second question, read-back, and only then the steps.

The draft is a row, and every button carries its id: an old button can't save another plan, and a reminder in
the middle or a restart loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto
from html import escape
from typing import TYPE_CHECKING

from bot.domain import titration
from bot.domain.regimen import DoseStep
from bot.features.regimen.screens import PLAN, from_when, pause_lines
from bot.features.regimen.words import choices, label, read_back
from bot.locale import _
from bot.message import Message, press_data
from bot.storage import plans
from bot.telegram_io import questions
from bot.telegram_io.typed_answers import Problem

if TYPE_CHECKING:
    from datetime import date

    from bot.domain.free_text.dose_amount import DoseAmount
    from bot.features.regimen.plan import Plan
    from bot.storage.tables import Change, PlanDraft


class Action(StrEnum):
    """What a change does, as the history keeps it."""

    STEP = auto()
    LINE = auto()
    HOLD = auto()
    BACK = auto()
    POSTPONE = auto()
    REMOVE = auto()
    AMOUNT = auto()


OWN_CHOICES = frozenset({Action.HOLD, Action.BACK, Action.POSTPONE, Action.REMOVE})
"""Changes whose reason is worth asking for."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A change that was saved.

    Attributes:
        change: Its row in the history.
        action: What it was.
        text: The plan as it now stands, as HTML.
    """

    change: Change
    action: Action
    text: str


async def propose(
    plan: Plan, action: Action, steps: titration.Steps, *, sure: bool = False
) -> Message | Problem:
    """Return the read-back of a changed plan (or the second question about it); nothing is saved yet."""
    steps = titration.tidied(steps, plan.first)
    problem = _problem(plan, steps)
    if problem is not None:
        return Problem(problem)
    content = {
        "action": action.value,
        "before": plans.to_json(plan.steps),
        "after": plans.to_json(steps),
    }
    draft = await plans.new_draft(plan.session, plan.patient.id, content, plan.now)
    unusual = () if sure else titration.unusual(plan.steps, steps, plan.first)
    if unusual:
        return _second_question(plan, draft, unusual)
    return _check(plan, draft, action, steps)


def _problem(plan: Plan, steps: titration.Steps) -> str | None:
    coming = titration.coming_steps(steps, plan.first)
    if titration.rewrites_the_past(plan.steps, steps, plan.first):
        return _("What your plan said for past days stays as it was; nothing was changed.")
    if len({step.starts_on for step in steps}) < len(steps):
        return _("Two steps would start on the same day; nothing was changed.")
    if len(coming) > titration.MOST_STEPS:
        return _("That's more steps than I can keep; nothing was changed.")
    if steps == plan.steps:
        return _("That's what your plan says already.")
    return None if steps else _("A plan needs one amount at least; nothing was changed.")


def _second_question(plan: Plan, draft: PlanDraft, unusual: titration.Steps) -> Message:
    amounts = ", ".join(dict.fromkeys(label(plan, step) for step in unusual))
    yes = (_("Yes, {amount}").format(amount=amounts), press_data("regimen.sure", draft.id))
    return choices(questions.amount_sure(amounts), (yes, (_("No, change it"), PLAN)))


def _check(plan: Plan, draft: PlanDraft, action: Action, steps: titration.Steps) -> Message:
    options = [(_("✓ Save this"), press_data("regimen.save", draft.id)), (_("No, change it"), PLAN)]
    if action is Action.STEP and len(_after_new(plan, steps)) > 1:
        only = _("Save, and take the later steps out")
        options.insert(1, (only, press_data("regimen.only", draft.id)))
    text = _("Please check; nothing is saved yet.")
    lines = "\n".join([read_back(plan, steps), *pause_lines(plan)])
    return choices(f"{text}\n\n{lines}", options)


def _after_new(plan: Plan, steps: titration.Steps) -> titration.Steps:
    """Return the new step and whatever comes after it."""
    new = next((step for step in steps if step not in plan.steps), None)
    return () if new is None else titration.coming_steps(steps, new.starts_on)


async def ask_from_when(plan: Plan, amount: DoseAmount) -> tuple[PlanDraft, Message]:
    """Keep an amount and ask from when it counts."""
    content = {"amount": [format(amount.mg, "f"), amount.as_typed]}
    draft = await plans.new_draft(plan.session, plan.patient.id, content, plan.now)
    step = DoseStep(plan.first, amount.mg, amount.as_typed)
    message = from_when(plan, press_data("regimen.from", draft.id), escape(label(plan, step)))
    return draft, message


async def from_date(plan: Plan, draft: PlanDraft, starts_on: date) -> Message | Problem:
    """Put the draft's amount into the plan from the dose date *starts_on*, and read it back."""
    kept = draft.content.get("amount")
    if kept is None or not plan.first <= starts_on <= plan.first + titration.FURTHEST:
        return Problem(_("A new amount starts with a dose to come, up to a year ahead. Nothing was changed."))
    new = DoseStep(starts_on, Decimal(kept[0]), kept[1])
    return await propose(plan, Action.STEP, titration.with_steps(plan.steps, (new,), keep_later=True))


async def is_sure(plan: Plan, draft: PlanDraft) -> Message | Problem:
    """Go on after the second question."""
    if not _fits(plan, draft):
        return _outdated()
    return await propose(
        plan, Action(draft.content["action"]), plans.from_json(draft.content["after"]), sure=True
    )


async def save(plan: Plan, draft: PlanDraft, *, only_this: bool = False) -> Saved | Problem:
    """Make the draft the plan, unless the plan has changed or an evening has passed since."""
    if not _fits(plan, draft):
        return _outdated()
    steps, action = plans.from_json(draft.content["after"]), Action(draft.content["action"])
    new = _after_new(plan, steps)
    if only_this and new:
        steps = titration.with_steps(plan.steps, new[:1], keep_later=False)
    if _problem(plan, steps) is not None:
        return _outdated()
    change = await plans.save_steps(plan.session, plan.patient.id, steps, action=action.value, now=plan.now)
    await plan.session.delete(draft)
    return Saved(change, action, read_back(plan, steps))


def _fits(plan: Plan, draft: PlanDraft) -> bool:
    return "after" in draft.content and plans.from_json(draft.content["before"]) == plan.steps


def _outdated() -> Problem:
    return Problem(_("Your plan has moved on since, so nothing was changed. Please choose again."))
