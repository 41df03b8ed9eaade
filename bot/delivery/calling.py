"""One call to Telegram for one claim, under a lease that outlasts it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.delivery.kinds import Outcome
from bot.delivery.marks import Mark, Retry
from bot.storage.database import trouble
from bot.telegram_io.transport import MaybeSent, deliver

if TYPE_CHECKING:
    from telegram import Bot

    from bot.delivery.claimed import Claimed, InHand, Ready
    from bot.delivery.rendering import Renderer
    from bot.delivery.verdict import Judge

log = logging.getLogger(__name__)

# A claim older than this is given back: its subject was read too long ago.
_CLAIM_GOOD_FOR_S = 40.0
# No call outlives its lease (a minute, storage/claims.py), or another replica would take over a message that
# is still on its way. So a claim that has waited for longer than the first (for a slot, after a 429) gets a
# new lease before its call, and a call is cut off after the second; what is left is for recording it.
_LEASE_FRESH_FOR_S = 10.0
_CALL_WITHIN_S = 45.0


class Caller:
    """Makes the calls of one process."""

    def __init__(self, *, bot: Bot, renderer: Renderer, judge: Judge, in_hand: InHand) -> None:
        self._bot = bot
        self._renderer = renderer
        self._judge = judge
        self._in_hand = in_hand

    async def call(self, ready: Ready, content: bytes | None) -> Mark | None:
        """Make the call; return what is to be recorded, or None where the claim is another replica's by now.

        Args:
            ready: What to say.
            content: The attachment's bytes; None where there is none, or where it couldn't be drawn.
        """
        claimed = ready.claimed
        if claimed.age_s > _CLAIM_GOOD_FOR_S:
            return Mark(*claimed.claim, Retry.NOW, "claim too old")
        if claimed.age_s > _LEASE_FRESH_FOR_S:
            try:
                if not await self._renew_lease(claimed):
                    return None
            except Exception as error:  # noqa: BLE001 - whatever broke, nothing was sent
                log.warning("a lease can't be renewed (%s): its message is tried again", trouble(error))
                return Mark(*claimed.claim, Retry.NOW, "lease not renewed")
        self._in_hand.pass_return(claimed.claim)
        try:
            return await self._deliver(ready, content)
        except Exception:
            # Whatever broke, the row must not hang: Telegram may have it.
            log.exception("a delivery broke on its way")
            return Mark(*claimed.claim, Outcome.UNCERTAIN, "broke")

    async def _renew_lease(self, claimed: Claimed) -> bool:
        # Later than that it wouldn't be fresh any more.
        async with asyncio.timeout(_LEASE_FRESH_FOR_S):
            return await self._renderer.set_out_again(claimed)

    async def _deliver(self, ready: Ready, content: bytes | None) -> Mark:
        try:
            async with asyncio.timeout(_CALL_WITHIN_S):
                result = await deliver(self._bot, ready.chat_id, ready.outgoing, content)
        except TimeoutError:
            result = MaybeSent("took too long")
        return self._judge.judge(ready, result)
