"""Numbers and expiry dates of a supply as people type them: "+90 capsules", "1,5", "exp. 12/2027"."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from decimal import Decimal

from bot.domain.free_text.dates import AmbiguousDate, parse_date
from bot.domain.free_text.words import normalise, number_in_words

MOST = Decimal(9999)
"""More than this is a slip of the finger."""

_COUNT = re.compile(r"\+?(?P<number>\d{1,4}(?:[.,]\d{1,3})?)(?P<half>½)?")
_WORDS_AROUND = re.compile(
    r"^(?:about|i have|got|refilled:?|there are|take) "
    r"| (?:left|capsules?|caps?|tablets?|tabs?|pills?|ml|drops?)$"
)
_THOUSANDS = re.compile(r"\+?\d{1,3}[.,]\d{3}")


def parse_count(text: str) -> Decimal | None:
    """Return the number that *text* names ("90", "+90 capsules", "1,5", "ten"), or None."""
    words = normalise(text).strip(" .!")
    while (shorter := _WORDS_AROUND.sub("", words)) != words:
        words = shorter.strip()
    if words in {"½", "half", "a half"}:
        return Decimal("0.5")
    spoken = number_in_words(words)
    if spoken is not None:
        return Decimal(spoken)
    match = _COUNT.fullmatch(words)
    if match is None or _THOUSANDS.fullmatch(words):
        return None
    number = Decimal(match["number"].replace(",", "."))
    if match["half"]:
        number += Decimal("0.5")
    return number if number <= MOST else None


_MONTH_YEAR = re.compile(r"(?:exp(?:iry|ires)?:? )?(?P<month>\d{1,2}) ?[/.-] ?(?P<year>20\d{2}|\d{2})")
_YEAR_MONTH = re.compile(r"(?P<year>20\d{2})[/.-](?P<month>\d{1,2})")
_MONTH_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED_MONTH = re.compile(r"(?P<name>[a-z]{3,9})\.? (?P<year>20\d{2})")


def parse_expiry(text: str, today: date) -> date | AmbiguousDate | None:
    """Return the last day of a bottle as its label says it: "12/2026" and "Dec 2026" mean the month's end.

    Args:
        text: What was typed.
        today: The patient's local date.
    """
    words = normalise(text).strip(" .")
    match = _MONTH_YEAR.fullmatch(words) or _YEAR_MONTH.fullmatch(words)
    if match:
        year = int(match["year"])
        return _end_of_month(year + 2000 if year < 100 else year, int(match["month"]))  # noqa: PLR2004 - "26"
    named = _NAMED_MONTH.fullmatch(words)
    if named and named["name"][:3] in _MONTH_NAMES:
        return _end_of_month(int(named["year"]), _MONTH_NAMES.index(named["name"][:3]) + 1)
    return parse_date(words, today, towards="future")


def _end_of_month(year: int, month: int) -> date | None:
    return date(year, month, monthrange(year, month)[1]) if 1 <= month <= 12 else None  # noqa: PLR2004
