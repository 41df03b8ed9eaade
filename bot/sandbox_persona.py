"""Taps the sandbox's buttons as somebody might: "play a week"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.message import read_press

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from random import Random

    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatButton, ChatMessage

_LONGEST_CHECKIN = 24
_TAKES_IT = 0.9
_NOTICES_SOMETHING = 0.35


async def answer_like_a_patient(person: Person, rng: Random, settle: Callable[[], Awaitable[None]]) -> None:
    """Answer the newest message until it asks nothing more.

    Args:
        person: Whose chat it is.
        rng: Makes a bad day bad throughout, and a week different from the next.
        settle: Waits until the bot has answered a tap.
    """
    level = min(10, max(0, round(rng.gauss(5, 1.6))))
    noticed = rng.random() < _NOTICES_SOMETHING
    seen: set[tuple[int, str]] = set()
    for _tap in range(_LONGEST_CHECKIN):
        message = person.last
        button = _choose(message, rng, level, seen, noticed=noticed) if message else None
        if message is None or button is None or button.data is None:
            return
        seen.add((message.id, f"{message.text}{button.data}"))
        await person.tap(button, message)
        await settle()


def _choose(
    message: ChatMessage, rng: Random, level: int, seen: set[tuple[int, str]], *, noticed: bool
) -> ChatButton | None:
    buttons = [
        button
        for button in message.buttons
        if button.data is not None and (message.id, f"{message.text}{button.data}") not in seen
    ]
    verbs = {(press.verb if (press := read_press(button.data or "")) else "") for button in buttons}
    if "dose.taken" in verbs and any(verb == "dose.snooze" for verb in verbs):
        wanted = "dose.taken" if rng.random() < _TAKES_IT else "dose.not_tonight"
        return next((b for b in buttons if (b.data or "").startswith(wanted)), None)
    numbers = {button.text: button for button in buttons if button.text.isdigit()}
    if len(numbers) == 11:  # noqa: PLR2004 - a scale of 0 to 10
        return numbers[str(min(10, max(0, level + rng.choice((-1, 0, 0, 1)))))]
    if not any(verb.startswith("checkin.") for verb in verbs):
        return None
    return _choose_in_checkin(buttons, rng, noticed=noticed)


def _choose_in_checkin(buttons: list[ChatButton], rng: Random, *, noticed: bool) -> ChatButton | None:
    by_text = {button.text.strip("✅☑️ ").lower(): button for button in buttons}
    for text in ("mild", "taken"):
        if text in by_text:
            return by_text[text]
    if "none" in by_text and not noticed:
        return by_text["none"]
    if "done" in by_text and rng.random() < 0.5:  # noqa: PLR2004 - one side effect, or two
        return by_text["done"]
    for text in rng.sample(["vivid dreams", "headache", "nausea"], 3):
        if text in by_text:
            return by_text[text]
    return by_text.get("done") or by_text.get("skip")
