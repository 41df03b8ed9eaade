"""When a check-in's side effects call for a safety text: severe ones, and moderate ones that keep coming."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, auto
from typing import TYPE_CHECKING

from bot.domain.safety import MODERATE_EVERY, SEVERE_EVERY, Trigger
from bot.domain.side_effect import Severity, SideEffect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MODERATE_DAYS = 3
WINDOW = timedelta(days=7)


class AlertKind(StrEnum):
    """Which rule an alert comes from."""

    LOW_MOOD = auto()
    SEVERE = auto()
    MODERATE = auto()


@dataclass(frozen=True, slots=True)
class Alert:
    """One reason for a safety text. Several from one check-in are one text, and all are remembered.

    Attributes:
        kind: The rule.
        effect: The side effect it is about.
    """

    kind: AlertKind
    effect: SideEffect

    @property
    def key(self) -> str:
        """Return the word, at most 40 characters, under which it is remembered ("severe:headache")."""
        return f"{self.kind.value}:{self.effect.value}"

    @property
    def trigger(self) -> Trigger:
        """Return the row of the table of safety texts."""
        return Trigger.SUICIDE if self.kind is AlertKind.LOW_MOOD else Trigger.SIDE_EFFECT


@dataclass(frozen=True, slots=True)
class ReportedDay:
    """The side effects of one answered check-in (Q3 answered; empty for "None")."""

    local_date: date
    side_effects: Mapping[SideEffect, Severity]


def side_effect_alerts(
    days: Iterable[ReportedDay],
    answered: date,
    *,
    today: date,
    started_on: date | None,
    last_alerts: Mapping[str, date],
) -> tuple[Alert, ...]:
    """Return the alerts that the check-in of *answered* brings, crisis first.

    Severe low mood always brings the crisis text, also before the first dose. The other alerts come only
    after the first dose, and a check-in filled in a week later or more brings none: "before your next dose"
    would come too late.

    Args:
        days: Answered check-ins, in any order: the baseline, the last seven days, and this one.
        answered: Local date of the check-in that was just answered.
        today: The patient's local date.
        started_on: Local date of the first dose; check-ins up to and including it are the baseline. None: not
            started.
        last_alerts: Local date of the last alert under each `Alert.key`.
    """
    by_date = {day.local_date: day.side_effects for day in days}
    now = by_date.get(answered, {})
    if today - answered >= WINDOW:
        return ()
    alerts = [Alert(AlertKind.LOW_MOOD, effect) for effect in now if _is_crisis(effect, now[effect])]
    if started_on is None or answered <= started_on:
        return tuple(alerts)
    for effect, severity in now.items():
        if severity is Severity.SEVERE and not _is_crisis(effect, severity):
            alert, pause = Alert(AlertKind.SEVERE, effect), SEVERE_EVERY
        elif severity is Severity.MODERATE and _keeps_coming(by_date, effect, answered, started_on):
            alert, pause = Alert(AlertKind.MODERATE, effect), MODERATE_EVERY
        else:
            continue
        last = last_alerts.get(alert.key)
        if last is None or today - last >= pause:
            alerts.append(alert)
    return tuple(alerts)


def _is_crisis(effect: SideEffect, severity: Severity) -> bool:
    return effect is SideEffect.LOW_MOOD and severity is Severity.SEVERE


def _keeps_coming(
    by_date: Mapping[date, Mapping[SideEffect, Severity]],
    effect: SideEffect,
    answered: date,
    started_on: date,
) -> bool:
    """Tell whether *effect* was moderate or worse on 3 of 7 days, and more often than at baseline."""
    window = [
        effects
        for day, effects in by_date.items()
        if day > started_on and timedelta(0) <= answered - day < WINDOW
    ]
    baseline = [effects for day, effects in by_date.items() if day <= started_on]
    now, before = _bad_days(window, effect), _bad_days(baseline, effect)
    # As shares of answered days: now ÷ window > before ÷ baseline, without dividing by an empty baseline.
    return now >= MODERATE_DAYS and now * max(1, len(baseline)) > before * len(window)


def _bad_days(days: list[Mapping[SideEffect, Severity]], effect: SideEffect) -> int:
    return sum(1 for effects in days if effect in effects and effects[effect].rank >= Severity.MODERATE.rank)
