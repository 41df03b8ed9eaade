"""What the time bar asks of whoever owns the bot's clock: a protocol, kept by bot.sandbox_run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.sandbox.pace import Pace

Progress = Callable[[float, str], None]
"""Told how far a journey in time has come: a share from 0 to 1, and a short label ("day 3 of 7")."""


class TimeMachine(Protocol):
    """Moves the sandbox's clock, and lets the bot do on the way what it would have done.

    Each journey returns when nothing is in flight any more, and may be cancelled at any await: then it
    leaves the clock where it is. Journeys are never run two at a time. `progress` raises JourneyStoppedError
    when the visitor has stopped the journey: call it where nothing is in flight, and let it through.
    """

    async def next_message(self, person_id: int, progress: Progress) -> None:
        """Travel to the instant of the next message planned for this person; stay if there is none."""
        ...

    async def forward(self, delta: timedelta, progress: Progress) -> None:
        """Travel *delta* ahead; everything due on the way is sent at its own instant."""
        ...

    async def play_week(self, person_id: int, progress: Progress) -> None:
        """Live seven days, with plausible answers tapped in for this person."""
        ...

    async def fill_history(self, person_id: int, progress: Progress) -> None:
        """Give this person 90 days of plausible history."""
        ...

    async def story(self, person_id: int, progress: Progress, pace: Pace) -> None:
        """Show three months of this person's life with the bot, slowly enough to be followed.

        Raises:
            JourneyStoppedError: *pace* was stopped.
        """
        ...

    async def zone_of(self, person_id: int) -> str | None:
        """Return this person's IANA zone as the bot knows it, or None before it was told."""
        ...

    async def next_due(self, person_id: int) -> datetime | None:
        """Return the instant (aware, UTC) of the next message planned for this person, or None."""
        ...
