"""Brings the database to this version's tables at start (Alembic), and refuses one from a newer version.

Alembic is loaded only when there is something to upgrade: it would be a sixteenth of the bot's memory and a
tenth of its start.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from bot.storage.database import Database, DatabaseError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from alembic.config import Config
    from sqlalchemy.engine import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

ALEMBICS_OWN = "alembic_version"
"""The table in which Alembic keeps the revision: no row of anybody's."""
MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, as long as every replica uses the same: one migrates, the others wait.
_MIGRATION_LOCK = 4_150_518


def alembic_config() -> Config:
    """Return Alembic's configuration, without an ini file."""
    from alembic.config import Config  # noqa: PLC0415 - heavy: only when there is something to upgrade

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


async def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade the tables to *revision*; do nothing when they are there already.

    Raises:
        DatabaseError: The database can't be opened, or was written by a newer version of the bot.
    """
    try:
        async with _undisturbed(database) as connection, connection.begin():
            if not database.is_sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            upgraded = await connection.run_sync(_upgrade, revision)
            # Reads every row: a second at 100,000 patients.
            check = upgraded and database.is_sqlite
            if check and (await connection.execute(text("PRAGMA foreign_key_check"))).first():
                raise DatabaseError("the upgrade would lose rows: nothing was changed; report this, please")
    except DBAPIError as error:
        raise DatabaseError(f"the database can't be opened: {reason_of(error)}") from error


@asynccontextmanager
async def _undisturbed(database: Database) -> AsyncIterator[AsyncConnection]:
    """Open a connection on which a table may be made anew.

    SQLite changes a column by copying the table and dropping the old one, and dropping a parent would delete
    its children's rows by their ON DELETE CASCADE. The switch works outside a transaction alone.
    """
    async with database.engine.connect() as connection:
        if not database.is_sqlite:
            yield connection
            return
        driver = (await connection.get_raw_connection()).driver_connection
        if driver is None:
            raise DatabaseError("the database can't be opened: no connection")
        await driver.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
        finally:
            await driver.execute("PRAGMA foreign_keys=ON")


async def current_revision(database: Database) -> str | None:
    """Return the revision of the tables, or None for an empty database."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_revision)


async def at_head(database: Database) -> bool:
    """Tell whether the tables are those of this version."""
    return await current_revision(database) == revisions()[-1]


def revisions() -> list[str]:
    """Return the revisions that this version knows, oldest first: the numbers in its migrations' names."""
    names = (path.name for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
    return sorted(name.partition("_")[0] for name in names)


def newer_than_this_version(revision: str | None) -> bool:
    """Tell whether *revision* is one that this version of the bot doesn't know."""
    return revision is not None and revision not in revisions()


def reason_of(error: DBAPIError) -> str:
    """Return the driver's first line: it names the file or the server, never a row."""
    # About values (22) and keys (23) PostgreSQL's first line may quote what somebody wrote.
    state = getattr(error.orig, "sqlstate", None) or ""
    if state.startswith(("22", "23")):
        return f"{type(error.orig).__name__} {state}"
    return str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(ALEMBICS_OWN):
        return None
    query = text(f"SELECT version_num FROM {ALEMBICS_OWN}")  # noqa: S608 - our own name
    return connection.execute(query).scalar()


def _upgrade(connection: Connection, revision: str) -> bool:
    """Upgrade to *revision*; return False when the tables were there already."""
    present = _revision(connection)
    if newer_than_this_version(present):
        raise DatabaseError(
            f"the database is from a newer version of the bot (revision {present}): "
            "start that version again, or restore a backup made before the upgrade"
        )
    if present == (revisions()[-1] if revision == "head" else revision):
        return False
    from alembic import command  # noqa: PLC0415 - heavy, see above

    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    return True
