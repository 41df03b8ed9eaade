"""The walk through a check-in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checkin import OPTIONAL, Answers, DoseAnswer, Question
from bot.domain.checkin_walk import (
    Action,
    Answer,
    Back,
    DropEffect,
    EffectsDone,
    Fill,
    NoEffects,
    OtherText,
    PickEffect,
    RateEffect,
    SameAsYesterday,
    Skip,
    Stop,
    TooUnwell,
    Walk,
    may_copy_yesterday,
    questions_for,
    start,
    step,
)
from bot.domain.side_effect import Severity, SideEffect

Q = Question
SHORT = questions_for((), has_open_dose=False, weekly_due=False, pgic_due=False)
FULL = questions_for(OPTIONAL, has_open_dose=True, weekly_due=True, pgic_due=True)


def after(questions: tuple[Question, ...], *actions: Action) -> Walk:
    walk = start(questions)
    for action in actions:
        walk = step(walk, action)
    return walk


def complete(walk: Walk) -> bool:
    """Nothing is left to ask: all settled, or too unwell today."""
    return walk.answers.flare or all(walk.answers.settled(question) for question in walk.questions)


def test_a_usual_morning_asks_three_questions() -> None:
    """Pain, sleep, side effects: the rest only when it is due or chosen."""
    assert SHORT == (Q.PAIN, Q.SLEEP, Q.SIDE_EFFECTS)


def test_the_longest_morning_asks_everything_in_its_fixed_order() -> None:
    """The unlogged dose first, the weekly and monthly questions last."""
    assert tuple(Question) == FULL
    assert questions_for((Q.PGIC,), has_open_dose=False, weekly_due=False, pgic_due=False) == SHORT


def test_three_taps_complete_a_good_morning() -> None:
    """Progress counts along, and the end is known."""
    walk = start(SHORT)
    assert (walk.position, walk.progress) == (Q.PAIN, (1, 3))
    walk = step(walk, Answer(Q.PAIN, 4))
    assert (walk.position, walk.progress) == (Q.SLEEP, (2, 3))
    walk = step(step(walk, Answer(Q.SLEEP, 7)), NoEffects())
    assert (walk.position, complete(walk), walk.progress) == (None, True, (3, 3))
    assert walk.answers == Answers(pain=4, sleep=7, side_effects={})


def test_the_answer_about_the_dose_is_the_first() -> None:
    """Q0 goes before pain when the last dose is unlogged."""
    questions = questions_for((), has_open_dose=True, weekly_due=False, pgic_due=False)
    walk = step(start(questions), Answer(Q.DOSE, DoseAnswer.NOT_SURE))
    assert (walk.position, walk.answers.dose) == (Q.PAIN, DoseAnswer.NOT_SURE)


def test_each_chosen_side_effect_is_rated_at_once() -> None:
    """A severity is a sub-step: the list comes back until 'done'."""
    walk = after(SHORT, Answer(Q.PAIN, 4), Answer(Q.SLEEP, 7), PickEffect(SideEffect.HEADACHE))
    assert (walk.position, walk.rating) == (Q.SIDE_EFFECTS, SideEffect.HEADACHE)
    walk = step(walk, RateEffect(SideEffect.HEADACHE, Severity.SEVERE))
    assert (walk.position, walk.rating) == (Q.SIDE_EFFECTS, None)
    walk = step(step(walk, PickEffect(SideEffect.NAUSEA)), Back())
    assert walk.rating is None
    walk = step(walk, EffectsDone())
    assert (walk.position, walk.answers.side_effects) == (None, {SideEffect.HEADACHE: Severity.SEVERE})


def test_other_wants_its_words_and_does_without() -> None:
    """'Other' may stay wordless."""
    walk = after(SHORT, Answer(Q.PAIN, 4), Answer(Q.SLEEP, 7), RateEffect(SideEffect.OTHER, Severity.MILD))
    assert walk.wants_other_text
    assert complete(step(walk, EffectsDone()))
    worded = step(walk, OtherText("itchy"))
    assert (worded.wants_other_text, worded.answers.other_text) == (False, "itchy")


def test_dropping_the_last_side_effect_leaves_the_question_unanswered() -> None:
    """An empty list by accident is not 'none of these'."""
    walk = after(SHORT, RateEffect(SideEffect.NAUSEA, Severity.MILD), DropEffect(SideEffect.NAUSEA))
    assert walk.answers.side_effects is None
    assert step(walk, EffectsDone()) == walk


def test_back_returns_and_a_new_answer_goes_on_to_what_is_left() -> None:
    """Nobody taps through what they have already answered."""
    walk = after(SHORT, Answer(Q.PAIN, 4), Answer(Q.SLEEP, 7), Back(), Back())
    assert walk.position is Q.PAIN
    assert step(walk, Back()).position is Q.PAIN
    walk = step(walk, Answer(Q.PAIN, 5))
    assert (walk.position, walk.answers.pain, walk.answers.sleep) == (Q.SIDE_EFFECTS, 5, 7)


def test_back_from_the_end_reopens_the_last_question() -> None:
    """A finished check-in can be looked at again."""
    walk = after(SHORT, *(Skip(question) for question in SHORT), Back())
    assert walk.position is Q.SIDE_EFFECTS


def test_a_skipped_question_is_settled_and_not_asked_again() -> None:
    """Skipping everything completes a check-in with no answers."""
    walk = after(SHORT, *(Skip(question) for question in SHORT))
    assert (complete(walk), walk.position, walk.answers.skipped) == (True, None, frozenset(SHORT))


def test_an_old_button_answers_its_own_question_and_moves_nothing() -> None:
    """Two taps on pain don't answer sleep."""
    walk = after(SHORT, Answer(Q.PAIN, 4), Answer(Q.PAIN, 6))
    assert (walk.position, walk.answers) == (Q.SLEEP, Answers(pain=6))


def test_too_unwell_marks_a_flare_and_ends_keeping_what_was_said() -> None:
    """One tap on the worst day."""
    walk = after(SHORT, Answer(Q.PAIN, 9), TooUnwell())
    assert (walk.position, complete(walk)) == (None, True)
    assert walk.answers == Answers(pain=9, flare=True)
    assert start(SHORT, walk.answers).position is None


def test_stop_for_today_ends_without_a_flare() -> None:
    """After a crisis text nothing more is asked, and nothing is marked."""
    walk = after(SHORT, Answer(Q.PAIN, 9), Stop())
    assert (walk.position, walk.answers, complete(walk)) == (None, Answers(pain=9), False)


def test_same_as_yesterday_copies_the_side_effects_alone() -> None:
    """Pain and sleep are asked anew."""
    yesterday = Answers(pain=2, sleep=3, note="x").with_side_effects(
        {SideEffect.OTHER: Severity.MILD}, "itchy"
    )
    walk = after(SHORT, Answer(Q.PAIN, 6), Answer(Q.SLEEP, 8), SameAsYesterday(yesterday))
    assert complete(walk)
    assert walk.answers == Answers(pain=6, sleep=8).with_side_effects(
        {SideEffect.OTHER: Severity.MILD}, "itchy"
    )


@pytest.mark.parametrize("yesterday", [None, Answers(), Answers(side_effects={})])
def test_same_as_yesterday_needs_something_to_copy(yesterday: Answers | None) -> None:
    """'None' has its own button."""
    assert not may_copy_yesterday(yesterday)
    if yesterday is not None:
        assert step(start(SHORT), SameAsYesterday(yesterday)) == start(SHORT)


def test_typed_text_asks_only_for_the_rest() -> None:
    """'pain 6, bad headache' leaves sleep."""
    said = Answers(pain=6).with_side_effects({SideEffect.HEADACHE: Severity.MODERATE})
    walk = step(start(SHORT), Fill(said))
    assert walk.position is Q.SLEEP
    assert complete(step(walk, Answer(Q.SLEEP, 8)))


actions: st.SearchStrategy[Action] = st.one_of(
    st.builds(Answer, st.sampled_from([Q.PAIN, Q.SLEEP, Q.FATIGUE]), st.integers(0, 10)),
    st.builds(Skip, st.sampled_from(Question)),
    st.builds(PickEffect, st.sampled_from(SideEffect)),
    st.builds(RateEffect, st.sampled_from(SideEffect), st.sampled_from(Severity)),
    st.builds(DropEffect, st.sampled_from(SideEffect)),
    st.builds(OtherText, st.text()),
    st.builds(Fill, st.builds(Answers, pain=st.integers(0, 10))),
    st.sampled_from([Back(), NoEffects(), EffectsDone(), TooUnwell(), Stop()]),
    st.just(SameAsYesterday(Answers(side_effects={SideEffect.NAUSEA: Severity.MILD}))),
)


@given(st.sampled_from([SHORT, FULL]), st.lists(actions, max_size=30))
def test_no_order_of_taps_breaks_a_walk(questions: tuple[Question, ...], taps: list[Action]) -> None:
    """All that was answered can be stored and read again, and progress never leaves its bounds."""
    walk = after(questions, *taps)
    assert Answers.from_json(json.loads(json.dumps(walk.answers.to_json()))) == walk.answers
    done, total = walk.progress
    assert 1 <= done <= total == len(questions)


@given(st.lists(actions, max_size=20), st.integers(0, 10))
def test_an_answer_is_kept_whatever_came_before(taps: list[Action], pain: int) -> None:
    """Every answer is saved as it is tapped."""
    assert step(after(SHORT, *taps), Answer(Q.PAIN, pain)).answers.pain == pain
