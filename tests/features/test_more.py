"""The screen "More": reached from /today and /settings, and left again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.features.help.menu import COMMAND_MENU
from bot.parts import FEATURES
from tests.features.reminded import enrol, labels

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot


async def test_every_feature_is_one_tap_from_today_and_settings(bot: RunningBot, chat: Person) -> None:
    """Each entry that a feature registers has its button; each way leads back."""
    patient = await enrol(bot, chat)
    await patient.say("/today")
    offered = labels(await patient.tap("More …"))
    for entry in (entry for feature in FEATURES for entry in feature.entries):
        assert entry.label in offered
    await patient.tap("‹ Settings")
    await patient.tap("More …")
    assert "Check-in" in labels(await patient.tap("‹ Today"))


async def test_in_discreet_mode_no_entry_names_a_medicine(bot: RunningBot, chat: Person) -> None:
    """The labels are read over a shoulder too."""
    patient = await enrol(bot, chat, discreet=True)
    screen = await patient.say("/more")
    for word in ("LDN", "dose", "Dose", "mg", "naltrexone"):
        assert not any(word in label for label in labels(screen))


def test_every_command_and_verb_of_an_entry_and_of_the_menu_exists() -> None:
    """A button without a handler would be answered as an old one."""
    commands = {command for feature in FEATURES for command in feature.commands} | {"more"}
    presses = {verb for feature in FEATURES for verb in feature.presses}
    entries = [entry for feature in FEATURES for entry in feature.entries]
    assert {entry.verb for entry in entries} <= presses
    assert {entry.command for entry in entries if entry.command} <= commands
    assert {command for command, _words in COMMAND_MENU} <= commands
