"""What is said by /help and /about, and to whatever nothing else understood."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bot.domain.evidence import LIMITS, OFF_LABEL, SIDE_EFFECTS, TRIALS
from bot.domain.safety_help import HELP_TEXTS
from bot.features.help.menu import COMMAND_MENU
from bot.locale import N_, _, ngettext
from bot.message import Button, Message, press_data
from bot.telegram_io.questions import ways_back

if TYPE_CHECKING:
    from bot.message import Row

# Why something that isn't a typed text can't be read, by what it is.
UNREADABLE = {
    "voice": N_("I can't listen to voice messages: I can only read text and buttons."),
    "sticker": N_("I can't read stickers: I can only read text and buttons."),
    "picture": N_("I can't look at pictures: I can only read text and buttons. The picture isn't kept."),
    "file": N_("I can't open files: I can only read text and buttons. The file isn't kept."),
    "location": N_("I don't need your location now, and it isn't kept. To change your time zone: /settings"),
    "edited": N_(
        "I can't follow edited messages: what you sent first still counts. To change an answer, use the "
        "buttons, or type it again."
    ),
    "other": N_("I can only read text and buttons."),
}


def menu_rows(*, enrolled: bool) -> tuple[Row, ...]:
    """Return the buttons that lead on; none before the patient is enrolled, when they lead nowhere."""
    if not enrolled:
        return ()
    return (
        (Button(_("Today"), press_data("today.open")), Button(_("Check-in"), press_data("checkin.open"))),
        (Button(_("Summary"), press_data("summary.open")), Button(_("Help"), press_data("help.open"))),
    )


def _ways(*, enrolled: bool) -> tuple[Row, ...]:
    """Return the way back; none before the patient is enrolled."""
    return (ways_back(),) if enrolled else ()


def helping(*, discreet: bool, enrolled: bool) -> Message:
    """Return what each command does, with the safety texts; in discreet mode these are one tap away."""
    commands = "\n".join(f"/{command} – {_(description)}" for command, description in COMMAND_MENU)
    lines = [
        commands,
        _(
            "You can also type. After a reminder: <i>taken</i>. For a check-in: <i>pain 6, slept badly 8, "
            "headache</i>. For a summary of two dates: <i>/summary 1 May to 20 May</i>. "
            "For what else happened: <i>/note flare since Monday</i>; for the past: <i>/history</i>."
        ),
        _("<b>I'm automated and nobody reads your messages.</b> In an emergency call 112, 999 or 911."),
    ]
    if discreet:
        safety_row = (Button(_("When to get help"), press_data("help.safety")),)
        return Message("\n\n".join(lines), (safety_row, *_ways(enrolled=enrolled)))
    return Message("\n\n".join([*lines, _safety_texts()]), _ways(enrolled=enrolled))


def safety(*, enrolled: bool) -> Message:
    """Return every safety text, with what brings it."""
    return Message(_safety_texts(), _ways(enrolled=enrolled))


def _safety_texts() -> str:
    parts = [f"<b>{escape(_(what))}.</b> {escape(_(then))}" for what, then in HELP_TEXTS]
    return _("<b>When to get help</b>") + "\n<blockquote expandable>" + "\n\n".join(parts) + "</blockquote>"


def about(*, enrolled: bool) -> Message:
    """Return what is known about LDN for fibromyalgia, with its limits."""
    trials = "\n".join("• " + escape(_(trial)) for trial in TRIALS)
    what = _("I'm a diary and a reminder, not medical advice. I never suggest doses: follow your prescriber.")
    return Message(
        "\n\n".join([what, _(OFF_LABEL), trials, _(SIDE_EFFECTS), _(LIMITS)]), _ways(enrolled=enrolled)
    )


def nothing_understood(*, enrolled: bool, is_command: bool, is_long: bool) -> Message:
    """Return the answer to a text that no feature made sense of."""
    if is_command:
        text = _("I don't know this command. Nothing was changed.")
    elif is_long:
        text = _("That is too long for me: I read short answers, and saved nothing of it.")
    else:
        text = _("I didn't understand that, and saved nothing.")
    return Message(f"{text} {_where_to_go(enrolled=enrolled)}", menu_rows(enrolled=enrolled))


def unreadable(what: str, *, enrolled: bool) -> Message:
    """Return the answer to a sticker, a voice message and the like; *what* is a key of UNREADABLE."""
    text = f"{_(UNREADABLE[what])} {_where_to_go(enrolled=enrolled)}"
    return Message(text, menu_rows(enrolled=enrolled))


def old_button(*, enrolled: bool) -> Message:
    """Return what is said after a button that this version of the bot doesn't know."""
    text = _("That button is from an older message, so nothing was changed.")
    return Message(f"{text} {_where_to_go(enrolled=enrolled)}", menu_rows(enrolled=enrolled))


def old_button_toast() -> str:
    """Return the words that pop up on such a button."""
    return _("That button is from an older message.")


def stranger() -> Message:
    """Return what somebody hears whom the operator hasn't admitted."""
    return Message(_("This bot is private. If you should be able to use it, ask its operator."))


def something_went_wrong() -> Message:
    """Return what is said when the bot failed at an update."""
    return Message(
        _("Something went wrong, and I couldn't do that. Your earlier answers are safe. Try again.")
    )


def left_out(count: int) -> Message:
    """Return what is said to a patient of whom more came at once than is kept.

    Args:
        count: How many messages and taps were left out; 0: nobody counted.
    """
    how_many = (
        ngettext(
            "I left out {count} message or tap, and saved nothing of it.",
            "I left out {count} messages or taps, and saved nothing of them.",
            count,
        ).format(count=count)
        if count
        else _("I left out some messages or taps, and saved nothing of them.")
    )
    return Message(
        _(
            "You sent more than I can read at once. {how_many} Please send what matters again. If it was "
            "about a dose, look at /today first."
        ).format(how_many=how_many)
    )


def _where_to_go(*, enrolled: bool) -> str:
    if enrolled:
        return _("You can type <i>taken</i> or <i>pain 6, slept badly 8</i>, or use a button:")
    return _("/start goes on where you were; /help says more.")
