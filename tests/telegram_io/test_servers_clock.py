"""A server's clock in our time: as narrow as the quickest answer, and never outside what one says."""

from __future__ import annotations

import pytest

from bot.telegram_io.servers_clock import ServersClock


def test_a_quick_answer_tells_more_than_a_slow_one() -> None:
    """The slow one before and after it moves nothing by more than clocks drift."""
    clock = ServersClock()
    clock.learn(asked_at=10.0, said=1000.1, answered_at=12.0)
    clock.learn(asked_at=20.0, said=1010.001, answered_at=20.002)
    clock.learn(asked_at=21.0, said=1011.001, answered_at=24.0)
    assert clock.ours(1020.0) == pytest.approx(30.0, abs=0.01)


def test_a_clock_that_was_set_is_believed_at_once() -> None:
    """What was learnt before it is forgotten."""
    clock = ServersClock()
    clock.learn(asked_at=10.0, said=1000.001, answered_at=10.002)
    clock.learn(asked_at=11.0, said=4601.001, answered_at=11.002)
    assert clock.ours(4610.0) == pytest.approx(20.0, abs=0.01)
