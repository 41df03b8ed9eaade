"""What one process gets done: messages with the limiter off, and what sealing costs a check-in's tap."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.sandbox.server import SANDBOX_TOKEN
from tests.benchmarks.measure import ask, serving, talking
from tests.benchmarks.patients import enrol

if TYPE_CHECKING:
    from collections.abc import Mapping

Sides = dict[str, dict[str, float]]

_LONGEST_S = 120.0
_PRESSES = ("5", "5")


def throughput(count: int, databases: Mapping[str, str]) -> dict[str, Sides]:
    """Return messages a second and the processor's milliseconds for each, limiter off, server at once.

    Args:
        count: How many messages.
        databases: An empty database's address for each side that is the whole bot, and one for "httpx".
    """
    whole = {
        side: rate("ours", count, url) for side, url in databases.items() if side in {"ours", "postgresql"}
    }
    bare = rate("httpx", count, "-")
    return {
        f"{count} messages, whole path beside PTB's bare calls": whole | {"job_queue": bare},
        f"{count} messages, bare calls": {"ours": rate("aiohttp", count, "-"), "job_queue": bare},
        f"{count} messages, whole path over either request": {
            "ours": whole["ours"],
            "job_queue": rate("ours over httpx", count, databases["httpx"]),
        },
    }


def rate(way: str, count: int, url: str) -> dict[str, float]:
    """Return the figures of one way (tests/benchmarks/throughput.py)."""
    if way.startswith("ours"):
        asyncio.run(enrol(url, count, due_at=SystemClock().now() - timedelta(seconds=30)))
    with serving("fast_api", "0") as (_process, base_url):
        arguments = [way, base_url, url, str(count), SANDBOX_TOKEN]
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.throughput", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=_LONGEST_S,
        )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def sealing(people: int, url: str) -> Sides:
    """Return what a tap in a check-in costs, and the share of it that sealing and opening takes."""
    asyncio.run(enrol(url, people, due_at=SystemClock().now() + timedelta(hours=12)))
    with serving("api", "0", "0") as (server, base_url), talking("checkin_cost", base_url, url) as worker:
        ask(server, f"say {people} /checkin")
        before = ask(worker, "")
        for button in _PRESSES:
            ask(server, f"press {people} {button}")
        after = ask(worker, "")
    taps = people * len(_PRESSES)
    cpu_ms = 1000 * (after["cpu_s"] - before["cpu_s"]) / taps
    sealing_ms = 1000 * (after["sealing_s"] - before["sealing_s"]) / taps
    return {
        "ours": {"cpu_ms": cpu_ms, "sealing_ms": sealing_ms, "sealing_percent": 100 * sealing_ms / cpu_ms}
    }
