"""The chat page's time bar: starts journeys in time, one at a time, and tells every page how far they are."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.sandbox.pace import SPEEDS, JourneyStoppedError, Pace
from bot.sandbox.page_errors import PageError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bot.sandbox.time_machine import Progress, TimeMachine
    from bot.sandbox.world import World

Json = dict[str, Any]

ACTIONS = ("next", "hour", "day", "week", "history", "story", "stop")
# A journey that doesn't come to a stop by itself is cut off after so many real seconds.
_LONGEST_STOPPING_S = 1.0
_log = logging.getLogger(__name__)


class TimeBar:
    """What stands behind /page-api/time.

    Attributes:
        machine: Moves the clock, or None when nobody offers to.
    """

    def __init__(self, world: World, machine: TimeMachine | None) -> None:
        self._world = world
        self.machine = machine
        self.pace = Pace()
        self._journey: asyncio.Task[None] | None = None
        # What the bar shows of the journey under way, or of the last one.
        self._shown: Json | None = None

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
            "journey": self._shown if self.busy else None,
            "speed": self.pace.speed,
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
            self._stop()
            return
        if self.busy:
            raise PageError(409, "A journey in time is under way; stop it first.")
        self.pace.stopping = False
        self._shown = {"action": action, "share": 0.0, "label": "", "person": person_id}
        journey = _journey(self.machine, action, person_id, self._progress(action), self.pace)
        self._journey = asyncio.get_running_loop().create_task(journey)
        self._journey.add_done_callback(partial(self._ended, action))

    def set_speed(self, speed: int) -> None:
        """Tell the story, also the one under way, at this speed.

        Raises:
            PageError: 400 for a speed that there isn't.
        """
        if speed not in SPEEDS:
            raise PageError(400, f"Speed must be one of {', '.join(map(str, SPEEDS))}.")
        self.pace.set_speed(speed)

    async def taken_over(self, person_id: int) -> None:
        """End the story under way when the visitor plays its person; return when it has ended."""
        journey, shown = self._journey, self._shown
        if journey and shown and (shown["action"], shown["person"]) == ("story", person_id):
            self._stop()
            await asyncio.wait([journey])

    def _stop(self) -> None:
        self.pace.stop()
        if self._journey:
            asyncio.get_running_loop().call_later(_LONGEST_STOPPING_S, self._journey.cancel)

    async def close(self) -> None:
        """End the journey under way."""
        if self._journey and not self._journey.done():
            self._journey.cancel()
            await asyncio.wait([self._journey])

    def _progress(self, action: str) -> Progress:
        def progress(share: float, label: str) -> None:
            if self._shown:
                self._shown |= {"share": share, "label": label}
            self.pace.check()
            self._publish(action, share=share, label=label)

        return progress

    def _ended(self, action: str, journey: asyncio.Task[None]) -> None:
        error = None
        failure = None if journey.cancelled() else journey.exception()
        if failure and not isinstance(failure, JourneyStoppedError):
            _log.error("a journey in time failed", exc_info=failure)
            error = f"The journey broke off ({type(failure).__name__}); the log says more."
        self._journey = None
        self._publish(action, share=1.0, label="", done=True, error=error)
        self._world.tell_all("time")

    def _publish(
        self, action: str, *, share: float, label: str, done: bool = False, error: str | None = None
    ) -> None:
        person = self._shown["person"] if self._shown else None
        data = {
            "action": action,
            "person": person,
            "share": share,
            "label": label,
            "done": done,
            "error": error,
        }
        for chat in self._world.chats.values():
            if chat.feed:
                chat.feed.publish("progress", data)


def _journey(
    machine: TimeMachine, action: str, person_id: int | None, progress: Progress, pace: Pace
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
    if action == "story":
        return machine.story(person_id, progress, pace)
    return machine.fill_history(person_id, progress)
