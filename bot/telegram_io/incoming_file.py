"""A file that a patient sent: fetched and read between two rounds of its update, kept nowhere."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telegram.error import TelegramError

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram import Bot

log = logging.getLogger(__name__)

_READ_S = 30.0
# In memory at once; the others wait.
_AT_ONCE = 2


class FileWanted(Exception):  # noqa: N818 - not an error: the update's second round brings it
    """The handler needs the file first.

    Attributes:
        file_id: Telegram's id of it.
        read: What makes sense of the content, in another thread.
    """

    def __init__(self, file_id: str, read: Callable[[bytes], Any]) -> None:
        super().__init__("a file is wanted")
        self.file_id = file_id
        self.read = read


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file, or that it couldn't be had.

    Attributes:
        arrived: Telegram gave it.
        value: What `read` made of it; None where it didn't arrive.
    """

    arrived: bool
    value: Any = None


class Files:
    """Fetches them from Telegram."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._hands = asyncio.Semaphore(_AT_ONCE)

    async def fetch(self, wanted: FileWanted) -> Fetched:
        """Return the file; it didn't arrive where Telegram refuses or is too slow."""
        async with self._hands:
            try:
                file = await self._bot.get_file(wanted.file_id)
                content = await file.download_as_bytearray(read_timeout=_READ_S)
            except TelegramError as error:
                log.warning("a file couldn't be fetched (%s)", type(error).__name__)
                return Fetched(arrived=False)
            return Fetched(arrived=True, value=await asyncio.to_thread(wanted.read, bytes(content)))
