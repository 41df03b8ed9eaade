"""The pacer: strict slots, answers before bulk, a 429 holds everything."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import pytest

from bot.metrics import Metrics
from bot.telegram_io.rate import Pacer

pytestmark = pytest.mark.alone


class Given(Metrics):
    """Notes when each slot is given: when whoever waits for it gets to run is another matter."""

    def __init__(self, per_second: float) -> None:
        super().__init__(per_second)
        self.at: list[float] = []

    def slot(self, *, bulk: bool) -> None:
        """Note the instant."""
        super().slot(bulk=bulk)
        self.at.append(time.monotonic())


async def _times(per_second: float, count: int) -> list[float]:
    given = Given(per_second)
    pacer = Pacer(per_second, metrics=given)
    await asyncio.gather(*(pacer.acquire(chat_id, bulk=True) for chat_id in range(count)))
    await pacer.close()
    return given.at


async def test_no_second_holds_more_than_the_limit_and_one() -> None:
    """100 a second asked of 180 at once: every sliding second stays strict, and little is wasted."""
    at = await _times(100, 180)
    assert max(sum(begin <= other < begin + 1 for other in at) for begin in at) <= 101
    assert at[-1] - at[0] < 179 / 100 * 1.25


async def test_a_loop_that_was_late_makes_no_second_fuller() -> None:
    """What is caught up on after a stop of the loop leaves room for calls that arrive unevenly."""
    asyncio.get_running_loop().call_later(0.3, time.sleep, 0.1)  # something that never lets go
    at = await _times(100, 150)
    assert max(later - first for first, later in pairwise(at)) > 0.08
    assert min(at[number + 101] - at[number] for number in range(len(at) - 101)) > 1.005


async def test_a_loop_that_was_late_catches_up() -> None:
    """On a busy machine the loop stands still for a moment again and again: the night takes no longer."""
    for second in (0.3, 0.6, 0.9):
        asyncio.get_running_loop().call_later(second, time.sleep, 0.08)  # four slots
    at = await _times(50, 60)
    assert at[-1] - at[0] < 59 / 50 + 0.04


async def test_after_a_rest_no_more_than_two_go_out_at_once() -> None:
    """What is due after an hour's outage comes in its order: many calls at once would overtake each other."""
    given = Given(25)
    pacer = Pacer(25, metrics=given)
    await pacer.acquire(0, bulk=True)
    await asyncio.sleep(0.3)
    given.at.clear()
    await asyncio.gather(*(pacer.acquire(chat_id, bulk=True) for chat_id in range(1, 5)))
    await pacer.close()
    assert given.at[2] - given.at[0] > 0.03


async def test_an_answer_to_a_tap_overtakes_every_bulk_message_that_waits() -> None:
    """Whoever presses a button in the middle of a burst waits for one slot, not for hundreds."""
    pacer = Pacer(50)
    order: list[str] = []

    async def one(name: str, chat_id: int, *, bulk: bool) -> None:
        await pacer.acquire(chat_id, bulk=bulk)
        order.append(name)

    bulk = [asyncio.create_task(one("bulk", chat_id, bulk=True)) for chat_id in range(10)]
    await asyncio.sleep(0)
    await asyncio.gather(*bulk, one("tap", 99, bulk=False))
    # Two had gone out at once before the tap came: the pacer's start and its slot of catching up.
    assert order.index("tap") <= 2
    await pacer.close()


async def test_one_chat_gets_five_at_once_and_then_one_a_second_while_others_go_on() -> None:
    """A talkative chat slows nobody but itself."""
    pacer = Pacer(1000)
    talkative = [asyncio.create_task(pacer.acquire(1, bulk=False)) for _ in range(6)]
    other = asyncio.create_task(pacer.acquire(2, bulk=True))
    done, waiting = await asyncio.wait([*talkative, other], timeout=0.3)
    assert other in done
    assert len(done) == 6
    assert len(waiting) == 1
    await pacer.close()
    await asyncio.gather(*talkative, return_exceptions=True)


async def test_a_429_holds_everything_back() -> None:
    """Telegram means the whole bot, not the one chat."""
    pacer = Pacer(1000)
    begin = time.monotonic()
    pacer.block_for(0.2)
    await pacer.acquire(1, bulk=False)
    assert time.monotonic() - begin >= 0.2
    await pacer.close()
