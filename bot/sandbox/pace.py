"""How fast a journey in time is told; stopped, it ends where nothing is half done."""

from __future__ import annotations

import asyncio

from bot.sandbox.signals import Signal

SPEEDS = (1, 4, 20)
"""1 can be read along; 20 is about as fast as the machine."""


class JourneyStoppedError(Exception):
    """The visitor stopped the journey; raised where the bot has done everything that was due."""


class Pace:
    """Shared by whoever tells a journey and the buttons that steer it.

    Attributes:
        speed: One of `SPEEDS`; also of the journey under way.
        stopping: The journey ends at its next stop.
    """

    def __init__(self) -> None:
        self.speed = SPEEDS[0]
        self.stopping = False
        self._steered = Signal()

    def set_speed(self, speed: int) -> None:
        """Go on at this speed; a pause under way ends."""
        self.speed = speed
        self._steered.give()

    def stop(self) -> None:
        """Let the journey end at its next stop."""
        self.stopping = True
        self._steered.give()

    def check(self) -> None:
        """Mark a point where the journey may end.

        Raises:
            JourneyStoppedError: Somebody stopped it.
        """
        if self.stopping:
            raise JourneyStoppedError

    async def pause(self, seconds: float) -> None:
        """Let the visitor read for *seconds* at speed 1.

        Raises:
            JourneyStoppedError: Somebody stopped the journey.
        """
        self.check()
        try:
            async with asyncio.timeout(seconds / self.speed):
                await self._steered.wait()
        except TimeoutError:
            pass
        self.check()
