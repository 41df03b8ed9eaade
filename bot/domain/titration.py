"""Changes to a titration that a patient chooses: stay longer, go back, postpone, replace.

What was in force for past doses is never rewritten: every function changes only steps from the first dose
date that is still open ("first" below) on, and `rewrites_the_past` is the check before anything is saved.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.domain.free_text.dose_amount import needs_second_question
from bot.domain.regimen import ONE_DAY, DoseStep, step_before, step_on

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

Steps = tuple[DoseStep, ...]

NO_AMOUNT = Decimal(0)
"""Stands for a plan that has no step yet, where only its dates count."""
FURTHEST = timedelta(days=366)
"""A step further ahead than this is a slip of the finger."""
MOST_STEPS = 24
"""More coming steps than this are no titration but a slip."""


def in_order(steps: Sequence[DoseStep]) -> Steps:
    """Return the steps, the earliest first."""
    return tuple(sorted(steps, key=lambda step: step.starts_on))


def present_step(steps: Sequence[DoseStep], first: date) -> DoseStep | None:
    """Return the step that the dose before *first* (the next open dose date) had, or None before any."""
    return step_on(steps, first - ONE_DAY)


def coming_steps(steps: Sequence[DoseStep], first: date) -> Steps:
    """Return the steps that start on *first* (the next open dose date) or later."""
    return tuple(step for step in in_order(steps) if step.starts_on >= first)


def shifted(steps: Sequence[DoseStep], from_date: date, days: int) -> Steps:
    """Return the plan whose steps from *from_date* on start *days* later (negative: earlier)."""
    moved = timedelta(days=days)
    return in_order(
        [
            replace(step, starts_on=step.starts_on + moved) if step.starts_on >= from_date else step
            for step in steps
        ]
    )


def went_back(steps: Sequence[DoseStep], first: date, days: int | None) -> Steps:
    """Return the plan that goes back to the step before the present one, from *first* on.

    Args:
        steps: The plan.
        first: The next open dose date.
        days: After so many days the present step begins anew, with its whole length, and the later ones
            follow it; None: the plan stays at the earlier amount, and the coming steps go.
    """
    present = present_step(steps, first)
    earlier = step_before(steps, present) if present else None
    if present is None or earlier is None:
        return in_order(steps)
    kept = [step for step in steps if step.starts_on < first]
    kept.append(replace(earlier, starts_on=first))
    if days is not None:
        again = first + timedelta(days=days)
        kept.append(replace(present, starts_on=again))
        later = again - present.starts_on
        kept += [replace(step, starts_on=step.starts_on + later) for step in coming_steps(steps, first)]
    return tidied(kept, first)


def without(steps: Sequence[DoseStep], starts_on: date) -> Steps:
    """Return the plan without the step of *starts_on*; the others keep their dates."""
    return in_order([step for step in steps if step.starts_on != starts_on])


def with_steps(steps: Sequence[DoseStep], new: Sequence[DoseStep], *, keep_later: bool) -> Steps:
    """Return the plan with *new* steps, which replace those of the same dates.

    Args:
        steps: The plan.
        new: At least one step.
        keep_later: Later steps of the plan stay; else the new ones replace all from the first of them on.
    """
    begins = min(step.starts_on for step in new)
    dates = {step.starts_on for step in new}
    kept = [step for step in steps if step.starts_on not in dates and (keep_later or step.starts_on < begins)]
    return in_order([*kept, *new])


def tidied(steps: Sequence[DoseStep], first: date) -> Steps:
    """Return the plan without coming steps that repeat the amount before them, as typed too."""
    result: list[DoseStep] = []
    for step in in_order(steps):
        before = result[-1] if result else None
        same = before and (before.dose_mg, before.shown_as) == (step.dose_mg, step.shown_as)
        if not (same and step.starts_on >= first):
            result.append(step)
    return tuple(result)


def rewrites_the_past(old: Sequence[DoseStep], new: Sequence[DoseStep], first: date) -> bool:
    """Tell whether *new* says something else than *old* about a dose date before *first*."""
    past = [[step for step in in_order(steps) if step.starts_on < first] for steps in (old, new)]
    return past[0] != past[1]


def unusual(old: Sequence[DoseStep], new: Sequence[DoseStep], first: date) -> Steps:
    """Return the coming steps of *new* to ask about twice: over 6 mg, or over 2.5 times the one before.

    A jump that *old* had already was asked about then.
    """
    known = {_jump(old, step) for step in old}
    return tuple(
        step
        for step in coming_steps(new, first)
        if needs_second_question(*_jump(new, step)) and _jump(new, step) not in known
    )


def _jump(steps: Sequence[DoseStep], step: DoseStep) -> tuple:  # type: ignore[type-arg]
    before = step_before(steps, step)
    return step.dose_mg, before.dose_mg if before else None
