"""What is said about data, consent and leaving."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bot.domain.consent import (
    CONSENT_PURPOSE_TEXT,
    CONSENT_TEXT,
    CONSENT_WITHDRAWAL_TEXT,
    consent_text,
    practice,
)
from bot.domain.due import local_date
from bot.locale import _, ngettext
from bot.locale.dates import clock_text, short_date, weekday_name
from bot.message import Button, Message, press_data

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.message import Row


def privacy(agreed: str | None, *, enrolled: bool, is_blocked: bool = False) -> Message:
    """Return what is stored, who can read it, and how it ends.

    Args:
        agreed: The date of the consent, in words; None before.
        enrolled: There are other screens to go to.
        is_blocked: The operator has blocked the patient.
    """
    how = practice()
    lines = [
        _blocked() if is_blocked else "",
        _("<b>What is stored, and who can read it</b>"),
        escape(_(CONSENT_TEXT).format(days=how.backup_days)),
        escape(_(CONSENT_PURPOSE_TEXT)),
        _sealed(encrypted=how.encrypted),
        _("Nothing you write or answer is copied into a log. I only talk in private chats."),
        _kept(how.ask_after_months),
        escape(_(CONSENT_WITHDRAWAL_TEXT)),
        "" if agreed is None else _("You agreed on {date}.").format(date=agreed),
    ]
    more = (Button(_("‹ More"), press_data("more.open")),)
    return Message("\n\n".join(line for line in lines if line), (_own_data(), *((more,) if enrolled else ())))


def _blocked() -> str:
    return _(
        "The operator has blocked this chat: <b>I don't remind you of any dose</b>, and I log nothing. "
        "/export and /delete work all the same."
    )


def _sealed(*, encrypted: bool) -> str:
    if not encrypted:
        return _(
            "This bot's operator has turned encryption off: what you typed and answered stands in the "
            "database in plain words."
        )
    return _(
        "In the database, what you typed and answered is encrypted: scores, side effects, notes, reasons. "
        "Plain are dates and times, amounts of doses, states (taken, not taken), kinds of events, your "
        "settings and your Telegram ID: I need them to find what is due. The operator has the key and could "
        "read everything."
    )


def _kept(months: int | None) -> str:
    if months is None:
        return _("I keep your diary until you delete it.")
    return ngettext(
        "I keep your diary until you delete it; after {count} month without a word from you I ask once.",
        "I keep your diary until you delete it; after {count} months without a word from you I ask once.",
        months,
    ).format(count=months)


def _own_data() -> Row:
    return (
        Button(_("📁 My files"), press_data("data.open")),
        Button(_("🗑 Delete everything"), press_data("privacy.delete")),
    )


def delete_first() -> Message:
    """Return the first step: what goes, and what only the patient can clear."""
    text = _(
        "<b>Delete everything?</b>\n\n"
        "This withdraws your consent and ends reminders and check-ins. I erase your plan, diary, notes, "
        "settings and Telegram ID: all I have. Backups forget you within {days} days. This chat stays on "
        "Telegram until you clear it yourself.\n\n"
        "You may want your files first: afterwards nobody can bring them back."
    ).format(days=practice().backup_days)
    rows = (
        (Button(_("📁 My files first"), press_data("data.open")),),
        (Button(_("Yes, delete …"), press_data("privacy.when"), style="danger"),),
        (Button(_("No, keep everything"), press_data("privacy.open")),),
    )
    return Message(text, rows)


def delete_when(asked: int) -> Message:
    """Return the second step: with a way back, or without.

    Args:
        asked: When this was asked, in seconds since 1970: an old button doesn't delete.
    """
    text = _(
        "When?\n\n"
        "• <b>In 24 hours</b>: reminders stop now, and until then one tap undoes it.\n"
        "• <b>At once</b>: within a minute, and nothing can undo it."
    )
    rows = (
        (Button(_("In 24 hours"), press_data("privacy.grace", None, asked), style="primary"),),
        (Button(_("At once, for good"), press_data("privacy.now", None, asked), style="danger"),),
        (Button(_("No, keep everything"), press_data("privacy.open")),),
    )
    return Message(text, rows)


def leaving(erase_at: datetime, zone: ZoneInfo) -> Message:
    """Return when everything goes, with the way back."""
    day = local_date(erase_at, zone)
    text = _(
        "On {weekday} {date} at {clock} I erase everything. Until then nothing is sent and nothing is "
        "logged: <b>I don't remind you of any dose.</b>\n\n"
        "Changed your mind? Tap Undo before then, and all is as it was."
    ).format(weekday=weekday_name(day), date=short_date(day), clock=clock_text(erase_at, zone))
    rows = (
        (Button(_("Undo: keep everything"), press_data("privacy.undo"), style="primary"),),
        (
            Button(_("📁 My files"), press_data("data.open")),
            Button(_("At once …"), press_data("privacy.when")),
        ),
    )
    return Message(text, rows)


def erasing() -> Message:
    """Return the last words: everything is gone within a minute."""
    return Message(
        _(
            "I'm erasing everything now; it takes less than a minute, and I can't bring it back. Backups "
            "forget you within {days} days. Please clear this chat yourself: in Telegram, open the chat's "
            "menu and choose “Clear history” or “Delete chat”.\n\n"
            "This says nothing about your medicine: whatever you change there, ask your prescriber first. "
            "Take care. /start begins anew, whenever you like."
        ).format(days=practice().backup_days)
    )


def came_back(*, enrolled: bool) -> Message:
    """Return what is said after the undo."""
    if not enrolled:
        return Message(_("Nothing is deleted. /start goes on where you were."))
    text = _(
        "Nothing is deleted, and reminders go on. I didn't ask meanwhile: add what's missing under /history."
    )
    return Message(text, ((Button(_("‹ Today"), press_data("today.open")),),))


def kept_while_blocked() -> Message:
    """Return what somebody whom the operator has blocked hears after the undo."""
    return Message("{} {}".format(_("Nothing is deleted."), _blocked()), (_own_data(),))


def too_late() -> str:
    """Return the words that pop up on an undo after the time."""
    return _("It's too late: everything is being erased.")


def consent_again() -> Message:
    """Return the new text, with the question whether the patient agrees."""
    head = _("<b>The text about your data has changed.</b> Please read it; your diary goes on meanwhile.")
    rows = (
        (Button(_("I agree"), press_data("privacy.agree"), style="success"),),
        (
            Button(_("What is stored"), press_data("privacy.open")),
            Button(_("I don't agree …"), press_data("privacy.delete")),
        ),
    )
    return Message(f"{head}\n\n{consent_text()}", rows)


def agreed() -> Message:
    """Return the thanks for it."""
    return Message(_("Thank you. That's recorded; /privacy shows it again."))


def after_silence(months: int) -> Message:
    """Return the question after so many months of silence; no answer keeps the diary."""
    text = ngettext(
        "I haven't heard from you for {count} month. Shall I keep your diary? Without an answer I keep it.",
        "I haven't heard from you for {count} months. Shall I keep your diary? Without an answer I keep it.",
        months,
    ).format(count=months)
    rows = ((Button(_("Keep it"), press_data("privacy.keep"), style="primary"),), _own_data())
    return Message(text, rows, silent=True)


def kept() -> Message:
    """Return the answer to "Keep it"."""
    text = _("Your diary stays. Too many messages? /settings and /pause make them fewer.")
    return Message(text, ((Button(_("‹ Today"), press_data("today.open")),),))
