"""What `ldn-companion stats` tells: the last night's deliveries, how many were late, and by how much."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from rich import box
from rich.console import Group
from rich.table import Table

from bot.storage import deliveries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.storage.database import Database

# Up to 15 minutes late is normal (DOMAIN.md, "The reminder").
LATE_AFTER: Final = timedelta(minutes=15)


_EXPLAINED = "late: over 15 minutes after the due time. p50, p99, max: from due to sent, in s or min:s"
# Columns of the table that stand there only if something ended so.
_RARE_ENDS = ("uncertain", "expired", "failed", "waiting")


@dataclass(slots=True)
class KindStats:
    """The deliveries of one kind that were due in the span.

    Attributes:
        due: All of them, but those that were cancelled (answered, moved, held).
        late: Sent more than 15 minutes after the due time.
        waiting: Pending or under way.
        late_p50_s: Median of the seconds from due to sent, None when none was sent; so the next two.
        not_sent: Reason → how many, of those that failed or expired.
    """

    kind: str
    due: int = 0
    sent: int = 0
    late: int = 0
    uncertain: int = 0
    expired: int = 0
    failed: int = 0
    cancelled: int = 0
    waiting: int = 0
    late_p50_s: float | None = None
    late_p99_s: float | None = None
    late_max_s: float | None = None
    not_sent: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stats:
    """What happened in a span of time (aware instants, UTC)."""

    since: datetime
    until: datetime
    kinds: Sequence[KindStats]

    def to_json(self) -> dict[str, Any]:
        """Return plain data; instants in ISO 8601, times in seconds."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "late_after_s": LATE_AFTER.total_seconds(),
            "kinds": [asdict(kind) for kind in self.kinds],
        }


async def read_stats(database: Database, now: datetime, span: timedelta) -> Stats:
    """Return what became of the deliveries that were due in the *span* before *now*."""
    async with database.read() as session:
        ends = await deliveries.ends_between(session, now - span, now)
    by_kind: defaultdict[str, list[deliveries.End]] = defaultdict(list)
    for end in ends:
        by_kind[end.kind].append(end)
    return Stats(now - span, now, [_of_kind(kind, by_kind[kind]) for kind in sorted(by_kind)])


def _of_kind(kind: str, ends: Sequence[deliveries.End]) -> KindStats:
    states = Counter(end.state for end in ends)
    seconds = sorted(max(0.0, (end.sent_at - end.due_at).total_seconds()) for end in ends if end.sent_at)
    why = Counter(end.outcome or "unknown" for end in ends if end.state in {"failed", "expired"})
    return KindStats(
        kind=kind,
        due=len(ends) - states["cancelled"],
        sent=states["sent"],
        late=sum(second > LATE_AFTER.total_seconds() for second in seconds),
        uncertain=states["uncertain"],
        expired=states["expired"],
        failed=states["failed"],
        cancelled=states["cancelled"],
        waiting=states["pending"] + states["sending"],
        late_p50_s=_percentile(seconds, 50),
        late_p99_s=_percentile(seconds, 99),
        late_max_s=seconds[-1] if seconds else None,
        not_sent=dict(why.most_common()),
    )


def _percentile(ordered: Sequence[float], percent: int) -> float | None:
    """Return the nearest-rank percentile, None of nothing."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else None


def as_table(stats: Stats) -> Group:
    """Return the table, with its words above and below, for a terminal of 80 columns."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=0)
    # Columns of zeros are left out: with them the names would be cut.
    ends = [end for end in _RARE_ENDS if any(getattr(kind, end) for kind in stats.kinds)]
    table.add_column("kind", no_wrap=True)
    for name in ("due", "sent", "late", "p50", "p99", "max", *ends):
        table.add_column(name, justify="right", no_wrap=True)
    for kind in stats.kinds:
        table.add_row(
            kind.kind,
            *(str(value) for value in (kind.due, kind.sent, kind.late)),
            *(_duration(value) for value in (kind.late_p50_s, kind.late_p99_s, kind.late_max_s)),
            *(str(getattr(kind, end)) for end in ends),
        )
    title = f"Due from {stats.since:%a %d %b %H:%M} to {stats.until:%a %d %b %H:%M} UTC\n"
    return Group(title, table, "", _EXPLAINED, *_reasons(stats))


def _reasons(stats: Stats) -> list[str]:
    return [
        f"{kind.kind}, why not sent: "
        + ", ".join(f"{reason} {count}" for reason, count in kind.not_sent.items())
        for kind in stats.kinds
        if kind.not_sent
    ]


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
