"""Lists in words, cut to what there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.locale import _

if TYPE_CHECKING:
    from collections.abc import Sequence


def latest(items: Sequence[str], most: int) -> str:
    """Return the items with commas between them; of more than *most* the latest, and how many there are."""
    if len(items) <= most:
        return ", ".join(items)
    return _("{items} (the latest {shown} of {count})").format(
        items=", ".join(items[-most:]), shown=most, count=len(items)
    )
