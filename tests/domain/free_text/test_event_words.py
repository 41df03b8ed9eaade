"""Typed notes: which day, which kind; and what must not be taken for a date."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.event import Aspect, EventKind
from bot.domain.free_text.event_words import parse_event, subject_of

TUESDAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("text", "kind", "note", "first", "last"),
    [
        ("flare", "flare", None, (3, 3), None),
        ("bad flare yesterday", "flare", "bad flare", (3, 2), None),
        ("flare since Monday", "flare", None, (3, 2), (3, 3)),
        ("Since Sunday my period", "period", "my period", (3, 1), (3, 3)),
        ("flu 20 to 25 February", "illness", "flu", (2, 20), (2, 25)),
        ("flu from Monday to Wednesday", "illness", "flu", (2, 23), (2, 25)),
        ("flu 28 Jan - 3 Feb", "illness", "flu", (1, 28), (2, 3)),
        ("Yesterday: physio", "therapy", "physio", (3, 2), None),
        ("started magnesium last Tuesday", "supplement", "started magnesium", (2, 24), None),
        ("magnesium since February", "supplement", "magnesium since February", (2, 1), None),
        ("massage 24.2.", "therapy", "massage", (2, 24), None),
        ("took it easy 3 days ago", None, "took it easy", (2, 28), None),
    ],
)
def test_a_note_gives_up_its_day_and_keeps_its_words(
    text: str, kind: str | None, note: str | None, first: tuple[int, int], last: tuple[int, int] | None
) -> None:
    """Dates at the end or the beginning, one or two of them, by name or number."""
    found = parse_event(text, TUESDAY)
    assert (found.kind, found.note) == (kind and EventKind(kind), note)
    assert found.first == date(2026, *first)
    assert found.last == (None if last is None else date(2026, *last))


@pytest.mark.parametrize(
    "text",
    [
        "down to 4.5",
        "I am on 4.5",
        "raised from 1.5 to 3",
        "from 2.5 to 3",
        "sat in the sun",
        "headache 2-3 times",
        "started pregabalin 75",
        "appointment tomorrow",
        "no flare",
        "ran 5 km on Saturday, felt bad",
    ],
)
def test_what_may_be_something_else_is_no_date(text: str) -> None:
    """Amounts, the sun, days to come: the note is today's and keeps every word."""
    found = parse_event(text, TUESDAY)
    assert (found.first, found.last, found.note) == (TUESDAY, None, text)
    assert found.kind is not EventKind.FLARE


def test_a_treatment_since_a_day_was_started_then_and_goes_on() -> None:
    """While a flare since Monday is a span that ends today."""
    found = parse_event("pregabalin since 1 February", TUESDAY)
    assert (found.aspect, found.first, found.last) == (Aspect.STARTED, date(2026, 2, 1), None)


def test_a_date_with_two_readings_gives_both() -> None:
    """A reading that lies ahead is none."""
    assert parse_event("massage 1/2/2026", TUESDAY).choices == (date(2026, 2, 1), date(2026, 1, 2))
    assert parse_event("massage 5/1/2026", TUESDAY).first == date(2026, 1, 5)


def test_started_and_stopped_name_the_same_thing() -> None:
    """However it is written."""
    assert subject_of("Started taking Magnesium") == subject_of("I've stopped magnesium.") == "magnesium"
