"""The page for the doctor as PDF (its text can be selected), or as a picture to look at first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.doctor_page import pages_allowed
from bot.locale import _
from bot.locale.dates import short_date
from bot.reports.doctor_sections import sections
from bot.reports.typesetting import printable, typeset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.doctor_page import DoctorPage

PREVIEW_PPI = 130.0
_COUNTING_PPI = 5.0
# The first that fits: size of the text, gap, height of a scale, in points; items of a list, rows.
_DENSITIES: tuple[Mapping[str, Any], ...] = (
    {"size": 9, "gap": 9, "scale": 64, "listed": 8, "rows": 6},
    {"size": 8.5, "gap": 8, "scale": 58, "listed": 6, "rows": 6},
    {"size": 8.5, "gap": 6.5, "scale": 48, "listed": 4, "rows": 6},
    {"size": 8, "gap": 5.5, "scale": 42, "listed": 3, "rows": 5},
    {"size": 7.5, "gap": 4.5, "scale": 34, "listed": 2, "rows": 4},
    {"size": 7.5, "gap": 3.5, "scale": 28, "listed": 2, "rows": 3},
)


def draw_pdf(page: DoctorPage) -> bytes:
    """Return the document; call it in a thread, inside `speaking`."""
    return typeset("doctor.typ", _fitting(page), "pdf")[0]


def draw_preview(page: DoctorPage) -> bytes:
    """Return the same as one picture; of more than one page it is as long as they are together."""
    long = pages_allowed(page.diary) > 1
    return typeset("doctor.typ", {**_fitting(page), "long": long}, "png", ppi=PREVIEW_PPI)[0]


def _fitting(page: DoctorPage) -> Mapping[str, Any]:
    """Return the data at the largest size that fits the pages allowed; the smallest if none does."""
    for density in _DENSITIES[:-1]:
        data = _data(page, density)
        if len(typeset("doctor.typ", data, "png", ppi=_COUNTING_PPI)) <= pages_allowed(page.diary):
            return data
    return _data(page, _DENSITIES[-1])


def _data(page: DoctorPage, density: Mapping[str, Any]) -> dict[str, Any]:
    span = page.diary.span
    return {
        **density,
        "paper": page.paper,
        "long": False,
        "lang": "en",
        "title": _("Diary with low-dose naltrexone"),
        "span": _("{first} to {last} ({days} days)").format(
            first=short_date(span.first, year=span.first.year != span.last.year),
            last=short_date(span.last, year=True),
            days=span.days,
        ),
        "who": printable(page.identification),
        "footer": _("Answered by the patient, made on {date}. Not checked by anyone.").format(
            date=short_date(page.made_on, year=True)
        ),
        "sections": sections(page, density["listed"], density["rows"]),
    }
