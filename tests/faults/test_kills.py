"""SIGKILL where it hurts: before and after the claim, around the send, while recording, handling, migrating.

Afterwards nothing is lost, each tap is kept, and nobody got more copies than were in flight at the kills.
"""

from __future__ import annotations

import asyncio
import random
import sys
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from bot.domain.dose import DoseState
from bot.storage.claims import ON_THE_WAY
from bot.storage.database import Database
from bot.storage.migrate import current_revision, migrate
from bot.storage.tables import Delivery, Dose, Patient
from tests.faults import dying_bot
from tests.faults.burst import enrol_many
from tests.faults.checker import by_dose, check
from tests.faults.dying_bot import POINTS, Death
from tests.features.reminded import DUE
from tests.harness import running
from tests.leases import end_leases

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer
    from tests.harness import RunningBot

KILLED = -9
PASSED_OFTEN = frozenset({"between claim and send", "between send and record", "while recording"})
DUE_IN_A_LIFE = 4


async def until_dead(process: BaseProcess, within_s: float) -> bool:
    """Wait for the process to die at its point; kill it wherever it is when that takes too long.

    Returns:
        Whether it died at its point.
    """
    await asyncio.to_thread(process.join, within_s)
    late = process.is_alive()
    if late:
        process.kill()
    await asyncio.to_thread(process.join)
    assert process.exitcode == KILLED
    return not late


async def in_flight(url: str) -> int:
    """Return how many reminders the dead process had set out to send and not recorded; end their leases."""
    database = Database(url)
    await end_leases(database)
    async with database.read() as session:
        query = select(func.count()).where(
            Delivery.state == "sending", Delivery.outcome == ON_THE_WAY, Delivery.kind == "reminder"
        )
        count = (await session.execute(query)).scalar_one()
    await database.close()
    return count


async def tap_some(people: list[Person], tapped: set[int], rng: random.Random) -> None:
    """Let a few of those who were asked tap Taken."""
    asked = [person for person in people if person.bot_messages and person.id not in tapped]
    for person in rng.sample(asked, min(2, len(asked))):
        await person.tap("Taken", person.bot_messages[0])
        tapped.add(person.id)


@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.soak)])
async def test_a_burst_that_is_killed_again_and_again_loses_nothing(
    server: SandboxServer, clock: ManualClock, sqlite_url: str, kills: int
) -> None:
    """Every named point at least once, in random order, until all are asked; taps come in between."""
    await burst_killed(server, clock, sqlite_url, kills)


@pytest.mark.soak
async def test_the_same_on_postgresql(server: SandboxServer, clock: ManualClock, postgres_url: str) -> None:
    """With leases in the database's own time."""
    await burst_killed(server, clock, postgres_url, 30)


async def burst_killed(server: SandboxServer, clock: ManualClock, url: str, kills: int) -> None:
    """Kill a burst so many times, let it end in peace, and look at every dose and every tap."""
    rng = random.Random(kills)
    # A few are due in each life, beside what the lives before left.
    times = [
        (DUE + timedelta(minutes=life)).time() for life in range(kills) for _each in range(DUE_IN_A_LIFE)
    ]
    async with running(server, clock, url) as bot:
        people = await enrol_many(bot, times)
    clock.travel_to(DUE)
    points = [*POINTS, *(rng.choice(list(POINTS)) for _more in range(kills - len(POINTS)))]
    deaths = [Death(point, rng.randint(1, 2) if point in PASSED_OFTEN else 1) for point in points]
    rng.shuffle(deaths)
    # Nobody can tap before somebody was asked.
    deaths.insert(0, deaths.pop(next(n for n, death in enumerate(deaths) if death.point in PASSED_OFTEN)))
    tapped: set[int] = set()
    lost_track = at_their_point = 0
    for death in deaths:
        life = dying_bot.start(server.base_url, url, clock.now(), death)
        at_their_point += await until_dead(life, within_s=4)
        lost_track += await in_flight(url)
        await tap_some(people, tapped, rng)
        # All lives together are shorter than the catch-up: the re-alert still comes in time.
        clock.travel_to(clock.now() + timedelta(seconds=min(60, 2400 // kills)))
    async with running(server, clock, url) as bot:
        # A bot that doesn't come to rest fails below, by what the checker finds.
        with suppress(TimeoutError):
            async with asyncio.timeout(30 + kills):
                # A first message and its one copy may both die with a process: then the re-alert asks.
                await bot.travel_to(clock.now() + timedelta(minutes=80))
        taken = await takers(bot)
    seen = by_dose(server.arrivals)
    assert await check(url, server.arrivals, clock.now() + timedelta(hours=2)) == []
    assert len(seen) == len(people)
    again = [a for asked in seen.values() for a in asked if "No answer yet" not in a.params["text"]]
    assert len(again) - len(people) <= lost_track
    # Whoever polled too late, after lives that died before they polled, never saw these.
    dropped = {update.body["callback_query"]["from"]["id"] for update in server.world.updates.expired}
    sys.stderr.write(  # for whoever runs it with -s
        f"\n{kills} kills, {at_their_point} at their point: {len(people)} asked, {len(again) - len(people)} "
        f"copies of {lost_track} in flight, {len(tapped)} taps, {len(dropped)} of them dropped by Telegram\n"
    )
    assert server.pending_updates == 0
    assert tapped - dropped <= taken <= tapped
    assert len(dropped) <= len(tapped) // 2
    assert at_their_point >= kills // 3


async def takers(bot: RunningBot) -> set[int]:
    """Return who has taken Tuesday's dose."""
    async with bot.database.read() as session:
        query = (
            select(Patient.telegram_id)
            .join(Dose, Dose.patient_id == Patient.id)
            .where(Dose.state == DoseState.TAKEN.value)
        )
        return set((await session.execute(query)).scalars().all())


async def test_a_migration_that_is_killed_is_done_again_from_where_it_began(empty_database_url: str) -> None:
    """Its statements are one transaction: the tables are old or new, never in between."""
    database = Database(empty_database_url)
    await migrate(database, "0001")
    assert await until_dead(dying_bot.start_migration(empty_database_url, "head"), within_s=20)
    assert await current_revision(database) == "0001"
    await migrate(database)
    assert await current_revision(database) not in {None, "0001"}
    await database.close()
