"""Encryption at rest: nothing readable in the file, nothing that can be swapped, and a lost key is said."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from bot.config import EncryptionSettings
from bot.storage import patients
from bot.storage.database import Database, DatabaseError
from bot.storage.keys import KEY_FILE, new_key, open_keyring
from bot.storage.rotation import forget_unused_keys, resealing, to_reseal
from bot.storage.sealing import Keyring, SealError, sealed_with, use
from bot.storage.tables import Base, Checkin, Event, SealKey
from tests.harness import KEYRING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
CANARY = "the burning in my shoulders"
DAY = date(2026, 3, 3)
EXAMPLE = Path("config.example.toml").read_text("utf-8")


@pytest.fixture(autouse=True)
def _the_tests_keys_afterwards() -> Iterator[None]:
    yield
    use(KEYRING)


def settings(*keys: str, enabled: bool = True) -> EncryptionSettings:
    """Return settings with these keys, the one that seals first."""
    return EncryptionSettings.model_validate(
        {"enabled": enabled, "key": keys[0] if keys else None, "old_keys": list(keys[1:])}
    )


async def write_canary(database: Database) -> UUID:
    """Keep one check-in and one event with the canary in them."""
    async with database.write() as session:
        patient = await patients.get_or_create(session, 77, NOW)
        event = Event(patient_id=patient.id, local_date=DAY, kind="other", note=CANARY, created_at=NOW)
        session.add(event)
        session.add(
            Checkin(patient_id=patient.id, local_date=DAY, answers={"pain": 7, "note": CANARY}, opened_at=NOW)
        )
    return event.id


async def read_canary(database: Database) -> tuple[str | None, object]:
    """Return the event's note and the check-in's answers."""
    async with database.read() as session:
        event = (await session.execute(select(Event))).scalar_one()
        checkin = (await session.execute(select(Checkin))).scalar_one()
        return event.note, checkin.answers


async def test_nothing_that_was_typed_or_answered_stands_in_the_rows(database: Database) -> None:
    """Every column of every table as the database has it; the objects have the words."""
    await write_canary(database)
    async with database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in (await session.execute(text(f'SELECT * FROM "{table.name}"'))).all():  # noqa: S608
                assert not any("shoulders" in str(value) or '"pain"' in str(value) for value in row)
    assert await read_canary(database) == (CANARY, {"pain": 7, "note": CANARY})


async def test_a_sealed_value_moved_to_another_row_does_not_open(database: Database) -> None:
    """Nobody who can write to the database makes one patient read another's words."""
    first = await write_canary(database)
    async with database.write() as session:
        moved = (await session.execute(select(Event).where(Event.id == first))).scalar_one()
        other = Event(patient_id=moved.patient_id, local_date=DAY, kind="other", note="mine", created_at=NOW)
        session.add(other)
        await session.flush()
        column = Event.__table__.c.note
        stolen = (await session.execute(select(column).where(Event.__table__.c.id == first))).scalar_one()
        moving = update(Event).where(Event.id == other.id).values({Event.note.attribute: stolen})
        await session.execute(moving)
        await session.refresh(other)
        with pytest.raises(SealError, match=r"a value of events\.note was changed or moved"):
            _ = other.note


async def test_values_from_before_encryption_are_read_and_sealed_by_rotating(database: Database) -> None:
    """An upgraded database keeps its answers; `rotate-keys` seals them."""
    use(Keyring([]))
    await write_canary(database)
    ring = await open_keyring(database, settings(new_key()), NOW)
    assert await read_canary(database) == (CANARY, {"pain": 7, "note": CANARY})
    assert await to_reseal(database) >= 3
    assert sum([rows async for rows, _shut in resealing(database, ring)]) == await to_reseal(database)
    async with database.read() as session:
        stored = (await session.execute(select(Event.__table__.c.note))).scalar_one()
    assert sealed_with(stored) == ring.current
    assert await read_canary(database) == (CANARY, {"pain": 7, "note": CANARY})


async def test_a_new_key_takes_over_and_the_old_one_can_go(database: Database) -> None:
    """Rotated, forgotten, and the next start asks for the new key alone."""
    old, new = new_key(), new_key()
    await open_keyring(database, settings(old), NOW)
    await write_canary(database)
    ring = await open_keyring(database, settings(new, old), NOW)
    assert (await read_canary(database))[0] == CANARY
    _ = [rows async for rows in resealing(database, ring)]
    await forget_unused_keys(database, ring)
    await open_keyring(database, settings(new), NOW)
    assert await read_canary(database) == (CANARY, {"pain": 7, "note": CANARY})
    with pytest.raises(DatabaseError, match="which isn't there"):
        await open_keyring(database, settings(old), NOW)


async def test_a_value_that_cannot_be_opened_stops_no_rotation(database: Database) -> None:
    """It stays as it is, and so does its key; all others are sealed anew."""
    old, new = new_key(), new_key()
    await open_keyring(database, settings(old), NOW)
    await write_canary(database)
    notes = Event.__table__.c.note
    async with database.write() as session:
        stored = (await session.execute(select(notes))).scalar_one()
        await session.execute(update(Event).values({Event.note.attribute: stored[:-8] + "AAAAAAA="}))
    ring = await open_keyring(database, settings(new, old), NOW)
    assert sum([shut async for _rows, shut in resealing(database, ring)]) == 1
    await forget_unused_keys(database, ring)
    async with database.read() as session:
        assert (await session.execute(select(notes))).scalar_one() == stored[:-8] + "AAAAAAA="
        checkin = (await session.execute(select(Checkin))).scalar_one()
        assert sealed_with(Checkin.answers.stored(checkin)) == ring.current
    with pytest.raises(DatabaseError, match="which isn't there"):
        await open_keyring(database, settings(new), NOW)


async def test_a_lost_key_is_one_line_and_nothing_is_overwritten(database: Database) -> None:
    """Neither a new key beside the old values nor a start without any."""
    await open_keyring(database, settings(new_key()), NOW)
    await write_canary(database)
    for wrong in (settings(new_key()), settings(enabled=False)):
        with pytest.raises(
            DatabaseError, match=r"^answers in the database are sealed .*nothing was changed$"
        ):
            await open_keyring(database, wrong, NOW)
    async with database.read() as session:
        assert len((await session.execute(select(SealKey))).scalars().all()) == 1


async def test_the_examples_key_is_refused(database: Database) -> None:
    """Whoever takes the "#" off that line would seal with a key that everybody knows."""
    example = re.search(r'(?m)^#key = "(.+)"$', EXAMPLE)
    assert example is not None
    with pytest.raises(DatabaseError, match="the example's"):
        await open_keyring(database, settings(example[1]), NOW)


async def test_turned_off_by_choice_old_values_still_open(database: Database) -> None:
    """With the key still there, new words are plain and the old ones are read."""
    key = new_key()
    await open_keyring(database, settings(key), NOW)
    await write_canary(database)
    await open_keyring(database, settings(key, enabled=False), NOW)
    assert (await read_canary(database))[0] == CANARY


async def test_sqlite_keeps_a_key_of_its_own_for_its_owner_alone(tmp_path: Path) -> None:
    """Made at the first start, used at the second, and missed when it is gone."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.sqlite3'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    first = await open_keyring(database, settings(), NOW)
    again = await open_keyring(database, settings(), NOW)
    path = tmp_path / KEY_FILE
    assert first.current == again.current
    assert path.stat().st_mode & 0o077 == 0
    path.rename(tmp_path / "elsewhere")
    with pytest.raises(DatabaseError, match="which isn't there"):
        await open_keyring(database, settings(), NOW)
    assert not path.exists()
    path.write_text("not a key")
    with pytest.raises(DatabaseError, match="can't be read as a key"):
        await open_keyring(database, settings(), NOW)
    await database.close()


async def test_a_key_in_the_settings_takes_over_from_the_file(tmp_path: Path) -> None:
    """What the file's key sealed still opens, without copying it anywhere."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.sqlite3'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await open_keyring(database, settings(), NOW)
    await write_canary(database)
    ring = await open_keyring(database, settings(new_key()), NOW)
    assert (await read_canary(database))[0] == CANARY
    _ = [rows async for rows in resealing(database, ring)]
    (tmp_path / KEY_FILE).unlink()
    assert (await read_canary(database))[0] == CANARY
    await database.close()


async def test_replicas_that_start_together_write_a_key_once(database: Database) -> None:
    """The row of a key is there once, whoever was first."""
    key = settings(new_key())
    await asyncio.gather(*(open_keyring(database, key, NOW) for _ in range(4)))
    async with database.read() as session:
        assert len((await session.execute(select(SealKey))).scalars().all()) == 1


async def test_without_a_key_a_shared_database_is_refused(database: Database) -> None:
    """Several machines can't guess each other's key."""
    if database.is_sqlite:
        await open_keyring(database, settings(), NOW)
    else:
        with pytest.raises(DatabaseError, match="make-key"):
            await open_keyring(database, settings(), NOW)


@given(st.text(st.characters(codec=None)), st.booleans())
def test_every_text_comes_back_as_it_was(words: str, seals: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    """Sealed or plain; also half an emoji, and words that look like a sealed value."""
    ring = Keyring([b"k" * 32], seals=seals)
    for plain in (words, "§1." + words, "§0." + words):
        stored = ring.seal(plain, "events.note.1")
        assert ring.open(stored, "events.note.1") == plain
        assert (sealed_with(stored) is not None) == seals


@given(st.binary(min_size=1, max_size=60), st.integers(0, 10_000))
def test_a_changed_value_never_says_something_else(change: bytes, at: int) -> None:
    """It doesn't open; only the unused last bits of base64 make no difference."""
    ring = Keyring([b"k" * 32])
    stored = ring.seal("pain 7", "checkins.answers.1")
    position = 12 + at % (len(stored) - 12)
    broken = (
        stored[:position] + chr((ord(stored[position]) + change[0] % 90 + 1) % 128) + stored[position + 1 :]
    )
    try:
        opened = ring.open(broken, "checkins.answers.1")
    except SealError:
        return
    assert opened == "pain 7"
