"""Years of a diary are read some at a time: nothing is lost, doubled or out of order at the joints."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from bot.storage import checkins, doses
from bot.storage.paging import AT_ONCE
from bot.storage.tables import Checkin
from tests.features.summed_up import checkin, dose, somebody

if TYPE_CHECKING:
    from bot.storage.database import Database

FIRST = date(2024, 1, 1)


@pytest.mark.parametrize("count", [1, AT_ONCE, 2 * AT_ONCE + 5])
async def test_a_long_diary_is_read_whole_and_in_order(database: Database, count: int) -> None:
    """Whatever the joints fall on; another patient's days stay out of it."""
    patient, other = await somebody(database), await somebody(database, telegram_id=2)
    days = [FIRST + timedelta(days=number) for number in range(count)]
    async with database.write() as session:
        for day in reversed(days):
            session.add(checkin(patient, day, {"pain": day.day % 10}))
            session.add(dose(patient, day, "taken"))
        session.add(checkin(other, FIRST, {"pain": 3}))
    async with database.read() as session:
        answered = await checkins.between(session, patient.id, FIRST, days[-1])
        taken = await doses.between(session, patient.id, FIRST, days[-1])
        stored = (await session.execute(select(func.count()).select_from(Checkin))).scalar_one()
    assert stored == count + 1
    assert [(row.local_date, row.answers["pain"]) for row in answered] == [
        (day, day.day % 10) for day in days
    ]
    assert [row.dose_date for row in taken] == days


async def test_some_days_of_a_long_diary_come_a_few_at_a_time(database: Database) -> None:
    """Both ends count; no more than a page at once."""
    patient = await somebody(database)
    days = [FIRST + timedelta(days=number) for number in range(AT_ONCE + 20)]
    async with database.write() as session:
        session.add_all(checkin(patient, day, {}) for day in days)
    async with database.read() as session:
        found = [
            [row.local_date for row in rows]
            async for rows in checkins.pages_between(session, patient.id, days[5], days[-5])
        ]
        none = [
            rows
            async for rows in checkins.pages_between(
                session, patient.id, date(2020, 1, 1), FIRST - timedelta(1)
            )
        ]
    assert [day for page in found for day in page] == days[5:-4]
    assert max(map(len, found)) <= AT_ONCE
    assert none == []
