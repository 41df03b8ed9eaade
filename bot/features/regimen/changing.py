"""Buttons of /dose: each opens a screen, proposes a change, or saves one that was read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain import titration
from bot.domain.regimen import ONE_DAY, step_before
from bot.features.regimen import drafts, flow, history, screens, typed
from bot.features.regimen.drafts import OWN_CHOICES, Action, Saved
from bot.features.regimen.flow import plan_of, show, show_plan, show_result
from bot.locale import _
from bot.storage import plans
from bot.telegram_io import questions
from bot.telegram_io.typed_answers import Problem

if TYPE_CHECKING:
    from bot.features.regimen.plan import Plan
    from bot.message import Press
    from bot.storage.tables import PlanDraft
    from bot.telegram_io.turn import Turn


async def dose(turn: Turn) -> None:
    """Show the plan; "/dose 1.5 for 2 weeks, then 3" is read at once."""
    plan = await plan_of(turn)
    if plan is None:
        return
    _command, _space, words = turn.text.partition(" ")
    if words.strip():
        await typed.take_plan(turn, plan, words.strip())
    else:
        show_plan(turn, plan)


async def on_open(turn: Turn, _press: Press) -> None:
    """Show the plan."""
    plan = await plan_of(turn)
    if plan is not None:
        show_plan(turn, plan)


async def on_numbers(turn: Turn, _press: Press) -> None:
    """Show the plan with its numbers, in discreet mode too."""
    plan = await plan_of(turn)
    if plan is not None:
        show(turn, screens.overview(plan, numbers=True), awaiting=flow.PLAN)


async def on_new(turn: Turn, press: Press) -> None:
    """Ask for an amount: of the coming step that the button names, or of a new one."""
    plan = await plan_of(turn)
    if plan is not None:
        at = press.date_at()
        about = "" if at is None else at.isoformat()
        show(turn, screens.new_amount(plan, at), awaiting=flow.AMOUNT, about=about)


async def on_amount(turn: Turn, press: Press) -> None:
    """Take the amount of a button as if it had been typed."""
    plan = await plan_of(turn)
    if plan is not None:
        await typed.take_amount(turn, plan, press.args[0] if press.args else "", press.date_at(1))


async def on_from(turn: Turn, press: Press) -> None:
    """Read the draft's amount back, from the date of the button."""
    plan, draft = await _drafted(turn, press)
    if plan is not None and draft is not None:
        show_result(turn, plan, await drafts.from_date(plan, draft, press.date_at() or plan.today - ONE_DAY))


async def on_hold(turn: Turn, _press: Press) -> None:
    """Ask how much longer the plan stays at the present amount."""
    plan = await plan_of(turn)
    if plan is None:
        return
    if plan.present is None or not plan.coming:
        show_plan(turn, plan, notice=_("There is no step to come."))
    else:
        show(turn, screens.hold(plan), awaiting=flow.HOLD)


async def on_hold_for(turn: Turn, press: Press) -> None:
    """Propose to stay so many days longer, or until the patient changes it."""
    plan = await plan_of(turn)
    if plan is not None:
        show_result(turn, plan, await typed.stay(plan, _days(press, 0)))


async def on_back(turn: Turn, _press: Press) -> None:
    """Ask for how long the plan goes back to the amount before."""
    plan = await plan_of(turn)
    if plan is None:
        return
    if plan.present is None or step_before(plan.steps, plan.present) is None:
        show_plan(turn, plan)
    else:
        show(turn, screens.back(plan))


async def on_back_for(turn: Turn, press: Press) -> None:
    """Propose to go back for so many days, or until the patient changes it."""
    plan = await plan_of(turn)
    if plan is not None:
        steps = titration.went_back(plan.steps, plan.first, _days(press, 0))
        show_result(turn, plan, await drafts.propose(plan, Action.BACK, steps))


async def on_step(turn: Turn, press: Press) -> None:
    """Show what can be done with a coming step; its new date may be typed."""
    plan = await plan_of(turn)
    if plan is None:
        return
    day = press.date_at()
    step = next((step for step in plan.coming if step.starts_on == day), None)
    if step is None:
        show_plan(turn, plan, notice=_("That step isn't to come any more."))
    else:
        show(turn, screens.step(plan, step), awaiting=flow.MOVE, about=step.starts_on.isoformat())


async def on_move(turn: Turn, press: Press) -> None:
    """Propose to postpone a step and those after it."""
    plan = await plan_of(turn)
    day, days = press.date_at(), _days(press, 1)
    if plan is not None and day is not None and days is not None:
        show_result(turn, plan, await typed.move(plan, day, days))
    elif plan is not None:
        show_plan(turn, plan)


async def on_drop(turn: Turn, press: Press) -> None:
    """Propose to take a coming step out; the others keep their dates."""
    plan = await plan_of(turn)
    day = press.date_at()
    if plan is not None and day is not None:
        steps = titration.without(plan.steps, day)
        show_result(turn, plan, await drafts.propose(plan, Action.REMOVE, steps))
    elif plan is not None:
        show_plan(turn, plan)


async def on_sure(turn: Turn, press: Press) -> None:
    """Go on after the second question about an amount."""
    plan, draft = await _drafted(turn, press)
    if plan is not None and draft is not None:
        show_result(turn, plan, await drafts.is_sure(plan, draft))


async def on_save(turn: Turn, press: Press) -> None:
    """Save what was read back."""
    await _save(turn, press, only_this=False)


async def on_only(turn: Turn, press: Press) -> None:
    """Save the new step, and take the later ones out."""
    await _save(turn, press, only_this=True)


async def on_history(turn: Turn, _press: Press) -> None:
    """Show what the plan was before each change."""
    plan = await plan_of(turn)
    if plan is not None:
        show(turn, await history.screen(plan))


async def on_why(turn: Turn, press: Press) -> None:
    """Keep the reason of a change that was saved."""
    plan = await plan_of(turn)
    change = await plans.own_change(turn.session, press.row_id, turn.patient.id)
    if plan is None:
        return
    if change is not None and press.args and press.args[0] in history.REASONS:
        history.keep_reason(change, press.args[0])
        show_plan(turn, plan, notice=_("Noted with the change."))
    else:
        show_plan(turn, plan)


async def _save(turn: Turn, press: Press, *, only_this: bool) -> None:
    plan, draft = await _drafted(turn, press)
    if plan is None or draft is None:
        return
    result = await drafts.save(plan, draft, only_this=only_this)
    if isinstance(result, Problem):
        show_plan(turn, plan, notice=result.text)
        return
    await turn.plan()
    await _show_saved(turn, result)


async def _show_saved(turn: Turn, saved: Saved) -> None:
    lines = [_("Saved. {plan}").format(plan=saved.text), await flow.next_reminder(turn)]
    notice = "\n".join(line for line in lines if line)
    if saved.action in OWN_CHOICES:
        message = questions.with_notice(history.ask_why(saved.change.id), notice)
        show(turn, message, awaiting=flow.WHY, about=str(saved.change.id))
        return
    plan = await plan_of(turn)
    if plan is not None:
        show(turn, history.saved(notice))


async def _drafted(turn: Turn, press: Press) -> tuple[Plan | None, PlanDraft | None]:
    """Return the plan and the button's draft; an old button shows the plan and says so."""
    plan = await plan_of(turn)
    draft = await plans.own_draft(turn.session, press.row_id, turn.patient.id)
    if plan is not None and draft is None:
        notice = _("That button is from an earlier change, so nothing was changed. Your plan:")
        show_plan(turn, plan, notice=notice)
    return plan, draft


def _days(press: Press, index: int) -> int | None:
    """Return the days that the button names; None for "until I change it"."""
    words = press.args[index] if len(press.args) > index else ""
    return int(words) if words.isdecimal() and int(words) <= titration.FURTHEST.days else None
