"""A process with a drawing that never ends: told the database's address and a patient's Telegram id."""

from __future__ import annotations

import asyncio
import sys
import threading
from datetime import UTC, datetime

from bot.clock import ManualClock
from bot.delivery.drawing import Studio
from bot.message import Attachment
from bot.storage.database import Database
from bot.storage.sealing import Keyring, use
from tests.delivery.notes import Sketch


async def main(url: str, telegram_id: int) -> None:
    """Begin to draw, give up, and close as the bot does at its stop."""
    begun = threading.Event()

    def hang() -> bytes:
        begun.set()
        threading.Event().wait()
        return b""

    use(Keyring([]))
    database = Database(url)
    studio = Studio(database, ManualClock(datetime(2026, 11, 24, tzinfo=UTC)), {"endless": Sketch(hang)})
    drawing = asyncio.create_task(studio.draw(telegram_id, Attachment("photo", "endless"), bulk=False))
    assert await asyncio.to_thread(begun.wait, 10)
    drawing.cancel()
    await asyncio.gather(drawing, return_exceptions=True)
    studio.close()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
