"""Dates, months and spans as people type them, on Tuesday 24 November 2026."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.free_text.dates import AmbiguousDate, Precision, parse_date, parse_month
from bot.domain.free_text.span import TypedSpan, parse_span

TODAY = date(2026, 11, 24)

# typed, looked for in the past, in the future ("same": as in the past)
DATES = [
    ("today", "2026-11-24", "same"),
    ("Tonight", "2026-11-24", "same"),
    ("yesterday", "2026-11-23", "same"),
    ("tomorrow", "2026-11-25", "same"),
    ("the day before yesterday", "2026-11-22", "same"),
    ("last Tuesday", "2026-11-17", "same"),
    ("last Monday", "2026-11-23", "same"),
    ("next Monday", "2026-11-30", "same"),
    ("next Tuesday", "2026-12-01", "same"),
    ("this Friday", "2026-11-27", "same"),
    ("monday", "2026-11-23", "2026-11-30"),
    ("on Tue", "2026-11-24", "2026-11-24"),
    ("3 days ago", "2026-11-21", "same"),
    ("a week ago", "2026-11-17", "same"),
    ("in 3 days", "2026-11-27", "same"),
    ("in two weeks", "2026-12-08", "same"),
    ("24 Nov", "2026-11-24", "same"),
    ("Nov 24", "2026-11-24", "same"),
    ("24th of November", "2026-11-24", "same"),
    ("Tue 24 Nov", "2026-11-24", "same"),
    ("25 Nov", "2025-11-25", "2026-11-25"),
    ("3 March", "2026-03-03", "2027-03-03"),
    ("29 Feb", "2024-02-29", "2028-02-29"),
    ("November 24th, 2025", "2025-11-24", "same"),
    ("24.11.", "2026-11-24", "same"),
    ("24.11.2026", "2026-11-24", "same"),
    ("24.11.26", "2026-11-24", "same"),
    ("3.4.2026", "2026-04-03", "same"),
    ("2026-11-24", "2026-11-24", "same"),
    ("2026/11/24", "2026-11-24", "same"),
    ("24/11/2026", "2026-11-24", "same"),
    ("11/24/2026", "2026-11-24", "same"),
    ("5/5/2026", "2026-05-05", "same"),
    ("since 3 March", "2026-03-03", "2027-03-03"),
]
NO_DATES = [
    *("", "abc", "24", "31 Feb", "32 Nov", "2026-13-01", "2026-02-30", "99/99/2026", "0/0", "1 January 1900"),
    *(
        "2026-11-24 10:00",
        "Mon 24 Nov",
        "3 days",
        "in 3 days ago",
        "24 Nov 25 Nov",
        "😀",
        "2026",
        "March",
        "someday",
    ),
]


@pytest.mark.parametrize(("typed", "past", "future"), DATES)
def test_a_date_is_read_as_people_write_it(typed: str, past: str, future: str) -> None:
    """Without a year it is the nearest one on the side that the question is about."""
    assert parse_date(typed, TODAY) == date.fromisoformat(past)
    assert parse_date(typed, TODAY, towards="future") == date.fromisoformat(
        past if future == "same" else future
    )


@pytest.mark.parametrize("typed", NO_DATES)
def test_what_is_no_plain_date_is_asked_again(typed: str) -> None:
    """Nor is a weekday that doesn't fit its date."""
    assert parse_date(typed, TODAY) is None


@pytest.mark.parametrize("typed", ["03/04/2026", "3/4/26", "3-4-2026", "3/4"])
def test_a_date_with_two_readings_gives_both(typed: str) -> None:
    """Day first, then month first."""
    assert parse_date(typed, TODAY) == AmbiguousDate((date(2026, 4, 3), date(2026, 3, 4)))


MONTHS = [
    ("since March", "2026-03-01", Precision.MONTH),
    ("yes, since May", "2026-05-01", Precision.MONTH),
    ("March 2025", "2025-03-01", Precision.MONTH),
    ("in Sept 2025", "2025-09-01", Precision.MONTH),
    ("03/2025", "2025-03-01", Precision.MONTH),
    ("2025-03", "2025-03-01", Precision.MONTH),
    ("December", "2025-12-01", Precision.MONTH),
    ("early June", "2026-06-01", Precision.MONTH),
    ("March last year", "2025-03-01", Precision.MONTH),
    ("last month", "2026-10-01", Precision.MONTH),
    ("3 months ago", "2026-08-01", Precision.MONTH),
    ("for 6 months", "2026-05-01", Precision.MONTH),
    ("about a year ago", "2025-11-01", Precision.MONTH),
    ("since 2024", "2024-01-01", Precision.YEAR),
    ("last year", "2025-01-01", Precision.YEAR),
    ("1 March", "2026-03-01", Precision.DAY),
    ("yesterday", "2026-11-23", Precision.DAY),
    ("12/11/2026", "2026-11-12", Precision.DAY),
]


@pytest.mark.parametrize(("typed", "first", "precision"), MONTHS)
def test_since_when_is_read_as_exactly_as_it_is_said(typed: str, first: str, precision: Precision) -> None:
    """A month is enough."""
    assert parse_month(typed, TODAY) == (date.fromisoformat(first), precision)


@pytest.mark.parametrize(
    "typed", ["", "tomorrow", "next month", "Dec 2026", "2030", "1850", "a while", "5 years"]
)
def test_a_start_that_is_unclear_or_to_come_is_asked_again(typed: str) -> None:
    """Nobody has been taking LDN since tomorrow."""
    assert parse_month(typed, TODAY) is None


def test_a_start_with_two_readings_gives_both() -> None:
    """Where both lie in the past."""
    assert parse_month("3/4/2026", TODAY) == AmbiguousDate((date(2026, 4, 3), date(2026, 3, 4)))


SPANS = [
    ("7", "2026-11-18", "2026-11-24"),
    ("30", "2026-10-26", "2026-11-24"),
    ("30 days", "2026-10-26", "2026-11-24"),
    ("30d", "2026-10-26", "2026-11-24"),
    ("last 90 days", "2026-08-27", "2026-11-24"),
    ("two weeks", "2026-11-11", "2026-11-24"),
    ("a month", "2026-10-26", "2026-11-24"),
    ("week", "2026-11-18", "2026-11-24"),
    ("2026-10-01 2026-11-01", "2026-10-01", "2026-11-01"),
    ("2026-10-01 to 2026-11-01", "2026-10-01", "2026-11-01"),
    ("2026-10-01/2026-11-01", "2026-10-01", "2026-11-01"),
    ("2026-11-01 2026-10-01", "2026-10-01", "2026-11-01"),
    ("01.10.2026 01.11.2026", "2026-10-01", "2026-11-01"),
    ("1 Oct to 24 Nov", "2026-10-01", "2026-11-24"),
    ("from 1 Oct - 24 Nov", "2026-10-01", "2026-11-24"),
    ("1 Oct 24 Nov", "2026-10-01", "2026-11-24"),
    ("24 Nov to 1 Oct", "2026-10-01", "2026-11-24"),
    ("1 Oct to 30 Nov", "2026-10-01", "2026-11-24"),
    ("1 Oct to 24 Nov 2025", "2025-10-01", "2025-11-24"),
    ("1 Dec to 3 Jan", "2025-12-01", "2026-01-03"),
    ("1 Oct until today", "2026-10-01", "2026-11-24"),
    ("since 1 Oct", "2026-10-01", "2026-11-24"),
    ("yesterday", "2026-11-23", "2026-11-23"),
]


@pytest.mark.parametrize(("typed", "first", "last"), SPANS)
def test_a_span_is_read_as_people_write_it(typed: str, first: str, last: str) -> None:
    """Both ends included, never past today."""
    assert parse_span(typed, TODAY) == TypedSpan(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0",
        "-7",
        "99999",
        "abc",
        "a",
        "2027-01-01 2027-02-01",
        "03/04/2026 05/06/2026",
        "1900-01-01 2026-01-01",
    ],
)
def test_what_is_no_plain_span_is_asked_again(typed: str) -> None:
    """Nor is one that lies ahead, or is older than the bot's patients."""
    assert parse_span(typed, TODAY) is None


def test_a_span_counts_both_of_its_ends() -> None:
    """One day is a span of one."""
    span = parse_span("7", TODAY)

    assert span is not None
    assert span.days == 7


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_every_date_is_read_back(day: date) -> None:
    """In ISO order, with dots, and with the month's name."""
    for typed in (
        f"{day:%Y-%m-%d}",
        f"{day:%d.%m.%Y}",
        f"{day.day} {day:%B %Y}",
        f"{day:%b} {day.day}, {day.year}",
    ):
        assert parse_date(typed, TODAY) == day


WORDS = [
    "1",
    "31",
    "29",
    "Feb",
    "to",
    "2026",
    "2026-11-24",
    "3/4",
    "last",
    "Monday",
    "ago",
    "days",
    "in",
    ".",
    "since",
]


@given(
    st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join) | st.text(),
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
)
def test_no_text_breaks_the_readers(typed: str, today: date) -> None:
    """A span never reaches past today, a start never lies ahead."""
    parse_date(typed, today, towards="future")
    start, span = parse_month(typed, today), parse_span(typed, today)

    assert start is None or isinstance(start, AmbiguousDate) or start[0] <= today
    assert span is None or span.first <= span.last <= today
