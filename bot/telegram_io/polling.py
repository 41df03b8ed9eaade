"""Long polling: ask Telegram for updates, keep them, and only then acknowledge them with the next offset."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.storage.database import is_passing, trouble
from bot.telegram_io.contact import REFUSED_FOR_S
from bot.telegram_io.raw_update import id_of
from bot.telegram_io.transport import seconds_to_wait

if TYPE_CHECKING:
    from telegram.request import BaseRequest

    from bot.telegram_io.contact import Contact
    from bot.telegram_io.heartbeat import Heart
    from bot.telegram_io.ingest import Ingest

log = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
_LONG_POLL_S = 25
_LONGEST_WAIT_S = 30.0
_CONFLICT_WAIT_S = 10.0


class Poller:
    """One process polls at a time; Telegram ends the older of two with a 409."""

    def __init__(
        self, *, request: BaseRequest, token_url: str, ingest: Ingest, heart: Heart, contact: Contact
    ) -> None:
        self._request = request
        self._token_url = token_url
        self._ingest = ingest
        self._heart = heart
        self._contact = contact
        self._offset = 0
        self._failures = 0
        self._in_conflict = False

    async def run(self) -> None:
        """Poll until cancelled; trouble is waited out."""
        while True:
            try:
                updates = await self._fetch()
                await self._keep(updates)
                self._failures = 0
                self._in_conflict = False
            except Conflict as error:
                await self._resolve(error)
            except InvalidToken:
                self._contact.refused()
                await asyncio.sleep(REFUSED_FOR_S)
            except RetryAfter as error:
                await asyncio.sleep(seconds_to_wait(error))
            except TelegramError as error:
                await self._wait(
                    f"Telegram can't be asked for updates ({type(error).__name__}): trying again"
                )
            except Exception as error:
                # Not kept, so not acknowledged: Telegram gives them again. Whatever it was, polling goes on.
                if not is_passing(error):
                    log.exception("updates could not be kept")
                await self._wait(f"the database takes no updates ({trouble(error)}): they wait at Telegram")

    async def _fetch(self) -> list[dict[str, Any]]:
        query = urlencode(
            {
                "offset": self._offset,
                "timeout": _LONG_POLL_S,
                "allowed_updates": json.dumps(ALLOWED_UPDATES),
            }
        )
        updates = await self._request.post(
            f"{self._token_url}/getUpdates?{query}", read_timeout=_LONG_POLL_S + 10
        )
        return list(updates) if isinstance(updates, list) else []

    async def _resolve(self, conflict: Conflict) -> None:
        """Remove a webhook from an earlier setting of this bot's; wait for another poller to stop."""
        if "webhook" in conflict.message:
            try:
                await self._request.post(f"{self._token_url}/deleteWebhook")
            except TelegramError as error:
                await self._wait(f"the webhook can't be removed ({type(error).__name__}): trying again")
            else:
                log.warning("a webhook was set for this token: removed, since telegram.mode is polling")
            return
        if not self._in_conflict:
            log.error("another program polls with the same token: stop it (waiting)")
        self._in_conflict = True
        await asyncio.sleep(_CONFLICT_WAIT_S)

    async def _keep(self, updates: list[dict[str, Any]]) -> None:
        self._contact.note()
        await self._heart.beat(time.monotonic())
        await self._ingest.receive(updates)
        ids = [update_id for raw in updates if (update_id := id_of(raw)) is not None]
        if ids:
            self._offset = max(ids) + 1

    async def _wait(self, words: str) -> None:
        self._failures += 1
        if self._failures == 1:
            log.warning("%s", words)
        await asyncio.sleep(min(_LONGEST_WAIT_S, 2.0 ** min(self._failures, 5) / 4))
