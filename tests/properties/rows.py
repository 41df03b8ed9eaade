"""Every row of every patient as plain data, and what changed between two looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select

from bot.storage.sealing import sealed_attributes
from bot.storage.tables import Base, Checkin, Dose, Event, Patient

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

# What the bot does by itself, or between updates: not what a patient said.
_TRAFFIC = frozenset({"deliveries", "inbox", "heartbeats", "budgets"})
_SAID_STATES = frozenset({"taken", "not_taken", "unknown"})

Key = tuple[str, str]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """What stands in the tables about patients.

    Attributes:
        by_key: (table, primary key) -> columns.
    """

    by_key: dict[Key, Row]

    def of(self, table: str) -> dict[str, Row]:
        """Return the table's rows by their primary key."""
        return {key: row for (name, key), row in self.by_key.items() if name == table}

    def of_patient(self, patient_id: UUID | None) -> dict[Key, Row]:
        """Return everything that is this patient's."""
        return {
            key: row
            for key, row in self.by_key.items()
            if patient_id is not None and patient_id == self.owner(key)
        }

    def owner(self, key: Key) -> UUID | None:
        """Return whose row this is."""
        row = self.by_key[key]
        found: UUID | None = row["id"] if key[0] == "patients" else row.get("patient_id")
        return found

    def patient_of(self, telegram_id: int) -> UUID | None:
        """Return the id of the patient with this Telegram id, or None."""
        found = (row["id"] for row in self.of("patients").values() if row["telegram_id"] == telegram_id)
        return next(found, None)

    def find(self, row_id: object) -> Key | None:
        """Return which table's row has this id, or None."""
        return next((key for key in self.by_key if key[1] == str(row_id)), None)


def look(session: Session) -> Rows:
    """Read every patient's rows."""
    found: dict[Key, Row] = {}
    for mapper in Base.registry.mappers:
        table = str(mapper.local_table.name)  # type: ignore[attr-defined] # every class here has a table
        if table in _TRAFFIC:
            continue
        sealed = sealed_attributes(mapper.class_)
        # A sealed column's own value is another one each time; what it says is the attribute's.
        columns = {attribute.columns[0].key: attribute.key for attribute in mapper.column_attrs}
        names = {name: name if name in sealed else key for name, key in columns.items()}
        for row in session.execute(select(mapper.class_)).scalars():
            identity = inspect(row).identity
            row_key = ":".join(str(part) for part in identity or ())
            found[table, row_key] = {name: getattr(row, key) for name, key in names.items()}
    return Rows(found)


def said(table: str, row: Row | None) -> object:
    """Return what a patient said in this row (None: nothing), apart from what the bot keeps in it."""
    if row is None:
        return None
    if table == Dose.__tablename__:
        answered = row["state"] in _SAID_STATES and row["logged_at"] is not None
        return (row["state"], row["taken_mg"], row["taken_at"], row["reason"]) if answered else None
    if table == Checkin.__tablename__:
        return (dict(row["answers"]), row["flare"]) if row["answers"] or row["flare"] else None
    return {name: value for name, value in row.items() if name != "message_id"}


FACTS = (Dose.__tablename__, Checkin.__tablename__, Event.__tablename__)
"""Tables of what patients said happened."""


def changed_facts(before: Rows, after: Rows) -> set[Key]:
    """Return the doses, check-ins and events that were there before and now say something else."""
    keys = {key for key in before.by_key if key[0] in FACTS}
    return {
        key for key in keys if said(key[0], before.by_key.get(key)) != said(key[0], after.by_key.get(key))
    }


PATIENTS = Patient.__tablename__
