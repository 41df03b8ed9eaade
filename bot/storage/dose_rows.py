"""A dose's row as the rules see it, and back: what a patient says keeps what stood there before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain import dose as rules
from bot.domain import dose_log
from bot.domain.delivery import LAST_CALL
from bot.domain.dose_view import DoseView
from bot.storage import changes, deliveries, doses, supplies

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Change, Dose, Patient

NOUN = "dose"
REASON_ONLY = "reason"
"""The action of a change that only added why it wasn't taken."""
UNDO = "undo"
_SAID = frozenset({rules.DoseState.TAKEN, rules.DoseState.NOT_TAKEN, rules.DoseState.UNKNOWN})


def as_rule(row: Dose) -> rules.Dose:
    """Return what the row says, for the rules in domain/dose.py and domain/dose_log.py."""
    known_reasons = set(rules.NotTakenReason)
    return rules.Dose(
        id=row.id,
        dose_date=row.dose_date,
        due_at=row.due_at,
        state=rules.DoseState(row.state),
        planned_mg=row.planned_mg,
        taken_mg=row.taken_mg,
        taken_at=row.taken_at,
        logged_at=row.logged_at,
        reason=rules.NotTakenReason(row.reason) if row.reason in known_reasons else None,
    )


def view(patient: Patient, row: Dose) -> DoseView:
    """Return the row as messages see it, without what a dose step changes on its first day."""
    return DoseView(
        id=row.id,
        dose_date=row.dose_date,
        due_at=row.due_at,
        zone=ZoneInfo(patient.zone or "UTC"),
        state=rules.DoseState(row.state),
        planned_mg=row.planned_mg,
        planned_as=row.planned_as,
        taken_mg=row.taken_mg,
        taken_at=row.taken_at,
        logged_at=row.logged_at,
        reason=rules.NotTakenReason(row.reason) if row.reason in set(rules.NotTakenReason) else None,
        cue=patient.cue,
        discreet=patient.discreet,
    )


async def save_said(
    session: AsyncSession, row: Dose, said: rules.Dose, *, action: str, now: datetime
) -> None:
    """Write what the patient said into the row, keep what stood there before, and let the supply follow.

    Args:
        session: The open transaction.
        row: The dose's row.
        said: The same dose after `log_taken`, `undo` and the like.
        action: A word of ours for the history, e.g. "taken".
        now: Aware UTC instant.
    """
    changes.keep_before(session, row, patient_id=row.patient_id, noun=NOUN, action=action, now=now)
    mg_before = row.taken_mg
    row.state = said.state.value
    row.taken_mg = said.taken_mg
    row.taken_at = said.taken_at
    row.logged_at = said.logged_at
    row.reason = None if said.reason is None else said.reason.value
    await supplies.follow_dose(session, row, mg_before=mg_before)


def said_before(row: Dose, change: Change) -> rules.Dose:
    """Return the dose with the answer that *change* kept; its date, due time and plan are today's."""
    before = change.before
    reason, amount = before.get("reason"), before.get("taken_mg")
    return replace(
        as_rule(row),
        state=rules.DoseState(before["state"]),
        taken_mg=None if amount is None else Decimal(amount),
        taken_at=_instant(before.get("taken_at")),
        logged_at=_instant(before.get("logged_at")),
        reason=rules.NotTakenReason(reason) if reason in set(rules.NotTakenReason) else None,
    )


async def undo_last(session: AsyncSession, row: Dose, now: datetime, *, on_hold: bool) -> dose_log.LogResult:
    """Take back the last thing said about the dose: a correction first, then the answer itself.

    Args:
        session: The open transaction.
        row: The dose's row.
        now: Aware UTC instant.
        on_hold: Doses are held at present.
    """
    result = dose_log.undo(as_rule(row), now, on_hold=on_hold)
    if result.outcome is dose_log.LogOutcome.REFUSED:
        return result
    change = await _last_answer(session, row, now)
    earlier = None if change is None else _answer_before(row, change)
    if change is not None:
        change.undone_at = now
    await save_said(session, row, earlier or result.dose, action=UNDO, now=now)
    await session.flush()
    undoing = await changes.latest(session, row.id)
    if undoing is not None and undoing.action == UNDO:
        # An undo is no answer that a second undo could take back.
        undoing.undone_at = now
    return result


async def _last_answer(session: AsyncSession, row: Dose, now: datetime) -> Change | None:
    """Return the change that made the present answer; a reason added to it goes with it."""
    change = await changes.latest(session, row.id)
    while change is not None and change.action == REASON_ONLY:
        change.undone_at = now
        await session.flush()
        change = await changes.latest(session, row.id)
    return change


def _answer_before(row: Dose, change: Change) -> rules.Dose | None:
    """Return the answer that stood there before *change*, or None if there was none."""
    if change.before.get("state") not in _SAID or change.before.get("logged_at") is None:
        return None
    return said_before(row, change)


def _instant(kept: str | None) -> datetime | None:
    return None if kept is None else datetime.fromisoformat(kept)


async def hold_asked(session: AsyncSession, patient_id: UUID, now: datetime) -> tuple[int, ...]:
    """Hold the dose that was asked about and can still be taken; its pending messages go.

    Returns:
        Ids of the messages whose Taken button must go. The dose is asked about again when the hold or pause
        ends in time.
    """
    held: list[int] = []
    for row in await doses.due_between(session, patient_id, now - LAST_CALL, now):
        if row.state != rules.DoseState.ASKED or not advance(row, rules.DoseEvent.HOLD):
            continue
        await deliveries.cancel_pending(session, patient_id, "reminder", str(row.id), reason="held")
        if row.message_id is not None:
            held.append(row.message_id)
            row.message_id = None
    return tuple(held)


def advance(row: Dose, event: rules.DoseEvent) -> bool:
    """Let something that the bot did happen to the row; False (and no change) where the table has no way."""
    after = rules.advance(as_rule(row), event)
    if after is None:
        return False
    row.state = after.state.value
    return True
