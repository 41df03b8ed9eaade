"""What a patient agrees to. Change a word and raise the version: then everybody is asked again."""

from __future__ import annotations

from bot.locale import N_

CONSENT_VERSION = 1

CONSENT_TEXT = N_(
    "Telegram can technically read this chat. I store your answers and your Telegram ID on the operator's "
    "server: health data, kept only to remind you and to show you your diary. I keep no name, no phone "
    "number and no location (a shared location becomes a time zone and is dropped)."
)
CONSENT_WITHDRAWAL_TEXT = N_(
    "You can withdraw at any time: the operator of this bot erases our copy, and you clear the chat yourself."
)
