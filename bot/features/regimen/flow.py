"""How /dose and /pause move: a screen in one message, and what the next typed words are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.features.regimen import plan as plans
from bot.features.regimen import screens
from bot.locale import _
from bot.message import Message
from bot.storage import deliveries
from bot.telegram_io import questions
from bot.telegram_io.dialogue import Dialogue
from bot.telegram_io.typed_answers import Problem

if TYPE_CHECKING:
    from bot.features.regimen.plan import Plan
    from bot.telegram_io.turn import Turn

FEATURE_NAME = "regimen"
REMINDER = "reminder"
# What typed words are for.
PLAN, DATE, AMOUNT, HOLD, MOVE, WHY, PAUSE_LAST, PAUSE_FIRST = (
    *("plan", "date", "amount", "hold", "move", "why"),
    *("pause_last", "pause_first"),
)
_DIALOGUE = Dialogue(FEATURE_NAME)


async def plan_of(turn: Turn) -> Plan | None:
    """Return the patient's plan; says so and returns None for somebody who has none."""
    plan = await plans.load(turn.session, turn.patient, turn.now)
    if plan is None:
        turn.reply(Message(_("Please set up first: /start")))
    return plan


def awaited(turn: Turn) -> tuple[str, str] | None:
    """Return what the typed words are for and what they are about; None where they are for somebody else."""
    kept = _DIALOGUE.awaited(turn)
    return None if kept is None else (kept["awaiting"], kept["about"])


def show(turn: Turn, message: Message, *, awaiting: str | None = None, about: str = "") -> None:
    """Show a screen.

    Args:
        turn: The update being handled.
        message: The screen.
        awaiting: What the next typed words are for, or None.
        about: What those words are about: a draft's id, a date, a reason.
    """
    _DIALOGUE.show(turn, message, awaiting=awaiting, about=about)


def show_plan(turn: Turn, plan: Plan, *, notice: str | None = None) -> None:
    """Show the plan; the next typed words are a change of it."""
    show(turn, questions.with_notice(screens.overview(plan), notice), awaiting=PLAN)


def show_result(turn: Turn, plan: Plan, result: Message | Problem) -> None:
    """Show what a change came to: its read-back, or the plan with one sentence about what is wrong."""
    if isinstance(result, Problem):
        show_plan(turn, plan, notice=result.text)
    else:
        show(turn, result, awaiting=PLAN)


async def next_reminder(turn: Turn) -> str | None:
    """Return when the next reminder comes, in words, or None where none is planned."""
    pending = await deliveries.pending(turn.session, turn.patient.id, REMINDER)
    coming = next((row.due_at for row in pending if row.due_at > turn.now), None)
    return None if coming is None else questions.next_reminder(coming, turn.zone)
