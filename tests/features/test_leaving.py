"""Consent, and leaving: nothing is left in any table, and a restored backup brings nobody back."""

from __future__ import annotations

import asyncio
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import JSON, Boolean, Date, Integer, Time, Uuid, inspect, select

from bot.backups import Backups, opening_keys
from bot.domain.consent import CONSENT_VERSION
from bot.restoring import restore
from bot.storage import patients
from bot.storage.backup_file import read_content, read_header
from bot.storage.sealing import SealedJson, sealed_attributes
from bot.storage.tables import Base, Heartbeat, Inbox, Patient
from bot.storage.types import Milligrams, UtcDateTime
from tests.conftest import postgres_database
from tests.features.summed_up import NOON, keep_two_weeks, somebody
from tests.harness import RunningBot, Told
from tests.test_backups import quiet, settings_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer
    from bot.storage.database import Database

_VALUES: tuple[tuple[type[Any], Any], ...] = (
    (Uuid, None),
    (UtcDateTime, NOON),
    (Milligrams, Decimal("1.5")),
    (Boolean, True),
    (Integer, 1),
    (Date, date(2027, 1, 1)),
    (Time, time(22)),
    (JSON, [1]),
)


async def keep_a_row_everywhere(database: Database, patient_id: UUID) -> None:
    """Fill every table that holds patients' rows with one more."""
    owners = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    made: dict[str, UUID] = {}
    for table in Base.metadata.sorted_tables:
        if "patient_id" not in table.c or "id" not in table.c:
            continue
        row = _row(owners[table], patient_id, made)
        async with database.write() as session:
            session.add(row)
        made[table.name] = row.id


def _row(owner: Any, patient_id: UUID, made: dict[str, UUID]) -> Any:  # noqa: ANN401 - any mapped class
    values: dict[str, Any] = {"id": uuid4(), "patient_id": patient_id}
    sealed = sealed_attributes(owner)
    for column in inspect(owner).local_table.c:
        if column.name in values:
            continue
        if column.name in sealed:
            values[column.name] = {} if isinstance(sealed[column.name], SealedJson) else "words"
        elif column.foreign_keys:
            values[column.name] = made[next(iter(column.foreign_keys)).column.table.name]
        else:
            values[column.name] = next(
                (
                    uuid4() if value is None else value
                    for kind, value in _VALUES
                    if isinstance(column.type, kind)
                ),
                "a",
            )
    return owner(**values)


async def traces(database: Database, patient: Patient) -> list[str]:
    """Return the tables in which anything about the patient stands, whatever the column is called."""
    found = []
    async with database.read() as session:
        for table in Base.metadata.sorted_tables:
            rows = (await session.execute(select(*table.c))).all()
            known = {patient.id, patient.telegram_id, str(patient.id), str(patient.telegram_id)}
            if any(value in known for row in rows for value in row if isinstance(value, (UUID, int, str))):
                found.append(table.name)
    return found


async def leave_at_once(bot: RunningBot, chat: Person) -> None:
    """Tap through both steps."""
    await bot.say(chat, "/delete")
    await bot.tap(chat, "Yes, delete …")
    await bot.tap(chat, "At once, for good")
    await bot.companion.jobs.erase()


@pytest.fixture
async def bot(server: SandboxServer, clock: ManualClock, database_url: str, tmp_path: Path) -> Any:  # noqa: ANN401
    """The running bot with its file of erasures in a folder of the test's own."""
    environ = {"LDN_PRIVACY__TOMBSTONES": str(tmp_path / "kept" / "erasures")}
    running = RunningBot(server, clock, database_url, environ=environ)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def patient(bot: RunningBot, chat: Person, clock: ManualClock) -> Patient:
    """A patient with two weeks of diary; it is noon on 24 November."""
    clock.travel_to(NOON)
    patient = await somebody(bot.database, telegram_id=chat.id)
    await keep_two_weeks(bot.database, patient)
    return patient


async def test_nothing_is_left_of_who_left_at_once(bot: RunningBot, chat: Person, patient: Patient) -> None:
    """In no table, in no column; the other patients keep everything."""
    other = await somebody(bot.database, telegram_id=chat.id + 1)
    await keep_a_row_everywhere(bot.database, patient.id)
    assert {"doses", "deliveries", "changes"} <= set(await traces(bot.database, patient))
    await leave_at_once(bot, chat)
    assert chat.last is not None
    assert "I'm erasing everything now" in chat.last.text
    assert await traces(bot.database, patient) == []
    assert {"patients", "regimens", "dose_steps"} <= set(await traces(bot.database, other))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_scheduler_erases_without_being_asked(
    bot: RunningBot, chat: Person, patient: Patient
) -> None:
    """The job that runs every ten seconds; here its next run is brought forward."""
    await bot.say(chat, "/delete")
    await bot.tap(chat, "Yes, delete …")
    await bot.tap(chat, "At once, for good")
    assert "patients" in await traces(bot.database, patient)
    [job] = [job for job in bot.companion.jobs.scheduler.get_jobs() if job.name == "erase"]
    assert job.trigger.interval <= timedelta(seconds=10)
    job.modify(next_run_time=NOON - timedelta(days=365))
    async with asyncio.timeout(30):
        while await traces(bot.database, patient):  # noqa: ASYNC110 - the scheduler tells nobody
            await asyncio.sleep(0.1)


def test_every_table_that_names_a_person_is_emptied() -> None:
    """Rows go with the patient's; whoever adds another such column decides what becomes of it."""
    named = {
        table.name
        for table in Base.metadata.sorted_tables
        if {"telegram_id", "chat_key", "chat_id", "user_id"} & set(table.c.keys())
    }
    assert named == {Patient.__tablename__, Inbox.__tablename__}
    for table in Base.metadata.sorted_tables:
        if "patient_id" in table.c:
            [key] = table.c.patient_id.foreign_keys
            assert (key.column.table.name, key.ondelete) == ("patients", "CASCADE"), table.name


async def test_a_day_of_grace_can_be_undone(bot: RunningBot, chat: Person, patient: Patient) -> None:
    """Nothing is sent or logged meanwhile; after the undo all is as it was."""
    await bot.say(chat, "/delete")
    await bot.tap(chat, "Yes, delete …")
    said = await bot.tap(chat, "In 24 hours")
    assert "On Wednesday 25 Nov at 12:00 I erase everything" in said.text
    before = len(chat.bot_messages)
    await bot.travel(timedelta(hours=20))
    await bot.companion.jobs.erase()
    assert len(chat.bot_messages) == before
    said = await bot.say(chat, "taken")
    assert "nothing is logged" in said.text
    await bot.restart()
    said = await bot.tap(chat, "Undo: keep everything")
    assert "reminders go on" in said.text
    await bot.travel(timedelta(hours=16))
    await bot.companion.jobs.erase()
    assert "💊" in "".join(message.versions[0].text for message in chat.bot_messages[before:])
    assert "checkins" in await traces(bot.database, patient)


async def test_after_the_grace_everything_goes(bot: RunningBot, chat: Person, patient: Patient) -> None:
    """Also where the bot didn't run at that moment; and an old Undo only begins anew."""
    await bot.say(chat, "/delete")
    await bot.tap(chat, "Yes, delete …")
    await bot.tap(chat, "In 24 hours")
    await bot.travel(timedelta(hours=30))
    await bot.restart()
    await bot.companion.jobs.erase()
    assert await traces(bot.database, patient) == []
    said = await bot.say(chat, "/start")
    assert "Welcome" in said.text


async def test_an_old_button_deletes_nothing(
    bot: RunningBot, chat: Person, patient: Patient, clock: ManualClock
) -> None:
    """After ten minutes "At once" asks again."""
    await bot.say(chat, "/delete")
    await bot.tap(chat, "Yes, delete …")
    clock.travel_to(clock.now() + timedelta(minutes=11))
    said = await bot.tap(chat, "At once, for good")
    assert "Delete everything?" in said.text
    await bot.companion.jobs.erase()
    assert "patients" in await traces(bot.database, patient)


@pytest.fixture
async def places(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path
) -> AsyncIterator[tuple[str, str]]:
    """Two empty databases of the same sort, to restore into."""
    if database_url.startswith("sqlite"):
        one, two = (f"sqlite+aiosqlite:///{tmp_path / name / 'restored.sqlite3'}" for name in ("one", "two"))
        yield one, two
        return
    server = request.getfixturevalue("postgres")
    async with postgres_database(server, "template1") as one, postgres_database(server, "template1") as two:
        yield one, two


def backed_up(bot: RunningBot, folder: Path) -> Backups:
    """Return the backups of the running bot's database."""
    return Backups(settings_of(bot.url, folder), bot.database, bot.clock, Told())


def opened(path: Path, backups: Backups, bot: RunningBot) -> bytes:
    """Return what is inside a backup."""
    with path.open("rb") as file:
        keys = opening_keys(settings_of(bot.url, backups.folder), bot.database)
        return b"".join(read_content(file, read_header(file), keys))


async def come_up_from(bot: RunningBot, path: Path, place: str) -> None:
    """Stop the bot, restore the backup into an empty place, start there with the same file of erasures."""
    await bot.stop()
    await restore(path, settings_of(place, path.parent), bot.clock.now(), quiet)
    await come_up_at(bot, place)


async def come_up_at(bot: RunningBot, url: str) -> None:
    """Start on another database."""
    bot.url = url
    bot.companion = bot.build()
    await bot.start()


async def test_a_restored_backup_erases_again(
    bot: RunningBot, chat: Person, patient: Patient, places: tuple[str, str], tmp_path: Path
) -> None:
    """At its start, by the operator's own commands; who enrolled anew since stays."""
    home, backups = bot.url, backed_up(bot, tmp_path / "backups")
    before = await backups.make()
    await leave_at_once(bot, chat)
    bot.clock.travel_to(bot.clock.now() + timedelta(minutes=1))
    await bot.say(chat, "/start")
    anew = await backups.make()
    one, two = places
    await come_up_from(bot, before, one)
    assert await traces(bot.database, patient) == []
    await come_up_from(bot, anew, two)
    async with bot.database.read() as session:
        again = await patients.by_telegram_id(session, chat.id)
        assert again is not None
        assert again.id != patient.id
        mark = await session.get(Heartbeat, "erasures")
        assert mark is not None
        assert mark.detail == {"count": 1}
    await bot.stop()
    await come_up_at(bot, home)


async def test_no_file_says_who_was_erased(
    bot: RunningBot, chat: Person, patient: Patient, tmp_path: Path
) -> None:
    """Not the file of erasures, which no backup holds; not a later backup; not SQLite's file and its log."""
    async with bot.database.write() as session:
        row = await session.get(Patient, patient.id)
        assert row is not None
        await bot.companion.planner.plan_all(session, row, bot.clock.now())
    backups = backed_up(bot, tmp_path / "backups")
    await leave_at_once(bot, chat)
    path = await backups.make()
    content = opened(path, backups, bot)
    kept, key = ((tmp_path / "kept" / name).read_text() for name in ("erasures", "erasures.key"))
    files = [content, kept.encode()]
    if bot.database.path is not None:
        files += [file.read_bytes() for file in bot.database.path.parent.glob("test.sqlite3*")]
    # As text, as PostgreSQL writes them out, and as SQLite stores them.
    for name in (
        str(chat.id).encode(),
        chat.id.to_bytes(6),
        str(patient.id).encode(),
        patient.id.hex.encode(),
    ):
        assert not [file for file in files if name in file]
    for secret in (kept.split()[0].encode(), key.strip().encode(), bytes.fromhex(key.strip())):
        assert secret not in content
    assert [entry.name for entry in backups.folder.iterdir()] == [path.name]


async def test_a_changed_text_is_asked_about_once_a_day(
    bot: RunningBot, chat: Person, patient: Patient, clock: ManualClock
) -> None:
    """The diary goes on meanwhile; agreeing ends it."""
    async with bot.database.write() as session:
        row = await session.get(Patient, patient.id)
        assert row is not None
        row.consent_version = CONSENT_VERSION - 1
    said = await bot.say(chat, "/summary")
    assert "has changed" in said.text
    said = await bot.say(chat, "/summary")
    assert "has changed" not in said.text
    clock.travel_to(clock.now() + timedelta(days=1))
    said = await bot.say(chat, "/summary")
    assert "has changed" in said.text
    await bot.tap(chat, "I agree")
    clock.travel_to(clock.now() + timedelta(days=1))
    said = await bot.say(chat, "/summary")
    assert "has changed" not in said.text


@pytest.mark.usefixtures("patient")
async def test_privacy_says_what_is_kept(bot: RunningBot, chat: Person) -> None:
    """DOMAIN.md's sentence as it stands, with the operator's days."""
    said = await bot.say(chat, "/privacy")
    assert (
        "Telegram can technically read this chat. I store your answers and your Telegram ID on the "
        "operator's server. /export gives you everything; /delete erases our copy, backups within 30 days; "
        "clear the chat yourself."
    ) in said.text
    assert "Plain are dates and times" in said.text


async def test_a_year_of_silence_is_asked_about_once(
    bot: RunningBot, chat: Person, patient: Patient, clock: ManualClock
) -> None:
    """At noon; without an answer everything stays."""
    await bot.say(chat, "/today")
    async with bot.database.write() as session:
        row = await session.get(Patient, patient.id)
        assert row is not None
        row.last_seen_at = clock.now() - timedelta(days=364)
    await bot.companion.jobs.ask_the_silent()
    await bot.travel(timedelta(days=1))
    assert not [message for message in chat.bot_messages if "haven't heard" in message.text]
    for _day in range(2):
        clock.travel_to(clock.now() + timedelta(hours=1))
        await bot.companion.jobs.ask_the_silent()
        await bot.travel(timedelta(days=1))
    [asked] = [message for message in chat.bot_messages if "haven't heard" in message.text]
    assert "for 12 months" in asked.text
    await bot.tap(chat, "Keep it", asked)
    assert [message for message in chat.bot_messages if "Your diary stays" in message.text]
    assert "checkins" in await traces(bot.database, patient)
