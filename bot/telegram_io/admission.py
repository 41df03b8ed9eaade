"""Who may use the bot: everybody, those with an invitation, or those on a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage import invites

if TYPE_CHECKING:
    from bot.config import AccessSettings
    from bot.telegram_io.turn import Turn


class Admission:
    """Decides at every update; it isn't asked about somebody whom the operator has blocked."""

    def __init__(self, access: AccessSettings) -> None:
        self._mode = access.mode
        self._allowed = frozenset(access.allowed_ids)

    async def __call__(self, turn: Turn) -> bool:
        """Tell whether the turn's person may use the bot; a valid code in `/start CODE` is used up by it."""
        patient = turn.patient
        if self._mode == "open" or patient.telegram_id in self._allowed:
            return True
        if self._mode == "allowlist":
            return False
        # Who enrolled before the mode was set stays.
        if patient.admitted_at is not None or patient.state != "enrolling":
            return True
        command, _space, code = turn.text.partition(" ")
        if command == "/start" and await invites.redeem(turn.session, code.strip(), turn.now):
            patient.admitted_at = turn.now
            return True
        return False
