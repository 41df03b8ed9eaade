"""Routes an update through PTB's Application to the feature that it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ExtBot,
    MessageHandler,
    filters,
)

from bot.message import read_press
from bot.telegram_io.turn import Turn, TurnContext

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from telegram import Update

    from bot.telegram_io.feature import Feature, OnCommand, OnInput, OnPress


@dataclass(frozen=True, slots=True)
class Routes:
    """Who answers what.

    Attributes:
        features: Asked about typed texts in this order.
        enrolment: Answers everything (but commands of always_open) until the patient is enrolled.
        leaving: Answers everything (but always_open) from somebody who is to be erased.
        always_open: Names of features that answer before enrolment and after leaving too: help, safety.
        ways_out: Names of features that answer also somebody who is shut out, while there is a diary: whoever
            is blocked may still take everything along and have it erased. Nothing else answers them.
        on_safety_words: Asked first about every typed text; True: nobody else sees it.
        on_nothing_understood: A text or button that no feature knows.
        on_other: Stickers, voice messages, pictures, edited messages: whatever isn't text.
        is_admitted: Whether this person may use the bot at all.
        on_stranger: What someone hears who may not.
        after_all: Called after every answer to an enrolled patient: what must be said besides.
    """

    features: Sequence[Feature]
    enrolment: Feature
    leaving: Feature
    always_open: frozenset[str]
    ways_out: frozenset[str]
    on_safety_words: OnInput
    on_nothing_understood: OnCommand
    on_old_button: OnCommand
    on_other: OnCommand
    is_admitted: Callable[[Turn], Awaitable[bool]]
    on_stranger: OnCommand
    after_all: OnCommand


def build_application(bot: ExtBot[None], routes: Routes) -> Application[Any, Any, Any, Any, Any, Any]:
    """Return PTB's Application with our handlers: no updater, no job queue, no persistence."""
    application = (
        ApplicationBuilder()
        .bot(bot)
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes(context=TurnContext))
        .build()
    )
    router = Router(routes)
    for feature in routes.features:
        for command in feature.commands:
            application.add_handler(
                CommandHandler(command, router.on_command, filters=filters.UpdateType.MESSAGE)
            )
    application.add_handler(CallbackQueryHandler(router.on_press))
    new = filters.UpdateType.MESSAGE
    application.add_handler(MessageHandler(new & filters.LOCATION, router.on_location))
    application.add_handler(MessageHandler(new & filters.TEXT, router.on_text))
    application.add_handler(MessageHandler(new & filters.Document.ALL, router.on_document))
    application.add_handler(MessageHandler(filters.ALL, router.on_other))
    application.add_error_handler(hand_back)
    return application


async def hand_back(_update: object, context: TurnContext) -> None:
    """Give the exception back to the ingest: PTB would swallow it, and the update would count as done."""
    context.turn.error = context.error


class Router:
    """The callbacks behind PTB's handlers."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._commands: dict[str, tuple[Feature, OnCommand]] = {}
        self._presses: dict[str, tuple[Feature, OnPress]] = {}
        for feature in routes.features:
            self._commands |= {name: (feature, handler) for name, handler in feature.commands.items()}
            self._presses |= {verb: (feature, handler) for verb, handler in feature.presses.items()}

    async def on_command(self, _update: Update, context: TurnContext) -> None:
        """Answer a command; before enrolment only /start, help and safety are open.

        Words behind it are read for safety words like any other typed text.
        """
        turn = context.turn
        name = turn.text[1:].split(maxsplit=1)[0].split("@")[0].lower()
        feature, handler = self._commands[name]
        has_words = len(turn.text.split(maxsplit=1)) > 1

        async def read_first(turn: Turn) -> None:
            answered = has_words and await self._routes.on_safety_words(turn)
            if not answered or name in feature.keeps_words:
                await self._gate(turn, feature, handler)(turn)

        await self._admitted(turn, read_first, feature)

    async def on_press(self, _update: Update, context: TurnContext) -> None:
        """Answer a button; one that nobody knows is from an older version."""
        turn = context.turn
        press = read_press(turn.data)
        known = self._presses.get(press.verb) if press else None
        if press is None or known is None:
            await self._admitted(turn, self._routes.on_old_button)
            return
        feature, on_press = known

        async def handler(turn: Turn) -> None:
            await on_press(turn, press)

        await self._admitted(turn, self._gate(turn, feature, handler), feature)

    async def on_text(self, _update: Update, context: TurnContext) -> None:
        """Read a typed text: safety words first, then whoever it is for."""
        await self._admitted(context.turn, self._read)

    async def on_location(self, _update: Update, context: TurnContext) -> None:
        """Offer a shared location to whoever asked for it."""
        await self._admitted(context.turn, self._locate)

    async def on_document(self, _update: Update, context: TurnContext) -> None:
        """Offer a file to whoever reads such ones; words below it may be safety words."""

        async def handler(turn: Turn) -> None:
            if turn.text and await self._routes.on_safety_words(turn):
                return
            for feature in self._routes.features:
                if feature.on_document is not None and await feature.on_document(turn):
                    return
            await self._routes.on_other(turn)

        await self._admitted(context.turn, handler)

    async def on_other(self, _update: Update, context: TurnContext) -> None:
        """Answer what can't be read; an edited text may still hold safety words."""

        async def handler(turn: Turn) -> None:
            if not (turn.text and await self._routes.on_safety_words(turn)):
                await self._routes.on_other(turn)

        await self._admitted(context.turn, handler)

    async def _read(self, turn: Turn) -> None:
        if await self._routes.on_safety_words(turn):
            return
        # Whoever asked a question hears the answer first; what it declines is for the others.
        asked = (turn.patient.dialogue or {}).get("feature")
        for feature in sorted(self._open_features(turn), key=lambda feature: feature.name != asked):
            if feature.on_text is not None and await feature.on_text(turn):
                return
        # After a safety text no unrelated reply follows.
        if not turn.outbox.calls:
            await self._routes.on_nothing_understood(turn)

    async def _locate(self, turn: Turn) -> None:
        for feature in self._open_features(turn):
            if feature.on_location is not None and await feature.on_location(turn):
                return
        await self._routes.on_other(turn)

    def _open_features(self, turn: Turn) -> Sequence[Feature]:
        door = self._only_door(turn)
        return self._routes.features if door is None else [door]

    def _only_door(self, turn: Turn) -> Feature | None:
        """Return the feature that answers everything, None where all of them are open."""
        return {"enrolling": self._routes.enrolment, "leaving": self._routes.leaving}.get(turn.patient.state)

    def _gate(self, turn: Turn, feature: Feature, handler: OnCommand) -> OnCommand:
        door = self._only_door(turn)
        if door is None or feature is door or feature.name in self._routes.always_open:
            return handler
        return door.commands["start" if door is self._routes.enrolment else "delete"]

    async def _admitted(
        self, turn: Turn, handler: Callable[[Turn], Awaitable[None]], feature: Feature | None = None
    ) -> None:
        is_barred = turn.patient.barred_at is not None
        if not is_barred and await self._routes.is_admitted(turn):
            await handler(turn)
            if turn.patient.state == "active":
                await self._routes.after_all(turn)
        elif feature is not None and feature.name in self._routes.ways_out and _has_a_diary(turn, is_barred):
            await handler(turn)
        elif not is_barred:
            await self._routes.on_stranger(turn)


def _has_a_diary(turn: Turn, is_barred: bool) -> bool:  # noqa: FBT001 - private
    """Tell whether somebody who is shut out has anything to take along; strangers learn nothing."""
    return is_barred or turn.patient.state != "enrolling"
