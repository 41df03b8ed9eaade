"""/dose, /pause and /resume: the doors, and what typed words are for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from bot.domain.free_text.dose_plan import PlanLine, parse_plan
from bot.domain.free_text.dose_stay import parse_stay
from bot.features.regimen import changing, flow, history, pause_screens, pausing, typed
from bot.features.regimen.plan import load
from bot.locale import N_, _
from bot.storage import plans
from bot.telegram_io.feature import Entry, Feature, Section

if TYPE_CHECKING:
    from bot.features.regimen.plan import Plan
    from bot.message import Press
    from bot.telegram_io.turn import Turn


async def on_text(turn: Turn) -> bool:
    """Take what was typed to an open question, or a whole line of steps at any time."""
    asked = flow.awaited(turn)
    if asked is None:
        return await _unasked(turn)
    plan = await flow.plan_of(turn)
    if plan is not None:
        await _answer(turn, plan, *asked)
    return True


async def _answer(turn: Turn, plan: Plan, awaiting: str, about: str) -> None:
    text = turn.text.strip()
    if awaiting == flow.DATE:
        await typed.take_date(turn, plan, text, about)
    elif awaiting == flow.AMOUNT:
        at = date.fromisoformat(about) if about else None
        await (typed.take_amount(turn, plan, text, at) if at else typed.take_plan(turn, plan, text))
    elif awaiting == flow.HOLD:
        await typed.take_hold(turn, plan, text)
    elif awaiting == flow.MOVE:
        await typed.take_move(turn, plan, text, date.fromisoformat(about))
    elif awaiting == flow.WHY:
        await _take_reason(turn, plan, text, UUID(about))
    elif awaiting == flow.PAUSE_FIRST:
        await pausing.take_first(turn, plan, about)
    elif awaiting == flow.PAUSE_LAST:
        await pausing.take_last(turn, plan, about)
    else:
        await typed.take_plan(turn, plan, text)


async def _take_reason(turn: Turn, plan: Plan, text: str, change_id: UUID) -> None:
    change = await plans.own_change(turn.session, change_id, turn.patient.id)
    if change is not None:
        history.keep_reason(change, text)
    flow.show_plan(turn, plan, notice=_("Noted with the change."))


async def _unasked(turn: Turn) -> bool:
    """Read a line of several steps back, or "another week", also when nobody asked for it."""
    if turn.patient.dialogue is not None or turn.text.startswith("/"):
        return False
    plan = await load(turn.session, turn.patient, turn.now)
    if plan is None:
        return False
    found = parse_plan(turn.text, plan.today, plan.first)
    is_line = isinstance(found, PlanLine) and len(found.steps) > 1
    if not is_line and parse_stay(turn.text) is None:
        return False
    await typed.take_plan(turn, plan, turn.text)
    return True


async def _pause_anew(turn: Turn, _press: Press) -> None:
    """Ask why, beside a pause that is in force."""
    flow.show(turn, pause_screens.reasons(discreet=turn.patient.discreet))


FEATURE = Feature(
    name=flow.FEATURE_NAME,
    commands={"dose": changing.dose, "pause": pausing.pause, "resume": pausing.resume},
    presses={
        "regimen.open": changing.on_open,
        "regimen.numbers": changing.on_numbers,
        "regimen.new": changing.on_new,
        "regimen.amount": changing.on_amount,
        "regimen.from": changing.on_from,
        "regimen.hold": changing.on_hold,
        "regimen.hold_for": changing.on_hold_for,
        "regimen.back": changing.on_back,
        "regimen.back_for": changing.on_back_for,
        "regimen.step": changing.on_step,
        "regimen.move": changing.on_move,
        "regimen.drop": changing.on_drop,
        "regimen.sure": changing.on_sure,
        "regimen.save": changing.on_save,
        "regimen.only": changing.on_only,
        "regimen.history": changing.on_history,
        "regimen.why": changing.on_why,
        "pause.open": pausing.on_open,
        "pause.new": _pause_anew,
        "pause.reason": pausing.on_reason,
        "pause.later": pausing.on_later,
        "pause.start": pausing.on_start,
        "pause.checkins": pausing.on_checkins,
        "pause.resume": pausing.on_resume,
        "pause.as_before": pausing.on_as_before,
    },
    on_text=on_text,
    entries=(
        Entry(N_("💊 Dose plan"), "regimen.open", Section.TREATMENT, N_("🌙 The plan"), command="dose"),
        Entry(N_("⏸ Pause"), "pause.open", Section.TREATMENT, command="pause"),
    ),
)
