"""Two replicas behind a proxy: Telegram's updates go to either of them, some to both."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import func, select

from bot.clock import SystemClock
from bot.sandbox.server import SandboxServer
from bot.storage.database import Database
from bot.storage.tables import Event, Inbox, Patient
from tests.benchmarks.patients import FIRST_ID, enrol
from tests.faults.replicas import Replica, until
from tests.faults.test_process import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SECRET = "a-secret-of-the-tests"  # noqa: S105 - it opens nothing
PATIENTS, NOTES = 6, 6


@pytest.fixture
async def telegram() -> AsyncIterator[SandboxServer]:
    """The Bot API, in real time."""
    async with SandboxServer(SystemClock(), accept_unknown_chats=True) as server:
        yield server


def note(update_id: int, person_id: int, number: int) -> dict[str, Any]:
    """Return the update of a typed note."""
    text = f"/note new cushion number {number}"
    return {
        "update_id": update_id,
        "message": {
            "message_id": 1000 + number,
            "date": int(SystemClock().now().timestamp()),
            "chat": {"id": person_id, "type": "private", "first_name": "Ana"},
            "from": {"id": person_id, "is_bot": False, "first_name": "Ana"},
            "text": text,
            "entities": [{"type": "bot_command", "offset": 0, "length": 5}],
        },
    }


def hook_of(replica: Replica) -> str:
    """Return where Telegram would call it."""
    return f"http://127.0.0.1:{replica.port}/hook"


async def post_notes(replicas: list[Replica], person_id: int, first_update_id: int) -> None:
    """Post one patient's notes in their order, each to another replica; each third to both at once."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with httpx.AsyncClient(trust_env=False, headers=headers, timeout=20) as client:
        for number in range(NOTES):
            update = note(first_update_id + number, person_id, number)
            one, other = replicas[number % 2], replicas[(number + 1) % 2]
            posts = [client.post(hook_of(one), json=update)]
            if number % 3 == 0:
                posts.append(client.post(hook_of(other), json=update))
            for response in await asyncio.gather(*posts):
                assert response.status_code == 200


async def test_updates_spread_over_two_replicas_are_handled_once_and_in_order(
    telegram: SandboxServer, postgres_url: str, tmp_path: Path
) -> None:
    """Each note is kept once, in the order in which the patient wrote; each is answered."""
    await enrol(postgres_url, PATIENTS, due_at=SystemClock().now().replace(hour=23, minute=59))
    replicas = [webhook_replica(postgres_url, tmp_path, telegram) for _ in range(2)]
    people = [FIRST_ID + number for number in range(PATIENTS)]
    database = Database(postgres_url)
    try:
        for replica in replicas:
            await replica.start()
        for replica in replicas:
            await replica.until_running()
        await asyncio.gather(
            *(post_notes(replicas, person, 1 + 100 * number) for number, person in enumerate(people))
        )
        await until_handled(database)
        await until(lambda: answered(telegram) >= PATIENTS * NOTES, 30)
        async with database.read() as session:
            rows = (
                await session.execute(
                    select(Event, Patient.telegram_id)
                    .join(Patient, Patient.id == Event.patient_id)
                    .order_by(Event.created_at)
                )
            ).all()
    finally:
        for replica in replicas:
            await replica.end()
        await database.close()
    kept: defaultdict[int, list[str | None]] = defaultdict(list)
    for row in rows:
        kept[row.telegram_id].append(row.Event.note)
    written = [f"new cushion number {number}" for number in range(NOTES)]
    assert kept == dict.fromkeys(people, written)
    assert answered(telegram) == PATIENTS * NOTES


def answered(telegram: SandboxServer) -> int:
    """Return how many messages the patients got."""
    return len([call for call in telegram.traffic.of("sendMessage") if call.took_effect])


def webhook_replica(url: str, folder: Path, telegram: SandboxServer) -> Replica:
    """Return a replica that takes webhooks at a port of its own."""
    port = free_port()
    environ = {
        "LDN_TELEGRAM__MODE": "webhook",
        "LDN_TELEGRAM__WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
        "LDN_TELEGRAM__SECRET_TOKEN": SECRET,
    }
    return Replica(url, 60, folder, telegram.base_url, environ=environ, port=port)


async def until_handled(database: Database) -> None:
    """Wait until every update that was kept is done."""
    open_ones = select(func.count()).where(Inbox.done_at.is_(None))
    async with asyncio.timeout(40):
        while True:
            async with database.read() as session:
                if (await session.execute(open_ones)).scalar_one() == 0:
                    return
            await asyncio.sleep(0.1)
