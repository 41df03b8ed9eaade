"""Erasing, and the file that remembers it when the database can't."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import select

from bot.storage import patients
from bot.storage.erasing import LEAVING, erase_again, erase_due
from bot.storage.tables import Patient
from bot.storage.tombstones import Tombstones

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from bot.storage.database import Database

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
ANA, RUI = 5_000_000_001, 5_000_000_002


@pytest.fixture
def tombstones(tmp_path: Path) -> Tombstones:
    """A file that isn't there yet."""
    return Tombstones(tmp_path / "kept" / "erasures")


async def leave(database: Database, tombstones: Tombstones, telegram_id: int) -> UUID:
    """Let somebody leave whose time has come; return the erased row's id."""
    async with database.write() as session:
        patient = await patients.get_or_create(session, telegram_id, NOW)
        patient.state, patient.erase_at = LEAVING, NOW
    assert await erase_due(database, tombstones, NOW) == 1
    return patient.id


async def test_a_file_of_erasures_that_was_lost_is_told_once(
    database: Database, tombstones: Tombstones, caplog: pytest.LogCaptureFixture
) -> None:
    """An older copy of the folder was put back: the database knows of more, and can't say of whom."""
    await leave(database, tombstones, ANA)
    older = tombstones.path.read_bytes()
    await leave(database, tombstones, RUI)
    assert await erase_again(database, tombstones, NOW) == 0
    assert "erasures" not in caplog.text
    tombstones.path.write_bytes(older)
    assert await erase_again(database, tombstones, NOW) == 0
    assert f"the database knows of 2 erasures, {tombstones.path} of 1" in caplog.text
    caplog.clear()
    assert await erase_again(database, tombstones, NOW) == 0
    assert "erasures" not in caplog.text


async def test_whoever_an_older_database_brought_back_is_erased_again(
    database: Database, tombstones: Tombstones
) -> None:
    """It knows of fewer erasures than the file; nobody else is touched."""
    erased = await leave(database, tombstones, ANA)
    async with database.write() as session:
        session.add(Patient(id=erased, telegram_id=ANA, created_at=NOW, state="active"))
        session.add(Patient(telegram_id=RUI, created_at=NOW, state="active"))
    # The mark of then.
    tombstones.add(uuid4(), NOW)
    assert await erase_again(database, tombstones, NOW) == 1
    async with database.read() as session:
        assert (await session.execute(select(Patient.telegram_id))).scalars().all() == [RUI]


def test_a_line_that_was_cut_off_takes_no_other_along(tombstones: Tombstones) -> None:
    """A disk that was full, or a crash of the machine, left half a line behind."""
    one, two = uuid4(), uuid4()
    tombstones.add(one, NOW)
    with tombstones.path.open("ab") as file:
        file.write(b"0123456789abcdef")
    tombstones.add(two, NOW)
    assert tombstones.among([one, two, uuid4()]) == [one, two]


def test_half_a_line_is_no_tombstone(tombstones: Tombstones, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is erased whom a restored backup would bring back."""
    write = os.write
    monkeypatch.setattr("bot.storage.tombstones.os.write", lambda to, line: write(to, line[:20]))
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        tombstones.add(uuid4(), NOW)
