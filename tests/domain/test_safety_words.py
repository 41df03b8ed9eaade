"""What must and must not bring a safety text."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.safety import Trigger
from bot.domain.safety_matching import find_triggers, one_slip
from bot.domain.safety_words import NAMES, PHRASES
from tests.domain.safety_examples import MUST, MUST_NOT


@pytest.mark.parametrize(("trigger", "text"), [(trigger, text) for trigger in MUST for text in MUST[trigger]])
def test_words_that_must_bring_a_safety_text(trigger: Trigger, text: str) -> None:
    """Missing one of these can cost a life."""
    assert trigger in find_triggers(text)


@pytest.mark.parametrize("text", MUST_NOT)
def test_everyday_words_that_must_not(text: str) -> None:
    """A bot that cries wolf is no longer read."""
    assert find_triggers(text) == ()


def test_several_triggers_come_the_most_urgent_first() -> None:
    """Breathing before suicide before opioids before the dentist."""
    text = "after the dentist I had codeine, now I want to die and can't breathe"
    assert find_triggers(text) == (Trigger.EMERGENCY, Trigger.SUICIDE, Trigger.OPIOIDS, Trigger.SURGERY)


def test_one_mention_that_is_not_denied_is_enough() -> None:
    """'No codeine, but tramadol' is about tramadol."""
    assert find_triggers("no codeine, but tramadol") == (Trigger.OPIOIDS,)
    assert find_triggers("no chest pain. later: chest pain") == (Trigger.URGENT,)


@pytest.mark.parametrize(
    "form", [str.upper, str.title, "« {} »".format, "hello, {}!".format, "{}\n\nbye".format]
)
def test_capitals_punctuation_and_lines_around_make_no_difference(form: object) -> None:
    """People type as they type."""
    assert callable(form)
    assert find_triggers(form("i want to die")) == (Trigger.SUICIDE,)
    assert find_triggers(form("co-codamol")) == (Trigger.OPIOIDS,)


@given(
    st.sampled_from([name for name in NAMES["en"][Trigger.OPIOIDS].split() if len(name) >= 8]),
    st.data(),
)
def test_a_long_name_is_found_with_one_slip_of_the_finger(name: str, data: st.DataObject) -> None:
    """A letter wrong, missing, doubled or swapped: still the drug."""
    at = data.draw(st.integers(0, len(name) - 2))
    slip = data.draw(st.sampled_from(["wrong", "missing", "added", "swapped"]))
    letter = data.draw(st.sampled_from("aeioustr"))
    typed = {
        "wrong": name[:at] + letter + name[at + 1 :],
        "missing": name[:at] + name[at + 1 :],
        "added": name[:at] + letter + name[at:],
        "swapped": name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    }[slip]
    assert Trigger.OPIOIDS in find_triggers(f"I took {typed} today")


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("codeine", "codeine", True),
        ("codeine", "codiene", True),
        ("codeine", "codeines", True),
        ("codeine", "cocaine", False),
        ("morphine", "morphni", False),
        ("abcdefg", "gbcdefa", False),
    ],
)
def test_one_slip_is_one_slip(a: str, b: str, *, expected: bool) -> None:
    """Two slips are another word."""
    assert one_slip(a, b) is one_slip(b, a) is expected


@given(st.text(max_size=300))
def test_any_text_is_read_without_a_mistake(text: str) -> None:
    """Emoji, other scripts, control characters: an answer, never an exception."""
    assert len(find_triggers(text)) <= len(Trigger)


def test_every_phrase_can_be_said() -> None:
    """Each line of the list finds itself when its first words are written out: no line is dead."""
    for trigger, phrases in PHRASES["en"].items():
        for line in phrases.strip().splitlines():
            words = [
                element.split("|")[0]
                for element in line.split()
                if element != "..." and not element.startswith("-") and not element.endswith("?")
            ]
            assert trigger in find_triggers(" ".join(words)), line


def test_ten_thousand_characters_take_milliseconds() -> None:
    """Long texts block nobody; 1 ms on an idle core, with room here for a busy one."""
    everyday = (
        "pain fog the and I slept badly took my dose headache breathing chest want to live feel tired of"
    )
    words = [*everyday.split(" "), "don't", "can't", "trouble", "swollen", "uncomfortable", "medicines"]
    rng = random.Random(7)
    typed = " ".join(rng.choices(words, k=2000))[:10_000]
    fastest = min(_seconds(typed) for _ in range(20))
    assert fastest < 0.01


def _seconds(text: str) -> float:
    before = time.perf_counter()
    find_triggers(text)
    return time.perf_counter() - before
