"""Waking whoever waits for a change: nothing in the sandbox polls or sleeps to find out."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
Event = tuple[str, dict[str, Any]]


class Signal:
    """Wakes everyone who waits at the moment it is given."""

    def __init__(self) -> None:
        self._waiters: list[asyncio.Future[None]] = []

    def give(self) -> None:
        """Wake all who wait."""
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self) -> None:
        """Return when the signal is given next."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    async def until(self, find: Callable[[], T], *, within: float) -> T:
        """Return what *find* finds as soon as that is true, asking again at each signal.

        Args:
            find: Looks at the state; called at once, and after each signal.
            within: Real seconds.

        Raises:
            TimeoutError: Nothing was found in time.
        """
        async with asyncio.timeout(within):
            while not (found := find()):
                await self.wait()
        return found


class Feed:
    """Hands each event to every subscriber, in order."""

    def __init__(self) -> None:
        self._subscribers: set[asyncio.Queue[Event | None]] = set()

    def __bool__(self) -> bool:
        """Tell whether anybody listens."""
        return bool(self._subscribers)

    def publish(self, name: str, data: dict[str, Any]) -> None:
        """Hand the event to whoever listens now."""
        for subscriber in self._subscribers:
            subscriber.put_nowait((name, data))

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[Event | None]]:
        """Return a queue of the events from now on; None means that no more will come."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._subscribers.add(queue)
        try:
            yield queue
        finally:
            self._subscribers.discard(queue)

    def end(self) -> None:
        """End every subscription that there is now."""
        for subscriber in self._subscribers:
            subscriber.put_nowait(None)
