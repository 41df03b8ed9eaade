"""What means "not yet the next step", and what doesn't."""

from __future__ import annotations

import pytest

from bot.domain.free_text.dose_amount import DoseAmount
from bot.domain.free_text.dose_stay import parse_stay


@pytest.mark.parametrize(
    ("text", "amount", "length"),
    [
        ("stay on 3 mg for another week", "3", "a week"),
        ("I'll stay on 1,5 for another 10 days.", "1.5", "10 days"),
        ("keep 3 mg for two more weeks", "3", "two weeks"),
        ("stay at 3 mg two weeks longer", "3", "two weeks"),
        ("stay on this dose until 20 March", None, "until 20 march"),
        ("hold for another two weeks", None, "two weeks"),
        ("I stayed in bed for another week", None, None),
        ("3 mg for another week", None, None),
        ("keep calm", None, None),
    ],
)
def test_a_hold_is_read_from_plain_words(text: str, amount: str | None, length: str | None) -> None:
    """None as the length: it says no such thing."""
    said = parse_stay(text)
    assert (None if said is None else said.length) == length
    if amount is not None:
        assert said is not None
        assert isinstance(said.amount, DoseAmount)
        assert f"{said.amount.mg:f}" == amount
