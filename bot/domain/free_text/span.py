"""The span of a summary as people type it: "30", "last 90 days", "1 Oct to 24 Nov", "since March 3"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.free_text.dates import AmbiguousDate, parse_date
from bot.domain.free_text.words import normalise, number_in_words

LONGEST_DAYS = 3660
_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}
_COUNTED = re.compile(
    r"(?:the )?(?:last |past )?(?P<count>\d{1,4}|(?!day|week|month|year)[a-z]+)? ?"
    r"(?P<unit>day|week|month|year|d|w)?s?"
)
_BETWEEN = re.compile(r"\s(?:to|until|till|through|and|-)\s|\s?\.\.+\s?|(?<=\d{4}-\d\d-\d\d)\s?[/ ,-]\s?")
_SINCE = re.compile(r"^since ")


@dataclass(frozen=True, slots=True)
class TypedSpan:
    """Local dates from first to last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Return how many dates the span holds, at least 1."""
        return (self.last - self.first).days + 1


def _last_days(days: int, last: date) -> TypedSpan:
    """Return the span of *days* local dates that ends on *last*."""
    return TypedSpan(last - timedelta(days=days - 1), last)


def parse_span(text: str, today: date) -> TypedSpan | None:
    """Return the span that *text* names, never reaching past *today*.

    Args:
        text: What a patient typed: a number of days, "since" a date, a day, or two dates in either order.
        today: The patient's local date, on which a number of days ends.

    Returns:
        The span; None where it is unclear, lies ahead, or is longer than ten years.
    """
    words = normalise(text).strip(" .!?,")
    days = _counted_days(words)
    if days is not None:
        return _last_days(days, today) if 0 < days <= LONGEST_DAYS else None
    if _SINCE.match(words):
        first = parse_date(_SINCE.sub("", words), today)
        return _checked(first, today, today) if isinstance(first, date) else None
    for first_words, last_words in _halves(words):
        span = _between(first_words, last_words, today)
        if span is not None:
            return span
    day = parse_date(words, today)
    return _checked(day, day, today) if isinstance(day, date) else None


def _counted_days(words: str) -> int | None:
    match = _COUNTED.fullmatch(words)
    if match is None:
        return None
    count, unit = match["count"], match["unit"]
    if count is None:
        return _UNITS[_whole_unit(unit)] if unit else None
    one = unit and count in {"a", "an"}
    number = int(count) if count.isdecimal() else 1 if one else number_in_words(count)
    return None if number is None else number * _UNITS[_whole_unit(unit or "day")]


def _whole_unit(unit: str) -> str:
    return {"d": "day", "w": "week"}.get(unit, unit)


def _halves(words: str) -> list[tuple[str, str]]:
    marks = [*_BETWEEN.finditer(words), *re.finditer(" ", words)]
    return [(words[: mark.start()].removeprefix("from "), words[mark.end() :]) for mark in marks]


def _between(first_words: str, last_words: str, today: date) -> TypedSpan | None:
    """Read two dates; one without a year takes it from the other ("1 Oct to 24 Nov 2025")."""
    if _lacks_year(last_words):
        first = parse_date(first_words, today)
        last = _after_first(last_words, first, today) if isinstance(first, date) else None
    else:
        last = parse_date(last_words, today)
        known_last = last if isinstance(last, date) and _lacks_year(first_words) else today
        first = parse_date(first_words, known_last)
    if isinstance(first, AmbiguousDate) or isinstance(last, AmbiguousDate) or first is None or last is None:
        return None
    return _checked(min(first, last), max(first, last), today)


def _after_first(last_words: str, first: date, today: date) -> date | AmbiguousDate | None:
    """Return the end that follows *first*, unless read backwards the span is shorter ("24 Nov to 1 Oct")."""
    after = parse_date(last_words, first, towards="future")
    before = parse_date(last_words, first)
    if isinstance(after, date) and isinstance(before, date) and after > today:
        return min(after, before, key=lambda end: abs(end - first))
    return after


def _lacks_year(words: str) -> bool:
    return re.search(r"\d", words) is not None and re.search(r"\d{4}", words) is None


def _checked(first: date, last: date, today: date) -> TypedSpan | None:
    if first > today:
        return None
    span = TypedSpan(first, min(last, today))
    return span if span.days <= LONGEST_DAYS else None
