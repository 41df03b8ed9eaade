"""From row to phone: claimed, sent, recorded; also when Telegram or the process doesn't play along."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.delivery.kinds import Outcome
from bot.sandbox.faults import (
    CutAfter,
    CutBefore,
    blocked,
    flood,
    refusal,
    server_error,
)
from bot.storage import claims, deliveries, patients
from tests.delivery.notes import WORTH, Office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clock import ManualClock
    from bot.sandbox.server import SandboxServer
    from bot.storage.database import Database

ANA = 5_000_000_001


@pytest.fixture
async def office(database: Database, server: SandboxServer, clock: ManualClock) -> AsyncIterator[Office]:
    """A sender with one patient whom the bot may write to."""
    server.person(ANA, opened=True)
    office = Office(database, server, clock)
    await office.open()
    yield office
    await office.close()


async def test_what_is_due_is_sent_once_and_recorded(office: Office) -> None:
    """A second tick finds nothing more to do."""
    note = await office.plan(ANA, "a")
    await office.work()
    await office.work()
    row = await office.row(note)
    assert office.received() == ["note a"]
    assert (row.state, row.attempts, row.owner) == ("sent", 1, None)
    assert row.message_id is not None
    assert office.kind.told == [("a", 0, Outcome.SENT)]


async def test_what_is_not_due_yet_waits(office: Office) -> None:
    """A minute early is early."""
    note = await office.plan(ANA, "a", due_in=timedelta(minutes=1))
    await office.work()
    assert office.received() == []
    assert (await office.row(note)).state == "pending"


async def test_what_came_too_late_is_recorded_and_not_sent(office: Office, clock: ManualClock) -> None:
    """Nobody is woken at 4 a.m. to take a pill."""
    note = await office.plan(ANA, "a")
    clock.travel_to(clock.now() + WORTH)
    await office.work()
    assert office.received() == []
    assert (await office.row(note)).state == "expired"
    assert office.kind.told == [("a", 0, Outcome.EXPIRED)]


async def test_a_subject_that_was_answered_meanwhile_is_not_sent(office: Office) -> None:
    """The subject is read again just before."""
    note = await office.plan(ANA, "a")
    office.kind.withdrawn.add("a")
    await office.work()
    assert office.received() == []
    assert (await office.row(note)).state == "cancelled"


async def test_a_connection_cut_before_telegram_had_it_is_uncertain_and_copied_once(
    office: Office, clock: ManualClock
) -> None:
    """Nobody can tell it from a cut after the effect, so one copy goes out a minute later, and no third."""
    office.server.faults.add(CutBefore(), "sendMessage")
    note = await office.plan(ANA, "a")
    await office.work()
    assert (await office.row(note)).state == "uncertain"
    clock.travel_to(clock.now() + timedelta(seconds=60))
    await office.work()
    clock.travel_to(clock.now() + timedelta(seconds=60))
    office.server.faults.clear()
    await office.work()
    assert office.received() == []
    assert office.kind.told == [("a", 0, Outcome.UNCERTAIN), ("a", 1, Outcome.UNCERTAIN)]


async def test_a_connection_cut_after_the_effect_gives_two_at_most(
    office: Office, clock: ManualClock
) -> None:
    """The first arrived; the copy, worded as the same dose, follows once."""
    office.server.faults.add(CutAfter(), "sendMessage", times=1)
    await office.plan(ANA, "a")
    for _minute in range(4):
        await office.work()
        clock.travel_to(clock.now() + timedelta(seconds=60))
    assert office.received() == ["note a", "note a"]


async def test_telegrams_own_failure_is_uncertain(office: Office) -> None:
    """A 502 may come from in front of a server that did its work."""
    office.server.faults.add(server_error(502), "sendMessage", times=1)
    note = await office.plan(ANA, "a")
    await office.work()
    assert (await office.row(note)).state == "uncertain"


async def test_a_429_counts_no_attempt_and_holds_everything(office: Office) -> None:
    """The row is pending again, and nothing else goes out meanwhile."""
    office.server.faults.add(flood(1), "sendMessage", times=1)
    note = await office.plan(ANA, "a")
    await office.work()
    row = await office.row(note)
    assert (row.state, row.attempts) == ("pending", 0)
    assert office.pacer.is_blocked
    assert office.sender.room == 0


async def test_a_server_that_is_not_there_is_tried_again_later(office: Office, clock: ManualClock) -> None:
    """Not sent, for sure: after a pause the same row goes out once."""
    await office.server.stop()
    note = await office.plan(ANA, "a")
    await office.work()
    row = await office.row(note)
    assert (row.state, row.attempts) == ("pending", 1)
    assert row.run_at > clock.now()
    await office.server.start()
    clock.travel_to(clock.now() + timedelta(seconds=2))
    await office.work()
    assert office.received() == ["note a"]
    assert (await office.row(note)).state == "sent"


async def test_a_patient_who_blocked_the_bot_is_marked_and_kept(office: Office) -> None:
    """Their rows stay; further messages aren't tried."""
    office.server.faults.add(blocked(), "sendMessage", times=1)
    note = await office.plan(ANA, "a")
    await office.work()
    await office.plan(ANA, "b")
    await office.work()
    async with office.database.read() as session:
        patient = await patients.by_telegram_id(session, ANA)
    assert patient is not None
    assert patient.blocked_at is not None
    assert (await office.row(note)).outcome == "blocked"
    assert office.received() == []


async def test_what_telegram_refuses_for_good_is_not_tried_again(office: Office) -> None:
    """A 400 stays a 400."""
    office.server.faults.add(refusal(400, "Bad Request: something"), "sendMessage")
    note = await office.plan(ANA, "a")
    await office.work()
    assert (await office.row(note)).state == "failed"
    assert len(list(office.server.traffic.of("sendMessage"))) == 1


async def test_a_stale_mark_changes_nothing(office: Office) -> None:
    """Whoever claimed last decides: a frozen process that wakes up marks 0 rows."""
    note = await office.plan(ANA, "a")
    async with office.database.write() as session:
        [(_id, fence)] = await claims.claim_due(session, office.clock.now(), "frozen", 1)
    async with office.database.write() as session:
        assert await claims.settle_claims(session, [(note, fence)], state="pending")
    async with office.database.write() as session:
        [(_id, newer)] = await claims.claim_due(session, office.clock.now(), "other", 1)
    assert newer == fence + 1
    async with office.database.write() as session:
        assert not await claims.settle_claims(session, [(note, fence)], state="sent")
    assert (await office.row(note)).state == "sending"


async def test_two_claims_never_share_a_row(office: Office) -> None:
    """Whoever comes second finds the rest."""
    for number in range(10):
        await office.plan(ANA, str(number))
    async with office.database.write() as session:
        first = await claims.claim_due(session, office.clock.now(), "one", 6)
    async with office.database.write() as session:
        second = await claims.claim_due(session, office.clock.now(), "two", 10)
    assert len(first) == 6
    assert len(second) == 4
    assert not {row for row, _fence in first} & {row for row, _fence in second}


async def test_stopping_gives_back_what_has_not_begun(
    database: Database, server: SandboxServer, clock: ManualClock
) -> None:
    """After SIGTERM every row is sent or pending, none hangs in between."""
    server.person(ANA, opened=True)
    office = Office(database, server, clock)
    await office.open()
    notes = [await office.plan(ANA, str(number)) for number in range(30)]
    await office.tick.claim()
    await office.close()
    states = [(await office.row(note)).state for note in notes]
    assert set(states) <= {"sent", "pending"}
    assert states.count("sent") == len(office.received())


async def test_500_due_in_one_second_are_sent_once_each(office: Office) -> None:
    """Nothing is lost or doubled in a burst."""
    for number in range(500):
        office.server.person(ANA + number, opened=True)
    async with office.database.write() as session:
        rows = [await patients.get_or_create(session, ANA + n, office.clock.now()) for n in range(500)]
        for patient in rows:
            await deliveries.plan_first(
                session,
                patient_id=patient.id,
                kind="note",
                subject="burst",
                due_at=office.clock.now(),
                expires_at=office.clock.now() + WORTH,
            )
    while len(office.received()) < 500:
        await office.work()
    chats = [arrival.chat_id or 0 for arrival in office.server.traffic.of("sendMessage")]
    assert sorted(chats) == [ANA + n for n in range(500)]


async def test_a_batch_that_breaks_ends_nobodys_reminders(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What hadn't left waits for its next try, and the others go on."""
    acquire = office.pacer.acquire
    broken = [True]

    async def break_once(chat_id: int, *, bulk: bool, unhurried: bool = False) -> None:
        if broken:
            broken.clear()
            raise RuntimeError("on purpose")
        await acquire(chat_id, bulk=bulk, unhurried=unhurried)

    monkeypatch.setattr(office.pacer, "acquire", break_once)
    first = await office.plan(ANA, "first")
    await office.work()
    assert (await office.row(first)).state == "pending"
    await office.plan(ANA, "second")
    async with asyncio.timeout(5):
        await office.work()
    assert office.received() == ["note second"]
    office.clock.travel_to(office.clock.now() + timedelta(minutes=2))
    await office.work()
    assert office.received() == ["note second", "note first"]
