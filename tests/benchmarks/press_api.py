"""The Bot API in a process of its own, with people who type. Arguments: latency, messages a second.

A line on standard input is a JSON list: ["say", chat ids, text] lets them type at once; ["tap", chat id,
button] presses; ["pass on", chat id, other chat id, suffix] sends the newest such file of the one to the bot
in the other; ["newest", chat id] asks for [id, text] of the bot's newest message; ["seen"] asks for [chat id,
milliseconds from the typing to the picture] of every picture so far, in the order of arrival.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

import uvloop

from bot.clock import SystemClock
from bot.sandbox.server import SandboxServer

if TYPE_CHECKING:
    from collections.abc import Sequence


class People:
    """What they do, and what they see."""

    def __init__(self, server: SandboxServer) -> None:
        self._server = server
        self._typed: dict[int, list[float]] = defaultdict(list)

    async def say(self, chats: Sequence[int], text: str) -> None:
        """Let each type *text*."""
        for chat in chats:
            self._typed[chat].append(time.monotonic())
            await self._server.person(chat).send_text(text)

    async def tap(self, chat: int, button: str) -> None:
        """Press the newest such button."""
        await self._server.person(chat).tap(button)

    async def pass_on(self, chat: int, other: int, suffix: str) -> None:
        """Send the bot's newest file with that suffix in the name of *other*."""
        there = [message.file for message in self._server.person(chat).bot_messages if message.file]
        file = next(file for file in reversed(there) if file.name.endswith(suffix))
        await self._server.person(other).send_document(file.name, file.content, file.mime_type)

    def newest(self, chat: int) -> tuple[int, str]:
        """Return the bot's newest message."""
        messages = self._server.person(chat).bot_messages
        return (messages[-1].id, messages[-1].text) if messages else (0, "")

    def seen(self) -> list[tuple[int, float]]:
        """Return how long each picture took."""
        begun = {chat: deque(at) for chat, at in self._typed.items()}
        return [
            (arrival.chat_id, 1000 * (arrival.done - begun[arrival.chat_id].popleft()))
            for arrival in self._server.traffic.of("sendPhoto")
            if arrival.took_effect and arrival.chat_id is not None
        ]


async def serve(latency_s: str, per_second: str) -> None:
    """Serve until the standard input ends."""
    server = SandboxServer(SystemClock(), accept_unknown_chats=True)
    await server.start()
    server.faults.latency_s = float(latency_s)
    server.faults.rate_limit.per_second = int(per_second) or None
    people = People(server)
    print(server.base_url, flush=True)  # noqa: T201 - the protocol
    while line := await asyncio.to_thread(sys.stdin.readline):
        what, *arguments = json.loads(line)
        answer: Any = getattr(people, what.replace(" ", "_"))(*arguments)
        if asyncio.iscoroutine(answer):
            answer = await answer
        print(json.dumps(answer), flush=True)  # noqa: T201 - the protocol
    await server.stop()


if __name__ == "__main__":
    uvloop.run(serve(*sys.argv[1:]))
