"""Server-Sent Events."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.sandbox.signals import Event

KEEP_ALIVE_S = 15.0
RETRY_MS = 1000


async def next_events(queue: asyncio.Queue[Event | None]) -> AsyncIterator[Event | None]:
    """Return the queue's events until it ends; None after each quiet quarter of a minute."""
    while True:
        try:
            async with asyncio.timeout(KEEP_ALIVE_S):
                event = await queue.get()
        except TimeoutError:
            yield None
            continue
        if event is None:
            return
        yield event


async def _encoded(events: AsyncIterator[tuple[str, dict[str, Any]] | None]) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    async for event in events:
        yield f"event: {event[0]}\ndata: {json.dumps(event[1])}\n\n" if event else ": still here\n\n"


def event_stream(events: AsyncIterator[tuple[str, dict[str, Any]] | None]) -> StreamingResponse:
    """Return the response that sends these events as they come; None is a comment that keeps it alive."""
    return StreamingResponse(
        _encoded(events), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )
