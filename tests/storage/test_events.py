"""Events as charts and lists ask for them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bot.domain.event import Aspect, EventKind
from bot.storage import events
from bot.storage.tables import Event, Patient

if TYPE_CHECKING:
    from bot.storage.database import Database

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


async def test_a_span_of_days_has_what_happened_in_it_and_what_went_on(database: Database) -> None:
    """A single day outside it, a treatment that ended before it and a deleted note are not among them.

    Nor is "started feeling better": its aspect is kept in case it turns out to be a treatment.
    """
    rows = [
        _event(1, EventKind.FLARE),
        _event(2, EventKind.ILLNESS, last_date=date(2026, 3, 11)),
        _event(3, EventKind.MEDICINE, aspect=Aspect.STARTED),
        _event(4, EventKind.MEDICINE, aspect=Aspect.STARTED, last_date=date(2026, 3, 9)),
        _event(5, EventKind.THERAPY, aspect=Aspect.STOPPED),
        _event(6, EventKind.OTHER, aspect=Aspect.STARTED),
        _event(12, EventKind.STRESS),
        _event(13, EventKind.OTHER, withdrawn_at=NOW),
        _event(16, EventKind.PERIOD),
    ]
    async with database.write() as session:
        patient = Patient(telegram_id=1, created_at=NOW)
        stranger = Patient(telegram_id=2, created_at=NOW)
        session.add_all([patient, stranger])
        await session.flush()
        for row in rows:
            row.patient_id = patient.id
        session.add_all([*rows, _event(12, EventKind.FLARE, patient_id=stranger.id)])
    async with database.read() as session:
        found = await events.between(session, patient.id, date(2026, 3, 10), date(2026, 3, 15))
        assert [row.local_date.day for row in found] == [2, 3, 12]
        page = await events.newest(session, patient.id, limit=2, offset=1)
        assert [row.local_date.day for row in page] == [12, 6]
        assert await events.own(session, rows[0].id, stranger.id) is None


def _event(day: int, kind: EventKind, **values: object) -> Event:
    return Event(local_date=date(2026, 3, day), kind=kind.value, created_at=NOW, **values)
