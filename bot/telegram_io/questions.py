"""What several features ask and say alike: time zone, amount, hold, next reminder. Texts and buttons only."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain import safety
from bot.domain.regimen import ONE_DAY
from bot.domain.zone_choice import clock_offsets, place_name, shown_at
from bot.locale import _
from bot.locale.dates import clock_text, day_text, short_date, weekday_name
from bot.message import Button, Message, press_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime
    from decimal import Decimal
    from uuid import UUID

    from bot.domain.start_choice import StartChoice
    from bot.message import Row

# "Copy from your label": strengths that pharmacies make, never a suggestion.
LABEL_AMOUNTS = ("0.5", "1", "1.5", "2", "3", "4.5")
CLOCKS_IN_ROW = 5


def in_rows(buttons: Iterable[Button], width: int) -> tuple[Row, ...]:
    """Return the buttons in rows of *width*."""
    line = list(buttons)
    return tuple(tuple(line[start : start + width]) for start in range(0, len(line), width))


def with_notice(message: Message, notice: str | None) -> Message:
    """Return the screen with *notice* (HTML; None or "": none) above its words."""
    if not notice:
        return message
    return Message(f"{notice}\n\n{message.text}", message.rows, silent=message.silent)


def ways_back() -> Row:
    """Return the last row of a screen that several ways lead to."""
    return Button(_("‹ Today"), press_data("today.open")), Button(_("‹ More"), press_data("more.open"))


def zone_question() -> str:
    """Return how the time zone is asked for."""
    return _(
        "Which time zone are you in? Type a city or a zone, for example <i>Lisbon</i> or "
        "<i>Europe/Lisbon</i>, or use a button."
    )


def zone_rows(*, share: str, clock: str) -> tuple[Row, ...]:
    """Return the other two ways to say the zone; *share* and *clock* are callback data."""
    return (
        (Button(_("📍 Share my location once"), share),),
        (Button(_("🕙 Pick what my clock shows"), clock),),
    )


def location_request() -> Message:
    """Return the message whose keyboard shares the location; Telegram can't put it beside other buttons."""
    return Message(
        _("Tap the button below the chat. I turn the location into a time zone and drop it."),
        ask_location=_("📍 Share my location"),
    )


def location_dropped() -> Message:
    """Return the message that takes the location keyboard away."""
    return Message(_("Thank you. No location is kept."), drop_reply_keyboard=True)


def clock_question() -> str:
    """Return how a patient is asked what the clock shows."""
    return _("What does your clock show now?")


def clock_rows(now: datetime, data: Callable[[int], str]) -> tuple[Row, ...]:
    """Return a button for each clock of the world; *data* gives the callback data for its offset."""
    buttons = (Button(shown_at(offset, now), data(offset)) for offset in clock_offsets(now))
    return in_rows(buttons, CLOCKS_IN_ROW)


def place_question(offset: int, now: datetime) -> str:
    """Return how one place among those whose clocks agree is asked for; summer time tells them apart."""
    return _(
        "It's {clock} in these places. Which one keeps the same time as you, all year? "
        "If none does, type your city."
    ).format(clock=shown_at(offset, now))


def zone_buttons(zones: Sequence[str], data: Callable[[str], str]) -> tuple[Row, ...]:
    """Return a button for each zone by its city; *data* gives the callback data for a zone."""
    names = [place_name(zone) for zone in zones]
    return in_rows((Button(name, data(zone)) for name, zone in zip(names, zones, strict=True)), 2)


def zone_confirmation(zone: str, now: datetime) -> str:
    """Return the question whether the zone's local time is the patient's."""
    there = now.astimezone(ZoneInfo(zone))
    return _("<b>{place}</b>: it's {weekday} {clock} there now. Is that your time?").format(
        place=zone.replace("_", " "), weekday=weekday_name(there.date()), clock=f"{there:%H:%M}"
    )


def next_reminder(at: datetime, zone: ZoneInfo) -> str:
    """Return when the next reminder comes, after a change that moved it."""
    there = at.astimezone(zone).date()
    return _("Next reminder: {weekday} {date}, {clock}.").format(
        weekday=weekday_name(there), date=short_date(there), clock=clock_text(at, zone)
    )


def zone_echo(zone: str, now: datetime) -> str:
    """Return the zone with its local time: "Europe/Lisbon (22:14 now)"."""
    return _("{place} ({clock} now)").format(
        place=zone.replace("_", " "), clock=clock_text(now, ZoneInfo(zone))
    )


def device_time(instant: datetime) -> str:
    """Return an instant as HTML that newer apps show by the device's own clock (Bot API 9.5)."""
    unseen = escape(_("(this app is too old to show it)"), quote=False)
    return f'<tg-time unix="{int(instant.timestamp())}" format="wt">{unseen}</tg-time>'


def evening_question(clock: str) -> str:
    """Return the question which evening a time after midnight belongs to."""
    return _(
        "{clock} is after midnight. Does it belong to the evening before? For example: the dose in the night "
        "from Tuesday to Wednesday is Tuesday's dose."
    ).format(clock=clock)


def amount_question() -> str:
    """Return how the amount is asked for."""
    return _(
        "How much LDN is one dose? <b>Copy it from your label</b>: tap, or type it, for example "
        "<i>4.5 mg</i> or <i>500 mcg</i>."
    )


def one_dose_a_day() -> str:
    """Return what kind of plan the bot handles."""
    return _(
        "I handle one dose a day by mouth: every day, every other day or on chosen weekdays. "
        "Not twice a day, no creams."
    )


def amount_text(dose_mg: Decimal | str) -> str:
    """Return an amount of plain mg as patients read it: "4.5 mg"."""
    return _("{mg} mg").format(mg=dose_mg)


def amount_sure(shown: str) -> str:
    """Return the second question about an unusual amount; *shown* is the amount as the patient typed it."""
    return _(
        "<b>{amount}</b>: that's more than usual, and a lost decimal point is a common slip. "
        "Does your label really say {amount}?"
    ).format(amount=escape(shown))


def evening_words(day: date, choice: StartChoice, *, morning: bool) -> str:
    """Return a dose date as it is spoken of: "tonight", "tomorrow evening", "Tuesday 1 Dec".

    Args:
        day: The dose date.
        choice: What is today, seen from now.
        morning: The dose is taken in the morning.
    """
    if day == choice.today:
        return _("today") if morning else _("tonight")
    if day == choice.today + ONE_DAY:
        return _("tomorrow") if morning else _("tomorrow evening")
    return day_text(day)


def hold_rows(hold_id: UUID) -> tuple[Row, ...]:
    """Return Yes, resume · Not yet · This isn't about me, under what is said of a safety hold."""
    return (
        (Button(_(safety.ON_HOLD_RESUME), press_data("safety.resume", hold_id)),),
        (
            Button(_(safety.ON_HOLD_NOT_YET), press_data("safety.not_yet", hold_id)),
            Button(_(safety.ON_HOLD_NOT_ME), press_data("safety.not_about_me", hold_id)),
        ),
    )


def crisis_rows(checkin_id: UUID) -> tuple[Row, ...]:
    """Return Continue · Stop for today, under a crisis text that came into a check-in."""
    return (
        (
            Button(_(safety.CRISIS_CONTINUE), press_data("checkin.show", checkin_id)),
            Button(_(safety.CRISIS_STOP), press_data("checkin.stop", checkin_id)),
        ),
    )
