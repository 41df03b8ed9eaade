"""Backups: every row comes back, nothing is readable on the way, and a restored bot knows its place."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text
from typer.testing import CliRunner

from bot.backups import Backups, made_at, opening_keys
from bot.cli import app
from bot.config_reading import load_settings
from bot.restoring import restore, verify
from bot.storage import inbox
from bot.storage.backup_file import BackupError, read_content, read_header
from bot.storage.database import Database, DatabaseError
from bot.storage.keys import new_key, open_keyring
from bot.storage.sealing import Keyring, use
from bot.storage.tables import Delivery, Heartbeat, Inbox, Patient
from tests.benchmarks.patients import enrol as enrol_rows
from tests.conftest import postgres_database
from tests.features.reminded import DUE, enrol
from tests.harness import KEYRING, START, RunningBot, Told
from tests.storage import first_release
from tests.storage.stored import everything

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer.testing import Result

    from bot.clock import ManualClock
    from bot.config import Settings
    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer

KEY = new_key()
CANARY = "canary words of a patient"


@pytest.fixture(autouse=True)
def _keyring() -> Iterator[None]:
    """Seal as the running bot of the tests does."""
    use(KEYRING)
    yield
    use(KEYRING)


def quiet(_done: int, _total: int) -> None:
    """Show nothing."""


def settings_of(url: str, folder: Path, **backup: Any) -> Settings:  # noqa: ANN401 - settings of a section
    """Return the settings of a bot whose database is at *url*."""
    settings = load_settings(
        None, {"LDN_DATABASE__URL": url.replace("+aiosqlite", ""), "LDN_BACKUP__KEY": KEY}
    )
    values = settings.backup.model_copy(update={"folder": folder, **backup})
    return settings.model_copy(update={"backup": values})


async def filled(url: str, patients: int = 40) -> Database:
    """Return a database with rows of many types, some of them awkward."""
    await enrol_rows(url, patients, due_at=datetime(2026, 3, 3, 22, 0, 0, 123456, tzinfo=UTC))
    database = Database(url)
    async with database.write() as session:
        session.add(Heartbeat(name="listening", at=START, detail={"gap": None, "zł\t\n\\": ["é", 1.5]}))
        await inbox.keep(session, 77, [(2**40, -(2**40), {"text": f"\ud83d '\t\\N {CANARY}"})], START)
        patient = (await session.execute(select(Patient).limit(1))).scalar_one()
        patient.cue = CANARY
    return database


async def test_every_row_of_sqlite_comes_back(sqlite_url: str, tmp_path: Path, clock: ManualClock) -> None:
    """Backed up while it is open, looked through, restored elsewhere: the same rows, value by value."""
    await goes_round(sqlite_url, f"sqlite+aiosqlite:///{tmp_path / 'restored.sqlite3'}", tmp_path, clock)


@pytest.mark.parametrize("empty_database_url", ["postgresql"], indirect=True)
async def test_every_row_of_postgresql_comes_back(
    postgres_url: str, empty_database_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    """The same, and the numbers of new updates go on behind the old ones."""
    await goes_round(postgres_url, empty_database_url, tmp_path, clock)


async def goes_round(url: str, place: str, tmp_path: Path, clock: ManualClock) -> None:
    """Back up, look through, restore, compare; a second time the place isn't empty."""
    source = await filled(url)
    before = await everything(source)
    settings = settings_of(url, tmp_path / "backups")
    path = await Backups(settings, source, clock, Told()).make(quiet)
    await source.close()
    rows = sum(map(len, before.values()))
    header, seen = await verify(path, settings, quiet)
    assert (seen, header.created_at) == (rows, START)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    there = settings_of(place, tmp_path / "elsewhere")
    assert (await restore(path, there, START, quiet))[1] == rows
    restored = Database(place)
    assert await everything(restored) == before
    async with restored.write() as session:
        await inbox.keep(session, 77, [(8, 1, {})], START)
        assert (await session.execute(select(Inbox.seq).where(Inbox.update_id == 8))).scalar_one() == 2
    await restored.close()
    with pytest.raises(BackupError, match=r"isn't empty|is there already"):
        await restore(path, there, START, quiet)


async def test_a_backup_holds_no_readable_word_and_not_its_key(
    sqlite_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    """The file shows no row; opened, patients' words are still sealed, and no key is anywhere inside."""
    database = await filled(sqlite_url)
    settings = settings_of(sqlite_url, tmp_path / "backups", key=None)
    use(ring := await open_keyring(database, settings.encryption, START))
    async with database.write() as session:
        (await session.execute(select(Patient).limit(1))).scalar_one().cue = CANARY
    assert isinstance(ring, Keyring)
    path = await Backups(settings, database, clock, Told()).make(quiet)
    keys = opening_keys(settings, database)
    await database.close()
    with path.open("rb") as file:
        content = b"".join(read_content(file, read_header(file), keys))
    shown = path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert b"patients" in content
    assert b"patients" not in shown
    key_line = (tmp_path / "encryption.key").read_bytes().strip()
    for secret in (key_line, keys[0], CANARY.encode()):
        assert secret not in content
        assert secret not in shown


@pytest.mark.parametrize("harm", ["cut", "cut between pieces", "changed", "header", "swapped"])
async def test_a_harmed_backup_is_refused_and_leaves_nothing(
    harm: str, sqlite_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    """Cut off, changed in one bit, its pieces swapped, its header edited: one line, no database."""
    database = Database(sqlite_url)
    async with database.write() as session:
        # What can't be compressed: several pieces.
        session.add(Heartbeat(name="x", at=START, detail={"noise": os.urandom(500_000).hex()}))
    settings = settings_of(sqlite_url, tmp_path / "backups")
    path = await Backups(settings, database, clock, Told()).make(quiet)
    await database.close()
    data = path.read_bytes()
    start = data.index(b"\n", 20) + 1
    piece = 4 + int.from_bytes(data[start : start + 4], "big")
    assert start + 2 * piece < len(data)
    harmed = {
        "cut": data[:-10],
        "cut between pieces": data[: start + 2 * piece],
        "changed": data[:-10] + bytes([data[-10] ^ 1]) + data[-9:],
        "header": data.replace(b"2026-03-03", b"2026-03-04", 1),
        "swapped": data[:start]
        + data[start + piece : start + 2 * piece]
        + data[start : start + piece]
        + data[start + 2 * piece :],
    }[harm]
    path.write_bytes(harmed)
    there = settings_of(f"sqlite+aiosqlite:///{tmp_path / 'new' / 'there.sqlite3'}", tmp_path)
    for attempt in (verify(path, there, quiet), restore(path, there, START, quiet)):
        with pytest.raises(BackupError, match="damaged, cut off or was changed"):
            await attempt
    assert {entry.name for entry in (tmp_path / "new").iterdir()} <= {"there.sqlite3.lock"}
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


async def test_without_the_key_nothing_opens(sqlite_url: str, tmp_path: Path, clock: ManualClock) -> None:
    """Another key is refused by name, before anything is written."""
    database = await filled(sqlite_url, 1)
    path = await Backups(settings_of(sqlite_url, tmp_path / "backups"), database, clock, Told()).make(quiet)
    await database.close()
    other = settings_of(f"sqlite+aiosqlite:///{tmp_path / 'there.sqlite3'}", tmp_path, key=None)
    with pytest.raises(BackupError, match=r"the key \w{8} that opens this backup isn't there"):
        await restore(path, other, START, quiet)
    assert not (tmp_path / "there.sqlite3").exists()


async def test_a_folder_where_the_content_does_not_fit_is_one_line(
    sqlite_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    """`verify` needs room beside the backup; nobody can write in /proc, not even root."""
    database, settings = await filled(sqlite_url), settings_of(sqlite_url, tmp_path)
    backup = await Backups(settings, database, clock, Told()).make()
    await database.close()
    with backup.open("rb") as file, pytest.raises(BackupError, match="can't be written"):
        await verify(Path(f"/proc/self/fd/{file.fileno()}"), settings, quiet)


async def test_they_are_made_on_time_and_go_when_they_are_old(
    database: Database, tmp_path: Path, clock: ManualClock
) -> None:
    """One a day, by one replica; older than kept: gone, but for the newest."""
    settings = settings_of("sqlite:////x", tmp_path / "backups", keep_days=2)
    mine, another = (Backups(settings, database, clock, Told()) for _ in range(2))
    for day in range(5):
        clock.travel_to(START + timedelta(days=day))
        assert await mine.make_if_due() is not None
        assert await another.make_if_due() is None
    ages = [(clock.now() - made_at(path)).days for path in mine.all()]
    assert ages == [2, 1, 0]
    clock.travel_to(START + timedelta(days=20))
    assert mine.let_old_ones_go() == 2
    # The newest goes as well once it is older than patients are promised.
    clock.travel_to(START + timedelta(days=35))
    assert mine.let_old_ones_go() == 1


async def test_old_backups_go_also_where_the_bot_makes_none(
    sqlite_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    """Whoever makes them by hand is promised the same; what a killed backup left goes after a day."""
    database = Database(sqlite_url)
    backups = Backups(settings_of(sqlite_url, tmp_path / "backups", every_hours=0), database, clock, Told())
    old = await backups.make()
    left = [old.with_suffix(".copy"), old.with_suffix(".verify"), old.with_name(f"{old.name}.partial")]
    for path in left:
        path.touch()
    os.utime(left[0], (START.timestamp(), START.timestamp()))
    os.utime(left[1], (START.timestamp(), START.timestamp()))
    clock.travel_to(START + timedelta(days=15))
    new = await backups.make()
    assert await backups.make_if_due() is None
    assert sorted(backups.folder.iterdir()) == sorted([new, left[2]])
    await database.close()


async def test_a_failure_is_told_and_tried_again_in_an_hour(
    sqlite_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    """A folder that can't be written: one line without secrets, nothing half-made, then it works again."""
    database, told = Database(sqlite_url), Told()
    (tmp_path / "file").write_text("in the way")
    broken = Backups(settings_of(sqlite_url, tmp_path / "file"), database, clock, told)
    assert await broken.make_if_due() is None
    assert len(told.lines) == 1
    assert told.lines[0].startswith("The backup failed: ")
    assert KEY not in told.lines[0]
    working = Backups(settings_of(sqlite_url, tmp_path / "backups"), database, clock, told)
    assert await working.make_if_due() is None
    clock.travel_to(START + timedelta(minutes=61))
    assert await working.make_if_due() is not None
    assert len(told.lines) == 1
    await database.close()


async def test_a_restored_bot_sends_no_flood_and_asks_about_last_night(
    server: SandboxServer, clock: ManualClock, sqlite_url: str, tmp_path: Path, chat: Person
) -> None:
    """Restored after three nights: nothing of those nights is sent; the check-in asks about the last dose."""
    bot = RunningBot(server, clock, sqlite_url)
    await bot.start()
    reminded = await enrol(bot, chat)
    path = await Backups(settings_of(sqlite_url, tmp_path / "backups"), bot.database, clock, Told()).make()
    for night in range(3):
        await bot.travel_to(DUE + timedelta(days=night))
        await reminded.tap("Taken")
    await bot.stop()
    before = len(chat.messages)
    clock.travel_to(DUE + timedelta(days=3, hours=9))
    there = f"sqlite+aiosqlite:///{tmp_path / 'restored.sqlite3'}"
    await restore(path, settings_of(there, tmp_path), clock.now(), quiet)
    bot = RunningBot(server, clock, there)
    await bot.start()
    await bot.travel_to(clock.now() + timedelta(hours=3))
    said = [message.text for message in chat.messages[before:]]
    assert len(said) <= 1, said
    reminded.bot = bot
    await bot.say(chat, "/checkin")
    assert "Did you take Friday's dose" in chat.messages[-1].text
    states = {dose.dose_date.day: dose.state for dose in await reminded.doses()}
    assert states[3] == "unreached"
    assert "asked" not in states.values()
    await bot.stop()


async def test_a_reminder_that_may_have_gone_out_says_that_it_is_the_same_dose(
    server: SandboxServer, clock: ManualClock, sqlite_url: str, tmp_path: Path, chat: Person
) -> None:
    """Backed up just before bedtime, restored half an hour after it: one copy, worded as a copy."""
    bot = RunningBot(server, clock, sqlite_url)
    await bot.start()
    reminded = await enrol(bot, chat)
    clock.travel_to(DUE - timedelta(minutes=5))
    path = await Backups(settings_of(sqlite_url, tmp_path / "backups"), bot.database, clock, Told()).make()
    await bot.travel_to(DUE)
    await bot.stop()
    clock.travel_to(DUE + timedelta(minutes=30))
    there = f"sqlite+aiosqlite:///{tmp_path / 'restored.sqlite3'}"
    await restore(path, settings_of(there, tmp_path), clock.now(), quiet)
    bot = RunningBot(server, clock, there)
    await bot.start()
    await bot.travel_to(clock.now() + timedelta(minutes=5))
    reminded.bot = bot
    assert len(reminded.about_doses()) == 2
    assert "don't take two" in reminded.about_doses()[-1].text
    await bot.stop()


async def test_a_restoring_that_breaks_off_in_the_upgrade_keeps_nothing(
    sqlite_url: str, tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever started the bot on what was there would else be reminded of doses as if for the first time."""
    database, settings = await filled(sqlite_url), settings_of(sqlite_url, tmp_path / "backups")
    path = await Backups(settings, database, clock, Told()).make()
    await database.close()

    async def break_off(_database: Database) -> None:
        raise DatabaseError("broken off")

    there = tmp_path / "there" / "restored.sqlite3"
    there.parent.mkdir()
    (there.parent / "restored.sqlite3.restoring-wal").write_bytes(b"what a killed one left")
    monkeypatch.setattr("bot.restoring.migrate", break_off)
    with pytest.raises(DatabaseError, match="broken off"):
        await restore(path, settings_of(f"sqlite+aiosqlite:///{there}", tmp_path), START, quiet)
    assert [file.name for file in there.parent.iterdir()] == ["restored.sqlite3.lock"]


@pytest.mark.parametrize("empty_database_url", ["postgresql"], indirect=True)
async def test_rows_stand_in_postgresql_only_once_they_say_what_may_have_gone_out(
    postgres_url: str,
    empty_database_url: str,
    tmp_path: Path,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Killed in between it keeps nothing: a bot on its rows would remind as if for the first time."""
    database, settings = await filled(postgres_url), settings_of(postgres_url, tmp_path / "backups")
    path = await Backups(settings, database, clock, Told()).make()
    await database.close()

    async def break_off(*_arguments: object) -> None:
        raise DatabaseError("broken off")

    monkeypatch.setattr("bot.storage.claims.doubt_after_restore", break_off)
    with pytest.raises(DatabaseError, match="broken off"):
        await restore(path, settings_of(empty_database_url, tmp_path), START, quiet)
    restored = Database(empty_database_url)
    async with restored.read() as session:
        assert not (await session.execute(select(Delivery.id))).all()
    await restored.close()


@pytest.mark.parametrize("empty_database_url", ["postgresql"], indirect=True)
async def test_a_backup_of_an_older_version_comes_up_in_this_one(
    postgres_url: str, empty_database_url: str, tmp_path: Path, clock: ManualClock, postgres: str
) -> None:
    """PostgreSQL's rows are put into the tables of their revision, then brought to this one."""
    async with postgres_database(postgres, "template1") as old_url:
        old = Database(old_url)
        await first_release.make(old)
        path = await Backups(settings_of(postgres_url, tmp_path), old, clock, Told()).make()
        await old.close()
    await restore(path, settings_of(empty_database_url, tmp_path), START, quiet)
    restored = Database(empty_database_url)
    async with restored.read() as session:
        patient = (await session.execute(select(Patient))).scalar_one()
        assert (patient.telegram_id, patient.zone) == (first_release.TELEGRAM_ID, "Europe/London")
    await restored.close()


async def test_a_backup_of_a_newer_version_is_refused(
    sqlite_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    """Before anything is written."""
    database = Database(sqlite_url)
    async with database.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    path = await Backups(settings_of(sqlite_url, tmp_path), database, clock, Told()).make()
    await database.close()
    there = settings_of(f"sqlite+aiosqlite:///{tmp_path / 'there.sqlite3'}", tmp_path)
    with pytest.raises(BackupError, match="from a newer version of the bot"):
        await restore(path, there, START, quiet)


def test_the_commands_go_round(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`backup`, `verify`, `restore`: one line each; what can't be done is one line too, and status 2."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ldn-companion.sqlite3").write_bytes(sqlite_template.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LDN_BACKUP__KEY", KEY)

    def command(*words: str, folder: str = "data") -> Result:
        return CliRunner().invoke(app, words, env={"LDN_DATABASE__DATA_FOLDER": folder})

    made = command("backup")
    assert made.exit_code == 0, made.stderr
    path = made.stdout.strip()
    assert "100%" in made.stderr
    assert command("verify", path).stdout.startswith("ok: it can be restored: 0 rows of sqlite, made at ")
    restored = command("restore", path, folder="new").stdout
    assert "start the bot" in restored
    assert "there is no file of erasures at new/erasures" in restored
    with closing(sqlite3.connect(tmp_path / "new" / "ldn-companion.sqlite3")) as connection:
        assert connection.execute("SELECT count(*) FROM patients").fetchone() == (0,)
    again = command("restore", path, folder="new")
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    assert command("restore", "nothing.ldnbackup", folder="newer").exit_code == 2
    (tmp_path / "newer" / "erasures").write_text("")
    assert "erasures" not in command("restore", path, folder="newer").stdout
