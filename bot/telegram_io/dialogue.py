"""A feature's dialogue: its one screen, and what the next typed words are for, kept in the patient's row.

It survives restarts and reminders in the middle; one patient has one dialogue at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.domain.free_text.dose_words import parse_dose_words
from bot.storage import checkins
from bot.telegram_io.questions import location_dropped
from bot.telegram_io.screen import show_screen

if TYPE_CHECKING:
    from bot.message import Message
    from bot.telegram_io.turn import Turn

QUESTION_STANDS = timedelta(minutes=30)
"""How long typed words are taken for the answer to a question."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One feature's dialogue with whoever the turn is about.

    Attributes:
        feature: The feature's name; what another feature keeps is never read or changed.
    """

    feature: str

    def kept(self, turn: Turn) -> dict[str, Any]:
        """Return what stands between two updates, however old; empty while another feature is spoken to."""
        kept = turn.patient.dialogue or {}
        return kept if kept.get("feature") == self.feature else {}

    def open(self, turn: Turn) -> dict[str, Any]:
        """Return the same while the question stands; empty after half an hour."""
        kept = self.kept(turn)
        asked_at = kept.get("asked_at")
        if asked_at is None or turn.now - datetime.fromisoformat(asked_at) > QUESTION_STANDS:
            return {}
        return kept

    def awaited(self, turn: Turn) -> dict[str, Any] | None:
        """Return the open question if the typed words can be its answer, else None.

        Not a command, and not a plain word about the dose: "taken" must not be kept as a label or a routine.
        """
        kept = self.open(turn)
        if not kept or not turn.text.strip() or turn.text.startswith("/") or parse_dose_words(turn.text):
            return None
        return kept

    async def awaited_since_checkin(self, turn: Turn) -> dict[str, Any] | None:
        """Return the same, and None also when the patient has gone on in the check-in since."""
        kept = self.awaited(turn)
        if kept is None:
            return None
        touched_at = await checkins.last_touched(turn.session, turn.patient.id, turn.today)
        late = touched_at is not None and touched_at > datetime.fromisoformat(kept["asked_at"])
        return None if late else kept

    def show(
        self,
        turn: Turn,
        message: Message,
        *,
        awaiting: str | None = None,
        own_words: bool = False,
        **draft: object,
    ) -> None:
        """Show a screen where the patient looks, and remember what the next typed words are for.

        Args:
            turn: The update being handled.
            message: The screen.
            awaiting: What typed words are for; None ends the dialogue.
            own_words: They are the patient's own: a safety text answers them, and they are kept all the same.
            draft: What was said so far: plain JSON.
        """
        kept = self.kept(turn)
        shares_location = bool(kept.get("location_button"))
        if shares_location:
            turn.reply(location_dropped())
        on = show_screen(turn, message, on=kept.get("message_id"), move=shares_location)
        if awaiting is not None:
            self.ask(turn, awaiting, message_id=on, own_words=own_words, **draft)
        elif kept:
            turn.patient.dialogue = None

    def ask(
        self, turn: Turn, awaiting: str, *, message_id: int | None, own_words: bool = False, **draft: object
    ) -> None:
        """Remember what the next typed words are for; the message *message_id* (None: not known) asks it."""
        until = {"own_words_until": (turn.now + QUESTION_STANDS).isoformat()} if own_words else {}
        turn.patient.dialogue = {
            "feature": self.feature,
            "awaiting": awaiting,
            "asked_at": turn.now.isoformat(),
            "message_id": message_id,
            **until,
            **draft,
        }
