"""The Bot API in a process of its own: 50 ms away, and strict about 30 messages a second if told so.

Arguments: latency in seconds, messages a second (0: no limit). A line on standard input is answered by a
line of JSON:

- `arrivals`: of sendMessage, a list of [chat id, seconds since the epoch, whether it took effect];
- `arrived`: how many sendMessage took effect, for whoever asks again and again;
- `calls`: {"at": when each call that counts arrived, "refused": how many got a 429};
- `tap COUNT EVERY_S`: that many people press the first button of their first message, one after another;
- `taps`: seconds from each press to the changed message; null: not within half a minute;
- `say COUNT WORDS`: the first people say so at once;  `press COUNT WORDS`: they press that button.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from typing import TYPE_CHECKING, Any

import uvloop

from bot.clock import SystemClock
from bot.sandbox.server import SandboxServer
from tests.benchmarks.patients import FIRST_ID

if TYPE_CHECKING:
    from bot.sandbox.chat import Person

_LONGEST_S = 30.0


class Crowd:
    """The people at this server."""

    def __init__(self, server: SandboxServer) -> None:
        self.server = server
        self.taps: list[float | None] = []
        self._tapping: asyncio.Task[None] | None = None

    def arrivals(self) -> list[tuple[int | None, float, bool]]:
        """Return what arrived of sendMessage."""
        return [
            (arrival.chat_id, arrival.at.timestamp(), arrival.took_effect)
            for arrival in self.server.traffic.of("sendMessage")
        ]

    def calls(self) -> dict[str, Any]:
        """Return the calls that count against the limit."""
        at = [
            arrival.monotonic
            for arrival in self.server.traffic.arrivals
            if arrival.method.startswith(("send", "edit"))
        ]
        return {"at": sorted(at), "refused": self.server.faults.rate_limit.refused}

    def tap(self, count: int, every_s: float) -> None:
        """Begin to tap."""
        self._tapping = asyncio.create_task(self._tap(count, every_s))

    async def each(self, count: int, what: str, words: str) -> None:
        """Let the first *count* people say or press something, and wait for what comes of it."""
        people = [self.server.person(FIRST_ID + number) for number in range(count)]
        await asyncio.gather(*(self._one(person, what, words) for person in people))

    async def _one(self, person: Person, what: str, words: str) -> None:
        before = _state(person)
        await (person.send_text(words) if what == "say" else person.tap(words))
        await person.wait_for(lambda chat: _state(chat) != before, timeout_s=_LONGEST_S)

    async def _tap(self, count: int, every_s: float) -> None:
        tapped: set[int | None] = set()
        # Nobody waits for the other's answer.
        async with asyncio.TaskGroup() as presses:
            while len(tapped) < count:
                arrived = self.server.traffic.of("sendMessage")
                chat = next(
                    (one.chat_id for one in arrived if one.took_effect and one.chat_id not in tapped), None
                )
                if chat is not None:
                    tapped.add(chat)
                    presses.create_task(self._press(self.server.person(chat)))
                await asyncio.sleep(every_s)

    async def _press(self, person: Person) -> None:
        self.taps.append(await self._answered(person))

    async def _answered(self, person: Person) -> float | None:
        message = await person.wait_for(lambda chat: chat.last, timeout_s=_LONGEST_S)
        assert message is not None
        begin, versions = time.monotonic(), len(message.versions)
        await person.tap("Taken", message)
        try:
            await person.wait_for(lambda _chat: len(message.versions) > versions, timeout_s=_LONGEST_S)
        except (TimeoutError, AssertionError):
            return None
        return time.monotonic() - begin


def _state(person: Person) -> tuple[int, int]:
    messages = person.bot_messages
    return len(messages), len(messages[-1].versions) if messages else 0


async def serve(latency_s: str, per_second: str) -> None:
    """Serve until the standard input ends."""
    server = SandboxServer(SystemClock(), accept_unknown_chats=True)
    await server.start()
    server.faults.latency_s = float(latency_s)
    server.faults.rate_limit.per_second = int(per_second) or None
    crowd = Crowd(server)
    # Among 10,000 messages a collection takes 70 ms, in which calls pile up that came one by one.
    gc.disable()
    print(server.base_url, flush=True)  # noqa: T201 - the protocol
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await _answer(crowd, line.split())), flush=True)  # noqa: T201 - the protocol
    await server.stop()


async def _answer(crowd: Crowd, words: list[str]) -> object:
    match words:
        case ["arrivals"]:
            return crowd.arrivals()
        case ["arrived"]:
            return sum(arrival.took_effect for arrival in crowd.server.traffic.of("sendMessage"))
        case ["calls"]:
            return crowd.calls()
        case ["taps"]:
            return crowd.taps
        case ["tap", count, every_s]:
            crowd.tap(int(count), float(every_s))
        case [("say" | "press") as what, count, *rest]:
            await crowd.each(int(count), what, " ".join(rest))
    return None


if __name__ == "__main__":
    uvloop.run(serve(*sys.argv[1:]))
