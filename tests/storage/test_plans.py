"""Flat cost: what the tick, the sweep and the tidying ask finds its rows by an index, on either database."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, func, select, text, update

from bot.delivery.planner import Planner
from bot.storage import claims, deliveries, inbox
from bot.storage.database import Database
from bot.storage.tables import Delivery, Patient
from bot.storage.tidying import BITE, KEEP_DELIVERIES, tidy
from tests.benchmarks.patients import enrol
from tests.harness import START

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

_PARTIAL = (
    "ix_deliveries_pending",
    "ix_deliveries_sending",
    "ix_deliveries_expiring",
    "ix_deliveries_lane",
    "ix_inbox_open",
)
Asked = list[tuple[str, Any]]
PATIENTS = 60
NOW = START + timedelta(hours=1)

# Ended deliveries, one each minute back from START, spread over the patients.
HISTORY = """
INSERT INTO deliveries
    (id, patient_id, kind, subject, ordinal, state, due_at, run_at, expires_at, attempts, fence)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
SELECT {id}, (SELECT id FROM patients WHERE telegram_id = 6000000000 + i % {patients}),
    'reminder', 'old ' || i, 0, 'sent', {due}, {due}, {due}, 1, 1 FROM n
"""


async def test_no_query_that_runs_by_itself_reads_a_whole_table(database: Database) -> None:
    """With a history of deliveries, the plan of every statement names an index for them and the inbox."""
    await _with_history(database, 20_000)
    with _listening(database) as asked:
        await _tick(database, NOW)
        await _round(database, NOW)
    assert len(asked) >= 9
    async with database.read() as session:
        for statement, parameters in asked:
            plan = await _plan(session, statement, parameters)
            assert not _scans(plan), f"{statement}\n{plan}"


async def test_the_sweep_finds_everybody_without_a_plan_in_one_page(sqlite_url: str) -> None:
    """Five thousand patients are looked at in one call, and one with nothing to add not again and again."""
    database = Database(sqlite_url)
    await enrol(sqlite_url, PATIENTS, due_at=NOW)
    async with database.write() as session:
        ids = (await session.execute(select(Patient.id).order_by(Patient.id))).scalars().all()
        for patient_id in (ids[0], ids[-1]):
            await session.execute(
                update(Delivery).where(Delivery.patient_id == patient_id).values(state="cancelled")
            )
    kind = _Planned(has_something=ids[0])
    planner = Planner({"reminder": kind}, always_planned=("reminder",))
    assert await planner.sweep(database, NOW) == 1
    assert kind.asked == [ids[0], ids[-1]]
    assert await planner.sweep(database, NOW + timedelta(minutes=1)) == 0
    assert kind.asked == [ids[0], ids[-1]]
    await planner.sweep(database, NOW + timedelta(hours=7))
    assert kind.asked[2:] == [ids[-1]]
    await database.close()


async def test_old_deliveries_go_in_small_bites_and_open_ones_stay(database: Database) -> None:
    """At most as many as asked, only what ended, the newer ones never."""
    await _with_history(database, 500)
    before = START - timedelta(minutes=100)
    async with database.write() as session:
        assert await deliveries.forget_ended(session, before, 150) == 150
        assert await deliveries.forget_ended(session, before, 1000) == 250
        assert await deliveries.forget_ended(session, before, 1000) == 0
        left = (await session.execute(select(func.count()).select_from(Delivery))).scalar_one()
    assert left == 100 + 2 * PATIENTS


@pytest.mark.soak
async def test_a_million_deliveries_slow_neither_tick_nor_sweep(database: Database) -> None:
    """From 1,000 to 1,000,000 rows the median of a tick, and of a sweep, grows by less than half."""
    took: list[tuple[float, float]] = []
    for rows in (1_000, 1_000_000):
        await _with_history(database, rows, enrolled=bool(took))
        took.append(await _medians(database))
    (tick, sweep), (later_tick, later_sweep) = took
    assert later_tick < tick * 1.5 + 0.002, took
    assert later_sweep < sweep * 1.5 + 0.002, took


class _Planned:
    """A kind that has something to plan for one patient, and notes for whom it was asked."""

    def __init__(self, has_something: Any) -> None:  # noqa: ANN401 - an id
        self.has_something = has_something
        self.asked: list[Any] = []

    async def plan(self, session: AsyncSession, patient: Patient, now: datetime) -> None:
        self.asked.append(patient.id)
        if patient.id == self.has_something:
            await deliveries.plan_another(
                session,
                patient_id=patient.id,
                kind="reminder",
                subject="new",
                due_at=now,
                expires_at=now + timedelta(hours=1),
            )

    async def render(self, *_args: object) -> Any:  # noqa: ANN401
        raise NotImplementedError

    after = render


async def _with_history(database: Database, rows: int, *, enrolled: bool = False) -> None:
    if not enrolled:
        await enrol(database.url.render_as_string(hide_password=False), PATIENTS, due_at=NOW)
    if database.is_sqlite:
        values = {
            "id": "lower(hex(randomblob(16)))",
            "due": "strftime('%Y-%m-%d %H:%M:%f000', :start, '-' || i || ' minutes')",
        }
    else:
        values = {"id": "gen_random_uuid()", "due": "CAST(:start AS timestamptz) - i * INTERVAL '1 minute'"}
    async with database.write() as session:
        await session.execute(text("DELETE FROM deliveries WHERE state = 'sent'"))
        insert = HISTORY.format(rows=rows, patients=PATIENTS, **values)
        await session.execute(
            text(insert), {"start": START.strftime("%Y-%m-%d %H:%M:%S") if database.is_sqlite else START}
        )
    async with database.engine.connect() as connection:
        await connection.execute(text("ANALYZE"))
        await connection.commit()


async def _tick(database: Database, now: datetime) -> None:
    async with database.write() as session:
        await claims.something_to_do(session, now, "one")
        await claims.left_behind(session, "one", 200)
        await claims.own_claims(session, "one", 200)
        await claims.claim_overdue(session, now, "one", 200)
        await claims.claim_due(session, now, "one", 5)


async def _round(database: Database, now: datetime) -> None:
    planner = Planner({}, always_planned=("reminder", "checkin"))
    await planner.sweep(database, now)
    async with database.write() as session:
        patient_id = (await session.execute(select(Patient.id).limit(1))).scalar_one()
        await deliveries.pending(session, patient_id, "reminder")
        await deliveries.count_pending(session, patient_id)
        await deliveries.next_for(session, patient_id)
        await deliveries.next_of_all(session)
        await deliveries.count_due(session, now)
        await deliveries.ends_between(session, now - timedelta(hours=1), now)
        await inbox.open_chats(session)
        await inbox.next_open(session, 1)
        await inbox.forget_done(session, now)
        await deliveries.forget_ended(session, now - timedelta(days=10_000))


async def _medians(database: Database) -> tuple[float, float]:
    """Return the median seconds of a tick that claims five, and of a sweep."""
    ticks, sweeps = [], []
    planner = Planner({}, always_planned=("reminder", "checkin"))
    for _turn in range(11):
        begin = time.perf_counter()
        await _tick(database, NOW)
        ticks.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        await planner.sweep(database, NOW)
        sweeps.append(time.perf_counter() - begin)
    return sorted(ticks)[5], sorted(sweeps)[5]


@contextmanager
def _listening(database: Database) -> Iterator[Asked]:
    """Yield the statements about deliveries and the inbox that are executed inside."""
    asked: Asked = []

    def note(
        _connection: object, _cursor: object, statement: str, parameters: object, *_more: object
    ) -> None:
        if "deliveries" in statement or "inbox" in statement:
            asked.append((statement, parameters))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def _plan(session: AsyncSession, statement: str, parameters: Any) -> list[str]:  # noqa: ANN401
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    connection = await session.connection()
    explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    rows = (await connection.exec_driver_sql(f"{explain} {statement}", parameters)).all()
    return [str(row[-1]) for row in rows]


def _scans(plan: list[str]) -> bool:
    """Tell whether a plan reads all of deliveries or the inbox; a partial index holds only what is open."""
    return any(
        (line.startswith(("SCAN deliveries", "SCAN inbox")) and not any(name in line for name in _PARTIAL))
        or "Seq Scan on deliveries" in line
        for line in plan
    )


async def test_one_tidying_takes_all_that_is_old(sqlite_url: str) -> None:
    """Bite by bite: half a million rows a day never pile up, nor what a long stop left."""
    database = Database(sqlite_url)
    await _with_history(database, 3 * BITE + 1)
    assert await tidy(database, START + KEEP_DELIVERIES + timedelta(days=1)) == 3 * BITE + 1
    async with database.read() as session:
        left = (await session.execute(select(func.count()).select_from(Delivery))).scalar_one()
    assert left == 2 * PATIENTS
    await database.close()
