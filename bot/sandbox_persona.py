"""Taps the sandbox's buttons as somebody might: "play a week"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.message import Press, read_press

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from random import Random

    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatButton, ChatMessage

_LONGEST_CHECKIN = 24
_TAKES_IT = 0.9
_NOTICES_SOMETHING = 0.35
_EFFECTS = ("vivid_dreams", "headache", "nausea", "tiredness")


class Persona:
    """One day's mood: a bad day is bad throughout, and a week differs from the next.

    Args:
        rng: Makes the choices repeatable.
        level: How bad the day is, 0 to 10; None for anything around 5.
        effects: Side effects noticed; None for one now and then.
        takes_it: How likely the dose is taken.
    """

    def __init__(
        self,
        rng: Random,
        *,
        level: float | None = None,
        effects: Sequence[str] | None = None,
        takes_it: float = _TAKES_IT,
    ) -> None:
        self._rng = rng
        self._takes_it = takes_it
        self._level = min(10, max(0, round(rng.gauss(5, 1.6) if level is None else level)))
        if effects is None:
            effects = [rng.choice(_EFFECTS)] if rng.random() < _NOTICES_SOMETHING else []
        self._effects = list(effects)

    def choose(self, message: ChatMessage) -> ChatButton | None:
        """Return the button to press under *message*, or None when it asks nothing."""
        offers: dict[str, list[tuple[ChatButton, Press]]] = {}
        for button in message.buttons:
            press = read_press(button.data or "")
            if press is not None:
                offers.setdefault(press.verb, []).append((button, press))
        if "dose.snooze" in offers:
            wanted = "dose.taken" if self._rng.random() < self._takes_it else "dose.not_tonight"
            return offers[wanted][0][0] if wanted in offers else None
        for verb, pick in (
            ("checkin.dose", self._first),
            ("checkin.pick", self._effect),
            ("checkin.rate", self._first),
            ("checkin.answer", self._answer),
        ):
            if verb in offers:
                return pick(offers[verb]) or self._leave(offers)
        return None

    def _leave(self, offers: dict[str, list[tuple[ChatButton, Press]]]) -> ChatButton | None:
        for verb in ("checkin.none", "checkin.rated", "checkin.effects_done", "checkin.skip"):
            if verb in offers:
                return offers[verb][0][0]
        return None

    def _first(self, offers: list[tuple[ChatButton, Press]]) -> ChatButton:
        return offers[0][0]

    def _effect(self, offers: list[tuple[ChatButton, Press]]) -> ChatButton | None:
        wanted = self._effects.pop() if self._effects else None
        return next((button for button, press in offers if wanted and wanted in press.args), None)

    def _answer(self, offers: list[tuple[ChatButton, Press]]) -> ChatButton:
        number = min(10, max(0, self._level + self._rng.choice((-1, 0, 0, 1))))
        exact = [button for button, press in offers if press.args[-1] == str(number)]
        # Words instead of numbers: somewhere in the middle, for extremes are rare.
        middle = offers[2:-3] or offers
        return exact[0] if exact else self._rng.choice(middle)[0]


async def answer_like_a_patient(
    person: Person,
    persona: Persona,
    settle: Callable[[], Awaitable[None]],
    breathe: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Answer the newest message until it asks nothing more.

    Args:
        person: Whose chat it is.
        persona: Chooses the answers.
        settle: Waits until the bot has answered a tap.
        breathe: Called before each tap; None: without a pause.
    """
    for _tap in range(_LONGEST_CHECKIN):
        message = person.last
        button = persona.choose(message) if message else None
        if message is None or button is None:
            return
        if breathe is not None:
            await breathe()
        await person.tap(button, message)
        await settle()
