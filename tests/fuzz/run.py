"""Feeds one parser with so many inputs."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from tests.fuzz.parsers import PARSERS


def fuzz(name: str, inputs: int, *, derandomize: bool = False) -> int:
    """Feed the parser with up to so many inputs; return how many it was.

    Raises:
        AssertionError: It returned what it must not; or whatever it raised itself, with the smallest input.
    """
    strategy, read = PARSERS[name]
    tried = 0

    @settings(
        max_examples=inputs,
        deadline=None,
        database=None,
        derandomize=derandomize,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def feed(text: str) -> None:
        nonlocal tried
        tried += 1
        read(text)

    feed()
    return tried
