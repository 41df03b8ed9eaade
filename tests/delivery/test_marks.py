"""Marks: what became of a delivery is recorded, also when something beside it goes wrong."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import select

from bot.delivery.kinds import Outcome
from bot.delivery.marks import Mark, Marker, Retry
from bot.metrics import Metrics
from bot.storage import claims
from bot.storage.database import Database
from bot.storage.tables import Patient
from tests.delivery.notes import Office

if TYPE_CHECKING:
    from uuid import UUID

    import pytest
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.clock import ManualClock
    from bot.sandbox.server import SandboxServer
    from bot.storage.tables import Delivery

ANA, RUI = 5_000_000_001, 5_000_000_002


async def test_a_follow_up_that_fails_forgets_nothing_of_what_was_sent(office: Office) -> None:
    """The message's id and instant are on the row: its buttons can still be taken away."""
    office.kind.broken.add("a")
    note = await office.plan(ANA, "a")
    await office.work()
    row = await office.row(note)
    [arrival] = office.server.traffic.of("sendMessage")
    assert (row.state, row.message_id, row.sent_at) == ("sent", arrival.message_id, office.clock.now())


async def test_a_claim_that_nobody_has_in_hand_is_taken_over_without_a_restart(office: Office) -> None:
    """Committed and set out, but no mark was written: it may have arrived, so one copy follows."""
    note = await office.plan(ANA, "a")
    async with office.database.write() as session:
        await claims.set_out(session, await claims.claim_due(session, office.clock.now(), "one", 1))
    assert await office.tick.find_lost() == 0
    assert await office.tick.find_lost() == 1
    await office.sender.idle()
    assert (await office.row(note)).state == "uncertain"
    assert office.kind.told == [("a", 0, Outcome.UNCERTAIN)]


async def test_a_claim_whose_sending_never_began_is_sent_as_if_nothing_had_been(office: Office) -> None:
    """It never left for sure: no word of a copy, and no minute of waiting."""
    note = await office.plan(ANA, "a")
    async with office.database.write() as session:
        await claims.claim_due(session, office.clock.now(), "one", 1)
    for _look in range(2):
        await office.tick.find_lost()
    await office.sender.idle()
    await office.work()
    assert (await office.row(note)).state == "sent"
    assert office.kind.told == [("a", 0, Outcome.SENT)]


async def test_what_makes_a_message_possible_is_recorded_before_what_came_too_late(office: Office) -> None:
    """A dose that waits again after a crash doesn't stand behind a night's expired messages."""
    late = [await office.plan(ANA, f"late {number}") for number in range(60)]
    back = await office.plan(ANA, "back")
    async with office.database.write() as session:
        fences = dict(await claims.claim_due(session, office.clock.now(), "one", 100))
    marker = Marker(office.database, office.clock, {"note": office.kind}, Metrics(1))
    ends: list[UUID] = []
    for note in late:
        marker.put(Mark(note, fences[note], Outcome.EXPIRED, "too late"), partial(ends.append, note))
    marker.put(Mark(back, fences[back], Retry.NOW, "process died"), partial(ends.append, back))
    marker.start()
    await marker.stop()
    assert ends == [back, *late]


async def test_a_night_of_expired_messages_leaves_room_for_what_is_due(office: Office) -> None:
    """They are only recorded, however slowly: the next tick claims the dose beside them."""
    free = office.sender.room
    async with office.database.write():  # nothing can be recorded meanwhile
        office.sender.expire([(uuid4(), 1) for _row in range(free)])
        assert (office.sender.room, office.sender.overdue_room) == (free, 0)
    await office.sender.idle()


async def test_a_claim_that_waits_for_its_slot_is_in_hand(office: Office) -> None:
    """A 429 holds it up; nobody takes it over."""
    note = await office.plan(ANA, "a")
    office.pacer.block_for(0.3)
    async with office.database.write() as session:
        taken = await claims.claim_due(session, office.clock.now(), "one", 1)
    office.sender.submit(taken)
    assert [await office.tick.find_lost() for _look in range(3)] == [0, 0, 0]
    await office.sender.idle()
    assert (await office.row(note)).state == "sent"


async def test_two_processes_that_record_the_same_patients_do_not_lock_each_other_out(
    postgres_url: str, server: SandboxServer, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """One after the other, whatever the order of their marks; PostgreSQL has no deadlock to break."""
    database = Database(postgres_url)
    office = Office(database, server, clock)
    notes = {(who, what): await office.plan(who, what) for what in "ab" for who in (ANA, RUI)}
    async with database.write() as session:
        fences = dict(await claims.claim_due(session, clock.now(), "one", 9))
    both = asyncio.Barrier(2)

    async def lock_and_wait(session: AsyncSession, delivery: Delivery) -> None:
        await session.execute(select(Patient.id).where(Patient.id == delivery.patient_id).with_for_update())
        try:
            async with asyncio.timeout(0.3):
                await both.wait()
        except (TimeoutError, asyncio.BrokenBarrierError):
            return

    office.kind.hook = lock_and_wait
    recorded: asyncio.Queue[UUID] = asyncio.Queue()
    markers = [Marker(database, clock, {"note": office.kind}, Metrics(1)) for _process in "ab"]
    for marker, what, order in zip(markers, "ab", ((ANA, RUI), (RUI, ANA)), strict=True):
        for who in order:
            note = notes[who, what]
            marker.put(
                Mark(note, fences[note], Outcome.SENT, None, 1, clock.now()),
                partial(recorded.put_nowait, note),
            )
        marker.start()
    async with asyncio.timeout(10):
        assert {await recorded.get() for _note in notes} == set(notes.values())
        await asyncio.gather(*(marker.stop() for marker in markers))
    assert "doesn't take" not in caplog.text
    assert {(await office.row(note)).state for note in notes.values()} == {"sent"}
    await database.close()
