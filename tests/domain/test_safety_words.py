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

MUST = {
    Trigger.EMERGENCY: (
        "I can't breathe",
        "cant breath",
        "having trouble breathing since the capsule",
        "it's hard to breathe",
        "short of breath",
        "my lips are swelling",
        "swollen face and tongue",
        "throat is closing up",
        "I fainted this morning",
        "nearly passed out in the shower",
        "blacked out",
        "I feel faint",
        "took an overdose",
        "no chest pain but trouble breathing",
    ),
    Trigger.SUICIDE: (
        "I don't want to live like this any more",
        "I don’t want to live anymore",
        "i dont want to be here any more",
        "want to die",
        "I just want to die",
        "kill myself",
        "KILLING MYSELF",
        "end it all",
        "ending my life",
        "better off dead",
        "they'd be better off without me",
        "everyone would be better off if I wasn't here, better if I wasn't here",
        "hurt myself",
        "self-harm",
        "I've been self harming",
        "suicidal",
        "feeling sucidal",
        "I wish I was dead",
        "wish I could just die",
        "no reason to live",
        "what's the point of living",
        "life isn't worth living",
        "I'm so tired of living",
        "can't go on like this",
        "I can't live with this pain any more",
        "I'd rather be dead",
        "I could just take all my pills",
        "go to sleep and never wake up",
        "I feel hopeless",
        "severely depressed",
        # Nothing silences these words (bot/domain/safety_matching.py says why).
        "I'm not suicidal",
        "I don't want to kill myself",
        "no suicidal thoughts",
    ),
    Trigger.URGENT: (
        "chest pain",
        "pain in my chest",
        "tightness in the chest",
        "my chest hurts",
        "I'm confused",
        "sudden confusion",
        "I hallucinated",
        "hearing voices",
        "seeing things",
        "I see people who aren't there",
        "don't know where I am",
    ),
    Trigger.ALLERGY: ("allergic reaction", "I think I'm allergic to naltrexone", "came out in hives"),
    Trigger.OPIOIDS: (
        "codeine",
        "Codeine 30mg for my back",
        "tramadol",
        "co-codamol",
        "cocodamol",
        "oxycodone",
        "cough syrup with codeine",
        "morphin",
        "morfine",
        "codiene",
        "codine",
        "tramadole",
        "tramdol",
        "oxycodon",
        "buprenorfine",
        "fentanil patch",
        "can I take an opioid",
        "loperamide",
        "Imodium",
        "Nurofen Plus",
        "MS Contin",
        "Tylenol 3",
        "heroin",
        "kratom",
        # Recent use is dangerous too, so these are no denials.
        "no tramadol since Monday",
        "not taking codeine any more",
        "no codeine left",
        "I stopped morphine yesterday",
        "never took morphine but had tramadol",
        "I don't think tramadol helps",
        "not sure whether I took codeine",
        "don't know about the morphine",
    ),
    Trigger.LIVER: (
        "yellow skin",
        "the whites of my eyes look yellow",
        "jaundice",
        "dark urine",
        "my urine is very dark",
        "tea coloured urine",
        "pale stools",
        "clay-coloured poo",
        "pain in the upper right belly",
        "pain under my right ribs",
    ),
    Trigger.SURGERY: (
        "surgery next week",
        "I have an operation on Friday",
        "dentist tomorrow",
        "wisdom tooth",
        "tooth pulled",
        "colonoscopy",
        "general anaesthetic",
        "I'm in hospital",
        "at the ER",
        "went to A&E",
    ),
    Trigger.PREGNANCY: ("I'm pregnant", "pregnancy test", "breastfeeding", "trying for a baby"),
    Trigger.NALTREXONE_PRODUCT: ("Contrave", "mysimba", "I use bremelanotide"),
}

MUST_NOT = (
    "the pain is killing me",
    "this fog is killing me",
    "my back is killing me today",
    "dying for a coffee",
    "I'm dying to sleep",
    "dead tired",
    "pain 6, slept badly 8, bad headache and dreams",
    "vivid dreams, trouble sleeping",
    "trouble sleeping, breathing exercises helped",
    "chest wall pain",
    "chest-wall pain",
    "pain in my chest wall",
    "costochondritis",
    "brain fog",
    "foggy and slow, fibro fog 8",
    "confused about the buttons",
    "can't breathe through my nose",
    "collapsed into bed",
    "took my dose at 10",
    "I took all my tablets",
    "no opioids",
    "no opioids, no alcohol",
    "never took morphine",
    "I've never taken codeine",
    "I haven't taken any tramadol.",
    "LDN is an opioid blocker",
    "LDN blocks opioid receptors",
    "my pain is morphing into something else",
    "my sleep was shorter",
    "remind me at 21:00 MST",
    "naltrexone 4.5 mg",
    "low-dose naltrexone",
    "dark chocolate",
    "yellow capsule",
    "yellow capsule, dry eyes",
    "pain in my upper right arm",
    "upper back and right shoulder",
    "called the GP surgery",
    "not pregnant",
    "no chest pain",
    "I have not fainted",
    "swollen ankles",
    "swollen knee, face fine",
    "no trouble breathing",
    "I want to live",
    "living with fibro",
    "I hate living with this fog",
    "worth living",
    "I don't want to be around people",
    "can't go on holiday",
    "want to end things with my boyfriend",
    "my life is back, LDN helped me take my life back",
    "the film's heroine was great",
    "liver blood test",
    "4.5",
    "😀",
    "",
)


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
