"""Pictures and documents are drawn here, just before they are sent: in threads, and kept nowhere."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import Future
from contextlib import asynccontextmanager
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from bot.locale import speaking
from bot.reports.typesetting import give_back
from bot.storage import patients

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.clock import Clock
    from bot.message import Attachment
    from bot.storage.database import Database
    from bot.storage.tables import Patient

log = logging.getLogger(__name__)

Result = TypeVar("Result")

# Two at a time leave the event loop its share of a small machine; more would only wait for each other.
HANDS = 2
_SETTLED_AFTER_S = 2.0
# The doctor's page of five years takes a second on a small machine; what takes this long never ends.
_LONGEST_DRAWING_S = 30.0


class Drawer(Protocol):
    """Draws one sort of picture or document, implemented by the feature that owns it."""

    async def read(
        self, session: AsyncSession, patient: Patient, arguments: Mapping[str, Any], now: datetime
    ) -> Callable[[], bytes]:
        """Read the patient's rows; return what draws them, to be called in another thread.

        The call there must touch neither the session nor its rows. Both run inside
        `speaking(patient.language)`.
        """
        ...


class Studio:
    """Draws at most two attachments at a time; what nobody waits for never takes both places."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        drawers: Mapping[str, Drawer],
        tidy: Callable[[], object] = give_back,
        settled_after_s: float = _SETTLED_AFTER_S,
    ) -> None:
        """Open it.

        Args:
            database: Where the rows are.
            clock: Wall time.
            drawers: What can be drawn.
            tidy: Called in a thread when nothing has been drawn for a while.
            settled_after_s: Seconds without a drawing.
        """
        self._tidy, self._settled_after_s = tidy, settled_after_s
        self._drawing = 0
        self._settling: asyncio.TimerHandle | None = None
        self._database = database
        self._clock = clock
        self._drawers = drawers
        # No rows are read before there is a hand to draw.
        self._hands = asyncio.Semaphore(HANDS)
        self._unhurried = asyncio.Semaphore(HANDS - 1)

    async def draw(self, chat_id: int, attachment: Attachment, *, bulk: bool) -> bytes | None:
        """Return the file's content, or None where it can't be drawn (logged without content).

        Args:
            chat_id: The patient's Telegram id.
            attachment: What to draw.
            bulk: Nobody waits for it.
        """
        if bulk:
            async with self._unhurried:
                return await self._draw(chat_id, attachment)
        return await self._draw(chat_id, attachment)

    def close(self) -> None:
        """Tidy no more; a drawing that nobody waits for any longer ends with the process."""
        if self._settling is not None:
            self._settling.cancel()

    async def _draw(self, chat_id: int, attachment: Attachment) -> bytes | None:
        async with self._hands, self._at_work():
            try:
                return await self._drawn(chat_id, attachment)
            except Exception as error:  # noqa: BLE001 - the words must go out, whatever broke
                # Its text may hold what it was drawing: the sort of error must do.
                log.error("a drawing of %s failed (%s)", attachment.drawing, type(error).__name__)  # noqa: TRY400
                return None

    @asynccontextmanager
    async def _at_work(self) -> AsyncIterator[None]:
        """Count the hands; some time after the last one has put its pencil down, give the memory back."""
        self._drawing += 1
        if self._settling is not None:
            self._settling.cancel()
        try:
            yield
        finally:
            self._drawing -= 1
            if not self._drawing:
                loop = asyncio.get_running_loop()
                self._settling = loop.call_later(self._settled_after_s, _begin, self._tidy)

    async def _drawn(self, chat_id: int, attachment: Attachment) -> bytes | None:
        drawer = self._drawers[attachment.drawing]
        async with self._database.read() as session:
            patient = await patients.by_telegram_id(session, chat_id)
            if patient is None:
                return None
            with speaking(patient.language):
                drawing = await drawer.read(session, patient, attachment.arguments, self._clock.now())
                context = copy_context()
        # Later its thread goes on (none can be ended), but nobody waits for it, and its hand is free again.
        async with asyncio.timeout(_LONGEST_DRAWING_S):
            return await asyncio.wrap_future(_begin(partial(context.run, drawing)))


def _begin(call: Callable[[], Result]) -> Future[Result]:
    """Begin *call* in a thread of its own, which keeps no process from ending, as an executor's would."""
    future: Future[Result] = Future()
    # From here on it can't be cancelled: the thread may give its result to whoever is left.
    future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 - for whoever waits
            future.set_exception(error)

    threading.Thread(target=run, name="drawing", daemon=True).start()
    return future
