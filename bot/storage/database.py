"""The database: its engine, transactions, the lock of SQLite's one process; and which trouble passes."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import sqlite3
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from bot.storage.dialects import on_sqlite

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.engine import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

# Only a stranger (a backup tool, a shell) can hold the file; whoever meets it tries again, and a stop must
# not wait for it.
BUSY_TIMEOUT_MS = 3_000
IDLE_IN_TRANSACTION_S = 5
# A machine that vanished (no word of TCP's) is noticed within half a minute: by itself TCP takes a quarter of
# an hour, and nobody would be reminded meanwhile.
_WAITS = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}

_PASSING_IN_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
# PostgreSQL: connection, resources (disk full, too many connections), the server's own shutdown, its disk.
_PASSING_CLASSES = ("08", "53", "57P", "58")
# Read-only (a standby), idled in a transaction (this process was frozen), serialization failure, deadlock,
# lock not available, statement timeout.
_PASSING_STATES = frozenset({"25006", "25P03", "40001", "40P01", "55P03", "57014"})
_PASSING_IN_SYSTEM = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EIO, errno.ENOMEM, errno.EROFS}
)


class DatabaseError(Exception):
    """The database can't be used; the text is one clear line for the operator."""


def is_passing(error: BaseException) -> bool:
    """Tell whether *error* is the database's trouble (locked, full, restarting), not our code's.

    Such an error is waited out; it never counts against an update or a delivery. Everything else does, or
    one poisonous update would be tried again for ever.
    """
    if isinstance(error, (PoolTimeout, PendingRollbackError)):
        return True
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        if error.orig is not None:
            return _is_passing_in_driver(error.orig)
    return _is_passing_in_driver(error)


def trouble(error: BaseException) -> str:
    """Return what is wrong with the database in a few words for the operator, never with content."""
    driver = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    code = getattr(driver, "sqlite_errorcode", 0) & 0xFF
    state = getattr(driver, "sqlstate", None) or ""
    if code == sqlite3.SQLITE_FULL or state == "53100" or getattr(driver, "errno", None) == errno.ENOSPC:
        return "the disk is full: make room"
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return "another program holds the file"
    if code == sqlite3.SQLITE_READONLY or state == "25006":
        return "it can't be written"
    return " ".join(filter(None, (type(driver).__name__, state)))


def _is_passing_in_driver(error: BaseException) -> bool:
    """Judge a driver's own error by its code; psycopg's has none when the connection itself is gone."""
    sqlite_code = getattr(error, "sqlite_errorcode", None)
    if sqlite_code is not None:
        # The upper bytes only say more exactly where it happened.
        return sqlite_code & 0xFF in _PASSING_IN_SQLITE
    if type(error).__module__.startswith("psycopg"):
        state = getattr(error, "sqlstate", None)
        if state is None:
            return type(error).__name__ in {"OperationalError", "InterfaceError", "ConnectionTimeout"}
        return state.startswith(_PASSING_CLASSES) or state in _PASSING_STATES
    return isinstance(error, OSError) and error.errno in _PASSING_IN_SYSTEM


class _SqliteConnection(sqlite3.Connection):
    """A connection that lets go of the file when it is closed.

    SQLite ends a closed connection's transaction only with its last statement, and the traceback of a task
    that was cut off may refer to one for minutes: nobody could write meanwhile.
    """

    def close(self) -> None:
        """Roll back what was begun, and close."""
        # A closed one has no transaction to ask for.
        with suppress(sqlite3.Error):
            self.rollback()
        super().close()


class Database:
    """One database, embedded (SQLite) or shared (PostgreSQL).

    On SQLite writers wait for each other here, in order, instead of polling a busy file.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._lock_file: IO[str] | None = None
        self._writing = asyncio.Lock()
        options: dict[str, Any] = {"hide_parameters": True}
        if self.is_sqlite:
            options["connect_args"] = {"factory": _SqliteConnection}
        else:
            # What the operator's address says counts more.
            waits = {name: wait for name, wait in _WAITS.items() if name not in self.url.query}
            options |= {"pool_size": 10, "max_overflow": 10, "pool_pre_ping": True, "connect_args": waits}
        self.engine = create_async_engine(self.url, **options)
        # Reads begin deferred: a read never blocks a claim.
        self._reader = self.engine.execution_options(read_only=True) if self.is_sqlite else self.engine
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _set_up_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine.sync_engine, "connect", _set_up_postgresql)

    @property
    def path(self) -> Path | None:
        """Return the SQLite file, or None for PostgreSQL and for a database in memory."""
        name = self.url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that may write; commit at the end, roll back when the block raises."""
        if not self.is_sqlite:
            async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
            return
        async with (
            self._writing,
            AsyncSession(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection whose every statement is a transaction of its own (PostgreSQL).

        A process that freezes between two statements then holds no row's lock.
        """
        async with self.engine.connect() as connection:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that only reads."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session, session.begin():
            yield session

    async def empty_log(self) -> None:
        """Move what SQLite's log (-wal) holds into the file, and empty it: old states of rows stand there.

        Where somebody reads just then, the log is emptied another time.
        """
        if self.path is not None:
            async with self._writing:
                await asyncio.to_thread(_empty_log, self.path)

    def lock(self) -> None:
        """Hold the SQLite file for this process alone.

        Raises:
            DatabaseError: The folder can't be written, or another process holds the file.
        """
        path = self.path
        if path is None or self._lock_file is not None:
            return
        try:
            # SQLite makes its files readable by all: the folder is for the bot's user alone.
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock_file = path.with_name(path.name + ".lock").open("w")
        except OSError as error:
            raise DatabaseError(
                f"the folder {path.parent} can't be written ({error.strerror}): "
                "give the bot's user the right to write there, or set database.data_folder"
            ) from error
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock_file.close()
            self._lock_file = None
            raise DatabaseError(
                f"another process already uses {path}: stop it first, or give this one a file of its own"
            ) from error

    async def close(self) -> None:
        """Close every connection and let go of the file."""
        await self.engine.dispose()
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None


def _empty_log(path: Path) -> None:
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    # Python 3.11's sqlite3 would begin transactions by itself, too late for BEGIN IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
    except BaseException:
        # Nobody else would: each try at a locked file would leave a thread behind.
        connection.close()
        raise
    cursor.close()


def _set_up_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    # A replica that freezes in the middle of a transaction must not hold its rows against the others.
    cursor = connection.cursor()
    cursor.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_IN_TRANSACTION_S}s'")
    cursor.close()
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


async def lock_chat(session: AsyncSession, chat_key: int) -> None:
    """Let only this transaction handle the chat's updates (any replica may; SQLite has one process)."""
    if not on_sqlite(session):
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": chat_key})
