"""Moving to another database: every row, also after an interruption, compared one by one."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select, update

from bot.storage import inbox
from bot.storage.database import Database, DatabaseError
from bot.storage.moving import Move, refuse_half_moved
from bot.storage.tables import Delivery, Dose, Heartbeat, Inbox, Patient
from tests.benchmarks.patients import enrol
from tests.harness import START
from tests.storage.stored import everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

# More than a batch.
PATIENTS = 510


def quiet(_table: str, _done: int, _total: int) -> None:
    """Show nothing."""


@pytest.fixture
async def opened() -> AsyncIterator[Callable[[str], Database]]:
    """A function that opens a database; all are closed at the end."""
    databases: list[Database] = []

    def open_(url: str) -> Database:
        databases.append(Database(url))
        return databases[-1]

    yield open_
    for database in databases:
        await database.close()


async def filled(url: str, opened: Callable[[str], Database]) -> Database:
    """Return a database with rows of every common type, some of them awkward."""
    await enrol(url, PATIENTS, due_at=datetime(2026, 3, 3, 22, 0, 0, 123456, tzinfo=UTC))
    database = opened(url)
    async with database.write() as session:
        session.add(Heartbeat(name="listening", at=START, detail={"gap": None, "zł": ["é", 1.5]}))
        for number in (7, 2**40):
            await inbox.keep(session, 77, [(number, -(2**40), {"text": "\ud83d 'x' \\"})], START)
    return database


async def test_there_and_back_nothing_changes(
    sqlite_url: str, postgres_url: str, tmp_path: Path, opened: Callable[[str], Database]
) -> None:
    """SQLite to PostgreSQL to SQLite: the same rows, and new updates are numbered on behind the old ones."""
    source = await filled(sqlite_url, opened)
    before = await everything(source)
    shared, back = opened(postgres_url), opened(f"sqlite+aiosqlite:///{tmp_path / 'back.sqlite3'}")
    seen: list[tuple[int, int]] = []
    moved = await Move(source, shared, progress=lambda _name, *numbers: seen.append(numbers)).run(START)
    assert await everything(shared) == before
    assert moved.rows == sum(map(len, before.values())) == PATIENTS * 7 + 3
    assert seen[-1] == (2 * moved.rows, 2 * moved.rows)
    async with shared.write() as session:
        await inbox.keep(session, 77, [(8, 1, {})], START)
        assert (await session.execute(select(Inbox.seq).where(Inbox.update_id == 8))).scalar_one() == 3
        await session.execute(delete(Inbox).where(Inbox.update_id == 8))
    await shared.close()
    shared = opened(postgres_url)
    await Move(shared, back, progress=quiet).run(START)
    assert await everything(back) == before


async def test_an_interrupted_move_goes_on_with_what_has_changed_since(
    sqlite_url: str, postgres_url: str, opened: Callable[[str], Database]
) -> None:
    """The bot doesn't run on the half; in between rows went, came and changed; the second run settles it."""
    source, target = await filled(sqlite_url, opened), opened(postgres_url)

    def cut(table: str, _done: int, _total: int) -> None:
        if table == "doses":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await Move(source, target, progress=cut).run(START)
    await target.close()
    with pytest.raises(DatabaseError, match="half full"):
        await refuse_half_moved(target)
    await target.close()
    async with source.write() as session:
        gone, changed = (await session.execute(select(Patient.id).order_by(Patient.id).limit(2))).scalars()
        await session.execute(delete(Patient).where(Patient.id == gone))
        await session.execute(update(Patient).where(Patient.id == changed).values(zone="Asia/Tokyo"))
    await Move(source, target, progress=quiet).run(START + timedelta(days=1))
    assert await everything(target) == await everything(source)
    await refuse_half_moved(target)


@pytest.mark.ci
async def test_a_row_that_arrived_differently_is_found(
    sqlite_url: str, postgres_url: str, opened: Callable[[str], Database]
) -> None:
    """The comparison is of rows, not of counts: one amount that changed on its way ends the move."""
    source, target = await filled(sqlite_url, opened), opened(postgres_url)
    move = Move(source, target, progress=quiet)
    await move.run(START)
    async with target.write() as session:
        one = (await session.execute(select(Dose.id).limit(1))).scalar_one()
        await session.execute(
            update(Dose).where(Dose.id == one).values(dose_date=START.date() - timedelta(days=40))
        )
    with pytest.raises(DatabaseError, match="1 rows of doses differ"):
        await move._compare(Dose.__table__, PATIENTS)  # type: ignore[arg-type]  # noqa: SLF001


@pytest.mark.ci
async def test_a_target_in_use_is_left_alone(
    sqlite_url: str, postgres_url: str, opened: Callable[[str], Database]
) -> None:
    """Not empty, or with somebody connected: nothing is written."""
    source, target = await filled(sqlite_url, opened), await filled(postgres_url, opened)
    with pytest.raises(DatabaseError, match="other sessions use the database"):
        await Move(source, refused := opened(postgres_url), progress=quiet).run(START)
    await refused.close()
    await target.close()
    other = opened(postgres_url)
    with pytest.raises(DatabaseError, match="the target isn't empty"):
        await Move(source, other, progress=quiet).run(START)
    async with other.read() as session:
        assert len((await session.execute(select(Delivery.id))).all()) == PATIENTS * 2


async def test_the_command_moves_and_says_what_to_do_next(
    sqlite_url: str, postgres_url: str, tmp_path: Path, opened: Callable[[str], Database]
) -> None:
    """One command with the bot's own settings; the second time it refuses a target that is in use."""
    source = await filled(sqlite_url, opened)
    await source.close()
    environ = {
        "PATH": os.environ["PATH"],
        "LDN_DATABASE__URL": sqlite_url.replace("+aiosqlite", ""),
        "TARGET_DATABASE_URL": postgres_url.replace("+psycopg", ""),
    }
    runs = [
        subprocess.run(  # noqa: ASYNC221 - nothing else runs
            [sys.executable, "-m", "bot", "migrate-database"],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        for _ in range(2)
    ]
    assert runs[0].returncode == 0, runs[0].stderr
    assert f"ok: moved {PATIENTS * 7 + 3} rows" in runs[0].stdout
    assert f"{2 * (PATIENTS * 7 + 3)}/{2 * (PATIENTS * 7 + 3)}" in runs[0].stderr
    assert runs[1].returncode == 2
    assert "the target isn't empty" in runs[1].stderr
