"""A call and its lease: no other replica takes over a message that is still on its way."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.delivery import calling
from bot.delivery.kinds import Outcome
from bot.sandbox.faults import SlowReply
from bot.storage import claims
from bot.storage.database import Database
from bot.telegram_io import request
from tests.delivery.notes import Office

if TYPE_CHECKING:
    import pytest

    from bot.clock import ManualClock
    from bot.sandbox.server import SandboxServer

ANA = 5_000_000_001


async def test_what_waited_for_its_slot_goes_out_under_a_new_lease(
    postgres_url: str, server: SandboxServer, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 429's pause and a call that hangs last longer together than a lease: said once all the same."""
    monkeypatch.setattr(claims, "LEASE", timedelta(seconds=1.6))
    monkeypatch.setattr(calling, "_LEASE_FRESH_FOR_S", 0.3)
    server.person(ANA, opened=True)
    database = Database(postgres_url)
    one, two = Office(database, server, clock), Office(database, server, clock, owner="two")
    await one.open()
    await two.open()
    note = await one.plan(ANA, "a")
    server.faults.add(SlowReply(0.9), "sendMessage")
    await one.tick.claim()
    one.pacer.block_for(1.2)
    while one.sender.open:
        await two.tick.claim()
        await asyncio.sleep(0.05)
    assert (await one.row(note)).state == "sent"
    assert one.kind.told + two.kind.told == [("a", 0, Outcome.SENT)]
    await one.close()
    await two.close()
    await database.close()


async def test_another_replicas_message_is_not_sent_after_the_wait(
    postgres_url: str, server: SandboxServer, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This process stood still beyond its lease while it waited for a slot; the other one told it since."""
    monkeypatch.setattr(calling, "_LEASE_FRESH_FOR_S", 0.0)
    server.person(ANA, opened=True)
    database = Database(postgres_url)
    office = Office(database, server, clock)
    await office.open()
    note = await office.plan(ANA, "a")
    await office.tick.claim()
    office.pacer.block_for(0.5)
    await asyncio.sleep(0.2)
    async with database.write() as session:
        await claims.settle_claims(session, [(note, 1)], state="uncertain", outcome="process died")
    await office.sender.idle()
    assert office.received() == []
    assert (await office.row(note)).state == "uncertain"
    await office.close()
    await database.close()


async def test_a_call_that_does_not_end_is_cut_off_before_its_lease(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have arrived."""
    monkeypatch.setattr(calling, "_CALL_WITHIN_S", 0.2)
    office.server.faults.add(SlowReply(0.8), "sendMessage")
    note = await office.plan(ANA, "a")
    await office.work()
    row = await office.row(note)
    assert (row.state, row.outcome) == ("uncertain", "took too long")


def test_the_longest_call_fits_into_a_lease() -> None:
    """With some seconds to record it; and no call that would still end well is cut off."""
    within_s = calling._LEASE_FRESH_FOR_S + calling._CALL_WITHIN_S  # noqa: SLF001 - how they fit together
    assert within_s + 5 <= claims.LEASE.total_seconds()
    longest_s = request.CONNECT_S + request.POOL_S + request.WRITE_FILE_S + request.READ_S
    assert longest_s <= calling._CALL_WITHIN_S  # noqa: SLF001 - the same
