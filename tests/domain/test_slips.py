"""One slip of a finger: every name that it may have been is found, and a long text costs little."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import TYPE_CHECKING

import pytest

from bot.domain.slips import one_slip_away

if TYPE_CHECKING:
    from collections.abc import Sequence

LETTERS = "abcdefghijklmnopqrstuvwxyz "


class Names:
    """Some names, and how many were read or asked for."""

    def __init__(self, names: Sequence[str], few: int | None = None) -> None:
        self.names = names
        self.few = few
        self.cost = 0

    def names_with(self, prefix: str, at_most: int) -> Sequence[str] | None:
        found = [name for name in self.names if name.startswith(prefix)]
        few = at_most if self.few is None else self.few
        self.cost += min(len(found), few)
        return None if len(found) > few else found


def every_slip(word: str) -> set[str]:
    """Return all that one slip can make of *word*, without thinking of names."""
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return {
        *(left + right[1:] for left, right in splits if right),
        *(left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1),
        *(left + letter + right[1:] for left, right in splits if right for letter in LETTERS),
        *(left + letter + right for left, right in splits for letter in LETTERS),
    }


@pytest.mark.parametrize("few", [0, 1, 5, 30, 1000])
def test_every_name_one_slip_away_is_found(few: int) -> None:
    """However many names are few."""
    names = ["".join(letters) for length in range(1, 5) for letters in product("ab é", repeat=length)]
    chance = Random(1)
    for _word in range(60):
        word = "".join(chance.choice("abc é") for _letter in range(chance.randrange(1, 6)))
        found = one_slip_away(word, Names(names, few).names_with)
        assert (found & set(names)) - {word} == (every_slip(word) & set(names)) - {word}, word


def test_a_long_text_costs_no_more_than_a_short_one() -> None:
    """Where hardly a name begins like the text so far, nothing is tried any more."""
    names = ["".join(letters) for letters in product("abcdefgh", repeat=4)]
    costs = []
    for word in ("abcd", "abcd" * 20, "abcd" * 1000):
        known = Names(names)
        candidates = one_slip_away(word, known.names_with)
        costs.append(known.cost + len(candidates))
    assert max(costs) < 1.2 * costs[0] + 100, costs
