"""A Sunday evening: many weekly summaries, each with its picture, beside a night's doses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select

from bot.clock import SystemClock
from bot.storage.database import Database
from bot.storage.deliveries import FIRST, UNHURRIED
from bot.storage.migrate import migrate
from bot.storage.tables import Base, Checkin, Delivery, Dose, Patient
from tests.benchmarks.patients import FIRST_ID
from tests.faults.test_load import judge, running_night

if TYPE_CHECKING:
    from collections.abc import Iterator

# So that none of them is somebody whose dose is due.
_FIRST_READER = FIRST_ID + 1_000_000
_LEAD_S = 6.0
_AT_ONCE = 1_000


@pytest.mark.ci
@pytest.mark.alone
async def test_two_hundred_summaries_delay_no_dose(sqlite_url: str) -> None:
    """The doses come as if alone, taps are answered, and the summaries go on afterwards."""
    await _sunday(sqlite_url, 200, summaries=200, taps=10)


@pytest.mark.soak
@pytest.mark.alone
async def test_ten_thousand_summaries_delay_no_dose(database_url: str) -> None:
    """On either database: however many wait, the sender holds twelve of them at most."""
    await _sunday(database_url, 500, summaries=10_000, taps=50)


async def _sunday(url: str, due: int, *, summaries: int, taps: int) -> None:
    await _expect_summaries(url, summaries, SystemClock().now() - timedelta(minutes=30))
    async with running_night(url, due, taps, lead_s=_LEAD_S) as night:
        # Twelve pictures are drawn in the first seconds, on the processors that the bot has as well.
        judge(night, stretch=1.1, tap_s=1)
    sent = await _summaries_sent(url)
    assert sent > 0
    # Everything else about a summary stays as it was: nothing failed, nothing was given up.
    assert set(await _states(url)) <= {"sent", "pending"}


async def _expect_summaries(url: str, count: int, due_at: datetime) -> None:
    """Write *count* patients with a week of answers, whose summary has been due since *due_at*."""
    database = Database(url)
    await migrate(database)
    for first in range(0, count, _AT_ONCE):
        rows = [
            row
            for number in range(first, min(count, first + _AT_ONCE))
            for row in _reader(_FIRST_READER + number, due_at)
        ]
        async with database.engine.begin() as connection:
            for table in (Patient, Dose, Checkin, Delivery):
                values = [value for kind, value in rows if kind is table]
                await connection.execute(insert(Base.metadata.tables[table.__tablename__]), values)
    await database.close()


def _reader(telegram_id: int, due_at: datetime) -> Iterator[tuple[type, dict[str, Any]]]:
    patient_id, day = uuid4(), timedelta(days=1)
    own: dict[str, Any] = {"patient_id": patient_id}
    # Where it is noon now: no quiet hours, at whatever hour this runs.
    ahead = 12 - due_at.astimezone(UTC).hour
    yield (
        Patient,
        {
            "id": patient_id,
            "telegram_id": telegram_id,
            "created_at": due_at - 30 * day,
            "state": "active",
            "consented_at": due_at - 30 * day,
            "zone": f"Etc/GMT{-ahead:+d}",
            "started_on": (due_at - 20 * day).date(),
            "checkin_anchor": (due_at - 20 * day).date(),
            "summary_weekday": due_at.weekday(),
        },
    )
    for days in range(1, 8):
        at = due_at - days * day
        yield (
            Dose,
            own
            | {
                "dose_date": at.date(),
                "due_at": at,
                "state": "taken",
                "planned_mg": Decimal("4.5"),
                "taken_mg": Decimal("4.5"),
                "taken_at": at,
                "logged_at": at,
            },
        )
        yield (
            Checkin,
            own
            | {
                "local_date": at.date(),
                "state": "done",
                "timing": "on_time",
                "answers": f'{{"pain": {days}, "sleep": {8 - days}}}',
                "opened_at": at,
                "answered_at": at,
            },
        )
    # What is always planned is: else the sweep would plan it for each of them.
    coming = due_at + day
    for kind, lane, at in (
        ("weekly_summary", UNHURRIED, due_at),
        ("reminder", FIRST, coming),
        ("checkin", FIRST, coming),
    ):
        times = {"due_at": at, "run_at": at, "expires_at": at + day}
        yield Delivery, own | {"kind": kind, "subject": at.date().isoformat(), "lane": lane} | times


async def _states(url: str) -> dict[str, int]:
    """Return how many of the summaries due are in which state."""
    database = Database(url)
    async with database.read() as session:
        query = (
            select(Delivery.state, func.count().label("how_many"))
            .where(Delivery.kind == "weekly_summary", Delivery.due_at < SystemClock().now())
            .group_by(Delivery.state)
        )
        states = {row.state: row.how_many for row in await session.execute(query)}
    await database.close()
    return states


async def _summaries_sent(url: str) -> int:
    return (await _states(url)).get("sent", 0)
