"""What a patient agrees to. Change a word and raise the version: then everybody is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING

from bot.locale import N_, _

if TYPE_CHECKING:
    from datetime import datetime

CONSENT_VERSION = 2

CONSENT_TEXT = N_(
    "Telegram can technically read this chat. I store your answers and your Telegram ID on the operator's "
    "server. /export gives you everything; /delete erases our copy, backups within {days} days; clear the "
    "chat yourself."
)
CONSENT_PURPOSE_TEXT = N_(
    "This is health data, kept only to remind you and to show you your diary. I keep no name, no phone "
    "number and no location (a shared location becomes a time zone and is dropped)."
)
CONSENT_WITHDRAWAL_TEXT = N_("You can withdraw your consent at any time: that is what /delete does.")


@dataclass(frozen=True, slots=True)
class Practice:
    """How this operator handles the data: what the texts promise.

    Attributes:
        backup_days: After so many days no backup holds a deleted diary any more.
        encrypted: What patients typed and answered is encrypted in the database.
        ask_after_months: After so many months of silence the patient is asked whether to keep the diary;
            None: never.
    """

    backup_days: int = 30
    encrypted: bool = True
    ask_after_months: int | None = 12

    def silent_before(self, now: datetime) -> datetime | None:
        """Return since when a patient must have said something (aware, UTC); None: nobody is asked."""
        months = self.ask_after_months
        return None if months is None else now - timedelta(days=months * 365 / 12)


class _Stated:
    """One process has one operator."""

    practice = Practice()


def state(practice: Practice) -> None:
    """Promise this from now on; the composition root calls it."""
    _Stated.practice = practice


def practice() -> Practice:
    """Return how the operator handles the data."""
    return _Stated.practice


def consent_text() -> str:
    """Return what a patient agrees to, as HTML."""
    days = practice().backup_days
    texts = (_(CONSENT_TEXT).format(days=days), _(CONSENT_PURPOSE_TEXT), _(CONSENT_WITHDRAWAL_TEXT))
    return "\n\n".join(escape(text) for text in texts)
