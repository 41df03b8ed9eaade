"""The benchmark itself works: its smallest form, so that `make bench` can't rot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks import __main__ as benchmark
from tests.benchmarks import pictures
from tests.benchmarks.measure import burst_of
from tests.benchmarks.pictures import percentiles
from tests.benchmarks.words import readme

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.ci
def test_a_small_run_measures_both_sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty patients, twenty due: ours loses and doubles none, every figure stands in JSON and table."""
    monkeypatch.setattr(benchmark, "RESULTS", tmp_path)
    small = ["--patients", "20", "--due", "20", "--limits", "30", "--messages", "20", "--people", "2"]
    small += ["--taps", "8"]
    small.append("--no-postgresql")  # four seconds more
    benchmark.main([*small, "--idle-seconds", "0.5", "--lead-seconds", "1"])
    figures = json.loads((tmp_path / "latest.json").read_text())
    burst = figures["20 due at once, 30/s let through"]["ours"]
    assert (burst["lost"], burst["doubled"]) == (0, 0)
    assert figures["20 patients"]["job_queue"]["memory_mib"] > 0
    assert figures["20 messages, bare calls"]["job_queue"]["cpu_ms"] > 0
    assert 0 < figures["a tap in a check-in"]["ours"]["sealing_percent"] < 100
    assert 0 < figures["sandbox, tap to answer"]["ours"]["p95_ms"] < 1000
    assert 0 < figures["ldn-companion --help"]["ours"]["median_s"] < 10
    assert "| 20 patients: memory |" in readme(figures)


@pytest.mark.ci
def test_a_small_run_measures_pictures_and_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A year of two patients: every picture and file comes, and the diary that is taken in is a whole one."""
    monkeypatch.setattr(pictures, "RESULTS", tmp_path)
    pictures.report(pictures.SMALL)
    figures = json.loads((tmp_path / "pictures.json").read_text())
    assert figures["90 days with typst"]["p50_ms"] > 0
    assert figures["the doctor's page of a year"]["p50_ms"] > 0
    assert figures["4 at once"]["max_ms"] > 0
    assert figures["export of 1 years, One file (JSON)"]["took_s"] > 0
    assert figures["import of 1 years"]["took_s"] > 0


def test_lateness_counts_each_patients_first_message() -> None:
    """Lost and doubled are counted apart."""
    burst = burst_of([(1, 100.5), (2, 101.0), (1, 102.0)], patients=3, due_at=100.0)
    assert (burst.max_s, burst.lost, burst.doubled) == (1.0, 1, 1)


def test_a_share_of_pictures_is_the_slowest_of_them() -> None:
    """The 95th of a hundred; of few, the slowest."""
    assert percentiles([float(ms) for ms in range(100)]) == {"p50_ms": 50.0, "p95_ms": 95.0, "max_ms": 99.0}
    assert percentiles([3.0, 1.0])["p95_ms"] == 3.0
