"""/card: the wallet card as a picture, for whoever treats the patient."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.reports.card import draw_card
from tests.features.reminded import enrol, labels

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PNG = b"\x89PNG"


@on_sqlite
async def test_the_card_is_one_tap_from_the_text_about_surgery(bot: RunningBot, chat: Person) -> None:
    """A patient who can't speak for themselves can show it; the text stays where it was."""
    patient = await enrol(bot, chat)
    said = await patient.say("surgery next week")
    assert said.text.startswith("Tell the team, as early as you can, that you take naltrexone")
    card = await patient.tap("🪪 Card for the team")
    assert card.media is not None
    assert labels(card) == ["‹ Back"]
    await patient.tap("‹ Back")
    assert chat.last is not None
    assert "🪪 Wallet card" in labels(chat.last)


@on_sqlite
async def test_in_discreet_mode_the_card_is_shown_only_after_a_question(
    bot: RunningBot, chat: Person
) -> None:
    """The picture names the medicine in large letters; the words around it don't."""
    patient = await enrol(bot, chat, discreet=True)
    asked = await patient.say("/card")
    assert asked.media is None
    card = await patient.tap("Show it")
    assert card.media is not None
    for word in ("LDN", "naltrexone", "mg"):
        assert word not in asked.text + card.text


def test_without_a_plan_the_card_names_no_amount() -> None:
    """It is drawn all the same: the warning matters more than the amount."""
    with_amount = draw_card("4.5 mg", date(2026, 3, 3), "en")
    without = draw_card(None, date(2026, 3, 3), "en")
    assert with_amount.startswith(PNG)
    assert without.startswith(PNG)
    assert with_amount != without
