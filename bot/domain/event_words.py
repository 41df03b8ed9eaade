"""An event in a few words: "3 Mar – 7 Mar · illness: flu". Plain text, not escaped."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.event import ASPECT_LABELS, EVENT_LABELS, EventKind
from bot.domain.free_text.event_words import aspect_of
from bot.locale import N_, _
from bot.locale.dates import short_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.domain.event import EventFact

EVENT_SIGNS: Mapping[EventKind, str] = MappingProxyType(
    {
        EventKind.FLARE: "🔥",
        EventKind.PERIOD: "🩸",
        EventKind.MEDICINE: "💊",
        EventKind.SUPPLEMENT: "🌿",
        EventKind.THERAPY: "🤲",
        EventKind.ILLNESS: "🤒",
        EventKind.STRESS: "⚡",
        EventKind.OTHER: "📌",
    }
)
_DISCREET_LABELS: Mapping[EventKind, str] = MappingProxyType(
    {EventKind.MEDICINE: N_("change"), EventKind.SUPPLEMENT: N_("change")}
)
_DISCREET_SIGN = "📌"
_LONGEST_SHOWN = 1000


def kind_label(kind: EventKind, *, discreet: bool) -> str:
    """Return what a kind is called, with its sign; in discreet mode nothing names a medicine."""
    if discreet and kind in _DISCREET_LABELS:
        return f"{_DISCREET_SIGN} {_(_DISCREET_LABELS[kind])}"
    return f"{EVENT_SIGNS[kind]} {_(EVENT_LABELS[kind])}"


def event_dates(event: EventFact, today: date) -> str:
    """Return "3 Mar", "3 Mar – 7 Mar" or "since 3 Mar"; a year that isn't *today*'s is named."""
    first = short_date(event.first, year=event.first.year != today.year)
    if event.goes_on:
        return _("since {date}").format(date=first)
    if event.last is None or event.last == event.first:
        return first
    last = short_date(event.last, year=event.last.year != today.year)
    return _("{first} – {last}").format(first=first, last=last)


def event_what(event: EventFact, *, discreet: bool, longest: int = _LONGEST_SHOWN) -> str:
    """Return "💊 medicine: started pregabalin"; in discreet mode without the patient's words.

    Args:
        event: The event.
        discreet: Somebody may read along.
        longest: Characters of the note that are shown.
    """
    head = kind_label(event.kind, discreet=discreet)
    note = "" if discreet or not event.note else " ".join(event.note.split())
    if event.aspect is not None and aspect_of(note) is not event.aspect:
        head = _("{kind}, {aspect}").format(kind=head, aspect=_(ASPECT_LABELS[event.aspect]))
    if not note:
        return head
    shown = note if len(note) <= longest else f"{note[:longest]}…"
    return _("{event}: {words}").format(event=head, words=shown)


def event_line(event: EventFact, today: date, *, discreet: bool) -> str:
    """Return one line for a list: the dates, then what."""
    return _("{dates} · {event}").format(
        dates=event_dates(event, today), event=event_what(event, discreet=discreet, longest=100)
    )
