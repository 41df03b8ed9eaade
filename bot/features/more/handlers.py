"""/more and the button "More …": collects what the features offer, and shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.features.more import messages
from bot.telegram_io.feature import Feature, Section

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.message import Press
    from bot.telegram_io.turn import Turn


def build(features: Iterable[Feature]) -> Feature:
    """Return the feature "more", whose screen has a button for each entry of *features*."""
    order = list(Section)
    offered = [entry for feature in features for entry in feature.entries]
    entries = tuple(sorted(offered, key=lambda entry: order.index(entry.section)))

    async def on_command(turn: Turn) -> None:
        turn.reply(messages.screen(entries, discreet=turn.patient.discreet))

    async def on_open(turn: Turn, _press: Press) -> None:
        turn.edit(messages.screen(entries, discreet=turn.patient.discreet))

    return Feature(name="more", commands={"more": on_command}, presses={"more.open": on_open})
