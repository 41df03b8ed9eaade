"""What typed words say about a dose; what isn't plain says nothing."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.free_text.dose_amount import DoseAmount
from bot.domain.free_text.dose_words import (
    AskedWhetherTaken,
    DidNotTake,
    DoseWords,
    NotSure,
    SaidWhen,
    TookDose,
    TookExtra,
    parse_dose_words,
)

SAID: list[tuple[str, DoseWords]] = [
    ("Took it at 10", TookDose(at=time(22))),
    ("took it at 10pm", TookDose(at=time(22))),
    ("took it 22:30", TookDose(at=time(22, 30))),
    ("took my LDN at half past ten", TookDose(at=time(22, 30))),
    ("took it at 10 this morning", TookDose(at=time(10), when=SaidWhen.THIS_MORNING)),
    ("I took it last night at 11", TookDose(at=time(23), when=SaidWhen.LAST_NIGHT)),
    ("took it last night", TookDose(when=SaidWhen.LAST_NIGHT)),
    ("tonight's dose taken", TookDose(when=SaidWhen.TONIGHT)),
    ("took it yesterday", TookDose(when=SaidWhen.YESTERDAY)),
    ("I took it an hour ago", TookDose(ago=timedelta(hours=1))),
    ("took it 20 minutes ago", TookDose(ago=timedelta(minutes=20))),
    ("took it half an hour ago", TookDose(ago=timedelta(minutes=30))),
    ("took 3 mg", TookDose(amount=DoseAmount(Decimal(3)))),
    ("took 4.5mg at 10", TookDose(at=time(22), amount=DoseAmount(Decimal("4.5")))),
    ("I didn’t take it last night", DidNotTake(when=SaidWhen.LAST_NIGHT)),
    ("not tonight", DidNotTake(when=SaidWhen.TONIGHT)),
    ("forgot", DidNotTake(forgot=True)),
    ("I forgot to take it", DidNotTake(forgot=True)),
    ("sorry, forgot last night", DidNotTake(forgot=True, when=SaidWhen.LAST_NIGHT)),
]
TAKEN = [
    "taken",
    "TAKEN!",
    "taken ✅",
    "took it",
    "done",
    "Yes I took it",
    "ok, took it just now",
    "already taken",
]
TAKEN += [
    "I've taken it",
    "I have taken my dose",
    "had it",
    "just took my meds",
    "my dose is taken",
    "did it",
]
NOT_TAKEN = [
    "not taken",
    "didn't take it",
    "I did not take it",
    "didnt take it",
    "skipped it",
    "I skipped",
    "missed it",
]
NOT_TAKEN += [
    "no, I didn't take it",
    "I never took it",
    "I'm not taking it",
    "won't take it",
    "my dose was not taken",
]
UNSURE = [
    "not sure",
    "I'm not sure",
    "unsure",
    "I don't know",
    "can't remember",
    "I don't remember if I took it",
]
UNSURE += ["I forgot whether I took it", "no idea", "not sure?", "not sure if I took it last night"]
EXTRA = [
    "I took two",
    "took an extra dose",
    "took two tablets by mistake",
    "I think I took two doses",
    "took it twice",
]
EXTRA += [
    "took another one",
    "double dosed",
    "I accidentally took 2 doses",
    "what if I took two?",
    "took too much",
]
ASKED = [
    "Oh no, did I take it twice?",
    "wait did i take it",
    "should I take it?",
    "Should I still take my dose tonight",
    "did I take it?",
    "did I take it last night",
]
ASKED += [
    "have I taken it already?",
    "can I take another?",
    "taken?",
    "did I forget it?",
    "is it too late to take it?",
]
NOTHING = [
    *(
        "",
        "yes",
        "no",
        "ok",
        "hello",
        "pain 6",
        "taken 🙄",
        "taken or not",
        "I had",
        "👍",
    ),
    *(
        "nearly took it",
        "I would have taken it",
        "I think I took it",
        "I don't think I took it",
        "not yet",
        "not done",
    ),
    *(
        "I haven't taken it",
        "I have not taken it",
        "taken it not",
        "it wasn't taken",
        "undone",
        "mistaken",
        "betaken",
    ),
    *(
        "took it but felt sick",
        "took it with food",
        "took tramadol",
        "took a painkiller",
        "took none",
        "took nothing",
    ),
    *("I didn't take two", "didn't skip it", "I didn't forget it", "I did not not take it", "never forgot"),
    *(
        "yes I didn't take it",
        "no I took it",
        "my son took it",
        "taken 4.5",
        "took 3",
        "took 45 mg",
        "took it at 25:00",
    ),
    *(
        "taking it now",
        "will take it",
        "take it",
        "taken? yes",
        "took it at 10 or 11",
        "I was going to take it",
    ),
    *(
        "don't log it as taken",
        "not really taken",
        "hardly took it",
        "took it today and yesterday",
        "un taken",
    ),
]


@pytest.mark.parametrize(("typed", "said"), SAID)
def test_a_plain_statement_is_understood_with_its_time_and_amount(typed: str, said: DoseWords) -> None:
    """For a bedtime dose, "at 10" is 22:00."""
    assert parse_dose_words(typed) == said


@pytest.mark.parametrize("typed", TAKEN)
def test_taken_is_understood(typed: str) -> None:
    """With no time and no amount."""
    assert parse_dose_words(typed) == TookDose()


@pytest.mark.parametrize("typed", NOT_TAKEN)
def test_not_taken_is_understood(typed: str) -> None:
    """With or without apostrophes."""
    assert parse_dose_words(typed) == DidNotTake()


@pytest.mark.parametrize("typed", UNSURE)
def test_not_sure_is_understood(typed: str) -> None:
    """Never as taken, never as not taken."""
    assert parse_dose_words(typed) == NotSure()


@pytest.mark.parametrize("typed", EXTRA)
def test_an_extra_dose_is_understood(typed: str) -> None:
    """Also when it is only feared."""
    assert parse_dose_words(typed) == TookExtra()


@pytest.mark.parametrize("typed", ASKED)
def test_a_question_logs_nothing(typed: str) -> None:
    """With or without its question mark."""
    assert parse_dose_words(typed) == AskedWhetherTaken()


@pytest.mark.parametrize("typed", NOTHING)
def test_what_is_not_plain_says_nothing(typed: str) -> None:
    """Hedges, other people, other medicines, longer sentences: the patient gets buttons."""
    assert parse_dose_words(typed) is None


def test_a_morning_dose_at_10_was_taken_at_ten() -> None:
    """The hour is read by the time of the dose."""
    assert parse_dose_words("took it at 10", evening=False) == TookDose(at=time(10))
    assert parse_dose_words("took it at 10 last night", evening=False) == TookDose(
        at=time(22), when=SaidWhen.LAST_NIGHT
    )


@pytest.mark.parametrize("typed", TAKEN)
@pytest.mark.parametrize(
    "denial",
    [
        "not {}",
        "I have not {}",
        "{} not",
        "haven't {}",
        "never {}",
        "no {}",
        "{}? no",
        "nearly {}",
        "didn't {}",
    ],
)
def test_a_denial_never_reads_as_taken(typed: str, denial: str) -> None:
    """Whatever stands before or after."""
    assert not isinstance(parse_dose_words(denial.format(typed)), TookDose)


@given(st.text())
def test_no_text_breaks_the_reader(typed: str) -> None:
    """Random text is at worst no statement."""
    said = parse_dose_words(typed)

    assert said is None or isinstance(said, DoseWords)
