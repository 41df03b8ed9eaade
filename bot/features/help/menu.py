"""The commands that Telegram shows in its menu."""

from __future__ import annotations

from bot.locale import N_, _

# Read over a shoulder: so no description names the medicine.
COMMAND_MENU: tuple[tuple[str, str], ...] = (
    ("today", N_("Did I take it?")),
    ("checkin", N_("Check-in: 20 seconds")),
    ("summary", N_("The last 7, 30 or 90 days")),
    ("note", N_("Note a flare, a medicine, stress …")),
    ("more", N_("Everything else")),
    ("settings", N_("Times, questions, discreet mode")),
    ("help", N_("What I can do, and when to get help")),
    ("privacy", N_("What is stored")),
)
"""Command and description, for setMyCommands; at most eight."""


def command_menu() -> list[tuple[str, str]]:
    """Return the menu in the language being spoken."""
    return [(command, _(description)) for command, description in COMMAND_MENU]
