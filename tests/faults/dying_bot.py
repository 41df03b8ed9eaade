"""A bot in a process of its own that is killed where it hurts: SIGKILL at a named point."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from alembic import command

from bot.app import Companion
from bot.clock import ManualClock
from bot.config_reading import load_settings
from bot.delivery import calling
from bot.delivery.marks import Marker
from bot.sandbox.server import SANDBOX_TOKEN
from bot.storage import claims
from bot.storage.database import Database
from bot.telegram_io.handling import Handling
from bot.telegram_io.ingest import Ingest
from tests import forked
from tests.harness import KEYRING

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.process import BaseProcess

# As it is by default: a batch is eight messages.
PER_SECOND = 25


@dataclass(frozen=True, slots=True)
class Death:
    """Where to die.

    Attributes:
        point: One of `POINTS`.
        nth: The how-manieth passing of it kills.
    """

    point: str
    nth: int = 1


# Each name: whose function, which one, and whether death comes before it or after it has returned.
POINTS: dict[str, tuple[Any, str, bool]] = {
    "before the claim": (claims, "claim_due", True),
    "after the claim": (claims, "claim_due", False),
    "between claim and send": (calling, "deliver", True),
    "between send and record": (calling, "deliver", False),
    "while recording": (Marker, "_apply", False),
    "before an update is handled": (Handling, "handle", True),
    "while an update is handled": (Handling, "handle", False),
    "while updates are kept": (Ingest, "receive", False),
}


def start(base_url: str, database_url: str, now: datetime, death: Death | None) -> BaseProcess:
    """Start a life at *now*; it goes on until it dies at *death*, or is killed."""
    return forked.start(_live, base_url, database_url, now.isoformat(), death)


def start_migration(database_url: str, revision: str) -> BaseProcess:
    """Start a migration to the newest revision that dies when it reaches *revision*, before the commit."""
    return forked.start(_migrate, database_url, revision)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm(death: Death) -> None:
    holder, name, before = POINTS[death.point]
    original: Callable[..., Any] = getattr(holder, name)
    left = death.nth

    async def dying(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever it wraps
        nonlocal left
        left -= 1
        if before and left == 0:
            _die()
        result = await original(*arguments, **options)
        if left == 0:
            _die()
        return result

    setattr(holder, name, dying)


def _live(base_url: str, database_url: str, now: str, death: Death | None) -> None:
    if death is not None:
        _arm(death)
    asyncio.run(_run(base_url, database_url, now))


async def _run(base_url: str, database_url: str, now: str) -> None:
    companion = Companion(
        load_settings(None, {}),
        token=SANDBOX_TOKEN,
        base_url=base_url,
        clock=ManualClock(datetime.fromisoformat(now)),
        database=Database(database_url),
        keyring=KEYRING,
        per_second=PER_SECOND,
        chat_per_second=float("inf"),
        tick_every_s=0.2,
    )
    await companion.start()
    await asyncio.Event().wait()


def _migrate(database_url: str, revision: str) -> None:
    from bot.storage.migrate import migrate  # noqa: PLC0415 - after the fork

    upgrade = command.upgrade

    def dying(config: Any, *_revision: Any) -> None:  # noqa: ANN401 - Alembic's own
        upgrade(config, revision)
        _die()

    command.upgrade = dying  # type: ignore[assignment] # called with these two alone
    asyncio.run(migrate(Database(database_url)))
