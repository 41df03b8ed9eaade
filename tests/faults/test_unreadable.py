"""Rows that can't be read (a lost key, changed bytes, no text at all) are set aside, and nobody waits."""

from __future__ import annotations

from base64 import b64encode
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text

from bot.storage import inbox
from bot.storage.tables import Delivery, Dose, Inbox, Patient
from tests.faults.burst import enrol_many
from tests.features.reminded import DUE
from tests.harness import KEYRING

if TYPE_CHECKING:
    from uuid import UUID

    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

LOST = "'§1.00000000.AAAA'"
CHANGED = f"'§1.{KEYRING.current}.{b64encode(bytes(40)).decode()}'"
# SQLite keeps whatever a failing disk gives it; PostgreSQL refuses this one.
NO_TEXT = "CAST(X'FF41' AS TEXT)"

spoilt = pytest.mark.parametrize(
    ("database_url", "value"),
    [
        pytest.param(database, value, id=f"{what}-{database}")
        for what, value, databases in (
            ("lost key", LOST, ("sqlite", "postgresql")),
            ("changed", CHANGED, ("sqlite", "postgresql")),
            ("no text", NO_TEXT, ("sqlite",)),
        )
        for database in databases
    ],
    indirect=["database_url"],
)


async def spoil(bot: RunningBot, place: str, value: str, where: str) -> None:
    """Write *value* into a sealed column, given as "table.column"."""
    table, column = place.split(".")
    async with bot.database.write() as session:
        query = f"UPDATE {table} SET {column} = {value} WHERE {where}"  # noqa: S608 - constants of this file
        done = await session.execute(text(query))
        assert done.rowcount  # type: ignore[attr-defined]


async def two(bot: RunningBot) -> list[Person]:
    """Return two patients, both due at ten."""
    people = await enrol_many(bot, [time(22), time(22)])
    bot.clock.travel_to(DUE - timedelta(minutes=1))
    return people


async def id_of(bot: RunningBot, person: Person) -> str:
    """Return the row's id as the database writes it."""
    async with bot.database.read() as session:
        found: UUID = (
            await session.execute(select(Patient.id).where(Patient.telegram_id == person.id))
        ).scalar_one()
    return found.hex if bot.database.is_sqlite else str(found)


async def column(bot: RunningBot, query: Any) -> list[Any]:  # noqa: ANN401 - a select of one column
    """Return its values."""
    async with bot.database.read() as session:
        return list((await session.execute(query)).scalars())


@spoilt
async def test_a_reminder_that_cannot_be_read_is_set_aside(bot: RunningBot, value: str) -> None:
    """One line to the operator; the other patient is asked, and both are asked the next night."""
    ana, rui = await two(bot)
    mine = f"patient_id = '{await id_of(bot, ana)}' AND kind = 'reminder' AND state = 'pending'"
    await spoil(bot, "deliveries.payload", value, mine)
    await bot.travel(timedelta(minutes=1))
    assert (len(ana.bot_messages), len(rui.bot_messages)) == (0, 1)
    states = await column(
        bot, select(Delivery.state).where(Delivery.kind == "reminder", Delivery.due_at == DUE)
    )
    assert sorted(states) == ["failed", "sent"]
    assert len([line for line in bot.told if "was set aside" in line]) == 1
    await bot.companion.planner.sweep(bot.database, bot.clock.now())
    await bot.travel(timedelta(days=1))
    assert ana.bot_messages


@spoilt
async def test_an_update_that_cannot_be_read_is_set_aside(bot: RunningBot, value: str) -> None:
    """Its sender hears that something went wrong; the next update of the same chat is handled."""
    ana, _rui = await two(bot)
    told = len(bot.told)
    async with bot.database.write() as session:
        raw = {"update_id": 900_000, "message": {}}
        await inbox.keep(session, bot.companion.bot.id, [(900_000, ana.id, raw)], bot.clock.now())
    await spoil(bot, "inbox.payload", value, "update_id = 900000")
    bot.companion.ingest.wake(ana.id)
    await bot.settle()
    assert await column(bot, select(Inbox.outcome).where(Inbox.update_id == 900_000)) == ["set_aside"]
    assert ana.last is not None
    assert "Something went wrong" in ana.last.text
    assert "Something went wrong" not in (await bot.say(ana, "/today")).text
    assert len(bot.told) == told + 1


@spoilt
async def test_a_patient_who_cannot_be_read_keeps_nobody_from_being_planned_for(
    bot: RunningBot, value: str
) -> None:
    """The sweep and a new tzdata plan for the others; updates of that patient are set aside."""
    ana, rui = await two(bot)
    await spoil(bot, "patients.dialogue", value, f"telegram_id = {ana.id}")
    await spoil(bot, "patients.cue", value, f"telegram_id = {ana.id}")
    async with bot.database.write() as session:
        await session.execute(text("DELETE FROM deliveries"))
        await session.execute(text("DELETE FROM doses"))
    now = bot.clock.now()
    await bot.companion.planner.sweep(bot.database, now)
    mine = select(Delivery.id).join(Patient, Patient.id == Delivery.patient_id)
    assert await column(bot, mine.where(Patient.telegram_id == rui.id, Delivery.kind == "reminder"))
    assert "Something went wrong" in (await bot.say(ana, "/today")).text
    assert "Something went wrong" not in (await bot.say(rui, "/today")).text
    await bot.travel(timedelta(minutes=1))
    asked = await column(
        bot,
        select(Dose.state).join(Patient, Patient.id == Dose.patient_id).where(Patient.telegram_id == rui.id),
    )
    assert "asked" in asked


@spoilt
async def test_a_patient_who_cannot_be_read_keeps_nobody_from_being_asked_after_a_year(
    bot: RunningBot, value: str
) -> None:
    """Whoever was silent for as long and has a row that can be read is asked whether to keep the diary."""
    await two(bot)
    async with bot.database.write() as session:
        [first, second] = (await session.execute(select(Patient).order_by(Patient.id))).scalars()
        for row in (first, second):
            row.last_seen_at = bot.clock.now() - timedelta(days=400)
    for place in ("patients.dialogue", "patients.cue"):
        await spoil(bot, place, value, f"telegram_id = {first.telegram_id}")
    await bot.companion.jobs.ask_the_silent()
    mine = select(Delivery.id).where(Delivery.patient_id == second.id, Delivery.kind == "silence")
    assert await column(bot, mine)
