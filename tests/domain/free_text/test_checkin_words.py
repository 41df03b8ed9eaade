"""A check-in typed in plain words: what is understood, and what is asked again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.free_text.checkin_words import CheckinWords, parse_checkin
from bot.domain.side_effect import Severity, SideEffect

# typed, pain, sleep, side effects as "name" or "name severity" (None: nothing said of them)
UNDERSTOOD = [
    ("pain 6, slept badly 8, bad headache and dreams", 6, 8, ["headache", "vivid_dreams"]),
    ("pain 6/10 sleep 4 no side effects", 6, 4, []),
    ("6 4 none", 6, 4, []),
    ("6, 4, no", 6, 4, []),
    ("6/10 4/10 none", 6, 4, []),
    ("6 4", 6, 4, None),
    ("6 4 mild headache", 6, 4, ["headache mild"]),
    ("pain is six", 6, None, None),
    ("PAIN: 6\nSLEEP: 4\nNone", 6, 4, []),
    ("pain=6;sleep=4", 6, 4, None),
    ("pain 6,sleep 4", 6, 4, None),
    ("pain six sleep four none", 6, 4, []),
    ("My pain is about a 6 and my sleep was a 7", 6, 7, None),
    ("pain level 7 out of 10", 7, None, None),
    ("6 pain", 6, None, None),
    ("pain 0", 0, None, None),
    ("no pain, sleep 0, none", 0, 0, []),
    ("pain ten", 10, None, None),
    ("bad pain 9", 9, None, None),
    ("slept well 2", None, 2, None),
    ("slept terribly 9", None, 9, None),
    ("sleep 4", None, 4, None),
    ("pain 6 in my back, sleep 3", 6, 3, None),
    ("pain 6 no nausea sleep 3", 6, 3, None),
    ("dry mouth, pain 3, sleep 2", 3, 2, ["dry_mouth"]),
    ("severe nausea", None, None, ["nausea severe"]),
    ("nausea (moderate)", None, None, ["nausea moderate"]),
    ("mild headache and nausea", None, None, ["headache mild", "nausea"]),
    ("headache mild nausea severe", None, None, ["headache mild", "nausea severe"]),
    ("mild headache, moderate dizziness", None, None, ["headache mild", "dizziness moderate"]),
    ("mild to moderate headache", None, None, None),
    ("bad headache", None, None, ["headache"]),
    ("headahce", None, None, ["headache"]),
    ("hedache and diarhea", None, None, ["headache", "diarrhoea"]),
    ("diarrhea, diarrhoea", None, None, ["diarrhoea"]),
    ("migraine", None, None, ["headache"]),
    ("nightmares", None, None, ["vivid_dreams"]),
    ("couldn't sleep", None, None, ["trouble_sleeping"]),
    ("insomia", None, None, ["trouble_sleeping"]),
    ("stomach pain", None, None, ["stomach_cramps"]),
    ("tummy ache", None, None, ["stomach_cramps"]),
    ("anxious and restless", None, None, ["anxiety"]),
    ("feeling down", None, None, ["low_mood"]),
    ("I feel dizzy and very tired", None, None, ["dizziness", "tiredness"]),
    ("light-headed", None, None, ["dizziness"]),
    ("queasy", None, None, ["nausea"]),
    ("rash and night sweats", None, None, ["other"]),
    ("no headache but nausea", None, None, ["nausea"]),
    ("no headache, severe nausea", None, None, ["nausea severe"]),
    ("no side effects except headache", None, None, ["headache"]),
    ("mild headache, no other side effects", None, None, ["headache mild"]),
    ("no headache", None, None, None),
    ("no headache or nausea", None, None, None),
    ("not dizzy", None, None, None),
    ("headache 0", None, None, None),
    ("headache: none", None, None, None),
    ("didn't have any side effects", None, None, []),
]

# typed, what of it is unclear
UNCLEAR = [
    ("slept well 8", "slept well 8"),
    ("slept badly 2", "slept badly 2"),
    ("slept 7", "slept 7"),
    ("slept 7 hours", "slept 7 hours"),
    ("sleep 7h", "sleep 7 h"),
    ("pain 11", "pain 11"),
    ("pain 6 or 7", "pain 6 or 7"),
    ("pain 6-7", "pain 6 - 7"),
    ("pain 6 to 7", "pain 6 to 7"),
    ("pain 6.5", "pain 6.5"),
    ("pain 6/5", "pain 6/5"),
    ("pain", "pain"),
    ("pain maybe 6", "pain maybe 6"),
    ("pain was 6 yesterday", "pain was 6 yesterday"),
    ("pain not 6", "not 6"),
    ("pain 5, pain 6", "pain"),
    ("6 4 3", "6 4 3"),
    ("6,4", "6,4"),
    ("maybe a headache", "maybe a headache"),
    ("headache?", "headache ?"),
    ("headache gone", "headache gone"),
    ("headache or nausea", "headache or nausea"),
    ("my husband has a headache", "my husband has a headache"),
    ("no headache, nausea", "nausea"),
    ("no side effects, headache", "headache"),
    ("leg cramps", "leg cramps"),
    ("fatigue 6", "fatigue 6"),
    ("hello", "hello"),
]


@pytest.mark.parametrize(("typed", "pain", "sleep", "effects"), UNDERSTOOD)
def test_plain_words_fill_the_checkin(
    typed: str, pain: int | None, sleep: int | None, effects: list[str] | None
) -> None:
    """Severities come only from mild, moderate and severe; "bad" is asked."""
    words = parse_checkin(typed)
    found = words.side_effects

    assert (words.pain, words.sleep) == (pain, sleep)
    if effects is None:
        assert found is None
    else:
        assert found is not None
        expected = [entry.split() for entry in effects]
        assert dict(found) == {SideEffect(name): Severity(*how) if how else None for name, *how in expected}


@pytest.mark.parametrize(("typed", "piece"), UNCLEAR)
def test_what_is_not_plain_is_asked_again(typed: str, piece: str) -> None:
    """Nothing is guessed, and the piece is shown as typed."""
    words = parse_checkin(typed)

    assert (words.pain, words.sleep, words.side_effects) == (None, None, None)
    assert piece in words.unclear


def test_an_unclear_piece_spoils_nothing_else() -> None:
    """Sleep is asked, pain and headache are kept."""
    words = parse_checkin("pain 6, slept well 8, severe headache")

    assert words.pain == 6
    assert words.sleep is None
    assert words.side_effects == {SideEffect.HEADACHE: Severity.SEVERE}
    assert words.unclear == ("slept well 8",)


def test_other_side_effects_keep_their_names() -> None:
    """They have no button of their own."""
    assert parse_checkin("rash and night sweats").other_text == "rash, night sweats"


def test_nothing_typed_says_nothing() -> None:
    """Nor do ten thousand characters."""
    assert parse_checkin(" ") == CheckinWords()
    assert parse_checkin("pain 6 " * 2_000) == CheckinWords()


@given(st.integers(0, 10), st.integers(0, 10))
def test_every_answer_is_read_back(pain: int, sleep: int) -> None:
    """In the shortest form and in the long one."""
    for typed in (f"{pain} {sleep} none", f"pain {pain}, sleep {sleep}, no side effects"):
        assert parse_checkin(typed) == CheckinWords(pain, sleep, {})


WORDS = [
    "pain",
    "sleep",
    "slept",
    "well",
    "badly",
    "6",
    "7",
    "11",
    "no",
    "not",
    "headache",
    "nausea",
    "or",
    "and",
]
WORDS += [",", "severe", "mild", "but", "maybe", "none", "dreams"]


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text())
def test_no_text_breaks_the_reader_or_leaves_the_scale(typed: str) -> None:
    """Any order of its own words, and any text."""
    words = parse_checkin(typed)

    assert words.pain in {None, *range(11)}
    assert words.sleep in {None, *range(11)}
