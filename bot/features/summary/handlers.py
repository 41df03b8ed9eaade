"""Answers /summary and its buttons."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.domain.span import span_ending
from bot.features.summary import actions, messages
from bot.telegram_io.feature import Feature

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.diary import Diary
    from bot.message import Message, Press
    from bot.telegram_io.feature import Offer
    from bot.telegram_io.turn import Turn


class Handlers:
    """The handlers, with the buttons that other features have below a summary."""

    def __init__(self, offers: Sequence[Offer] = ()) -> None:
        self._offers = offers

    async def on_summary(self, turn: Turn) -> None:
        """Sum up the usual days, or those typed behind the command."""
        typed = turn.text.split(maxsplit=1)[1:]
        if not typed:
            await self.on_open(turn)
            return
        span = actions.typed_span(typed[0], turn.today)
        if span is None:
            turn.reply(messages.not_a_span())
            return
        turn.reply(self._message(turn, await actions.overview(turn.session, turn.patient, span)))

    async def on_open(self, turn: Turn, _press: Press | None = None) -> None:
        """Sum up the usual days in a new message."""
        one = await actions.usual_overview(turn.session, turn.patient, turn.today)
        turn.reply(self._message(turn, one))

    async def on_show(self, turn: Turn, press: Press) -> None:
        """Show another number of days in the same message, ending on the day that the button keeps."""
        chosen = read_choice(press.args, turn.today)
        if chosen is None:
            await self.on_open(turn)
            return
        days, last = chosen
        one = await actions.overview(turn.session, turn.patient, span_ending(last, days))
        turn.edit(self._message(turn, one))

    def _message(self, turn: Turn, one: Diary) -> Message:
        return messages.summary(one, discreet=turn.patient.discreet, offers=self._offers)


def offers_of(features: Iterable[Feature]) -> tuple[Offer, ...]:
    """Return what *features* offer below a summary, in the order of their places."""
    offers = [offer for feature in features for offer in feature.under_summary]
    return tuple(sorted(offers, key=lambda offer: offer.place))


def build(features: Iterable[Feature]) -> Feature:
    """Return the feature "summary", whose messages have the buttons that *features* offer."""
    handlers = Handlers(offers_of(features))
    return Feature(
        name="summary",
        commands={"summary": handlers.on_summary},
        presses={"summary.open": handlers.on_open, "summary.show": handlers.on_show},
    )


def read_choice(args: tuple[str, ...], today: date) -> tuple[int, date] | None:
    """Return the days and the last date that a button names (*today* if none), or None for an invention."""
    try:
        days = int(args[0])
        last = date.fromisoformat(args[1]) if len(args) > 1 else today
    except (IndexError, ValueError):
        return None
    return (days, last) if days in messages.CHOICES and last <= today else None
