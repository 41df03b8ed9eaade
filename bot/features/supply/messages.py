"""What is said about the supply. In discreet mode no label, no unit and no amount of a dose is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.regimen import ONE_DAY
from bot.domain.supply import EntryKind
from bot.features.supply.words import counted, days, name, number, plain_name, step_name
from bot.locale import _, ngettext
from bot.locale.dates import day_text, short_date, weekday_name
from bot.message import Button, Message, Row, press_data
from bot.telegram_io.questions import in_rows, with_notice

if TYPE_CHECKING:
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from bot.domain.supply import Forecast
    from bot.features.supply.stock import Stock, Strength

_WARNINGS = (7, 14, 21, 28)
_LEDGER_LINES = 12
_ASKED_ABOUT = 3


def back() -> Row:
    """Return the row that leads back to the overview."""
    return (Button(_("‹ Back"), press_data("supply.open")),)


def back_to(one: Strength) -> Row:
    """Return the row that leads back to a strength's screen."""
    return (Button(_("‹ Back"), press_data("supply.one", one.row.id)),)


def more_row() -> Row:
    """Return the row that leaves the feature."""
    return (Button(_("‹ Back"), press_data("more.open")),)


def overview(stock: Stock, notice: str = "") -> Message:
    """Return everything on one screen, or the way in where nothing was counted yet."""
    title = _("<b>Supply</b>") if not stock.discreet else _("<b>Stock</b>")
    if not stock.strengths:
        words = _(
            "Tell me what you have, and I count down with every dose you log and tell you in good time "
            "before it runs out. You copy it from the label; I never work out a dose."
        )
        if stock.discreet:
            words = _("Tell me what you have, and I tell you in good time before it runs out.")
        return with_notice(Message(f"{title}\n\n{words}", (_new(first=True), more_row())), notice)
    lines = [title, *(_status(one, stock) for one in stock.strengths)]
    rows: tuple[Row, ...] = ()
    for one in stock.strengths:
        refill = Button(_refill_label(one, stock), press_data("supply.refill", one.row.id))
        rows += ((refill, Button(_open_label(one, stock), press_data("supply.one", one.row.id))),)
    unanswered = _unanswered(stock)
    if unanswered:
        lines.append(unanswered_words(stock))
        rows += unanswered
    warning = (
        _("Warning: off")
        if stock.warn_days is None
        else _("Warning: {days} before").format(days=days(stock.warn_days))
    )
    rows += ((Button(warning, press_data("supply.warn")), *_new(first=False)), more_row())
    return with_notice(Message("\n\n".join(lines), rows), notice)


def strength(one: Strength, stock: Stock, notice: str = "") -> Message:
    """Return a strength's own screen."""
    row = one.row
    lines = [_status(one, stock)]
    each = _("Each time ({dose}): {n}") if stock.discreet else _("One dose of {dose}: {n}")
    lines += [
        each.format(dose=step_name(step, stock), n=per_dose_shown(one.uses.get(step.dose_mg), one, stock))
        for step in stock.steps
    ]
    if row.expires_on is not None:
        lines.append(_("Expiry date: {date}").format(date=short_date(row.expires_on, year=True)))
    rows = (
        (
            Button(_("Refilled"), press_data("supply.refill", row.id)),
            Button(_("Correct the count"), press_data("supply.count", row.id)),
        ),
        (
            Button(_("Each time") if stock.discreet else _("Per dose"), press_data("supply.per", row.id)),
            Button(_("Expiry date"), press_data("supply.expiry", row.id)),
        ),
        (
            Button(_("Ledger"), press_data("supply.ledger", row.id)),
            Button(_("Remove"), press_data("supply.remove", row.id)),
        ),
        back(),
    )
    return with_notice(Message("\n".join(lines), rows), notice)


def ledger(one: Strength, stock: Stock, zone: ZoneInfo) -> Message:
    """Return the newest lines of the ledger."""
    lines = [
        _("{name}: {left} left").format(name=name(one, discreet=stock.discreet), left=amount_left(one, stock))
    ]
    for entry in reversed(one.entries[-_LEDGER_LINES:]):
        kind = EntryKind(entry.kind)
        text = {
            EntryKind.GOT: _("{date}: got {n}"),
            EntryKind.TAKEN: _("{date}: used {n}"),
            EntryKind.CORRECTED: _("{date}: counted {n}"),
        }[kind]
        when = short_date(entry.at.astimezone(zone).date())
        lines.append(text.format(date=when, n=number(entry.amount)))
    if len(one.entries) > _LEDGER_LINES:
        lines.append("…")
    return Message("\n".join(lines), (back_to(one),))


def remove(one: Strength, stock: Stock) -> Message:
    """Return the question whether to stop counting a strength."""
    text = _("Stop counting {name}? Its ledger goes from the screen; your doses stay as they are.")
    yes = Button(_("Yes, remove it"), press_data("supply.remove_sure", one.row.id), style="danger")
    return Message(text.format(name=name(one, discreet=stock.discreet)), ((yes,), back_to(one)))


def warning_choice(stock: Stock) -> Message:
    """Return the choice how early to warn."""
    text = _("How early shall I tell you that it runs out? It comes at noon, at most once a day.")
    buttons = tuple(
        Button(
            f"✓ {days(count)}" if count == stock.warn_days else days(count),
            press_data("supply.warn_is", None, count),
        )
        for count in _WARNINGS
    )
    off = Button(
        _("✓ Off") if stock.warn_days is None else _("Off"), press_data("supply.warn_is", None, "off")
    )
    return Message(text, (*in_rows(buttons, 2), (off,), back()))


def _status(one: Strength, stock: Stock) -> str:
    """Return how much is left, and until when, as one line of HTML."""
    text = _("<b>{name}</b>: {left} left by my count").format(
        name=name(one, discreet=stock.discreet), left=amount_left(one, stock)
    )
    if one.left < 0:
        return text + ". " + _("The count must be off: please correct it.")
    return f"{text}{_lasts(one, stock)}"


def _lasts(one: Strength, stock: Stock) -> str:
    forecast, left = one.forecast, one.forecast.days_left(stock.today)
    if left == 0:
        return _(", not enough for the next time.")
    if left is not None and forecast.runs_out_on is not None:
        last = forecast.runs_out_on - ONE_DAY
        return _(", enough until {date} ({days}).").format(date=day_text(last), days=days(left))
    if forecast.unknown_from is not None:
        return _unknown(forecast)
    if stock.paused:
        return _(". Your plan is paused, so nothing is used up.")
    return _(", enough for over a year.") if forecast.is_used else _(". Your plan doesn't use it at present.")


def _unknown(forecast: Forecast) -> str:
    if forecast.is_used and forecast.unknown_from is not None:
        text = _(", enough until {date}. Tell me how many you take from {next_day} on.")
        last = forecast.unknown_from - ONE_DAY
        return text.format(date=day_text(last), next_day=day_text(forecast.unknown_from))
    return _(". Tell me how many you take each time, and I can say how long it lasts.")


def amount_left(one: Strength, stock: Stock) -> str:
    """Return what is left, never less than nothing."""
    return counted(max(one.left, one.left * 0), one.row.unit, discreet=stock.discreet)


def per_dose_shown(amount: Decimal | None, one: Strength, stock: Stock) -> str:
    """Return how many make one dose, "?" where that isn't known."""
    return "?" if amount is None else counted(amount, one.row.unit, discreet=stock.discreet)


def unanswered_words(stock: Stock) -> str:
    """Return how many days aren't counted because nobody said what happened."""
    waiting = {dose.id: dose for one in stock.strengths for dose in one.unanswered}
    return ngettext(
        "{n} day has no answer and isn't counted.",
        "{n} days have no answer and aren't counted.",
        len(waiting),
    ).format(n=len(waiting))


def _unanswered(stock: Stock) -> tuple[Row, ...]:
    """Return two buttons for each of the newest doses without an answer: taken, not taken."""
    waiting = {dose.id: dose for one in stock.strengths for dose in one.unanswered}
    rows: list[Row] = []
    for dose in sorted(waiting.values(), key=lambda dose: dose.dose_date)[-_ASKED_ABOUT:]:
        when = f"{weekday_name(dose.dose_date)[:3]} {short_date(dose.dose_date)}"
        taken = _("{day}: done") if stock.discreet else _("{day}: taken")
        not_taken = _("{day}: not done") if stock.discreet else _("{day}: not taken")
        rows.append(
            (
                Button(taken.format(day=when), press_data("supply.said", dose.id, "taken")),
                Button(not_taken.format(day=when), press_data("supply.said", dose.id, "not_taken")),
            )
        )
    return tuple(rows)


def _new(*, first: bool) -> Row:
    text = _("Start counting") if first else _("Add another")
    return (Button(text, press_data("supply.new"), style="primary" if first else None),)


def _refill_label(one: Strength, stock: Stock) -> str:
    if len(stock.strengths) == 1:
        return _("Refilled")
    return _("Refilled: {name}").format(name=plain_name(one, discreet=stock.discreet))


def _open_label(one: Strength, stock: Stock) -> str:
    if len(stock.strengths) == 1:
        return _("Count, date, ledger")
    return _("{name} …").format(name=plain_name(one, discreet=stock.discreet))
