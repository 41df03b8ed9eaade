"""A titration typed in one line: a table of what is read, and of what is asked again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.domain.free_text.dose_amount import DoseRefusal
from bot.domain.free_text.dose_plan import LineProblem, LineRefusal, PlanLine, looks_like_a_plan, parse_plan

TODAY = date(2026, 3, 3)
TONIGHT = TODAY


def steps_of(text: str) -> list[str]:
    """Return the steps as "3.3. 1.5", "17.3. 3" and so on."""
    found = parse_plan(text, TODAY, TONIGHT)
    assert isinstance(found, PlanLine), found
    return [
        f"{step.starts_on.day}.{step.starts_on.month}. {step.shown_as or format(step.dose_mg, 'f')}"
        for step in found.steps
    ]


UP = ["3.3. 1.5", "17.3. 3", "31.3. 4.5"]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("1.5 for 2 weeks, then 3 for 2 weeks, then 4.5", UP),
        ("1,5 for 2 weeks, then 3 for 2 weeks, then 4,5", UP),
        ("1.5 mg for two weeks then 3 mg for two weeks then 4.5 mg", UP),
        ("1.5mg x 14 days; 3mg x 14 days; 4.5mg", UP),
        ("1.5 for a fortnight, 3 for a fortnight, 4.5", UP),
        ("1.5 2 weeks, 3 2 weeks, 4.5", UP),
        ("Take 1.5 for 14 nights, and then 3 for 14 more nights, followed by 4.5.", UP),
        ("1½ for 2 weeks\n3 for 2 weeks\n4½", UP),
        ("one and a half for two weeks, then three for two weeks, then four and a half", UP),
        ("1.5 until 16 March, then 3 until 30 March, then 4.5", UP),
        ("1.5 from tonight, 3 from 17 March, 4.5 from 31 March", UP),
        ("3 March: 1.5, 17 March: 3, 31 March: 4.5 mg", UP),
        ("1.5 for 2 weeks, 3 from 17 March until 30 March, then 4.5", UP),
        ("1.5, 3, 4.5, each for 2 weeks", UP),
        ("1.5 then 3 then 4.5, 2 weeks each", UP),
        ("1.5 -> 3 -> 4.5 for 2 weeks each", UP),
        ("3 mg from 1 June", ["1.6. 3"]),
        ("from 1 June, 3 mg", ["1.6. 3"]),
        ("3 mg from 2026-06-01, 4.5 mg from 2026-07-01", ["1.6. 3", "1.7. 4.5"]),
        ("500 mcg for 7 days, then 1 mg", ["3.3. 500 mcg", "10.3. 1"]),
        ("1.5 mg (0.15 ml) for a week, then 3 mg (0.3 ml)", ["3.3. 1.5 mg (0.15 ml)", "10.3. 3 mg (0.3 ml)"]),
        ("1.5 for a month, then 3", ["3.3. 1.5", "3.4. 3"]),
        ("3 mg for another week, then 4.5", ["3.3. 3", "10.3. 4.5"]),
        ("1/2 mg for 1 week, then 1 mg", ["3.3. 0.5", "10.3. 1"]),
    ],
)
def test_a_line_of_steps_is_read(text: str, steps: list[str]) -> None:
    """Amounts stay as typed; each step starts where the one before it ends."""
    assert steps_of(text) == steps


@pytest.mark.parametrize(
    ("text", "why", "amount"),
    [
        ("1.5 for 2 weeks, then 45", LineRefusal.AMOUNT, DoseRefusal.TEN_OR_MORE),
        ("1.5 for 2 weeks, then 30 for 2 weeks, then 4.5", LineRefusal.AMOUNT, DoseRefusal.TEN_OR_MORE),
        ("0.3 ml for 2 weeks, then 3 mg", LineRefusal.AMOUNT, DoseRefusal.UNITS),
        ("0 for 2 weeks, then 3 mg", LineRefusal.AMOUNT, DoseRefusal.NOT_POSITIVE),
        ("1.5 for 2 weeks, then more", LineRefusal.NOT_UNDERSTOOD, DoseRefusal.NOT_UNDERSTOOD),
        ("go up by 0.5 every week", LineRefusal.NOT_UNDERSTOOD, DoseRefusal.NOT_UNDERSTOOD),
        ("3 weeks", LineRefusal.NOT_UNDERSTOOD, DoseRefusal.NOT_UNDERSTOOD),
        ("1.5 3 4.5", LineRefusal.NOT_UNDERSTOOD, DoseRefusal.NOT_UNDERSTOOD),
        ("1.5 then 3 then 4.5", LineRefusal.NO_LENGTH, None),
        ("3 for 2 weeks", LineRefusal.NO_END, None),
        ("1.5 for 2 weeks, then 3 for 2 weeks", LineRefusal.NO_END, None),
        ("1.5 for 2 weeks, then 3 from 20 March", LineRefusal.CONFLICT, None),
        ("3 from 20 March, 4.5 from 10 March", LineRefusal.OUT_OF_ORDER, None),
        ("3 from 3/4", LineRefusal.AMBIGUOUS_DATE, None),
        ("3 from yesterday", LineRefusal.TOO_EARLY, None),
        ("3 from 2026-02-01", LineRefusal.TOO_EARLY, None),
        ("3 from 2029-02-01", LineRefusal.TOO_FAR, None),
        (", ".join(["1 for 1 week"] * 30), LineRefusal.TOO_MANY, None),
        ("", LineRefusal.NOT_UNDERSTOOD, None),
        ("🙂" * 900, LineRefusal.TOO_MANY, None),
    ],
)
def test_an_unclear_line_is_asked_again(text: str, why: LineRefusal, amount: DoseRefusal | None) -> None:
    """Nothing is guessed, and a refused amount inside the line is named as such."""
    found = parse_plan(text, TODAY, TONIGHT)
    assert isinstance(found, LineProblem)
    assert (found.why, found.amount) == (why, amount)


def test_a_line_without_a_date_starts_with_the_next_open_dose() -> None:
    """Tonight's dose was taken already: the line starts tomorrow."""
    found = parse_plan("1.5 for 2 weeks, then 3", TODAY, date(2026, 3, 4))
    assert isinstance(found, PlanLine)
    assert [step.starts_on for step in found.steps] == [date(2026, 3, 4), date(2026, 3, 18)]
    assert found.steps[1].dose_mg == Decimal(3)


@pytest.mark.parametrize(
    ("text", "is_plan"),
    [
        ("3 mg", False),
        ("4,5", False),
        ("1.5 for 2 weeks, then 3", True),
        ("3 from 1 June", True),
        ("hello", False),
    ],
)
def test_a_bare_amount_is_no_line(text: str, is_plan: bool) -> None:  # noqa: FBT001 - a table
    """A bare amount is asked "from when?"."""
    assert looks_like_a_plan(text) is is_plan
