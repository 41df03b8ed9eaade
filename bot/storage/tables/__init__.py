"""Every table of the database, and what each row promises. Ids are random UUIDs made by us (promise 1)."""

from bot.storage.tables.base import Base
from bot.storage.tables.budget import Budget
from bot.storage.tables.dated import DatedReminder
from bot.storage.tables.diary import Change, Checkin, Dose
from bot.storage.tables.event import Event
from bot.storage.tables.invite import Invite
from bot.storage.tables.patient import Patient, SafetyAnswer
from bot.storage.tables.plan import DoseStep, Pause, PlanDraft, Regimen
from bot.storage.tables.report import ReportDraft
from bot.storage.tables.seal_key import SealKey
from bot.storage.tables.supply import Supply, SupplyEntry, SupplyUse
from bot.storage.tables.traffic import Delivery, Heartbeat, Inbox
from bot.storage.tables.zone_change import ZoneChange

__all__ = [
    "Base",
    "Budget",
    "Change",
    "Checkin",
    "DatedReminder",
    "Delivery",
    "Dose",
    "DoseStep",
    "Event",
    "Heartbeat",
    "Inbox",
    "Invite",
    "Patient",
    "Pause",
    "PlanDraft",
    "Regimen",
    "ReportDraft",
    "SafetyAnswer",
    "SealKey",
    "Supply",
    "SupplyEntry",
    "SupplyUse",
    "ZoneChange",
]
