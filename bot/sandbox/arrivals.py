"""A record of every call that reached the server: the tests' ground truth, and the developers' drawer."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sandbox.signals import Feed, Signal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.clock import Clock
    from bot.sandbox.call import Call

Json = dict[str, Any]

ARRIVALS_KEPT = 200_000
TRAFFIC_KEPT = 200


@dataclass(slots=True)
class Arrival:
    """One call.

    Attributes:
        number: Counts calls and updates together.
        method: As the Bot API spells it ("sendMessage"), or as it was called when it is unknown.
        chat_id: Whom it is about, or None.
        at: Clock's instant of arrival (aware, UTC).
        monotonic: Real seconds, for comparing arrivals with each other.
        params: As they came, files left out.
        outcome: "ok", "refused", "cut before" (no effect), "cut after" (effect, no answer),
            "pending" while it is under way.
        status: HTTP status, 0 when cut.
        description: The refusal's words, or None.
        result: What was answered, or would have been.
        message_id: Of the message that was sent or edited, or None.
        done: Real seconds of the answer.
    """

    number: int
    method: str
    chat_id: int | None
    at: datetime
    monotonic: float
    params: Json = field(repr=False)
    outcome: str = "pending"
    status: int = 0
    description: str | None = None
    result: object = field(default=None, repr=False)
    message_id: int | None = None
    done: float = 0.0

    @property
    def took_effect(self) -> bool:
        """Whether something happened, whatever the bot was told."""
        return self.outcome in {"ok", "cut after"}


@dataclass(slots=True)
class SentUpdate:
    """One update that was put into the bot's queue."""

    number: int
    at: datetime
    update: Json


class Traffic:
    """Calls and updates, in order.

    Attributes:
        arrivals: Every call, oldest first.
        recent: The last few calls and updates.
        feed: Tells of each call when it is done, and of each update.
        arrived: Given when a call is done.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._count = 0
        self.arrivals: deque[Arrival] = deque(maxlen=ARRIVALS_KEPT)
        self.recent: deque[Arrival | SentUpdate] = deque(maxlen=TRAFFIC_KEPT)
        self.feed = Feed()
        self.arrived = Signal()

    def begin(self, method: str, call: Call) -> Arrival:
        """Note a call's arrival."""
        self._count += 1
        arrival = Arrival(self._count, method, call.chat_id, self._clock.now(), time.monotonic(), call.params)
        self.arrivals.append(arrival)
        return arrival

    def end(self, arrival: Arrival) -> None:
        """Note that a call was answered, or cut."""
        arrival.done = time.monotonic()
        if arrival.method != "getUpdates":
            self.recent.append(arrival)
            if self.feed:
                self.feed.publish("call", {"item": arrival})
        self.arrived.give()

    def note_update(self, update: Json) -> None:
        """Note an update that waits for the bot from now on."""
        self._count += 1
        item = SentUpdate(self._count, self._clock.now(), update)
        self.recent.append(item)
        if self.feed:
            self.feed.publish("update", {"item": item})

    def of(self, method: str, chat_id: int | None = None) -> Iterator[Arrival]:
        """Return the calls of one method, oldest first, to one chat or to all."""
        return (
            arrival
            for arrival in self.arrivals
            if arrival.method == method and chat_id in (None, arrival.chat_id)
        )
