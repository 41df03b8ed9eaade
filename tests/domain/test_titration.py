"""Changes to a titration: later steps shift sensibly, and what past doses had is never rewritten."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.domain import titration
from bot.domain.regimen import DoseStep

FIRST = date(2026, 3, 10)


def step(day: date, mg: str) -> DoseStep:
    """Return a step of plain mg."""
    return DoseStep(day, Decimal(mg))


PLAN = (
    step(date(2026, 2, 1), "0.5"),
    step(date(2026, 3, 1), "1.5"),
    step(date(2026, 3, 15), "3"),
    step(date(2026, 3, 29), "4.5"),
)


def said(steps: tuple[DoseStep, ...]) -> list[str]:
    """Return "1.3. 1.5" of each step."""
    return [f"{one.starts_on.day}.{one.starts_on.month}. {one.dose_mg}" for one in steps]


def test_staying_a_week_longer_shifts_every_coming_step() -> None:
    """The present step and the past stay where they are."""
    longer = titration.shifted(PLAN, FIRST, 7)
    assert said(longer) == ["1.2. 0.5", "1.3. 1.5", "22.3. 3", "5.4. 4.5"]


def test_going_back_for_a_week_begins_the_present_step_anew() -> None:
    """After a week of 0.5 mg the 1.5 mg have their two weeks again, and the later steps follow."""
    back = titration.went_back(PLAN, FIRST, 7)
    assert said(back) == ["1.2. 0.5", "1.3. 1.5", "10.3. 0.5", "17.3. 1.5", "31.3. 3", "14.4. 4.5"]


def test_going_back_for_good_drops_the_coming_steps() -> None:
    """Nothing goes up again unasked."""
    assert said(titration.went_back(PLAN, FIRST, None)) == ["1.2. 0.5", "1.3. 1.5", "10.3. 0.5"]


def test_on_the_day_of_a_step_the_present_amount_is_the_one_before() -> None:
    """Tonight's step hasn't been taken yet: staying means staying below it."""
    present = titration.present_step(PLAN, date(2026, 3, 15))
    assert present is not None
    assert present.dose_mg == Decimal("1.5")


def test_one_new_step_can_keep_the_later_ones_or_replace_them() -> None:
    """A line of several steps replaces everything from its first date on."""
    new = (step(date(2026, 3, 20), "2"),)
    assert said(titration.with_steps(PLAN, new, keep_later=True))[2:] == ["15.3. 3", "20.3. 2", "29.3. 4.5"]
    assert said(titration.with_steps(PLAN, new, keep_later=False))[2:] == ["15.3. 3", "20.3. 2"]


def test_a_step_that_repeats_the_amount_before_it_goes() -> None:
    """But one in the past stays: it is what was written down then."""
    repeated = (*PLAN[:2], step(FIRST, "1.5"), step(date(2026, 3, 12), "3"))
    assert said(titration.tidied(repeated, FIRST)) == ["1.2. 0.5", "1.3. 1.5", "12.3. 3"]


def test_a_jump_is_asked_about_once_and_again_when_a_step_between_goes() -> None:
    """1.5 to 4.5 is three times as much; 3 to 4.5 isn't, and was in the plan before."""
    without = titration.without(PLAN, date(2026, 3, 15))
    assert said(titration.unusual(PLAN, without, FIRST)) == ["29.3. 4.5"]
    assert titration.unusual(PLAN, titration.shifted(PLAN, FIRST, 7), FIRST) == ()


@given(
    days=st.lists(st.integers(-60, 60), min_size=1, max_size=8, unique=True),
    shift=st.integers(1, 60),
    back=st.one_of(st.none(), st.integers(1, 30)),
)
def test_no_change_rewrites_what_past_doses_had(days: list[int], shift: int, back: int | None) -> None:
    """Whatever the plan: before the next open dose everything stays, and no date has two steps."""
    plan = tuple(
        step(date.fromordinal(FIRST.toordinal() + day), str(1 + number)) for number, day in enumerate(days)
    )
    for changed in (
        titration.shifted(plan, FIRST, shift),
        titration.went_back(plan, FIRST, back),
        titration.tidied(plan, FIRST),
        titration.with_steps(plan, (step(FIRST, "0.5"),), keep_later=False),
    ):
        assert not titration.rewrites_the_past(plan, changed, FIRST)
        dates = [one.starts_on for one in changed]
        assert dates == sorted(set(dates))


def test_moving_a_step_that_has_begun_is_noticed() -> None:
    """The last check before saving."""
    assert titration.rewrites_the_past(PLAN, titration.without(PLAN, date(2026, 3, 1)), FIRST)
