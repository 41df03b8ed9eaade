"""Delivering updates to a webhook: one after another, again until it is taken."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.sandbox.errors import POLLER_ENDED_BY_WEBHOOK, bad_request, conflict

if TYPE_CHECKING:
    import httpx

    from bot.clock import Clock
    from bot.sandbox.call import Call
    from bot.sandbox.update_queue import PendingUpdate, UpdateQueue
    from bot.sandbox.world import World

Json = dict[str, Any]

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_TIMEOUT_S = 60.0


class Webhook:
    """Where updates go instead of to a poller.

    Attributes:
        url: "" while none is set.
        first_retry_s: Real seconds before the first retry; they double.
        longest_retry_s: Where the doubling ends.
        last_error: What went wrong last, or None.
    """

    def __init__(self, clock: Clock, updates: UpdateQueue) -> None:
        self._clock = clock
        self._updates = updates
        self._secret = ""
        self._task: asyncio.Task[None] | None = None
        self._last_error_date = 0
        self.url = ""
        self.max_connections = 40
        self.first_retry_s = 0.05
        self.longest_retry_s = 5.0
        self.last_error: str | None = None

    def set(self, url: str, secret: str) -> None:
        """Deliver to *url* from now on, with this secret in the header; "" for none.

        Raises:
            ApiError: 400 for an address that isn't on this machine, or a bad secret.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or parts.hostname not in LOOPBACK_NAMES:
            # Telegram wants HTTPS; here nothing may leave the machine, so plain HTTP on loopback it is.
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook (here: on loopback)")
        if secret and not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        self.cancel()
        self.url, self._secret, self.last_error = url, secret, None
        self.resume()

    def resume(self) -> None:
        """Deliver again after a pause, if a webhook is set."""
        if self.url:
            self._task = asyncio.get_running_loop().create_task(self._deliver_all())

    def cancel(self) -> None:
        """Take the webhook away."""
        self.url = ""
        if self._task:
            self._task.cancel()
            self._task = None

    async def pause(self) -> None:
        """Deliver nothing until `resume`, and wait until that is so."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    @property
    def info(self) -> Json:
        """What getWebhookInfo answers."""
        info: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
        }
        if self.url:
            info["max_connections"] = self.max_connections
        if self.last_error:
            info.update(last_error_date=self._last_error_date, last_error_message=self.last_error)
        if self._updates.allowed is not None:
            info["allowed_updates"] = sorted(self._updates.allowed)
        return info

    async def _deliver_all(self) -> None:
        import httpx  # noqa: PLC0415 - only needed here, and slow to import

        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret} if self._secret else {}
        async with httpx.AsyncClient(headers=headers, timeout=_TIMEOUT_S, trust_env=False) as client:
            while True:
                while not (waiting := self._updates.head()):
                    await self._updates.arrived.wait()
                await self._deliver(client, waiting[0])

    async def _deliver(self, client: httpx.AsyncClient, update: PendingUpdate) -> None:
        import httpx  # noqa: PLC0415 - see above

        pause_s = self.first_retry_s
        while update in self._updates.head():
            try:
                response = await client.post(self.url, json=update.body)
            except httpx.HTTPError as error:
                self._note_error(f"Connection failed: {type(error).__name__}")
            else:
                if response.is_success:
                    self._updates.remove(update)
                    return
                self._note_error(
                    f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}"
                )
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, self.longest_retry_s)

    def _note_error(self, words: str) -> None:
        self.last_error = words
        self._last_error_date = int(self._clock.now().timestamp())


def _allow(world: World, call: Call) -> None:
    if "allowed_updates" not in call.params:
        return
    kinds = call.structure("allowed_updates", "can't parse allowed updates JSON object")
    if not isinstance(kinds, list):
        raise bad_request("can't parse allowed updates: Expected an Array")
    world.updates.allowed = frozenset(map(str, kinds)) or None


def set_webhook(world: World, call: Call) -> object:
    """Answer setWebhook; an empty URL takes the webhook away."""
    if not call.text("url"):
        return delete_webhook(world, call)
    _allow(world, call)
    if call.flag("drop_pending_updates"):
        world.updates.clear()
    world.webhook.set(call.text("url"), call.text("secret_token"))
    world.webhook.max_connections = call.integer("max_connections", 40)
    world.updates.end_poll(conflict(POLLER_ENDED_BY_WEBHOOK))
    return True


def delete_webhook(world: World, call: Call) -> object:
    """Answer deleteWebhook."""
    world.webhook.cancel()
    if call.flag("drop_pending_updates"):
        world.updates.clear()
    return True


def get_webhook_info(world: World, _call: Call) -> object:
    """Answer getWebhookInfo."""
    return world.webhook.info


async def get_updates(world: World, call: Call) -> object:
    """Answer getUpdates, waiting as long as the call says while there are none."""
    _allow(world, call)
    limit = min(max(call.integer("limit", 100), 1), 100)
    return await world.updates.fetch(call.integer("offset"), limit, call.integer("timeout"))
