"""What an operator can watch: counters and times for Prometheus, one registry a process.

Labels are words of ours, few and fixed; nothing that a patient wrote, and no id, is ever one.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from collections.abc import Mapping

# From "on the second" over "15 minutes are normal" and the catch-up of 90 minutes to the end of it all.
_LATE_BUCKETS: Final = (0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 1800, 3600, 5400, 14400)
_BUDGET_WINDOW_S: Final = 10.0
_LONGEST_LABEL: Final = 40
# More different words than these stand under "other": a label must not grow without end.
_MOST_WORDS: Final = 40
_GAUGES: Final = {
    "deliveries_due": "Messages that are due and wait.",
    "queue_age_seconds": "How long the longest due message has waited.",
    "deliveries_in_flight": "Messages that this process claimed and hasn't recorded.",
    "inbox_open": "Chats with updates that wait to be handled.",
    "budget_used_ratio": "Share of the allowed messages used in the last ten seconds.",
    "budget_per_second": "Messages allowed in a second.",
    "blocked_seconds": "How long Telegram's 429 still holds everything back.",
    "tick_age_seconds": "Seconds since the tick last asked what is due.",
    "telegram_age_seconds": "Seconds since the last successful call to Telegram.",
    "database_up": "1: the database answers.",
}
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The numbers of one process.

    Args:
        per_second: The allowed messages a second, against which the used budget is measured.
    """

    def __init__(self, per_second: float = 25.0) -> None:
        self.registry = CollectorRegistry()
        self._per_second = per_second
        self._slots: deque[float] = deque()
        self._words: dict[str, set[str]] = {}
        of_kind, why = ["kind"], ["reason"]
        self._sent = self._counter("deliveries_sent", "Messages that Telegram has.", of_kind)
        self._late = Histogram(
            "ldn_delivery_late_seconds",
            "Seconds between a message's due time and its sending.",
            of_kind,
            buckets=_LATE_BUCKETS,
            registry=self.registry,
        )
        self._uncertain = self._counter("deliveries_uncertain", "Messages that may have arrived.", why)
        self._retried = self._counter("deliveries_retried", "Messages that are tried again.", why)
        self._expired = self._counter("deliveries_expired", "Messages that came too late.", of_kind)
        self._failed = self._counter("deliveries_failed", "Messages that Telegram refuses.", why)
        self._cancelled = self._counter("deliveries_cancelled", "Messages not wanted any more.", of_kind)
        self._stale = self._counter("marks_stale", "Marks of a lost claim, which changed nothing.", [])
        self._handled = self._counter("updates_handled", "Updates from Telegram, handled.", ["outcome"])
        self._given = self._counter("budget_slots", "Slots used to send or edit.", ["lane"])
        self._gauges = {
            name: Gauge(f"ldn_{name}", words, registry=self.registry) for name, words in _GAUGES.items()
        }

    def ended(self, kind: str, outcome: str, reason: str | None, late_s: float | None) -> None:
        """Count a delivery that ended.

        Args:
            kind: The delivery's kind.
            outcome: sent, uncertain, failed, expired or cancelled.
            reason: A word of ours, or None.
            late_s: Seconds after the due time, or None when it wasn't sent.
        """
        kind, why = self._word("kind", kind), self._word(outcome, reason or "unknown")
        match outcome:
            case "sent":
                self._sent.labels(kind).inc()
                self._late.labels(kind).observe(max(0.0, late_s or 0.0))
            case "uncertain":
                self._uncertain.labels(why).inc()
            case "failed":
                self._failed.labels(why).inc()
            case "expired":
                self._expired.labels(kind).inc()
            case _:
                self._cancelled.labels(kind).inc()

    def retried(self, reason: str | None) -> None:
        """Count a delivery that goes back to wait."""
        self._retried.labels(self._word("retried", reason or "unknown")).inc()

    def stale(self) -> None:
        """Count a mark whose claim was no longer ours: it changed 0 rows."""
        self._stale.inc()

    def handled(self, outcome: str) -> None:
        """Count an update: done, failed (it is tried again) or set_aside."""
        self._handled.labels(outcome).inc()

    def slot(self, *, bulk: bool) -> None:
        """Count one slot of the budget."""
        self._given.labels("bulk" if bulk else "answer").inc()
        self._slots.append(time.monotonic())
        self._forget_old_slots()

    def render(self, values: Mapping[str, float]) -> bytes:
        """Return the text that Prometheus reads; *values* are what is measured now, by the gauges' names."""
        self._forget_old_slots()
        used = len(self._slots) / (_BUDGET_WINDOW_S * self._per_second)
        for name, value in {
            "budget_used_ratio": used,
            "budget_per_second": self._per_second,
            **values,
        }.items():
            self._gauges[name].set(value)
        return generate_latest(self.registry)

    def _counter(self, name: str, words: str, labels: list[str]) -> Counter:
        return Counter(f"ldn_{name}", words, labels, registry=self.registry)

    def _forget_old_slots(self) -> None:
        since = time.monotonic() - _BUDGET_WINDOW_S
        while self._slots and self._slots[0] < since:
            self._slots.popleft()

    def _word(self, label: str, word: str) -> str:
        known = self._words.setdefault(label, set())
        if word not in known and (len(known) >= _MOST_WORDS or len(word) > _LONGEST_LABEL):
            return "other"
        known.add(word)
        return word
