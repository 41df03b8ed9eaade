"""The picture under a summary, as PNG: dark on light, so that it also reads in Telegram's dark theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.event import ASPECT_LABELS, EVENT_LABELS
from bot.domain.running_mean import window_days
from bot.locale import _, ngettext
from bot.locale.dates import short_date
from bot.reports.chart import baseline_days, chart_data
from bot.reports.typesetting import printable, typeset

if TYPE_CHECKING:
    from bot.domain.diary import Diary
    from bot.domain.event import EventFact

_MOST_NOTES = 4
_LONGEST_NOTE = 46


def draw_picture(diary: Diary) -> bytes:
    """Return the picture; call it in a thread, inside `speaking`."""
    data = {"title": _title(diary), "chart": chart_data(diary), "legend": _legend(diary)}
    return typeset("picture.typ", data, "png")[0]


def _title(diary: Diary) -> str:
    first, last = diary.span.first, diary.span.last
    return _("{first} to {last}").format(
        first=short_date(first, year=first.year != last.year), last=short_date(last, year=True)
    ) + ngettext(" · {count} day", " · {count} days", diary.span.days).format(count=diary.span.days)


def _legend(diary: Diary) -> list[str]:
    lines = []
    if not diary.discreet:
        told = [event for event in diary.events if event.note and diary.shows(event.first)]
        lines += [event_line(event, _LONGEST_NOTE) for event in told[-_MOST_NOTES:]]
    return [*lines, " ".join(reading_aid(diary))]


def reading_aid(diary: Diary) -> list[str]:
    """Return what marks, line, gaps and shade mean, a sentence each."""
    days = window_days(diary.rhythm)
    marks = _("Marks: one answer each.")
    if days is not None:
        marks = _("Marks: one answer each; line: mean of {days} days.").format(days=days)
    shaded = _("Shaded: before the start.") if diary.discreet else _("Shaded: before LDN.")
    aid = [marks, _("Gaps: not answered.")]
    return [*aid, shaded] if baseline_days(diary) else aid


def event_line(event: EventFact, longest: int) -> str:
    """Return "12 Nov: medicine started, magnesium", the patient's words cut to *longest* characters."""
    what = _(EVENT_LABELS[event.kind])
    if event.aspect is not None:
        what = f"{what} {_(ASPECT_LABELS[event.aspect])}"
    words = printable(event.note or "")
    if len(words) > longest:
        words = words[: longest - 1].rstrip() + "…"
    day = short_date(event.first)
    return f"{day}: {what}, {words}" if words else f"{day}: {what}"
