"""The chat page's time bar: starts journeys in time, one at a time, and tells every page how far they are."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.sandbox.page_errors import PageError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bot.sandbox.time_machine import Progress, TimeMachine
    from bot.sandbox.world import World

Json = dict[str, Any]

ACTIONS = ("next", "hour", "day", "week", "history", "stop")
_log = logging.getLogger(__name__)


class TimeBar:
    """What stands behind /page-api/time.

    Attributes:
        machine: Moves the clock, or None when nobody offers to.
    """

    def __init__(self, world: World, machine: TimeMachine | None) -> None:
        self._world = world
        self.machine = machine
        self._journey: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a journey is under way."""
        return self._journey is not None and not self._journey.done()

    async def view(self, person_id: int | None) -> Json:
        """Return TIME for this person, or for nobody in particular."""
        now = self._world.clock.now()
        zone = due = None
        if self.machine and person_id is not None:
            zone = await self.machine.zone_of(person_id)
            due = await self.machine.next_due(person_id)
        return {
            "now": now.isoformat(),
            "zone": zone,
            "local": now.astimezone(ZoneInfo(zone)).isoformat() if zone else None,
            "next_message": due.isoformat() if due else None,
            "busy": self.busy,
            "available": self.machine is not None,
        }

    def start(self, action: str, person_id: int | None) -> None:
        """Begin a journey, or stop the one under way.

        Raises:
            PageError: 400 unknown action or no person, 409 one is under way, 503 no time machine.
        """
        if action not in ACTIONS:
            raise PageError(400, f"Action must be one of {', '.join(ACTIONS)}.")
        if self.machine is None:
            raise PageError(503, "There is no time machine here: the bot runs on the real clock.")
        if action == "stop":
            if self._journey:
                self._journey.cancel()
            return
        if self.busy:
            raise PageError(409, "A journey in time is under way; stop it first.")
        journey = _journey(self.machine, action, person_id, self._progress(action))
        self._journey = asyncio.get_running_loop().create_task(journey)
        self._journey.add_done_callback(partial(self._ended, action))

    async def close(self) -> None:
        """End the journey under way."""
        if self._journey and not self._journey.done():
            self._journey.cancel()
            await asyncio.wait([self._journey])

    def _progress(self, action: str) -> Progress:
        def progress(share: float, label: str) -> None:
            self._publish(action, share=share, label=label)

        return progress

    def _ended(self, action: str, journey: asyncio.Task[None]) -> None:
        error = None
        if not journey.cancelled() and (failure := journey.exception()):
            _log.error("a journey in time failed", exc_info=failure)
            error = f"The journey broke off ({type(failure).__name__}); the log says more."
        self._journey = None
        self._publish(action, share=1.0, label="", done=True, error=error)
        self._world.tell_all("time")

    def _publish(
        self, action: str, *, share: float, label: str, done: bool = False, error: str | None = None
    ) -> None:
        data = {"action": action, "share": share, "label": label, "done": done, "error": error}
        for chat in self._world.chats.values():
            if chat.feed:
                chat.feed.publish("progress", data)


def _journey(
    machine: TimeMachine, action: str, person_id: int | None, progress: Progress
) -> Coroutine[Any, Any, None]:
    if action == "hour":
        return machine.forward(timedelta(hours=1), progress)
    if action == "day":
        return machine.forward(timedelta(days=1), progress)
    if person_id is None:
        raise PageError(400, "Say for which person.")
    if action == "next":
        return machine.next_message(person_id, progress)
    if action == "week":
        return machine.play_week(person_id, progress)
    return machine.fill_history(person_id, progress)
