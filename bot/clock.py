"""The only reader of wall time. Everything else takes `now` as an argument or is handed a Clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


def boot_s() -> float:
    """Return the seconds since the machine's boot, suspended hours among them; nobody sets this clock."""
    # Only Linux tells it apart from monotonic time, which stands still while the machine sleeps.
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class SystemClock:
    """The machine's wall clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place


class ShiftedClock:
    """The machine's wall clock moved by an offset: the sandbox travels in time with it."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Return the shifted present instant, aware, in UTC."""
        return datetime.now(UTC) + self.offset  # noqa: TID251 - the one place

    def travel_to(self, instant: datetime) -> None:
        """Make *instant* (aware) the present; time runs on from there."""
        self.offset = instant - datetime.now(UTC)  # noqa: TID251 - the one place


class ManualClock:
    """A clock that stands still until it is set: tests hand it in."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant that was set last, aware, in UTC."""
        return self.instant

    def travel_to(self, instant: datetime) -> None:
        """Make *instant* (aware) the present."""
        self.instant = instant.astimezone(UTC)
