"""A dose's row as the rules see it, and back: what a patient says keeps what stood there before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.domain import dose as rules
from bot.storage import changes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.tables import Change, Dose


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


def save_said(session: AsyncSession, row: Dose, said: rules.Dose, *, action: str, now: datetime) -> None:
    """Write what the patient said into the row and keep what stood there before.

    Args:
        session: The open transaction.
        row: The dose's row.
        said: The same dose after `log_taken`, `undo` and the like.
        action: A word of ours for the history, e.g. "taken".
        now: Aware UTC instant.
    """
    changes.keep_before(session, row, patient_id=row.patient_id, noun="dose", action=action, now=now)
    row.state = said.state.value
    row.taken_mg = said.taken_mg
    row.taken_at = said.taken_at
    row.logged_at = said.logged_at
    row.reason = None if said.reason is None else said.reason.value


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


def _instant(kept: str | None) -> datetime | None:
    return None if kept is None else datetime.fromisoformat(kept)


def advance(row: Dose, event: rules.DoseEvent) -> bool:
    """Let something that the bot did happen to the row; False (and no change) where the table has no way."""
    after = rules.advance(as_rule(row), event)
    if after is None:
        return False
    row.state = after.state.value
    return True
