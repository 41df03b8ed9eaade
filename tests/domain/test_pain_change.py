"""When a word about pain is allowed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bot.domain.pain_change import Change, change_of
from bot.domain.summary_facts import CAVEAT_TEXTS, Caveat

LOWER, HIGHER = (-9.0, -0.1), (0.1, 9.0)


@pytest.mark.parametrize(
    ("later", "earlier", "interval", "expected"),
    [
        (4, 6, LOWER, Change.CLEARLY_LOWER),
        (Fraction(401, 100), 6, LOWER, Change.A_LITTLE_LOWER),
        (5, 6, LOWER, Change.A_LITTLE_LOWER),
        (Fraction(501, 100), 6, LOWER, Change.SAME_OR_UNCLEAR),
        (6, 7, LOWER, Change.SAME_OR_UNCLEAR),  # 1 of 7 is 14.3 %
        (5, 7, LOWER, Change.A_LITTLE_LOWER),  # 2 of 7 is 28.6 %
        (8, 6, HIGHER, Change.CLEARLY_HIGHER),
        (7, 6, HIGHER, Change.A_LITTLE_HIGHER),
        (4, 6, (-4.0, 0.1), Change.SAME_OR_UNCLEAR),
        (4, 6, (-4.0, 0.0), Change.SAME_OR_UNCLEAR),
        (4, 6, None, Change.SAME_OR_UNCLEAR),
        (1, Fraction(29, 10), LOWER, Change.NUMBERS_ONLY),
        (1, 3, LOWER, Change.CLEARLY_LOWER),
    ],
)
def test_words_about_pain_need_points_percent_and_an_interval(
    later: Fraction, earlier: Fraction, interval: tuple[float, float] | None, expected: Change
) -> None:
    """From 1 point and 15 % 'a little', from 2 and 30 % 'clearly', never across 0, never from under 3."""
    assert change_of(Fraction(later), Fraction(earlier), interval) is expected


def test_no_caveat_claims_or_advises() -> None:
    """The last line stands word for word."""
    assert CAVEAT_TEXTS[Caveat.NO_CAUSE] == (
        "Fibromyalgia varies, people often start a treatment at a bad time, and people on placebo improve "
        "too. This can't show that LDN caused the change."
    )
