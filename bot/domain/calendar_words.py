"""Dates and months as people type them: "1 December", "2026-12-01", "tomorrow", "March 2025", "last month".

"3/4/2026" is March in one country and April in another: where day and month can't be told apart, nothing is
guessed and the patient is asked again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.free_text.words import normalise, number_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

MONTHS_IN_YEAR = 12
EARLIEST_YEAR = 1990
"""LDN has been prescribed since the 1980s, for pain since the 2000s; earlier is a slip."""

_MONTH_NAMES = "january february march april may june july august september october november december".split()  # noqa: SIM905 - readable
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()  # noqa: SIM905 - readable
_MONTHS: Mapping[str, int] = MappingProxyType(
    {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
    | {name[:3]: number for number, name in enumerate(_MONTH_NAMES, 1)}
    | {"sept": 9}
)
_NEAR_DAYS: Mapping[str, int] = MappingProxyType(
    {"today": 0, "tonight": 0, "this evening": 0, "tomorrow": 1, "tomorrow evening": 1}
    | {"tomorrow night": 1, "the day after tomorrow": 2, "day after tomorrow": 2, "yesterday": -1}
)
_LEAD = re.compile(
    r"^(?:yes,? ?)?(?:(?:since|from|on|in|starting|start|the|about|around|early|mid|late)\s+)*"
)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})[-/.] ?(\d{1,2})[-/.]? ?(\d{4})?")
_DAY_FIRST = re.compile(r"(\d{1,2})\.? (?:of )?([a-z]+)\.?,? ?(\d{4})?")
_MONTH_FIRST = re.compile(r"([a-z]+)\.? (\d{1,2}),?(?: (\d{4}))?")
_IN = re.compile(r"(\d{1,3}|[a-z]+) (day|week)s?(?: from now)?")
_MONTH_YEAR = re.compile(r"([a-z]+)\.?,? ?(?:of )?(\d{4})|(\d{1,2})[-/. ](\d{4})|(\d{4})[-/. ](\d{1,2})")


@dataclass(frozen=True, slots=True)
class Since:
    """When something began.

    Attributes:
        day: The date; a month's first day where only the month is known.
        is_month: Only the month is known.
    """

    day: date
    is_month: bool


def read_date(text: str, today: date) -> date | None:
    """Return the date that *text* names, or None where it names none, or may name two.

    Args:
        text: What a patient typed.
        today: The patient's local date; a date without a year is the next one from here.
    """
    words = _plain(text)
    if words in _NEAR_DAYS:
        return today + timedelta(days=_NEAR_DAYS[words])
    weekday = words.removeprefix("next ").removeprefix("this ")
    if weekday in _WEEKDAYS:
        return today + timedelta(days=(_WEEKDAYS.index(weekday) - today.weekday() - 1) % 7 + 1)
    span = _IN.fullmatch(words)
    if span:
        count = int(span[1]) if span[1].isdecimal() else {"a": 1}.get(span[1], number_in_words(span[1]))
        return None if count is None else today + timedelta(days=count * (7 if span[2] == "week" else 1))
    parts = _day_month_year(words)
    return None if parts is None else _next_such_date(*parts, today)


def read_since(text: str, today: date) -> Since | None:
    """Return the month or date in the past that *text* names, or None.

    Args:
        text: What a patient typed.
        today: The patient's local date; a month without a year is the last one up to here.
    """
    words = _plain(text)
    found = _month(words, today)
    if found is None:
        day = _past_date(words, today)
        found = None if day is None else Since(day, is_month=False)
    return found if found is not None and date(EARLIEST_YEAR, 1, 1) <= found.day <= today else None


def _plain(text: str) -> str:
    return _ORDINAL.sub("", _LEAD.sub("", normalise(text).strip(" .!?"))).strip()


def _past_date(words: str, today: date) -> date | None:
    if words in _NEAR_DAYS:
        return today + timedelta(days=_NEAR_DAYS[words])
    span = _IN.fullmatch(words.removesuffix(" ago"))
    if span and words.endswith(" ago"):
        count = int(span[1]) if span[1].isdecimal() else {"a": 1}.get(span[1], number_in_words(span[1]))
        return None if count is None else today - timedelta(days=count * (7 if span[2] == "week" else 1))
    parts = _day_month_year(words)
    if parts is None:
        return None
    day, month, year = parts
    found = _date(year or today.year, month, day)
    return _date(today.year - 1, month, day) if found and year is None and found > today else found


def _month(words: str, today: date) -> Since | None:
    if words in {"this month", "last month"}:
        back = 1 if words == "last month" else 0
        return Since((today.replace(day=1) - timedelta(days=back)).replace(day=1), is_month=True)
    if words in _MONTHS:
        month = _MONTHS[words]
        return Since(date(today.year - (month > today.month), month, 1), is_month=True)
    match = _MONTH_YEAR.fullmatch(words)
    if match is None:
        return None
    month = _MONTHS.get(match[1] or "", 0) or int(match[3] or match[6] or 0)
    first = _date(int(match[2] or match[4] or match[5]), month, 1)
    return None if first is None else Since(first, is_month=True)


def _day_month_year(words: str) -> tuple[int, int, int | None] | None:
    if match := _ISO.fullmatch(words):
        return int(match[3]), int(match[2]), int(match[1])
    if match := _DAY_FIRST.fullmatch(words):
        return _named(int(match[1]), match[2], match[3])
    if match := _MONTH_FIRST.fullmatch(words):
        return _named(int(match[2]), match[1], match[3])
    match = _NUMBERS.fullmatch(words)
    return None if match is None else _numbered(match, pointed="." in words)


def _numbered(match: re.Match[str], *, pointed: bool) -> tuple[int, int, int | None] | None:
    first, second, year = int(match[1]), int(match[2]), int(match[3]) if match[3] else None
    if first > MONTHS_IN_YEAR or first == second:
        return first, second, year
    # Points are written where the day comes first; slashes on both sides of the Atlantic.
    if second > MONTHS_IN_YEAR:
        return second, first, year
    return (first, second, year) if pointed else None


def _named(day: int, month_name: str, year: str | None) -> tuple[int, int, int | None] | None:
    month = _MONTHS.get(month_name)
    return None if month is None else (day, month, int(year) if year else None)


def _next_such_date(day: int, month: int, year: int | None, today: date) -> date | None:
    found = _date(year or today.year, month, day)
    if found is not None and year is None and found < today:
        return _date(today.year + 1, month, day)
    return found


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
