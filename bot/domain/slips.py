"""One slip of a finger: what a mistyped name may have been. Pure: the names come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LETTERS = "abcdefghijklmnopqrstuvwxyz "
# So many names are sooner compared than the ways to mistype one letter are looked up.
_FEW_NAMES = 400


def one_slip_away(word: str, names_with: Callable[[str, int], Sequence[str] | None]) -> set[str]:
    """Return what *word* may have been before a slip; every known name that it may have been is among it.

    From left to right each letter may be the wrong one. As soon as only few names begin like what is right so
    far, these are compared instead: a long text costs no more than a short one.

    Args:
        word: What was typed, folded as the names are.
        names_with: Returns the names that begin with a prefix, or None where there are more than so many.
    """
    slips: set[str] = set()
    for at in range(len(word) + 1):
        names = names_with(word[:at], _FEW_NAMES)
        if names is not None:
            return slips.union(name for name in names if _is_one_slip(word, name))
        slips |= _slips_at(word, at)
    return slips


def _slips_at(word: str, at: int) -> set[str]:
    """Return *word* with a letter lost, wrong or added, or swapped with the next one, at a position."""
    left, right = word[:at], word[at:]
    slips = {left + letter + right for letter in _LETTERS}
    if right:
        slips |= {left + right[1:]} | {left + letter + right[1:] for letter in _LETTERS}
    if len(right) > 1:
        slips.add(left + right[1] + right[0] + right[2:])
    return slips


def _is_one_slip(word: str, name: str) -> bool:
    """Tell whether one slip makes *name* of *word*, or none (a letter "replaced" by itself)."""
    if name == word:
        return True
    if abs(len(word) - len(name)) > 1:
        return False
    pairs = enumerate(zip(word, name, strict=False))
    first = next((at for at, (one, other) in pairs if one != other), min(len(word), len(name)))
    typed, meant = word[first:], name[first:]
    if meant == typed[1:] or meant == typed[1:2] + typed[:1] + typed[2:]:
        return True
    return meant[:1] in _LETTERS and (meant[1:] == typed or (typed != "" and meant[1:] == typed[1:]))
