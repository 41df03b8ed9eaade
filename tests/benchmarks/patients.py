"""Fills a database with enrolled patients, as enrolment and planning leave it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import insert

from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.tables import Base, Checkin, Delivery, Dose, DoseStep, Patient, Regimen

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_ID = 6_000_000_000
KEY = b"the key of the bench, 32 bytes.."
"""Seals what the bots of the bench write, on either database."""
_AT_ONCE = 2_000
_WORTH = timedelta(minutes=90)


async def enrol(url: str, count: int, *, due_at: datetime) -> None:
    """Write *count* patients whose reminder is due at *due_at* (aware), their check-in nine hours later."""
    database = Database(url)
    await migrate(database)
    for first in range(0, count, _AT_ONCE):
        ids = range(FIRST_ID + first, FIRST_ID + min(count, first + _AT_ONCE))
        rows = [_patient(telegram_id, due_at.astimezone(UTC)) for telegram_id in ids]
        async with database.engine.begin() as connection:
            for table in (Patient, Regimen, DoseStep, Dose, Checkin, Delivery):
                values = [value for row in rows for kind, value in row if kind is table]
                await connection.execute(insert(Base.metadata.tables[table.__tablename__]), values)
    await database.close()


def _patient(telegram_id: int, due_at: datetime) -> list[tuple[type, dict[str, Any]]]:
    patient_id, dose_id = uuid4(), uuid4()
    today, tomorrow = due_at.date(), due_at.date() + timedelta(days=1)
    own: dict[str, Any] = {"patient_id": patient_id}
    patient = {
        "id": patient_id,
        "telegram_id": telegram_id,
        "created_at": due_at,
        "state": "active",
        "consented_at": due_at,
        "zone": "UTC",
        "started_on": today,
        "checkin_time": time(9),
        "checkin_anchor": tomorrow,
        "summary_weekday": None,
    }
    dose = own | {"id": dose_id, "dose_date": today, "due_at": due_at, "planned_mg": Decimal("4.5")}
    return [
        (Patient, patient),
        (Regimen, own | {"local_time": due_at.time(), "anchor": today}),
        (DoseStep, own | {"starts_on": today, "dose_mg": Decimal("4.5")}),
        (Dose, dose),
        (Checkin, own | {"local_date": tomorrow, "state": "planned", "answers": "{}", "opened_at": due_at}),
        *((Delivery, own | row) for row in _deliveries(str(dose_id), tomorrow.isoformat(), due_at)),
    ]


def _deliveries(dose_id: str, checkin_date: str, due_at: datetime) -> Iterator[dict[str, Any]]:
    yield {
        "kind": "reminder",
        "subject": dose_id,
        "due_at": due_at,
        "run_at": due_at,
        "expires_at": due_at + _WORTH,
        "payload": '{"what": "first"}',
    }
    at = due_at + timedelta(hours=9)
    yield {
        "kind": "checkin",
        "subject": checkin_date,
        "due_at": at,
        "run_at": at,
        "expires_at": at + _WORTH,
        "payload": None,
    }
