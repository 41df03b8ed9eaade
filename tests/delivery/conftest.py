"""A sender for tests to which the database is no matter; others have an office of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.storage.database import Database
from tests.delivery.notes import Office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clock import ManualClock
    from bot.sandbox.server import SandboxServer

ANA = 5_000_000_001


@pytest.fixture
async def office(sqlite_url: str, server: SandboxServer, clock: ManualClock) -> AsyncIterator[Office]:
    """A sender on SQLite, and a patient."""
    server.person(ANA, opened=True)
    database = Database(sqlite_url)
    office = Office(database, server, clock)
    await office.open()
    yield office
    await office.close()
    await database.close()
