"""What the house is furnished with: the features, the kinds of message, the drawings, who hears what.

A new feature adds its line to `_BESIDE_SUMMARY`; a new kind of message one in `kinds`; a new picture or
document one in `drawers`. app.py wires what stands here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain import consent
from bot.domain.consent import Practice
from bot.features.comparison import handlers as comparison
from bot.features.dates import handlers as dates
from bot.features.dates.delivery import DatedKind
from bot.features.enrolment import handlers as enrolment
from bot.features.events import handlers as events
from bot.features.help import handlers as help_
from bot.features.help.handlers import command_menu, left_out, something_went_wrong
from bot.features.history import handlers as history
from bot.features.more import handlers as more
from bot.features.morning_checkin import handlers as morning_checkin
from bot.features.morning_checkin.delivery import CheckinKind
from bot.features.my_data import drawing as my_files
from bot.features.my_data import handlers as my_data
from bot.features.nightly_reminder import handlers as nightly_reminder
from bot.features.nightly_reminder.delivery import ReminderKind
from bot.features.privacy import handlers as privacy
from bot.features.privacy.silence import SilenceKind
from bot.features.regimen import handlers as regimen
from bot.features.report import handlers as report
from bot.features.report.drawing import DRAWERS
from bot.features.safety import handlers as safety
from bot.features.safety.card import DRAWING as CARD
from bot.features.safety.card import CardDrawer
from bot.features.settings import handlers as settings_feature
from bot.features.summary import handlers as summary
from bot.features.summary.delivery import WeeklySummaryKind
from bot.features.summary.picture import DRAWING, SummaryPicture
from bot.features.supply import handlers as supply
from bot.features.supply.delivery import SupplyKind
from bot.features.travel import handlers as travel
from bot.features.travel.delivery import KIND as ZONE_CHANGE
from bot.features.travel.delivery import ChangedBackKind, ZoneChangeKind
from bot.storage.tombstones import Tombstones
from bot.telegram_io.admission import Admission
from bot.telegram_io.dispatch import Routes

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.delivery.drawing import Drawer
    from bot.delivery.kinds import Kind
    from bot.storage.database import Database

__all__ = [
    "ALWAYS_PLANNED",
    "FEATURES",
    "command_menu",
    "drawers",
    "kinds",
    "left_out",
    "promise",
    "routes",
    "something_went_wrong",
    "tombstones",
]

ALWAYS_PLANNED = ("reminder", "checkin")
"""Kinds that every active patient has a next delivery of."""

_BESIDE_SUMMARY = (
    enrolment.FEATURE,
    # Before the settings: a location shared unasked is about travel.
    travel.FEATURE,
    settings_feature.FEATURE,
    # Whoever waits for typed words stands before nightly_reminder, which reads them as words about a dose.
    regimen.FEATURE,
    report.FEATURE,
    safety.FEATURE,
    supply.FEATURE,
    dates.FEATURE,
    nightly_reminder.FEATURE,
    morning_checkin.FEATURE,
    events.FEATURE,
    history.FEATURE,
    comparison.FEATURE,
    my_data.FEATURE,
    privacy.FEATURE,
    help_.FEATURE,
)
FEATURES = (*_BESIDE_SUMMARY, summary.build(_BESIDE_SUMMARY))
"""In the order in which they are offered typed words."""


def kinds(settings: Settings) -> dict[str, Kind]:
    """Return the kinds of message that are planned ahead: name -> who renders it."""
    found: dict[str, Kind] = {
        "reminder": ReminderKind(settings.reminders),
        "checkin": CheckinKind(),
        # What is bound to its day comes before what makes way for it.
        "dated": DatedKind(),
        "weekly_summary": WeeklySummaryKind(summary.offers_of(FEATURES)),
        "travel": ChangedBackKind(),
        "supply": SupplyKind(),
        SilenceKind.kind: SilenceKind(),
    }
    return found | {ZONE_CHANGE: ZoneChangeKind(found)}


def drawers() -> dict[str, Drawer]:
    """Return the pictures and documents: name -> who draws it."""
    return {DRAWING: SummaryPicture(), CARD: CardDrawer(), **DRAWERS, **my_files.DRAWERS}


def tombstones(settings: Settings, database: Database) -> Tombstones:
    """Return the file of erasures of *database*, which in the sandbox isn't the one that is configured."""
    return Tombstones(settings.erasures_file(database.path))


def promise(settings: Settings) -> None:
    """Let the texts about privacy say what the operator has set."""
    privacy = settings.privacy
    consent.state(
        Practice(privacy.backup_days, settings.encryption.enabled, privacy.ask_after_months or None)
    )


def routes(settings: Settings) -> Routes:
    """Return who hears what."""
    return Routes(
        features=(*FEATURES, more.build(FEATURES)),
        enrolment=enrolment.FEATURE,
        leaving=privacy.FEATURE,
        after_all=privacy.ask_consent_again,
        always_open=frozenset(
            {help_.FEATURE.name, safety.FEATURE.name, my_data.FEATURE.name, privacy.FEATURE.name}
        ),
        ways_out=frozenset({my_data.FEATURE.name, privacy.FEATURE.name}),
        on_safety_words=safety.answer_safety,
        on_nothing_understood=help_.on_nothing_understood,
        on_old_button=help_.on_old_button,
        on_other=help_.on_other,
        is_admitted=Admission(settings.access),
        on_stranger=help_.on_stranger,
    )
