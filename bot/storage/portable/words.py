"""What a column may hold beyond its type: words and bounds of the domain. A new column needs no line here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from bot.domain.checkin import OPTIONAL, Answers
from bot.domain.checkin_calendar import Rhythm, Timing
from bot.domain.dated import DatedKind
from bot.domain.dose import DoseState
from bot.domain.event import Aspect, EventKind
from bot.domain.free_text.dates import Precision
from bot.domain.supply import EntryKind, Unit
from bot.locale import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

WEEKDAYS = range(7)


@dataclass(frozen=True, slots=True)
class Limit:
    """What a column may hold.

    Attributes:
        words: The texts that it may be; None: any.
        numbers: The whole numbers that it may be; None: any of 32 bits.
        items: What a list may hold, each once; None: not a list.
        fewest: How many a list holds at least.
        is_right: Tells whether a JSON value makes sense; None: any does.
        expected: What a mistake's sentence says to give, where the above don't say it.
    """

    words: Collection[str] | None = None
    numbers: range | None = None
    items: Collection[Any] | None = None
    fewest: int = 0
    is_right: Callable[[Any], bool] | None = None
    expected: str = ""


def are_answers(value: Any) -> bool:  # noqa: ANN401 - whatever stands in the file
    """Tell whether *value* holds answers as a check-in keeps them."""
    try:
        other = Answers.from_json(value).other_text
    except (ValueError, TypeError, AttributeError):
        return False
    return other is None or isinstance(other, str)


_REGIMEN_RHYTHMS = ("daily", "every_other_day", "weekdays")
LIMITS: Mapping[str, Limit] = {
    "checkins.answers": Limit(is_right=are_answers, expected="answers as a check-in keeps them"),
    "checkins.state": Limit(words=("planned", "open", "done", "withdrawn")),
    "checkins.timing": Limit(words=tuple(Timing)),
    "dated_reminders.every_months": Limit(numbers=range(1, 121)),
    "dated_reminders.kind": Limit(words=tuple(DatedKind)),
    "doses.state": Limit(words=tuple(DoseState)),
    "events.aspect": Limit(words=tuple(Aspect)),
    "events.kind": Limit(words=tuple(EventKind)),
    "patients.checkin_rhythm": Limit(words=tuple(Rhythm)),
    "patients.language": Limit(words=LANGUAGES),
    "patients.optional_questions": Limit(items=tuple(OPTIONAL)),
    "patients.started_precision": Limit(words=tuple(Precision)),
    "patients.summary_weekday": Limit(numbers=WEEKDAYS),
    "patients.supply_warn_days": Limit(numbers=range(366)),
    "patients.zone": Limit(words=frozenset(available_timezones()), expected="a time zone's IANA name"),
    "regimens.day_offset": Limit(numbers=range(2)),
    "regimens.days_off": Limit(items=WEEKDAYS),
    "regimens.rhythm": Limit(words=_REGIMEN_RHYTHMS),
    "regimens.weekdays": Limit(items=WEEKDAYS, fewest=1),
    "report_drafts.paper": Limit(words=("a4", "us-letter")),
    "supplies.unit": Limit(words=tuple(Unit)),
    "supply_entries.kind": Limit(words=tuple(EntryKind)),
    "zone_changes.zone": Limit(words=frozenset(available_timezones()), expected="a time zone's IANA name"),
}
NO_LIMIT = Limit()
