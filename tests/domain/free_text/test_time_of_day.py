"""Times of day as people write them: the table is the specification."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.free_text.time_of_day import parse_time

# typed, read as a bedtime, read as a morning ("same": as the bedtime)
EXAMPLES = [
    ("10:30pm", "22:30", "same"),
    ("10:30 PM", "22:30", "same"),
    ("10.30 pm", "22:30", "same"),
    ("10:30p", "22:30", "same"),
    ("10pm", "22:00", "same"),
    ("10 p.m.", "22:00", "same"),
    ("10 P.M", "22:00", "same"),
    ("10 p. m.", "22:00", "same"),
    ("8am", "08:00", "same"),
    ("8 a.m.", "08:00", "same"),
    ("10a", "10:00", "same"),
    ("12am", "00:00", "same"),
    ("12:15 a.m.", "00:15", "same"),
    ("12pm", "12:00", "same"),
    ("12:30 pm", "12:30", "same"),
    ("22:30 pm", "22:30", "same"),
    ("22.30", "22:30", "same"),
    ("22,30", "22:30", "same"),
    ("22:30", "22:30", "same"),
    ("22:30:00", "22:30", "same"),
    ("22 30", "22:30", "same"),
    ("2230", "22:30", "same"),
    ("2230 hrs", "22:30", "same"),
    ("22h30", "22:30", "same"),
    ("22 h 30", "22:30", "same"),
    ("22 h", "22:00", "same"),
    ("22h", "22:00", "same"),
    ("9h30", "09:30", "same"),
    ("22 Uhr 30", "22:30", "same"),
    ("22 Uhr", "22:00", "same"),
    ("22：30", "22:30", "same"),
    ("٢٢:٣٠", "22:30", "same"),
    ("00:30", "00:30", "same"),
    ("0:30", "00:30", "same"),
    ("0030", "00:30", "same"),
    ("0", "00:00", "same"),
    ("24:00", "00:00", "same"),
    ("13", "13:00", "same"),
    ("23", "23:00", "same"),
    ("09:30", "09:30", "same"),
    ("08", "08:00", "same"),
    ("noon", "12:00", "same"),
    ("midday", "12:00", "same"),
    ("12 noon", "12:00", "same"),
    ("midnight", "00:00", "same"),
    ("at midnight", "00:00", "same"),
    ("half past midnight", "00:30", "same"),
    ("ten to midnight", "23:50", "same"),
    ("quarter past noon", "12:15", "same"),
    ("10", "22:00", "10:00"),
    (" at 10 ", "22:00", "10:00"),
    ("around 10", "22:00", "10:00"),
    ("10.", "22:00", "10:00"),
    ("10!", "22:00", "10:00"),
    ("10:30", "22:30", "10:30"),
    ("1030", "22:30", "10:30"),
    ("930", "21:30", "09:30"),
    ("9.30", "21:30", "09:30"),
    ("6", "18:00", "06:00"),
    ("5", "05:00", "05:00"),
    ("1", "01:00", "01:00"),
    ("1:30", "01:30", "01:30"),
    ("12", "00:00", "12:00"),
    ("12:30", "00:30", "12:30"),
    ("ten", "22:00", "10:00"),
    ("Ten o'clock", "22:00", "10:00"),
    ("10 o’clock", "22:00", "10:00"),
    ("ten thirty", "22:30", "10:30"),
    ("ten thirty pm", "22:30", "same"),
    ("ten oh five", "22:05", "10:05"),
    ("ten fifteen", "22:15", "10:15"),
    ("eleven forty-five", "23:45", "11:45"),
    ("twenty-two thirty", "22:30", "same"),
    ("twenty two", "22:00", "same"),
    ("half past ten", "22:30", "10:30"),
    ("half past 10", "22:30", "10:30"),
    ("half ten", "22:30", "10:30"),
    ("Half past ten p.m.", "22:30", "same"),
    ("quarter past ten", "22:15", "10:15"),
    ("a quarter past ten", "22:15", "10:15"),
    ("quarter to eleven", "22:45", "10:45"),
    ("quarter to 11pm", "22:45", "same"),
    ("twenty to eleven", "22:40", "10:40"),
    ("5 past 10", "22:05", "10:05"),
    ("five minutes to eleven", "22:55", "10:55"),
    ("10 minutes to 12", "23:50", "11:50"),
    ("quarter to twelve", "23:45", "11:45"),
    ("10 in the evening", "22:00", "same"),
    ("10 at night", "22:00", "same"),
    ("11 tonight", "23:00", "same"),
    ("10pm tonight", "22:00", "same"),
    ("every night at 10", "22:00", "10:00"),
    ("1 at night", "01:00", "same"),
    ("12 at night", "00:00", "same"),
    ("8 in the morning", "08:00", "same"),
    ("2 in the afternoon", "14:00", "same"),
    ("12 in the afternoon", "12:00", "same"),
]

NOT_TIMES = [
    *("25:00", "24:30", "22:60", "99", "2460", "13 am", "0:30 pm", "10 pm in the morning", "-3", "-10:30"),
    *("", " ", ".", ":", "abc", "bedtime", "when I go to bed", "10ish", "10 or 11", "10-11", "10 to 12"),
    *(
        "7️⃣",
        "🕙",
        "😀",
        "10:5",
        "1:2:3",
        "4.5 mg",
        "4.555",
        "ten five",
        "half to ten",
        "past ten",
        "quarter ten",
    ),
    *(
        "ten thirty five six",
        "12345",
        "10 10 10",
        "midnight thirty",
        "pm",
        "am",
        "at",
        "h",
        "10:30 and 11",
        "²²:³⁰",
    ),
]


@pytest.mark.parametrize(("typed", "bedtime", "morning"), EXAMPLES)
def test_a_time_is_read_as_people_write_it(typed: str, bedtime: str, morning: str) -> None:
    """Only an hour of 1 to 12 that says neither am nor pm depends on what was asked for."""
    assert parse_time(typed, evening=True) == time.fromisoformat(bedtime)
    assert parse_time(typed, evening=False) == time.fromisoformat(bedtime if morning == "same" else morning)


@pytest.mark.parametrize("typed", NOT_TIMES)
def test_what_is_no_plain_time_is_asked_again(typed: str) -> None:
    """Never a guess."""
    assert parse_time(typed, evening=True) is None
    assert parse_time(typed, evening=False) is None


@given(st.times())
def test_every_minute_is_read_back_from_a_24_hour_clock(clock: time) -> None:
    """With a colon or an h; only 10:00 to 12:59 with a colon is taken for a bedtime."""
    expected = clock.replace(second=0, microsecond=0)
    for mark in (":", "h"):
        typed = f"{clock:%H}{mark}{clock:%M}"
        if mark == "h" or not 10 <= clock.hour <= 12:
            assert parse_time(typed, evening=True) == expected
        assert parse_time(typed, evening=False) == expected


@given(st.text())
def test_no_text_breaks_the_reader(typed: str) -> None:
    """Any text gives a time or none."""
    assert parse_time(typed, evening=True) is None or parse_time(typed, evening=False) is not None


def test_ten_thousand_characters_are_no_time() -> None:
    """And take no time to refuse."""
    assert parse_time("10" * 5_000, evening=True) is None
