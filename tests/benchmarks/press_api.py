"""The Bot API in a process of its own, with people who type. Arguments: latency, messages a second.

A line on standard input is a JSON list: ["say", chat ids, text] lets them type at once; ["seen"] asks for
[chat id, milliseconds from the typing to the picture] of every picture so far, in the order of arrival.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import defaultdict, deque

import uvloop

from bot.clock import SystemClock
from bot.sandbox.server import SandboxServer


async def serve(latency_s: str, per_second: str) -> None:
    """Serve until the standard input ends."""
    server = SandboxServer(SystemClock(), accept_unknown_chats=True)
    await server.start()
    server.faults.latency_s = float(latency_s)
    server.faults.rate_limit.per_second = int(per_second) or None
    typed: dict[int, list[float]] = defaultdict(list)
    print(server.base_url, flush=True)  # noqa: T201 - the protocol
    while line := await asyncio.to_thread(sys.stdin.readline):
        what, *arguments = json.loads(line)
        if what == "say":
            chats, text = arguments
            for chat in chats:
                typed[chat].append(time.monotonic())
                await server.person(chat).send_text(text)
            print("[]", flush=True)  # noqa: T201 - the protocol
            continue
        begun = {chat: deque(at) for chat, at in typed.items()}
        seen = [
            (arrival.chat_id, 1000 * (arrival.done - begun[arrival.chat_id].popleft()))
            for arrival in server.traffic.of("sendPhoto")
            if arrival.took_effect and arrival.chat_id is not None
        ]
        print(json.dumps(seen), flush=True)  # noqa: T201 - the protocol
    await server.stop()


if __name__ == "__main__":
    uvloop.run(serve(*sys.argv[1:]))
