"""What a feature offers to the dispatcher: commands, buttons, and what it makes of typed texts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto

from bot.message import Press
from bot.telegram_io.turn import Turn

OnCommand = Callable[[Turn], Awaitable[None]]
OnPress = Callable[[Turn, Press], Awaitable[None]]
# Returns True when the text (or location) was for this feature: then no other feature sees it.
OnInput = Callable[[Turn], Awaitable[bool]]


class Section(StrEnum):
    """Where an entry stands on the screen "More", in this order."""

    TREATMENT = auto()
    DIARY = auto()
    DATA = auto()


@dataclass(frozen=True, slots=True)
class Entry:
    """One way into a feature from the screen "More", which /today and /settings open.

    Attributes:
        label: The button's words, marked with N_; at most about 20 letters, so that two fit into a row.
        verb: The verb of `presses` that it presses, without a row: "supply.open".
        section: Among which entries it stands.
        discreet_label: The words in discreet mode where `label` would name a medicine; None: the same.
        command: What can be typed instead, without slash; None: nothing.
    """

    label: str
    verb: str
    section: Section
    discreet_label: str | None = None
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One button below a summary; its press says which one in its arguments: days, and the last date.

    Attributes:
        label: The button's words, marked with N_; at most about 14 letters, so that three fit into a row.
        verb: The verb of `presses` that it presses, without a row: "compare.open".
        place: Where it stands among the others, the lowest first.
    """

    label: str
    verb: str
    place: int = 0


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature's doors.

    Attributes:
        name: The folder's name; also the first half of its buttons' verbs where that reads well.
        commands: Command without slash -> handler. `turn.text` holds the whole text with arguments.
        presses: Verb ("dose.taken") -> handler.
        on_text: Asked in the order of the list in parts.py, after the safety words, until one returns True.
        on_location: The same for a shared location.
        on_document: The same for a file; before enrolment and while leaving, too.
        keeps_words: Commands whose words are the patient's own: kept also when a safety text answers them.
        entries: Its ways in from the screen "More": see features/more.
        under_summary: Its ways in from below a summary.
    """

    name: str
    commands: Mapping[str, OnCommand] = field(default_factory=dict)
    presses: Mapping[str, OnPress] = field(default_factory=dict)
    on_text: OnInput | None = None
    on_location: OnInput | None = None
    on_document: OnInput | None = None
    keeps_words: frozenset[str] = frozenset()
    entries: tuple[Entry, ...] = ()
    under_summary: tuple[Offer, ...] = ()
