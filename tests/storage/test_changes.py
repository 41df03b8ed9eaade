"""The history of a row knows which change came last, whatever the clock says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.storage import changes, patients, undo
from bot.storage.tables import Dose

if TYPE_CHECKING:
    from bot.storage.database import Database

NOW = datetime(2026, 3, 3, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "step", [timedelta(0), timedelta(hours=-1)], ids=["at the same instant", "the clock set back"]
)
@pytest.mark.parametrize("together", [True, False], ids=["in one transaction", "in several"])
async def test_the_last_change_is_the_one_that_was_made_last(
    database: Database, step: timedelta, *, together: bool
) -> None:
    """Undo takes back what was said last, not another answer of the same instant."""
    async with database.write() as session:
        patient = await patients.get_or_create(session, 5, NOW)
        dose = Dose(patient_id=patient.id, dose_date=date(2026, 3, 3), due_at=NOW, planned_mg=Decimal(4))
        session.add(dose)
    for group in range(4):
        async with database.write() as session:
            row = await session.get(Dose, dose.id)
            assert row is not None
            for number in range(3 if together else 1):
                action = f"{group} {number}"
                now = NOW + (3 * group + number) * step
                changes.keep_before(
                    session, row, patient_id=row.patient_id, noun="dose", action=action, now=now
                )
        async with database.read() as session:
            last = await changes.latest(session, dose.id)
        assert last is not None
        assert last.action == action


@pytest.mark.parametrize(
    "step", [timedelta(0), timedelta(minutes=-1)], ids=["at the same instant", "the clock set back"]
)
async def test_undo_takes_back_the_last_action_whichever_row_it_was_about(
    database: Database, step: timedelta
) -> None:
    """Not another row's change of the same instant, which a random id would put first."""
    async with database.write() as session:
        patient = await patients.get_or_create(session, 5, NOW)
        doses = [
            Dose(
                patient_id=patient.id,
                dose_date=NOW.date() + timedelta(days=number),
                due_at=NOW,
                planned_mg=Decimal(4),
            )
            for number in range(6)
        ]
        session.add_all(doses)
    for number, dose in enumerate(doses):
        now = NOW + number * step
        async with database.write() as session:
            row = await session.get(Dose, dose.id)
            assert row is not None
            changes.keep_before(session, row, patient_id=patient.id, noun="dose", action=str(number), now=now)
        async with database.read() as session:
            last = await undo.last_action(session, patient.id, now)
        assert last is not None
        assert last.first.action == str(number)
