"""How a comparison reads: both means with their days, the margin, and what it can't show."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bot.domain.comparison import FEWEST_ANSWERS, FEWEST_DAYS
from bot.domain.free_text.dose_amount import format_mg
from bot.domain.pain_change import CHANGE_WORDS, Change
from bot.domain.side_effect import SEVERITY_LABELS, SIDE_EFFECT_LABELS
from bot.domain.stage import Comparison, Side, Stage, StageKind
from bot.domain.summary import OFTEN_ENOUGH, exact_mean, rounded
from bot.domain.summary_facts import CAVEAT_TEXTS, DISCREET_CAVEAT_TEXTS, Caveat
from bot.features.comparison.actions import MONTHS, Treatment, key
from bot.locale import _, ngettext
from bot.locale.dates import short_date
from bot.message import Button, Message, press_data

if TYPE_CHECKING:
    from bot.domain.comparison import Stretch
    from bot.domain.summary_facts import Reported

_NAMED_EFFECTS = 4


def choices(one: Treatment, *, discreet: bool) -> Message:
    """Return the screen that offers what can be compared."""
    rows = [
        (
            Button(
                _("The last 28 days and the 28 before"),
                press_data("compare.show", None, MONTHS, one.today.isoformat()),
            ),
        )
    ]
    rows += [
        (
            Button(
                _("{earlier} and {later}").format(
                    earlier=_name(earlier, discreet=discreet), later=_name(later, discreet=discreet)
                ),
                press_data("compare.show", None, key(earlier), key(later)),
            ),
        )
        for earlier, later in one.pairs()
    ]
    text = _("<b>Compare</b>\nWhich days do you want to compare?")
    if not any(stage.kind is StageKind.BASELINE for stage in one.stages):
        text += "\n" + (_("There is no diary before the start.") if discreet else _("No diary before LDN."))
    return Message(text, (*rows, (Button(_("‹ Back"), press_data("more.open")),)))


def comparison(one: Comparison, *, discreet: bool) -> Message:
    """Return the two stages side by side, pain first."""
    lines = [_heading(one, discreet=discreet)]
    lines += _pain(one) if one.is_long_enough else _too_short(one, discreet=discreet)
    if one.is_long_enough:
        lines += [line for line in (_sleep(one), *_effects(one, discreet=discreet)) if line]
        if any(_is_seldom(side) for side in (one.earlier, one.later)):
            lines.append("<i>" + _sentence(_(CAVEAT_TEXTS[Caveat.UNANSWERED])) + "</i>")
    texts = DISCREET_CAVEAT_TEXTS if discreet else CAVEAT_TEXTS
    lines.append("<i>" + _(texts[Caveat.NO_CAUSE]) + "</i>")
    return Message("\n".join(lines), (_back(),))


def gone() -> Message:
    """Return the answer to a button whose dose step is no longer in the plan."""
    text = _("Your plan has changed since, so I can't compare these days any more. Choose again:")
    return Message(text, ((Button(_("Compare …"), press_data("compare.open")),),))


def _heading(one: Comparison, *, discreet: bool) -> str:
    if one.later.stage.kind is StageKind.MONTH:
        return _("<b>The last 28 days and the 28 before</b>")
    return _("<b>{earlier} and {later}</b>").format(
        earlier=escape(_name(one.earlier.stage, discreet=discreet)),
        later=escape(_name(one.later.stage, discreet=discreet)),
    )


def _name(stage: Stage, *, discreet: bool) -> str:
    if stage.step is None:
        return _("Before the start") if discreet else _("Before LDN")
    since = short_date(stage.step.starts_on)
    if discreet:
        return _("from {date}").format(date=since)
    amount = stage.step.shown_as or format_mg(stage.step.dose_mg)
    return _("{dose} (from {date})").format(dose=amount, date=since)


def _pain(one: Comparison) -> list[str]:
    lines = [_means(_("Pain"), one.earlier.pain, one.later.pain)]
    if one.interval is None:
        return lines
    low, high = one.interval
    lines.append(
        _("Difference {difference} points; approximately between {low} and {high}").format(
            difference=_points(one.later.pain.mean - one.earlier.pain.mean),
            low=_points(low),
            high=_points(high),
        )
    )
    if one.change is not None and one.change is not Change.NUMBERS_ONLY:
        lines.append(_("In words: {words} (approximate)").format(words=_(CHANGE_WORDS[one.change])))
    elif low <= 0 <= high:
        lines.append(_("0 lies in between: these days can't tell the two apart."))
    return lines


def _means(label: str, earlier: Stretch, later: Stretch) -> str:
    return _("{label}: mean {earlier} ({earlier_days}) → {later} ({later_days})").format(
        label=label,
        earlier=_mean(earlier),
        earlier_days=_days(earlier),
        later=_mean(later),
        later_days=_days(later),
    )


def _mean(stretch: Stretch) -> str:
    return str(rounded(exact_mean(stretch.values)))


def _days(stretch: Stretch) -> str:
    return ngettext(
        "{n} of {of} day, {first}–{last}", "{n} of {of} days, {first}–{last}", stretch.days
    ).format(
        n=len(stretch.values),
        of=stretch.days,
        first=short_date(stretch.first),
        last=short_date(stretch.last),
    )


def _sleep(one: Comparison) -> str:
    earlier, later = one.earlier.sleep, one.later.sleep
    if not (earlier.is_long_enough and later.is_long_enough):
        return ""
    return _("Sleep problems: mean {earlier} ({n} days) → {later} ({m} days)").format(
        earlier=_mean(earlier),
        n=len(earlier.values),
        later=_mean(later),
        m=len(later.values),
    )


def _effects(one: Comparison, *, discreet: bool) -> list[str]:
    """Return one line for each stage: days reported of days answered, the worst severity."""
    return [
        _("Side effects reported, {stage}: {effects}").format(
            stage=_short_name(side.stage, is_later=side is one.later, discreet=discreet),
            effects=_listed(side),
        )
        for side in (one.earlier, one.later)
        if side.effects_answered
    ]


def _listed(side: Side) -> str:
    if not side.effects:
        return ngettext("none on {count} day", "none on {count} days", side.effects_answered).format(
            count=side.effects_answered
        )
    return " · ".join(_reported(effect) for effect in side.effects[:_NAMED_EFFECTS])


def _reported(one: Reported) -> str:
    return _("{effect} {days} of {answered} ({severity})").format(
        effect=_(SIDE_EFFECT_LABELS[one.effect]),
        days=one.days,
        answered=one.answered,
        severity=_(SEVERITY_LABELS[one.worst]),
    )


def _short_name(stage: Stage, *, is_later: bool, discreet: bool) -> str:
    if stage.kind is StageKind.MONTH:
        return _("last 28 days") if is_later else _("28 before")
    return escape(_name(stage, discreet=discreet))


def _too_short(one: Comparison, *, discreet: bool) -> list[str]:
    lines = [
        _("Too short to compare. It takes {days} days with {answers} answers on each side.").format(
            days=FEWEST_DAYS, answers=FEWEST_ANSWERS
        )
    ]
    for side in (one.earlier, one.later):
        name = _short_name(side.stage, is_later=side is one.later, discreet=discreet)
        days, answers = max(0, side.pain.days), len(side.pain.values)
        lines.append(
            _("{stage}: {answers} in {days} so far").format(
                stage=name,
                answers=ngettext("{n} answer", "{n} answers", answers).format(n=answers),
                days=ngettext("{count} day", "{count} days", days).format(count=days),
            )
        )
    if one.later.stage.kind is StageKind.STEP:
        lines.append(_("The first week after a change is left out."))
    return lines


def _is_seldom(side: Side) -> bool:
    return len(side.pain.values) < OFTEN_ENOUGH * side.pain.days


def _points(value: float) -> str:
    """Return points with their sign: "−1.3", "+0.4", "0.0"."""
    text = f"{abs(value):.1f}"
    if float(text) == 0:
        return text
    return ("−" if value < 0 else "+") + text


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:].rstrip(".") + "."


def _back() -> tuple[Button, ...]:
    return (
        Button(_("Compare others"), press_data("compare.open")),
        Button(_("‹ Summary"), press_data("summary.open")),
    )
