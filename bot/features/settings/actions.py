"""Applies a change to a field: finds its rows, changes them, and says what came of it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.features.settings import diary_changes, plan_changes, reminder_changes
from bot.features.settings.fields import Field, Rows
from bot.storage import patients, plans
from bot.storage.changes import snapshot
from bot.storage.tables import Regimen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.features.settings.plan_changes import Result
    from bot.storage.tables import Patient

_CHANGES: Mapping[Field, Callable[[Rows, str], Result]] = MappingProxyType(
    {
        Field.REMINDER_TIME: plan_changes.reminder_time,
        Field.EVENING: plan_changes.evening,
        Field.RHYTHM: plan_changes.rhythm,
        Field.WEEKDAYS: plan_changes.weekdays,
        Field.DAYS_OFF: plan_changes.days_off,
        Field.DAYS_OFF_TIME: plan_changes.days_off_time,
        Field.DAYS_OFF_CHECKIN: plan_changes.days_off_checkin,
        Field.ZONE: plan_changes.zone,
        Field.CHECKIN_TIME: diary_changes.checkin_time,
        Field.CHECKIN_RHYTHM: diary_changes.checkin_rhythm,
        Field.QUESTIONS: diary_changes.questions,
        Field.SUMMARY: diary_changes.summary,
        Field.SUMMARY_TIME: diary_changes.summary_time,
        Field.DISCREET: reminder_changes.discreet,
        Field.SECOND_RE_ALERT: reminder_changes.second_re_alert,
        Field.CUE: reminder_changes.cue,
    }
)


async def rows_of(session: AsyncSession, patient: Patient, now: datetime) -> Rows | None:
    """Return the rows that settings are about, or None for a patient without a plan."""
    regimen = await session.get(Regimen, patient.id)
    plan = await patients.regimen_of(session, patient.id)
    if regimen is None or plan is None:
        return None
    return Rows(session, patient, regimen, plan, now)


def change(rows: Rows, field: Field, value: str) -> Result:
    """Change a field to what was typed or tapped; where that can't be, nothing is changed."""
    before = snapshot(rows.regimen)
    result = _CHANGES[field](rows, value)
    plans.keep_times(rows.session, rows.regimen, before, action=field.value, now=rows.now)
    return result
