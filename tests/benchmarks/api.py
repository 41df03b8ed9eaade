"""The Bot API in a process of its own: 50 ms away, and strict about 30 messages a second if told so.

Arguments: latency in seconds, messages a second (0: no limit). A line on standard input asks for the
arrivals of sendMessage: a JSON list of [chat id, seconds since the epoch, whether it took effect].
"""

from __future__ import annotations

import asyncio
import json
import sys

import uvloop

from bot.clock import SystemClock
from bot.sandbox.server import SandboxServer


async def serve(latency_s: str, per_second: str) -> None:
    """Serve until the standard input ends."""
    server = SandboxServer(SystemClock(), accept_unknown_chats=True)
    await server.start()
    server.faults.latency_s = float(latency_s)
    server.faults.rate_limit.per_second = int(per_second) or None
    print(server.base_url, flush=True)  # noqa: T201 - the protocol
    while await asyncio.to_thread(sys.stdin.readline):
        arrivals = [
            (arrival.chat_id, arrival.at.timestamp(), arrival.took_effect)
            for arrival in server.traffic.of("sendMessage")
        ]
        print(json.dumps(arrivals), flush=True)  # noqa: T201 - the protocol
    await server.stop()


if __name__ == "__main__":
    uvloop.run(serve(*sys.argv[1:]))
