"""Dates as people type them: "yesterday", "last Tuesday", "24 Nov", "24.11.", "2026-11-24", "since March".

A date that can be read in two ways ("03/04/2026") gives both, and the patient chooses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, auto
from typing import Literal

from bot.domain.free_text.words import normalise, number_in_words

FIRST_YEAR, LAST_YEAR = 1985, 2100
"""Naltrexone came into use in 1984; anything outside is a slip of the finger."""
_WEEK = 7

Towards = Literal["past", "future"]


class Precision(StrEnum):
    """How exactly a patient remembers when something began."""

    DAY = auto()
    MONTH = auto()
    YEAR = auto()


@dataclass(frozen=True, slots=True)
class AmbiguousDate:
    """A date with day and month in an order that can't be told.

    Attributes:
        choices: The two readings, day first, then month first.
    """

    choices: tuple[date, date]


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAY_WORD = (
    r"(?P<weekday>mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun|" + "|".join(_WEEKDAYS) + r")\.?"
)
_MONTH_WORD = r"(?P<month>[a-z]{3,9})\.?"
_ORDINAL = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<year>\d{4}))?"
_NAMED_DAYS = {
    "today": 0,
    "tonight": 0,
    "this evening": 0,
    "this morning": 0,
    "now": 0,
    "yesterday": -1,
    "last night": -1,
    "tomorrow": 1,
    "tomorrow night": 1,
    "the day before yesterday": -2,
    "day before yesterday": -2,
    "the day after tomorrow": 2,
    "day after tomorrow": 2,
}
_RELATIVE_DAYS = re.compile(r"(?P<in>in )?(?P<count>\d{1,3}|[a-z]+) (?P<unit>day|week)s?(?P<ago> ago)?")
_ON_WEEKDAY = re.compile(rf"(?P<which>last |next |this |on )?{_WEEKDAY_WORD}")
_ISO = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})")
_NUMBERS = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[./-])(?P<second>\d{1,2})(?:(?P=mark)(?P<year>\d{4}|\d{2})?)?"
)
_DAY_MONTH = re.compile(rf"(?:{_WEEKDAY_WORD},? )?(?:the )?{_ORDINAL}\.?(?: of)? {_MONTH_WORD}{_YEAR}")
_MONTH_DAY = re.compile(rf"(?:{_WEEKDAY_WORD},? )?{_MONTH_WORD} (?:the )?{_ORDINAL}{_YEAR}")
_LEAD = re.compile(r"^(?:on|from|since|starting|start|started|about|around|yes,?|until|till) ")
_LEAD_OF_MONTH = re.compile(rf"(?:{_LEAD.pattern}|^in )")


def parse_date(text: str, today: date, *, towards: Towards = "past") -> date | AmbiguousDate | None:
    """Return the date that *text* names.

    Args:
        text: What a patient typed.
        today: The patient's local date.
        towards: Where a date without a year, or a bare weekday, is looked for: "past" means the latest one up
            to today, "future" the first one from today on.

    Returns:
        A local date; both readings where day and month may be swapped; None where it is unclear or no date.
    """
    words = normalise(text).strip(" !?,").removesuffix(" please")
    for candidate in (words, _LEAD.sub("", words)):
        found = _named(candidate, today, towards) or _written(candidate, today, towards)
        if found is not None:
            return found
    return None


def _named(words: str, today: date, towards: Towards) -> date | None:
    if words in _NAMED_DAYS:
        return today + timedelta(days=_NAMED_DAYS[words])
    match = _ON_WEEKDAY.fullmatch(words)
    if match:
        return _weekday(match, today, towards)
    match = _RELATIVE_DAYS.fullmatch(words)
    if match and bool(match["in"]) != bool(match["ago"]):
        count = _count(match["count"])
        if count is None:
            return None
        days = timedelta(days=count * (_WEEK if match["unit"] == "week" else 1))
        return today + (days if match["in"] else -days)
    return None


def _weekday(match: re.Match[str], today: date, towards: Towards) -> date:
    weekday = next(at for at, name in enumerate(_WEEKDAYS) if name.startswith(match["weekday"][:3]))
    ahead = (weekday - today.weekday()) % _WEEK
    which = (match["which"] or "").strip()
    if which == "next":
        return today + timedelta(days=ahead or _WEEK)
    if which == "last":
        return today - timedelta(days=_WEEK - ahead)
    if which == "this" or towards == "future" or ahead == 0:
        return today + timedelta(days=ahead)
    return today - timedelta(days=_WEEK - ahead)


def _count(words: str) -> int | None:
    if words.isdecimal():
        return int(words)
    return 1 if words in {"a", "an"} else number_in_words(words)


def _written(words: str, today: date, towards: Towards) -> date | AmbiguousDate | None:
    match = _ISO.fullmatch(words)
    if match:
        return _valid(int(match["year"]), int(match["month"]), int(match["day"]))
    match = _DAY_MONTH.fullmatch(words) or _MONTH_DAY.fullmatch(words)
    if match:
        month = _month_number(match["month"])
        year = int(match["year"]) if match["year"] else None
        found = _resolve(year, month, int(match["day"]), today, towards) if month else None
        named = match["weekday"]
        return None if found and named and not _WEEKDAYS[found.weekday()].startswith(named[:3]) else found
    match = _NUMBERS.fullmatch(words)
    return _from_numbers(match, today, towards) if match else None


def _from_numbers(match: re.Match[str], today: date, towards: Towards) -> date | AmbiguousDate | None:
    first, second, written_year = int(match["first"]), int(match["second"]), match["year"]
    year = int(written_year) if written_year else None
    if year is not None and len(written_year) == len("26"):
        year += 2000
    day_first = _resolve(year, second, first, today, towards)
    month_first = _resolve(year, first, second, today, towards)
    # With dots the day stands first wherever dots are used; with other marks it depends on the country.
    if day_first is None or month_first is None or match["mark"] == "." or day_first == month_first:
        return day_first or month_first
    return AmbiguousDate((day_first, month_first))


def _resolve(year: int | None, month: int, day: int, today: date, towards: Towards) -> date | None:
    """Return the date; without a year the nearest one towards the past or the future (29 February too)."""
    if year is not None:
        return _valid(year, month, day)
    step = -1 if towards == "past" else 1
    for candidate_year in range(today.year, today.year + 9 * step, step):
        found = _valid(candidate_year, month, day)
        if found and (found <= today if towards == "past" else found >= today):
            return found
    return None


def _valid(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_number(word: str) -> int | None:
    known = [at for at, name in enumerate(_MONTHS, 1) if word == name or (word in {name[:3], name[:4]})]
    return known[0] if len(known) == 1 else None


_MONTH_AND_YEAR = re.compile(
    rf"(?:the |early |late |mid |end of |beginning of )?{_MONTH_WORD}(?: of)?{_YEAR}"
)
_MONTH_LAST_YEAR = re.compile(rf"{_MONTH_WORD} (?P<which>last|this) year")
_MONTH_NUMBERS = re.compile(
    r"(?P<month>\d{1,2})[/.-](?P<year>\d{4})|(?P<iso_year>\d{4})-(?P<iso_month>\d{1,2})"
)
_AGO = re.compile(
    r"(?P<for>for )?(?:about |around )?(?P<count>\d{1,3}|[a-z]+) (?P<unit>month|year)s?(?P<ago> ago| now)?"
)


def parse_month(text: str, today: date) -> tuple[date, Precision] | AmbiguousDate | None:
    """Return since when a patient takes LDN, as exactly as they say: "since March", "2024", "3 months ago".

    Args:
        text: What a patient typed.
        today: The patient's local date; nothing later is returned.

    Returns:
        A local date (the first of the month or year where only that is known) and how exact it is; both
        readings of a date that may be swapped; None where it is unclear, no date, or yet to come.
    """
    day = parse_date(text, today, towards="past")
    if isinstance(day, AmbiguousDate):
        begun = [choice for choice in day.choices if choice <= today]
        return (begun[0], Precision.DAY) if len(begun) == 1 else day if begun else None
    words = normalise(text).strip(" !?,.")
    words = _LEAD_OF_MONTH.sub("", _LEAD_OF_MONTH.sub("", words))
    found = (day, Precision.DAY) if day else _year(words) or _month(words, today) or _ago(words, today)
    return found if found and found[0] <= today else None


def _year(words: str) -> tuple[date, Precision] | None:
    first = _valid(int(words), 1, 1) if re.fullmatch(r"\d{4}", words) else None
    return (first, Precision.YEAR) if first else None


def _month(words: str, today: date) -> tuple[date, Precision] | None:
    match = _MONTH_NUMBERS.fullmatch(words)
    if match:
        year, month = match["year"] or match["iso_year"], match["month"] or match["iso_month"]
        first = _valid(int(year), int(month), 1)
        return (first, Precision.MONTH) if first else None
    match = _MONTH_LAST_YEAR.fullmatch(words)
    number = _month_number(match["month"]) if match else None
    if match and number:
        return date(today.year - (match["which"] == "last"), number, 1), Precision.MONTH
    match = _MONTH_AND_YEAR.fullmatch(words)
    number = _month_number(match["month"]) if match else None
    if match is None or number is None:
        return None
    first = _resolve(int(match["year"]) if match["year"] else None, number, 1, today, "past")
    return (first, Precision.MONTH) if first else None


def _ago(words: str, today: date) -> tuple[date, Precision] | None:
    fixed = {
        "this month": (0, "month"),
        "last month": (1, "month"),
        "this year": (0, "year"),
        "last year": (1, "year"),
    }
    count_and_unit = fixed.get(words)
    match = _AGO.fullmatch(words)
    if match and count_and_unit is None and (match["for"] or match["ago"]):
        count = _count(match["count"])
        count_and_unit = None if count is None else (count, match["unit"])
    if count_and_unit is None:
        return None
    count, unit = count_and_unit
    if unit == "year":
        # "Last year" is any day of it; "a year ago" is about this month.
        first = _valid(today.year - count, 1 if words in fixed else today.month, 1)
        return (first, Precision.YEAR if words in fixed else Precision.MONTH) if first else None
    months = today.year * 12 + today.month - 1 - count
    first = _valid(months // 12, months % 12 + 1, 1)
    return (first, Precision.MONTH) if first else None
