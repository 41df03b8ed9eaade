"""The interval for a difference of means: against numpy and scipy, and on simulated diaries."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from bot.domain.comparison import interval_of, last_days
from bot.domain.student_t import t_quantile
from scripts.simulate_intervals import AUTOCORRELATIONS, MISSING, Missing, diary, rounded_mean, simulate

if TYPE_CHECKING:
    from bot.domain.pain_change import Values

FIRST = date(2026, 1, 5)
CONFIDENCE, FLOOR, CEILING = 0.965, 0.3, 0.9


def independent_interval(later: Values, earlier: Values) -> tuple[float, float]:
    """Return the same interval from the docstring's words alone, with matrices and scipy."""
    stretches = []
    for values in (later, earlier):
        days = np.array([day.toordinal() for day, _ in values])
        stretches.append((days, np.array([value for _, value in values], dtype=float)))
    products, squares, count = [], 0.0, 0
    for days, x in stretches:
        d = x - x.mean()
        products += list((d[1:] * d[:-1])[np.diff(days) == 1])
        squares, count = squares + float(d @ d), count + len(x)
    found = np.mean(products) / (squares / count)
    m = count / 2
    rho = float(np.clip((m * found + 1) / (m - 4), FLOOR, CEILING))
    variances, freedoms = [], []
    for days, x in stretches:
        correlation = rho ** np.abs(np.subtract.outer(days, days))
        worth = len(x) ** 2 / correlation.sum()
        variances.append(float(np.var(x)) / (1 - 1 / worth) / worth)
        freedoms.append(max(worth - 1, 1))
    freedom = sum(variances) ** 2 / sum(v**2 / f for v, f in zip(variances, freedoms, strict=True))
    half = t.ppf((1 + CONFIDENCE) / 2, max(freedom, 1)) * np.sqrt(sum(variances))
    difference = stretches[0][1].mean() - stretches[1][1].mean()
    return difference - half, difference + half


@pytest.mark.parametrize("missing", MISSING, ids=lambda missing: missing.name)
@pytest.mark.parametrize("autocorrelation", AUTOCORRELATIONS)
def test_the_interval_agrees_with_an_independent_implementation(
    autocorrelation: float, missing: Missing
) -> None:
    """Numpy's matrices and scipy's quantile come to the same ends, with gaps and without."""
    rng = Random(7)
    for _ in range(20):
        later, earlier = diary(rng, 28, autocorrelation, missing, -1.5)
        found = interval_of(later, earlier)
        if found is not None:
            assert found == pytest.approx(independent_interval(later, earlier), abs=1e-9)


@pytest.mark.parametrize("probability", [0.6, 0.9, 0.975, 0.9825, 0.9999])
@pytest.mark.parametrize("degrees", [1, 1.3, 2, 3.7, 10.5, 27, 54, 1e5])
def test_the_t_quantile_agrees_with_scipy(probability: float, degrees: float) -> None:
    """Also for degrees of freedom that aren't whole."""
    assert t_quantile(probability, degrees) == pytest.approx(t.ppf(probability, degrees), rel=1e-9)


@pytest.mark.parametrize(("probability", "degrees"), [(0.5, 3), (1, 3), (0.9, 0.5), (0.2, 3)])
def test_the_t_quantile_refuses_what_it_can_not_answer(probability: float, degrees: float) -> None:
    """A wrong number would look like a right one."""
    with pytest.raises(ValueError, match="quantile"):
        t_quantile(probability, degrees)


@pytest.mark.parametrize("missing", MISSING[:3], ids=lambda missing: missing.name)
@pytest.mark.parametrize("autocorrelation", [0.0, 0.5, 0.7])
def test_simulated_diaries_are_covered_and_seldom_called_lower(
    autocorrelation: float, missing: Missing
) -> None:
    """The short form of `make simulate`; the bounds leave room for the chance of 300 diaries."""
    without = simulate(28, autocorrelation, missing, 0.0, diaries=300)
    effect = simulate(28, autocorrelation, missing, -1.5, diaries=300)
    assert without.covered >= 0.92
    assert effect.covered >= 0.92
    assert without.said_lower <= 0.045
    assert effect.said_lower > without.said_lower


def test_an_effect_is_seen_where_there_is_one() -> None:
    """An interval that never excludes 0 would pass every other test."""
    assert simulate(28, 0.3, MISSING[0], -1.5, diaries=300).said_lower > 0.45


def test_the_simulations_truth_is_that_of_rounded_answers() -> None:
    """Cut at 0 and 10, a mean of 9.5 can't be reached by answers around it."""
    answers = np.clip(np.round(np.random.default_rng(1).normal(9.5, 1.6, 400_000)), 0, 10)
    assert rounded_mean(9.5) == pytest.approx(answers.mean(), abs=0.01)


def days(values: list[float], first: date = FIRST) -> Values:
    """Return values on days in a row."""
    return tuple((first + timedelta(days=n), value) for n, value in enumerate(values))


def test_too_few_answers_have_no_interval() -> None:
    """Fourteen are too few, whatever they say."""
    later = days([4.0, 5.0] * 10, FIRST + timedelta(days=60))
    assert interval_of(later, days([7.0, 8.0] * 7)) is None
    assert interval_of(later, days([7.0, 8.0] * 8)) is not None


def test_answers_that_never_change_have_no_interval() -> None:
    """Nothing tells how much they would vary, so nothing is claimed."""
    assert interval_of(days([4.0] * 20, FIRST + timedelta(days=60)), days([7.0] * 20)) is None


values = st.lists(st.integers(0, 10).map(float), min_size=15, max_size=28)


@given(values, values)
def test_turning_the_comparison_round_turns_the_interval_round(one: list[float], other: list[float]) -> None:
    """Later minus earlier is the negative of earlier minus later; the difference lies inside."""
    later, earlier = days(one, FIRST + timedelta(days=60)), days(other)
    found, turned = interval_of(later, earlier), interval_of(earlier, later)
    assert (found is None) == (turned is None)
    if found is not None and turned is not None:
        assert found == pytest.approx((-turned[1], -turned[0]))
        assert found[0] <= sum(one) / len(one) - sum(other) / len(other) <= found[1]


def test_the_last_28_days_are_compared() -> None:
    """What lies before them is another time; what is missing inside stays missing."""
    stretch = last_days(days([1.0] * 50), FIRST, FIRST + timedelta(days=59))
    assert (stretch.first, stretch.days, len(stretch.values)) == (FIRST + timedelta(days=32), 28, 18)
    assert stretch.is_long_enough
    assert stretch.mean == 1.0
    short = last_days(days([1.0] * 20), FIRST, FIRST + timedelta(days=19))
    assert (short.days, short.is_long_enough) == (20, False)
