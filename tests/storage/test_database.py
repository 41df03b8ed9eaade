"""The database: migrations, one process per SQLite file, versions, values that come back as they went in."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from bot.storage import patients
from bot.storage.database import Database, DatabaseError
from bot.storage.migrate import alembic_config, current_revision, migrate, revisions
from bot.storage.tables import Base, DoseStep, Heartbeat

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


async def test_the_migrations_end_at_the_tables_in_the_code(database: Database) -> None:
    """Nothing in the tables is missing from the migrations, and nothing stands there in vain."""
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


def test_the_revisions_are_those_of_the_migrations() -> None:
    """Their files' names say the same as Alembic, which would take a tenth of the start to ask."""
    scripts = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    assert revisions() == [script.revision for script in scripts][::-1]


async def test_every_earlier_revision_comes_up_to_this_version(empty_database_url: str) -> None:
    """A database left at any revision is migrated at start and keeps its rows."""
    for revision in revisions():
        database = Database(empty_database_url)
        await migrate(database, revision)
        await migrate(database)
        assert await current_revision(database) == revisions()[-1]
        async with database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)
            await connection.execute(text("DROP TABLE alembic_version"))
        await database.close()


async def test_a_database_from_a_newer_version_is_refused_in_one_line(database: Database) -> None:
    """An older bot doesn't touch what it can't understand."""
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match=r"newer version of the bot \(revision 9999\)"):
        await migrate(database)


async def test_a_second_process_on_the_same_sqlite_file_is_refused(tmp_path: Path) -> None:
    """Two processes would claim the same deliveries."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'one.sqlite3'}"
    first, second = Database(url), Database(url)
    first.lock()
    with pytest.raises(DatabaseError, match="another process already uses"):
        second.lock()
    await first.close()


async def test_the_folder_made_at_the_first_start_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Other users of the machine can't read the diary."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'data' / 'one.sqlite3'}")
    database.lock()
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    await database.close()


async def test_amounts_and_instants_come_back_as_they_went_in(database: Database) -> None:
    """0.1 mg stays 0.1 mg, and an instant keeps its zone and microseconds."""
    at = datetime(2026, 3, 3, 12, 0, 0, 123456, tzinfo=UTC)
    async with database.write() as session:
        patient = await patients.get_or_create(session, 2**40, at)
        session.add(DoseStep(patient_id=patient.id, starts_on=at.date(), dose_mg=Decimal("0.100")))
    async with database.read() as session:
        found = await patients.by_telegram_id(session, 2**40)
        assert found is not None
        assert found.created_at == at
        [step] = await patients.dose_steps(session, found.id)
        assert step.dose_mg == Decimal("0.1")


async def test_a_naive_instant_is_refused(database: Database) -> None:
    """SQLite would forget which zone it was meant in."""
    async with database.read() as session:
        session.add(Heartbeat(name="x", at=NOW.replace(tzinfo=None)))
        with pytest.raises(StatementError, match="naive"):
            await session.flush()
        session.expunge_all()


async def test_a_transaction_that_raises_leaves_nothing_behind(database: Database) -> None:
    """The effect of an update and its being done stand or fall together."""

    async def fail_half_way() -> None:
        async with database.write() as session:
            await patients.get_or_create(session, 7, NOW)
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        await fail_half_way()
    async with database.read() as session:
        assert await patients.by_telegram_id(session, 7) is None


async def test_a_connection_that_is_cut_off_lets_go_of_the_file(sqlite_url: str) -> None:
    """Also while somebody still refers to its statement, as a cancelled task's traceback does."""
    cut_off, other = Database(sqlite_url), Database(sqlite_url)
    connection = await cut_off.engine.connect()
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    await driver.execute("BEGIN IMMEDIATE")
    statement = await driver.execute("SELECT 1 UNION SELECT 2")
    await connection.invalidate()
    async with other.write() as session:
        session.add(Heartbeat(name="other", at=datetime(2026, 11, 25, tzinfo=UTC)))
    assert statement is not None
    await connection.close()
    await other.close()
    await cut_off.close()


async def test_a_database_that_vanished_is_noticed_within_half_a_minute(postgres_url: str) -> None:
    """TCP's own patience is a quarter of an hour; what the operator's address says counts more."""
    own = f"{postgres_url}{'&' if '?' in postgres_url else '?'}tcp_user_timeout=9000"
    for address, patience in ((postgres_url, "25000"), (own, "9000")):
        database = Database(address)
        async with database.engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            said = driver.info.get_parameters()
        await database.close()
        assert said["tcp_user_timeout"] == patience
        assert int(said["keepalives_idle"]) + 3 * int(said["keepalives_interval"]) <= 30
