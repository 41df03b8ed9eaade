"""The README's table, from the JSON of a run (`python -m tests.benchmarks --readme`)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    Sides = Mapping[str, Mapping[str, float]]

_LINES = (
    ("ldn-companion", "median_s", "half of them within", "s"),
    ("ldn-companion", "max_s", "the slowest", "s"),
    ("tap to answer", "p50_ms", "half of them within", "ms"),
    ("tap to answer", "p95_ms", "95 of 100 within", "ms"),
    ("patients", "ready_s", "ready after", "s"),
    ("patients", "memory_mib", "memory", "MiB"),
    ("patients", "idle_percent", "idle, of one core", "%"),
    ("due at once", "lost", "lost", ""),
    ("due at once", "doubled", "twice", ""),
    ("due at once", "p50_s", "lateness, half of them within", "s"),
    ("due at once", "p99_s", "99 of 100 within", "s"),
    ("due at once", "max_s", "the last after", "s"),
    ("due at once", "tap_p99_ms", "a tap meanwhile answered within (p99)", "ms"),
    ("due at once", "cpu_ms", "processor time per message", "ms"),
    ("messages,", "per_second", "messages a second", ""),
    ("messages,", "cpu_ms", "processor time per message", "ms"),
    ("a tap", "cpu_ms", "processor time", "ms"),
    ("a tap", "sealing_percent", "of it for encryption", "%"),
)
_SIDES = ("ours", "postgresql", "job_queue")


def readme(figures: Mapping[str, Sides]) -> str:
    """Return what stands between the README's two bench marks."""
    lines = ["| | LDN Companion | on PostgreSQL | JobQueue |", "|---|---|---|---|"]
    for name, sides in figures.items():
        for sort, key, words, unit in _LINES:
            if sort in name and key in sides["ours"]:
                cells = " | ".join(_cell(sides.get(side, {}).get(key), unit) for side in _SIDES)
                lines.append(f"| {name}: {words} | {cells} |")
    return "\n".join(lines)


def _cell(value: float | None, unit: str) -> str:
    if value is None or math.isnan(value):
        return "–"
    digits = 0 if value >= 100 or value == int(value) else 2 if value < 10 else 1
    return f"{value:,.{digits}f} {unit}".strip()
