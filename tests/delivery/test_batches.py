"""Reading ahead for a batch: as few statements as for one delivery, and not a word different."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import delete, event, select

from bot.config_reading import load_settings
from bot.delivery.kinds import read_ahead
from bot.delivery.planner import Planner
from bot.parts import ALWAYS_PLANNED, kinds
from bot.sandbox.server import SandboxServer
from bot.storage import ahead, patients
from bot.storage.database import Database
from bot.storage.tables import Delivery, Dose, DoseStep, Heartbeat, Patient, Pause
from tests.benchmarks.patients import enrol
from tests.harness import RunningBot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.clock import ManualClock

DUE = datetime(2026, 3, 3, 22, tzinfo=UTC)
NOW = DUE + timedelta(minutes=3)
DAY = timedelta(days=1)
MESSAGES = 120


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    """Yield a database with eight patients due at once, each in a state of their own."""
    await enrol(sqlite_url, 8, due_at=DUE)
    database = Database(sqlite_url)
    await _vary(database)
    yield database
    await database.close()


async def _vary(database: Database) -> None:
    async with database.write() as session:
        for number, (delivery, patient) in enumerate(await _due(session)):
            dose = await session.get(Dose, UUID(delivery.subject))
            assert dose is not None
            match number:
                case 1:
                    dose.state, dose.logged_at = "taken", DUE - timedelta(hours=1)
                case 2:
                    session.add(_pause(patient, is_hold=True))
                case 3 | 4 | 5:
                    # Silent for as many days as asked; the last one was seen on one of them.
                    for days in range(1, number + 1):
                        session.add(_asked(patient, days))
                    patient.last_seen_at = DUE - 2 * DAY if number == 5 else None
                case 6:
                    step = DoseStep(patient_id=patient.id, starts_on=dose.dose_date - 9 * DAY)
                    step.dose_mg = Decimal(3)
                    session.add(step)
                case 7:
                    session.add(_pause(patient, is_hold=False))
        session.add(Heartbeat(name="listening", at=DUE, detail={"gap_until": DUE.isoformat()}))


def _pause(patient: Patient, *, is_hold: bool) -> Pause:
    return Pause(
        patient_id=patient.id,
        first_date=DUE.date() + (timedelta(0) if is_hold else DAY),
        reason="opioid" if is_hold else "other",
        is_hold=is_hold,
        created_at=DUE - DAY,
    )


def _asked(patient: Patient, days: int) -> Dose:
    at = DUE - days * DAY
    return Dose(
        patient_id=patient.id, dose_date=at.date(), due_at=at, state="asked", planned_mg=Decimal("4.5")
    )


async def _due(session: AsyncSession) -> Sequence[tuple[Delivery, Patient]]:
    query = (
        select(Delivery, Patient)
        .join(Patient, Patient.id == Delivery.patient_id)
        .where(Delivery.kind == "reminder", Delivery.ordinal == 0, Delivery.due_at == DUE)
        .order_by(Patient.telegram_id)
    )
    return [(row.Delivery, row.Patient) for row in await session.execute(query)]


async def test_what_is_read_ahead_changes_no_word(database: Database) -> None:
    """Each of eight different patients reads what they would read if theirs were the only delivery."""
    reminder = kinds(load_settings(None, {}))
    said = []
    for together in (True, False):
        async with database.read() as session:
            rows = await _due(session)
            if together:
                await read_ahead(session, reminder, rows)
            said.append([await reminder["reminder"].render(session, *row, NOW) for row in rows])
    assert said[0] == said[1]
    assert len({str(one) for one in said[0]}) >= 6


async def test_a_batch_of_reminders_costs_few_statements(sqlite_url: str, clock: ManualClock) -> None:
    """Claimed, rendered, sent, recorded, the next dose and the re-alert planned: under five a message.

    One by one it was 34, and 18 ms of processor time: slower than Telegram allows.
    """
    await enrol(sqlite_url, MESSAGES, due_at=clock.now() - timedelta(minutes=1))
    async with SandboxServer(clock, accept_unknown_chats=True) as server:
        bot = RunningBot(server, clock, sqlite_url)
        await bot.start()
        asked: list[str] = []

        @event.listens_for(bot.database.engine.sync_engine, "before_cursor_execute")
        def _count(*arguments: object) -> None:
            asked.append(str(arguments[2]))

        await bot.settle()
        statements = len(asked)
        async with bot.database.read() as session:
            query = select(Delivery).where(Delivery.kind == "reminder")
            states = [(row.state, row.ordinal) for row in (await session.execute(query)).scalars()]
        await bot.stop()
    assert states.count(("sent", 0)) == MESSAGES
    assert states.count(("pending", 1)) == MESSAGES, "re-alerts"
    assert states.count(("pending", 0)) == MESSAGES, "tomorrow's"
    assert statements < 5 * MESSAGES


async def test_planning_for_one_patient_asks_no_question_twice(database: Database) -> None:
    """A tap waits for each statement: what several kinds want to know is read once for all of them."""
    settings = load_settings(None, {})
    planner = Planner(kinds(settings), always_planned=ALWAYS_PLANNED)
    asked: Counter[str] = Counter()

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def _count(*arguments: object) -> None:
        asked[f"{arguments[2]} {arguments[3]}"] += 1

    async with database.write() as session:
        patient = (await _due(session))[0][1]
        asked.clear()
        await planner.plan_all(session, patient, NOW)
    assert asked
    assert [question for question, times in asked.items() if times > 1] == []
    assert sum("deliveries.state = " in question for question in asked) == 1, "what is pending"


async def test_what_was_read_ahead_is_forgotten_with_its_savepoint(database: Database) -> None:
    """A preview (/travel) plans in one and rolls it back: its rows are asked for again, not believed."""
    async with database.write() as session:
        pause = (await session.execute(select(Pause).limit(1))).scalar_one()
        patient_id = pause.patient_id
        trial = await session.begin_nested()
        pause.ended_at = NOW
        await session.flush()
        await ahead.read_plans(session, [patient_id])
        await trial.rollback()
        assert [one.ended_at for one in await patients.open_pauses(session, patient_id)] == [None]


async def test_what_was_kept_is_forgotten_once_rows_are_deleted_at_once(database: Database) -> None:
    """Whoever deletes many rows needn't know what else the transaction has read of them."""
    async with database.write() as session:
        pause = (await session.execute(select(Pause).limit(1))).scalar_one()
        ahead.begin(session)
        assert await patients.open_pauses(session, pause.patient_id)
        gone = delete(Pause).where(Pause.patient_id == pause.patient_id)
        await session.execute(gone.execution_options(synchronize_session=False))
        assert not await patients.open_pauses(session, pause.patient_id)
