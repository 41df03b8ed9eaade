"""What can wait waits: weekly summaries stand in no dose's way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, insert, select

from bot.storage import claims, deliveries, patients
from bot.storage.tables import Delivery
from tests.delivery.notes import WORTH, Office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clock import ManualClock
    from bot.sandbox.server import SandboxServer
    from bot.storage.database import Database

ANA = 5_000_000_001
BERT = 5_000_000_002


@pytest.fixture
async def office(database: Database, server: SandboxServer, clock: ManualClock) -> AsyncIterator[Office]:
    """A sender that may send 40 a second, and two patients."""
    for person in (ANA, BERT):
        server.person(person, opened=True)
    office = Office(database, server, clock, per_second=40)
    await office.open()
    yield office
    await office.close()


async def plan_summaries(office: Office, count: int) -> None:
    """Plan weekly summaries that have been due for an hour."""
    now = office.clock.now()
    async with office.database.write() as session:
        patient = await patients.get_or_create(session, ANA, now)
        for number in range(count):
            await deliveries.plan_first(
                session,
                patient_id=patient.id,
                kind="weekly_summary",
                subject=f"summary {number}",
                due_at=now - timedelta(hours=1),
                expires_at=now + WORTH,
            )


async def test_a_dose_overtakes_summaries_that_have_been_due_for_an_hour(office: Office) -> None:
    """Only as many as go out in half a second are ever claimed before it."""
    await plan_summaries(office, 60)
    await office.tick.claim()
    await office.plan(BERT, "dose")
    await office.tick.claim()
    await office.sender.idle()
    received = office.received()
    assert "note dose" in received[:21]
    assert len(received) < 30


async def test_summaries_wait_while_doses_fill_what_can_be_sent(office: Office) -> None:
    """A burst of reminders has the whole budget."""
    await plan_summaries(office, 5)
    for number in range(90):
        await office.plan(BERT, f"dose {number}")
    await office.tick.claim()
    async with office.database.read() as session:
        claimed = select(Delivery.kind).where(Delivery.state == "sending")
        assert set((await session.execute(claimed)).scalars()) == {"note"}
    for _tick in range(3):
        await office.work()
    assert [text for text in office.received() if "summary" in text] == [
        f"note summary {number}" for number in range(5)
    ]
    assert "summary" not in " ".join(office.received()[:90])


async def test_a_claim_doesnt_look_at_the_other_lane(database: Database, clock: ManualClock) -> None:
    """The plan of the query: an index of lane and time, whatever waits in the other one."""
    plans: list[str] = []
    async with database.write() as session:
        patient = await patients.get_or_create(session, ANA, clock.now())
        rows = [
            {
                "patient_id": patient.id,
                "kind": "weekly_summary",
                "subject": str(number),
                "lane": deliveries.UNHURRIED,
                "due_at": clock.now(),
                "run_at": clock.now(),
                "expires_at": clock.now() + WORTH,
            }
            for number in range(2000)
        ]
        await session.execute(insert(Delivery), rows)
    async with database.read() as session:
        connection = await session.connection()
        explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        if explain == "EXPLAIN":
            await connection.exec_driver_sql("SET enable_seqscan = off")
        seen: list[tuple[str, object]] = []

        def keep(_c: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
            seen.append((statement, parameters))

        event.listen(database.engine.sync_engine, "before_cursor_execute", keep)
        await claims.claim_due(session, clock.now(), "one", 10, lane=deliveries.FIRST)
        event.remove(database.engine.sync_engine, "before_cursor_execute", keep)
        statement, parameters = next(one for one in seen if "FROM deliveries" in one[0])
        result = await connection.exec_driver_sql(f"{explain} {statement}", parameters)  # type: ignore[arg-type]
        plans = [" ".join(map(str, row)) for row in result]
    assert any("ix_deliveries_lane" in plan for plan in plans), plans
