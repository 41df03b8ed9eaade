"""Three replicas on one PostgreSQL: one is killed, one is frozen beyond its lease and wakes up again."""

from __future__ import annotations

import asyncio
import gc
import math
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import ColumnElement, func, select

from bot.clock import SystemClock
from bot.sandbox.faults import SlowReply
from bot.sandbox.server import SandboxServer
from bot.storage.database import Database
from bot.storage.tables import Delivery, Patient
from tests.benchmarks.patients import FIRST_ID, enrol
from tests.faults.replicas import PER_SECOND, Replica, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence
    from pathlib import Path

    from bot.sandbox.arrivals import Arrival

# Calls that each of the two replicas has on the way when it is hit.
SLOW_CALLS = 24
# Calls at once (16) and one batch (8) of one replica.
SET_OUT_AT_ONCE = 24
COPY_AFTER_S = 60
# Nothing ended for so long: a lease that has just begun, its taking over, a copy's minute.
STALLED_AFTER_S = 150


@pytest.fixture
async def telegram() -> AsyncIterator[SandboxServer]:
    """The Bot API in real time, 50 ms away, with a hard 30 in any second."""
    async with SandboxServer(SystemClock(), accept_unknown_chats=True) as server:
        server.faults.latency_s = 0.05
        server.faults.rate_limit.per_second = 30
        # Among 10,000 messages a collection takes 100 ms, in which calls pile up that came one by one.
        gc.disable()
        yield server
        gc.enable()


def tonight(states: Sequence[str]) -> list[ColumnElement[bool]]:
    """Return which deliveries are this night's first reminders, of these states or of all."""
    mine = [
        Delivery.kind == "reminder",
        Delivery.ordinal == 0,
        Delivery.due_at < SystemClock().now() + timedelta(hours=1),
    ]
    return [*mine, Delivery.state.in_(states)] if states else mine


async def reminders(database: Database, *states: str) -> dict[int, tuple[str, str | None]]:
    """Return chat → (state, owner) of this night's first reminders, of these states or of all."""
    query = (
        select(Patient.telegram_id, Delivery.state, Delivery.owner)
        .join(Patient, Patient.id == Delivery.patient_id)
        .where(*tonight(states))
    )
    async with database.read() as session:
        return {row.telegram_id: (row.state, row.owner) for row in await session.execute(query)}


async def how_many(database: Database, states: Sequence[str]) -> int:
    """Return how many reminders are in one of these states.

    Counted in the database: reading ten thousand rows would stop the Bot API, which runs in this process, and
    what it then saw at once had come in good order.
    """
    query = select(func.count()).where(*tonight(states))
    async with database.read() as session:
        return await session.scalar(query) or 0


async def until_empty(database: Database, states: Sequence[str]) -> None:
    """Wait until no reminder is in one of these states, as long as they become fewer.

    No measure of speed: beside other work a machine sends a fifth of what it could. What hangs fails.
    """
    fewest, since = math.inf, time.monotonic()
    while left := await how_many(database, states):
        if left < fewest:
            fewest, since = left, time.monotonic()
        assert time.monotonic() - since < STALLED_AFTER_S, f"{left} reminders hang"
        await asyncio.sleep(0.5)


def crowding() -> float:
    """Return how many processes want each processor: what is promised within seconds takes so much longer."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def sends(telegram: SandboxServer) -> list[Arrival]:
    """Return every sendMessage to the patients that took effect."""
    return [call for call in telegram.traffic.of("sendMessage") if call.took_effect]


def most_in_a_second(calls: Sequence[Arrival]) -> int:
    """Return the most calls in any sliding second."""
    at = sorted(call.monotonic for call in calls)
    first, most = 0, 0
    for last, instant in enumerate(at):
        while at[first] <= instant - 1:
            first += 1
        most = max(most, last - first + 1)
    return most


@dataclass
class Night:
    """What was seen of a night in which two of three replicas were hit."""

    in_flight: set[int] = field(default_factory=set)
    claimed: set[int] = field(default_factory=set)
    before: dict[int, tuple[str, str | None]] = field(default_factory=dict)
    after: dict[int, tuple[str, str | None]] = field(default_factory=dict)
    done_s: float = 0.0
    answered_s: float = 0.0
    polled_by_the_last: bool = False


async def hit_two(
    telegram: SandboxServer, replicas: Sequence[Replica], database: Database, count: int
) -> Night:
    """Freeze the one that polls and kill another in the middle of a burst; wake the first at the end."""
    night = Night()
    await until(lambda: any(replica.said("this replica polls") for replica in replicas), 5)
    leader, killed, last = sorted(replicas, key=lambda one: not one.said("this replica polls"))
    await until(lambda: len(sends(telegram)) > min(count // 10, 200), 30)
    lease_s = leader.lease_s
    telegram.faults.add(SlowReply(min(8.0, lease_s / 2)), "sendMessage", times=SLOW_CALLS)
    begun = len(sends(telegram))
    await until(lambda: len(sends(telegram)) >= begun + SLOW_CALLS * 2 // 3, 10)
    killed.send(signal.SIGKILL)
    leader.send(signal.SIGSTOP)
    hit_at = time.monotonic()
    claimed = await reminders(database, "sending")
    hit = tuple(f"-{replica.process.pid}-" for replica in (killed, leader))
    night.claimed = {chat for chat, (_, owner) in claimed.items() if any(pid in (owner or "") for pid in hit)}
    await asyncio.sleep(0.5)  # what was on the wire arrives
    night.in_flight = {chat for chat in night.claimed if any(telegram.traffic.of("sendMessage", chat))}
    taking_over = asyncio.create_task(until_let_go(database, hit, lease_s + 5 * crowding()))
    person = telegram.person()
    await person.send_text("/start")
    await person.wait_for_text("First, what this is", timeout_s=20)
    night.answered_s = time.monotonic() - hit_at
    await taking_over
    await until_empty(database, ["pending", "sending"])
    night.done_s = time.monotonic() - hit_at
    if lease_s >= COPY_AFTER_S:
        await until_copied(telegram, await reminders(database, "uncertain"), COPY_AFTER_S * 2 * crowding())
    night.before = await reminders(database)
    leader.send(signal.SIGCONT)
    await until_stale(leader)
    night.after = await reminders(database)
    night.polled_by_the_last = last.said("this replica polls")
    return night


async def until_let_go(database: Database, owners: Sequence[str], within: float) -> None:
    """Wait until nothing is claimed by these processes any more: others took it over."""
    async with asyncio.timeout(within):
        while any(  # noqa: ASYNC110 - other processes can't set an event
            owner in (claimed_by or "")
            for _state, claimed_by in (await reminders(database, "sending")).values()
            for owner in owners
        ):
            await asyncio.sleep(0.2)


async def until_copied(telegram: SandboxServer, uncertain: Iterable[int], within: float) -> None:
    """Wait until these chats have got something: the message, or its copy."""
    async with asyncio.timeout(within):
        while set(uncertain) - {call.chat_id for call in sends(telegram)}:  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.5)


async def until_stale(replica: Replica) -> None:
    """Wait until a mark of this replica came too late."""
    async with asyncio.timeout(20):
        while not await replica.stale_marks():  # noqa: ASYNC110 - another process can't set an event
            await asyncio.sleep(0.2)


@pytest.mark.parametrize(("count", "lease_s"), [(150, 4), pytest.param(10_000, 60, marks=pytest.mark.soak)])
async def test_one_is_killed_and_one_is_frozen_and_nothing_is_lost(
    telegram: SandboxServer, postgres_url: str, tmp_path: Path, count: int, lease_s: float
) -> None:
    """Every dose is said, twice at most what was in flight, within the budget; late marks change nothing."""
    database = Database(postgres_url)
    due_at = datetime.now(UTC) + timedelta(seconds=5)  # noqa: TID251 - real processes, real time
    await enrol(postgres_url, count, due_at=due_at)
    replicas = [Replica(postgres_url, lease_s, tmp_path, telegram.base_url) for _ in range(3)]
    try:
        for replica in replicas:
            await replica.start()
        for replica in replicas:
            await replica.until_running()
        night = await hit_two(telegram, replicas, database, count)
    finally:
        for replica in replicas:
            await replica.end()
        await database.close()
    said = Counter(call.chat_id for call in sends(telegram) if (call.chat_id or 0) >= FIRST_ID)
    twice = {chat for chat, times in said.items() if times > 1}
    uncertain = {chat for chat, (state, _owner) in night.before.items() if state == "uncertain"}
    sys.stderr.write(  # for whoever runs it with -s
        f"\n{count} due: {len(twice)} twice, {len(uncertain)} uncertain, {len(night.in_flight)} in flight, "
        f"{most_in_a_second(sends(telegram))} in the fullest second, the text answered after "
        f"{night.answered_s:.1f} s, all done {night.done_s:.1f} s after the kill\n"
    )
    assert len(night.before) == count
    assert {state for state, _owner in night.before.values()} <= {"sent", "uncertain"}
    assert len(said) + len(uncertain) >= count
    # In the long form the copies that say "the same dose" have gone out, too.
    assert lease_s < COPY_AFTER_S or len(said) == count
    assert uncertain <= night.claimed
    # What had not set out waits again; a batch that had set out, and its calls, may have arrived.
    assert len(uncertain) <= 2 * SET_OUT_AT_ONCE
    assert twice <= night.in_flight
    assert telegram.faults.rate_limit.refused == 0
    assert most_in_a_second(sends(telegram)) <= PER_SECOND * 1.08 + 2
    assert night.answered_s < 15
    assert night.polled_by_the_last
    assert night.after == night.before
