"""What a feature offers to the dispatcher: commands, buttons, and what it makes of typed texts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.message import Press
from bot.telegram_io.turn import Turn

OnCommand = Callable[[Turn], Awaitable[None]]
OnPress = Callable[[Turn, Press], Awaitable[None]]
# Returns True when the text (or location) was for this feature: then no other feature sees it.
OnInput = Callable[[Turn], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature's doors.

    Attributes:
        name: The folder's name; also the first half of its buttons' verbs where that reads well.
        commands: Command without slash -> handler. `turn.text` holds the whole text with arguments.
        presses: Verb ("dose.taken") -> handler.
        on_text: Asked in the order of app.py's list, after the safety words, until one returns True.
        on_location: The same for a shared location.
    """

    name: str
    commands: Mapping[str, OnCommand] = field(default_factory=dict)
    presses: Mapping[str, OnPress] = field(default_factory=dict)
    on_text: OnInput | None = None
    on_location: OnInput | None = None
