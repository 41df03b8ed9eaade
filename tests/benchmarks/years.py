"""Years of a diary for patients of the bench, sealed as the bot keeps it."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update

from bot.storage.database import Database
from bot.storage.sealing import Keyring, place_of
from bot.storage.tables import Base, Checkin, Dose, Patient
from tests.benchmarks.patients import FIRST_ID, KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

_DAY = timedelta(days=1)
_BASELINE_DAYS = 14
_STATES = ("taken",) * 8 + ("not_taken", "unknown")


async def write_years(url: str, writers: int, years: int, *, until: date) -> None:
    """Give the first *writers* of the enrolled patients *years* of diary; *until* is their last date."""
    database = Database(url)
    days, rng, keyring = 365 * years, random.Random(1), Keyring([KEY])
    async with database.engine.begin() as connection:
        started_on = until - _DAY * (days - _BASELINE_DAYS)
        await connection.execute(update(Patient).values(started_on=started_on))
        ids = select(Patient.id).where(Patient.telegram_id < FIRST_ID + writers)
        for patient_id in (await connection.execute(ids)).scalars().all():
            dates = [until - _DAY * back for back in range(days)]
            for owner, rows in (
                (Checkin, _checkins(patient_id, dates, rng, keyring)),
                (Dose, _doses(patient_id, dates, rng)),
            ):
                await connection.execute(insert(Base.metadata.tables[owner.__tablename__]), list(rows))
    await database.close()


def _checkins(
    patient_id: UUID, dates: list[date], rng: random.Random, keyring: Keyring
) -> Iterator[dict[str, Any]]:
    for day in dates:
        row_id, at = uuid4(), datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        effects = {"headache": "mild"} if rng.random() < 0.3 else {}
        answers = {"pain": rng.randint(2, 8), "sleep": rng.randint(2, 9), "side_effects": effects}
        yield {
            "id": row_id,
            "patient_id": patient_id,
            "local_date": day,
            "state": "done",
            "answers": keyring.seal(json.dumps(answers), place_of("checkins", "answers", row_id)),
            "flare": False,
            "opened_at": at,
            "answered_at": at,
            "timing": "on_time",
        }


def _doses(patient_id: UUID, dates: list[date], rng: random.Random) -> Iterator[dict[str, Any]]:
    for day in dates:
        at = datetime(day.year, day.month, day.day, 22, tzinfo=UTC)
        own = {"id": uuid4(), "patient_id": patient_id, "dose_date": day, "due_at": at}
        yield own | {"state": rng.choice(_STATES), "planned_mg": Decimal("4.5")}
