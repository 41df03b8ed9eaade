"""What Telegram sends is kept, whatever its text holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.storage import inbox

if TYPE_CHECKING:
    from bot.storage.database import Database

NOW = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)


async def test_half_an_emoji_in_a_text_does_not_stop_the_update_from_being_kept(database: Database) -> None:
    """A lone surrogate can't be written as UTF-8: it must not end the poller for everybody."""
    raw = json.loads('{"update_id": 7, "message": {"text": "\\ud83d"}}')
    async with database.write() as session:
        await inbox.keep(session, 1, [(7, 5, raw)], NOW)
    async with database.read() as session:
        row = await inbox.next_open(session, 5)
    assert row is not None
    assert json.loads(row.payload or "") == raw
