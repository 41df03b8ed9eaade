"""How the sandbox's Telegram can be told to fail: rules, a hard rate limit, a constant latency."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from fnmatch import fnmatch
from random import Random

from bot.sandbox.errors import ApiError, forbidden, too_many_requests


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with this error; nothing happens."""

    error: ApiError


@dataclass(frozen=True, slots=True)
class Slow:
    """Wait before the effect, then do as usual.

    Attributes:
        seconds: Real ones.
    """

    seconds: float


@dataclass(frozen=True, slots=True)
class SlowReply:
    """Let it happen at once, and answer late.

    Attributes:
        seconds: Real ones.
    """

    seconds: float


@dataclass(frozen=True, slots=True)
class CutBefore:
    """Cut the connection; nothing happens."""


@dataclass(frozen=True, slots=True)
class CutAfter:
    """Let it happen, then cut the connection without an answer."""


Action = Refuse | Slow | SlowReply | CutBefore | CutAfter

CUT_BEFORE = CutBefore()
CUT_AFTER = CutAfter()


def flood(retry_after: int = 1) -> Refuse:
    """Return the 429 that asks to wait *retry_after* seconds."""
    return Refuse(too_many_requests(retry_after))


def blocked() -> Refuse:
    """Return the 403 of a patient who blocked the bot."""
    return Refuse(forbidden("bot was blocked by the user"))


def refusal(code: int, description: str) -> Refuse:
    """Return any error; the description stands as it is."""
    return Refuse(ApiError(code, description))


def unauthorized() -> Refuse:
    """Return the 401 of a token that was revoked."""
    return refusal(401, "Unauthorized")


def server_error(code: int = 502) -> Refuse:
    """Return a failure of Telegram's own: 500, 502 or 504."""
    words = {500: "Internal Server Error", 502: "Bad Gateway", 504: "Gateway Timeout"}
    return refusal(code, words.get(code, "Internal Server Error"))


@dataclass(slots=True)
class Fault:
    """One rule.

    Attributes:
        action: What goes wrong.
        method: Which calls: "sendMessage", "send*", "*"; upper and lower case are the same.
        chat_id: Only this chat, or None for all.
        times: How often at most, or None for as long as the rule stands.
        probability: Share of the matching calls that it hits.
        skip: This many matching calls pass first.
        hits: How often it has struck.
    """

    action: Action
    method: str = "*"
    chat_id: int | None = None
    times: int | None = None
    probability: float = 1.0
    skip: int = 0
    hits: int = 0

    def matches(self, method: str, chat_id: int | None) -> bool:
        """Tell whether the rule is about this call."""
        return (
            (self.times is None or self.hits < self.times)
            and self.chat_id in (None, chat_id)
            and fnmatch(method.lower(), self.method.lower())
        )


class RateLimit:
    """A hard window that slides: more than so many sends and edits in any second get 429.

    Attributes:
        per_second: How many pass, or None for no limit.
        retry_after: Seconds that the 429 names.
        refused: How many were refused so far.
    """

    def __init__(self) -> None:
        self.per_second: int | None = None
        self.retry_after = 1
        self.refused = 0
        self._passed: deque[float] = deque()

    def check(self) -> None:
        """Count one send or edit.

        Raises:
            ApiError: 429; it doesn't count.
        """
        if self.per_second is None:
            return
        instant = time.monotonic()
        while self._passed and instant - self._passed[0] >= 1.0:
            self._passed.popleft()
        if len(self._passed) >= self.per_second:
            self.refused += 1
            raise too_many_requests(self.retry_after)
        self._passed.append(instant)


class FaultPlan:
    """Everything that is to go wrong.

    Attributes:
        latency_s: Real seconds that each call takes to arrive.
        rate_limit: The hard limit.
    """

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)  # noqa: S311 - repeatable faults, no secrets
        self._rules: list[Fault] = []
        self.latency_s = 0.0
        self.rate_limit = RateLimit()

    def add(
        self,
        action: Action,
        method: str = "*",
        *,
        chat_id: int | None = None,
        times: int | None = None,
        probability: float = 1.0,
        skip: int = 0,
    ) -> Fault:
        """Add a rule behind those that stand; the first that hits decides. Its `hits` count along."""
        fault = Fault(action, method, chat_id, times, probability, skip)
        self._rules.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Take a rule away."""
        self._rules.remove(fault)

    def clear(self) -> None:
        """Let nothing go wrong any more; latency and rate limit stay."""
        self._rules.clear()

    def strike(self, method: str, chat_id: int | None) -> Action | None:
        """Return what goes wrong with this call, or None."""
        for fault in self._rules:
            if not fault.matches(method, chat_id):
                continue
            if fault.skip:
                fault.skip -= 1
            elif fault.probability >= 1 or self._random.random() < fault.probability:
                fault.hits += 1
                return fault.action
        return None
