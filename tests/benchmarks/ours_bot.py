"""The bot as it is: the tick, the strict pacer (started by tests/benchmarks/ours.py)."""

from __future__ import annotations

from typing import Any

from bot.app import Companion
from bot.clock import SystemClock
from bot.config_reading import load_settings
from bot.run import stop_signal
from bot.storage.database import Database
from bot.storage.sealing import Keyring
from tests.benchmarks.patients import KEY


def build(
    base_url: str,
    database_url: str,
    token: str,
    *,
    kind: type[Companion] = Companion,
    keyring: Keyring | None = None,
    **options: Any,  # noqa: ANN401
) -> Companion:
    """Return a bot that isn't started yet: a Companion, or a *kind* of it, with further options."""
    return kind(
        load_settings(None, {"LDN_TELEGRAM__LISTEN_PORT": "0"}),
        token=token,
        base_url=base_url,
        clock=SystemClock(),
        database=Database(database_url),
        keyring=keyring or Keyring([KEY]),
        **options,
    )


async def run(base_url: str, database_url: str, token: str) -> None:
    """Run until SIGTERM; say "ready" when it listens."""
    companion = build(base_url, database_url, token)
    stopping = stop_signal()
    await companion.start()
    companion.serve_http()
    print("ready", flush=True)  # noqa: T201 - the protocol
    await stopping.wait()
    await companion.stop()
