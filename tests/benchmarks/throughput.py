"""How many messages one process can claim, send and record in a second, the limiter off; and their CPU.

Arguments: the way, the API's base URL, the database's address, how many messages, the token. Ways: "ours"
(rows claimed, sent over aiohttp, recorded), "ours over httpx" (the same with PTB's request), "httpx" and
"aiohttp" (nothing but the calls, all at once as people write it). Prints {"per_second": ..., "cpu_ms": ...}.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from typing import TYPE_CHECKING

import uvloop
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.app import Companion
from bot.telegram_io.request import LeanRequest
from tests.benchmarks.ours_bot import build
from tests.benchmarks.patients import FIRST_ID

if TYPE_CHECKING:
    from telegram.request import BaseRequest

_NO_LIMIT = 100_000.0
_IN_FLIGHT = 64


class OverHttpx(Companion):
    """The bot with PTB's default request."""

    def _request(self) -> BaseRequest:  # type: ignore[override]
        return HTTPXRequest(connection_pool_size=256, httpx_kwargs={"trust_env": False})


async def whole(kind: type[Companion], base_url: str, url: str, count: int, token: str) -> None:
    """Claim, send and record *count* deliveries that are due."""
    companion = build(
        base_url,
        url,
        token,
        kind=kind,
        per_second=_NO_LIMIT,
        tick_every_s=3600.0,
        chat_per_second=_NO_LIMIT,
    )
    await companion.start()
    begin, cpu = time.perf_counter(), _cpu_s()
    await companion.settle()
    _tell(count, time.perf_counter() - begin, _cpu_s() - cpu)
    await companion.stop()


async def calls(request: BaseRequest, base_url: str, count: int, token: str) -> None:
    """Make *count* calls at once."""
    bot = ExtBot(token, base_url=base_url, request=request)
    await bot.initialize()
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Taken", callback_data="taken")]])
    gate = asyncio.Semaphore(256)  # PTB's pool; more would only meet its timeout

    async def one(chat_id: int) -> None:
        async with gate:
            await bot.send_message(chat_id, "Time for your LDN, 4.5 mg.", reply_markup=keyboard)

    begin, cpu = time.perf_counter(), _cpu_s()
    await asyncio.gather(*(one(FIRST_ID + number) for number in range(count)))
    _tell(count, time.perf_counter() - begin, _cpu_s() - cpu)
    await bot.shutdown()


async def run(way: str, base_url: str, url: str, count: str, token: str) -> None:
    """Run one way."""
    match way:
        case "ours":
            await whole(Companion, base_url, url, int(count), token)
        case "ours over httpx":
            await whole(OverHttpx, base_url, url, int(count), token)
        case "httpx":
            request: BaseRequest = HTTPXRequest(connection_pool_size=256, httpx_kwargs={"trust_env": False})
            await calls(request, base_url, int(count), token)
        case _:
            await calls(LeanRequest(_IN_FLIGHT), base_url, int(count), token)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _tell(count: int, seconds: float, cpu_s: float) -> None:
    figures = {"per_second": count / seconds, "cpu_ms": 1e3 * cpu_s / count}
    print(json.dumps(figures), flush=True)  # noqa: T201 - the protocol


if __name__ == "__main__":
    uvloop.run(run(*sys.argv[1:]))
