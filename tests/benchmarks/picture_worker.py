"""Draws the same days many times; prints what that costs as JSON.

Arguments: what, and how many times: "typst" and "matplotlib" draw 90 days, "doctor" the page of a year. A
process of its own, so that none pays for another.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from io import BytesIO
from typing import TYPE_CHECKING

import psutil

from tests.reports.diaries import diary, page_about

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.diary import Diary

_MIB = 1024 * 1024
_COLOURS = ("#0072b2", "#a84300", "#00805e", "#d55e00", "#6b7680", "#8a4f7d")


def with_typst() -> Callable[[Diary], bytes]:
    """Return what the bot does."""
    from bot.reports.picture import draw_picture  # noqa: PLC0415 - its memory is measured

    return draw_picture


def with_matplotlib() -> Callable[[Diary], bytes]:
    """Return the same picture as people draw it: six panels on one axis, 720 pixels wide."""
    import matplotlib as mpl  # noqa: PLC0415 - its memory is measured

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    from bot.reports.chart import chart_data  # noqa: PLC0415

    def draw(one: Diary) -> bytes:
        data = chart_data(one)
        figure, axes = plt.subplots(6, 1, figsize=(3.6, 5.4), dpi=200, sharex=True)
        for axis, panel, colour in zip(axes, data["panels"], _COLOURS, strict=False):
            axis.scatter(*zip(*panel["dots"], strict=True), s=4, color=colour, alpha=0.6)
            for run in panel["means"]:
                axis.plot(*zip(*run, strict=True), color=colour)
            axis.set_ylim(0, 10)
            axis.set_title(f"{panel['label']} {panel['aside']}", fontsize=6)
        for number, row in enumerate(data["doses"]["rows"]):
            axes[2].bar(row["days"], 0.8, 0.9, bottom=-number, color=_COLOURS[2 + number % 4])
        for first, last, mg, words in data["steps"]["line"]:
            axes[3].plot([first, last], [mg, mg], color="black")
            axes[3].text(first, mg, words, fontsize=5)
        for number, row in enumerate(data["effects"]["rows"]):
            for day, rank in row["marks"]:
                axes[4].bar(day, rank / 3, 0.9, bottom=-number, color=_COLOURS[5])
        for number, row in enumerate(data["events"]["rows"]):
            for span in row["spans"]:
                axes[5].plot(span, [-number, -number], marker="^", color="black", markersize=3)
        for axis in axes:
            axis.axvspan(0, data["baseline"], color="#f3ebd6")
        axes[5].set_xticks([day for day, _words in data["ticks"]], [words for _day, words in data["ticks"]])
        figure.tight_layout()
        out = BytesIO()
        figure.savefig(out, format="png")
        plt.close(figure)
        return out.getvalue()

    return draw


def with_typst_as_pdf() -> Callable[[Diary], bytes]:
    """Return what the bot does for the doctor's page."""
    from bot.reports.doctor import draw_pdf  # noqa: PLC0415 - its memory is measured

    return lambda one: draw_pdf(page_about(one))


_SIDES = {"typst": (with_typst, 90), "matplotlib": (with_matplotlib, 90), "doctor": (with_typst_as_pdf, 365)}


def main(side: str, times: str) -> None:
    """Draw and print."""
    prepare, days = _SIDES[side]
    # Each another: typst remembers what it has drawn.
    diaries = [diary(days, seed=number) for number in range(int(times) + 1)]
    process = psutil.Process()
    before = process.memory_info().rss / _MIB
    draw = prepare()
    spent = []
    for one in diaries:
        begin = time.perf_counter()
        draw(one)
        spent.append(1000 * (time.perf_counter() - begin))
    gc.collect()
    later = sorted(spent[1:])
    figures = {
        "first_ms": spent[0],
        "p50_ms": later[len(later) // 2],
        "p95_ms": later[int(len(later) * 0.95)],
        "memory_mib": process.memory_info().rss / _MIB,
        "added_mib": process.memory_info().rss / _MIB - before,
    }
    print(json.dumps(figures))  # noqa: T201 - the protocol


if __name__ == "__main__":
    main(*sys.argv[1:])
