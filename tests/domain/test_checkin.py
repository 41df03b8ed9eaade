"""A check-in's answers as plain data."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checkin import OPTIONAL, SCALES, Answers, DoseAnswer, Pgic, Question
from bot.domain.checkin_words import (
    DOSE_ANSWER_LABELS,
    ECHOES,
    MEASURE_LABELS,
    PGIC_LABELS,
    QUESTION_TEXTS,
    SCALE_ENDS,
)
from bot.domain.side_effect import (
    SEVERITY_DEFINITIONS,
    SEVERITY_LABELS,
    SIDE_EFFECT_LABELS,
    Severity,
    SideEffect,
    worst,
)

scale = st.none() | st.integers(0, 10)
effects = st.none() | st.dictionaries(st.sampled_from(SideEffect), st.sampled_from(Severity))
answers = st.builds(
    Answers,
    dose=st.none() | st.sampled_from(DoseAnswer),
    pain=scale,
    sleep=scale,
    side_effects=effects,
    other_text=st.none() | st.text(min_size=1),
    hours_slept=st.none() | st.integers(0, 48).map(lambda halves: halves / 2),
    fatigue=scale,
    brain_fog=scale,
    stiffness=scale,
    period=st.none() | st.booleans(),
    note=st.none() | st.text(min_size=1).filter(lambda text: text == text.strip()),
    interference=scale,
    pgic=st.none() | st.sampled_from(Pgic),
    skipped=st.frozensets(st.sampled_from(Question)),
    flare=st.booleans(),
)


@given(answers)
def test_answers_survive_being_stored(given_answers: Answers) -> None:
    """What a row's JSON holds is what was answered, to the last 0 and 'none'."""
    stored = json.dumps(given_answers.to_json())
    assert Answers.from_json(json.loads(stored)) == given_answers


def test_zero_no_and_none_are_answers() -> None:
    """The best pain, 'no period' and 'none of these' are told apart from silence."""
    given_answers = Answers(pain=0, period=False, side_effects={})
    assert given_answers.to_json() == {"pain": 0, "period": False, "side_effects": {}}
    settled = {question for question in Question if given_answers.settled(question)}
    assert settled == {Question.PAIN, Question.PERIOD, Question.SIDE_EFFECTS}


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (Question.PAIN, 11),
        (Question.PAIN, -1),
        (Question.PAIN, 6.5),
        (Question.PAIN, True),
        (Question.SLEEP, "7"),
        (Question.DOSE, "perhaps"),
        (Question.PGIC, 3),
        (Question.PERIOD, 1),
        (Question.NOTE, "   "),
        (Question.HOURS_SLEPT, 7.25),
        (Question.HOURS_SLEPT, 25),
        (Question.HOURS_SLEPT, float("nan")),
        (Question.SIDE_EFFECTS, "headache"),
    ],
)
def test_an_answer_that_a_question_cannot_have_is_refused(question: Question, value: float | str) -> None:
    """The mistake doesn't repeat what the patient answered: it may reach a log."""
    with pytest.raises(ValueError, match=f"^not an answer to {question.value}$"):
        Answers().with_value(question, value)


@pytest.mark.parametrize(
    "stored",
    [
        {"pain": 12},
        {"mood": 3},
        {"side_effects": {"hiccups": "mild"}},
        {"side_effects": {"headache": "awful"}},
        {"skipped": ["mood"]},
    ],
)
def test_a_row_with_impossible_content_is_refused_without_repeating_it(stored: dict[str, object]) -> None:
    """Nothing is quietly dropped, and nothing of it is said."""
    with pytest.raises(ValueError, match=r"^[a-z0-9 _-]+$") as mistake:
        Answers.from_json(stored)
    assert not any(word in str(mistake.value) for word in ("12", "mood", "hiccups", "awful"))


def test_skipping_withdraws_an_answer_and_answering_ends_the_skip() -> None:
    """Each question has one state at a time."""
    skipped = Answers(pain=6).skipping(Question.PAIN)
    assert (skipped.pain, skipped.settled(Question.PAIN)) == (None, True)
    assert skipped.with_value(Question.PAIN, 3) == Answers(pain=3)


def test_the_words_for_other_need_the_side_effect_other() -> None:
    """They come and go with it."""
    with_other = Answers().with_side_effects({SideEffect.OTHER: Severity.MILD}, " itchy ")
    assert with_other.other_text == "itchy"
    assert with_other.with_side_effects({}, with_other.other_text).other_text is None
    assert with_other.skipping(Question.SIDE_EFFECTS).other_text is None


def test_typed_text_fills_only_what_it_answers() -> None:
    """'pain 6' leaves the sleep of a minute ago alone."""
    before = Answers(sleep=8, skipped=frozenset({Question.PAIN, Question.PERIOD}))
    filled = before.filled_with(Answers(pain=6, period=False))
    assert filled == Answers(pain=6, sleep=8, period=False)


def test_every_question_and_answer_has_its_fixed_words() -> None:
    """No label is missing, and both ends of every scale are named, 0 the good one."""
    assert QUESTION_TEXTS.keys() == set(Question)
    assert SCALE_ENDS.keys() == ECHOES.keys() == SCALES
    assert all(low.startswith("0 = ") and high.startswith("10 = ") for low, high in SCALE_ENDS.values())
    assert MEASURE_LABELS.keys() >= SCALES | set(OPTIONAL)
    assert DOSE_ANSWER_LABELS.keys() == set(DoseAnswer)
    assert PGIC_LABELS.keys() == set(Pgic)
    assert SIDE_EFFECT_LABELS.keys() == set(SideEffect)
    assert SEVERITY_LABELS.keys() == SEVERITY_DEFINITIONS.keys() == set(Severity)


def test_the_questions_are_worded_as_domain_md_words_them() -> None:
    """Numbers are only comparable if the question is: a changed word here must be meant."""
    assert QUESTION_TEXTS[Question.PAIN] == "In the past 24 hours, how strong was your pain on average?"
    assert QUESTION_TEXTS[Question.SLEEP] == "How was your sleep last night?"
    assert QUESTION_TEXTS[Question.SIDE_EFFECTS] == "Did you notice any of these in the past 24 hours?"
    assert ECHOES[Question.SLEEP].format(value=7) == "Sleep 7 (10 = worst)"
    assert MEASURE_LABELS[Question.SLEEP] == "sleep problems"


def test_no_licensed_scale_is_named() -> None:
    """FIQR, PSQI, PEG, PROMIS, WPI and SSS need a licence."""
    words = " ".join(QUESTION_TEXTS.values()).upper()
    assert not any(name in words.split() for name in ("FIQR", "PSQI", "PEG", "PROMIS", "WPI", "SSS"))


def test_the_worst_severity_is_found_by_meaning_not_by_letter() -> None:
    """Severe is worse than moderate, though it comes after it only by luck of the alphabet."""
    assert worst([Severity.MODERATE, Severity.MILD]) is Severity.MODERATE
    assert worst([Severity.MILD, Severity.SEVERE, Severity.MODERATE]) is Severity.SEVERE
    assert worst([]) is None
