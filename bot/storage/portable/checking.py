"""A file that somebody sent, read as a diary: rows that are safe to keep, or a sentence for each mistake.

Pure, and for another thread: it touches no database. Whatever stands in the file, nothing is raised.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import UniqueConstraint, inspect

from bot.locale import N_, _
from bot.storage import changes, plans
from bot.storage.portable import FORMAT, VERSION
from bot.storage.portable.columns import OF_THIS_BOT, Mistake, parts_of, portable_tables
from bot.storage.tables import Base, Change, DoseStep, Patient, Regimen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from bot.storage.portable.columns import Part

MOST_BYTES = 20_000_000
"""Telegram gives a bot no larger files; five years of a diary are a fifth of it."""
MOST_ROWS = 60_000
_MOST_OBJECTS = 1_000_000
_LONGEST_STRETCH = 500_000
"""Bytes; the longest text that a column holds is a quarter of it, however it is written."""
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is wrong, to be said in the patient's language: a text marked with N_, and what to fill in."""

    text: str
    filling: Values = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the sentence in the language being spoken."""
        filling = dict(self.filling)
        if "expected" in filling:
            filling["expected"] = _(filling["expected"])
        return _(self.text).format(**filling)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that was read.

    Attributes:
        mistakes: What is wrong; then nothing else counts.
        patient_id: The id that the patient had at the other bot.
        patient: The patient's settings, by attribute.
        rows: Attributes of each row of each table, in an order in which they can be stored.
    """

    mistakes: Sequence[Sentence] = ()
    patient_id: UUID | None = None
    patient: Values = field(default_factory=dict)
    rows: Sequence[tuple[type[Base], Sequence[Values]]] = ()


def read_file(content: bytes) -> Incoming:
    """Return what stands in the file."""
    with suppress(ValueError, RecursionError):
        if _has_rows(content):
            words = content.decode("utf-8-sig")
            document = json.loads(words, parse_constant=_refuse_constant, object_hook=_let_others_run)
            return _Reader().read(document)
    return Incoming((Sentence(N_("This isn't a JSON file that I can read.")),))


def _refuse_constant(_name: str) -> None:
    raise ValueError


def _has_rows(content: bytes) -> bool:
    """Tell whether objects end everywhere in the file, and not too often, as they do in a list of rows.

    Nothing else runs from the end of one object to the end of the next: ten million numbers in one list would
    keep the whole bot from its other patients for half a second.
    """
    return content.count(b"}") <= _MOST_OBJECTS and all(
        b"}" in content[start : start + _LONGEST_STRETCH]
        for start in range(0, len(content) - _LONGEST_STRETCH, _LONGEST_STRETCH)
    )


def _let_others_run(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row: here the interpreter can change threads, which inside of json.loads it can't."""
    return row


class _Reader:
    def __init__(self) -> None:
        self._mistakes: list[Sentence] = []

    def read(self, document: Any) -> Incoming:  # noqa: ANN401 - JSON
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            return Incoming((Sentence(N_("This file isn't a diary that /export of such a bot made.")),))
        if document.get("version") != VERSION:
            return Incoming((Sentence(N_("The file is of another version of the bot than I can read.")),))
        patient, tables = document.get("patient"), document.get("tables")
        if not isinstance(patient, dict) or not isinstance(tables, dict):
            return Incoming((Sentence(N_("The patient or the tables are missing in the file.")),))
        known = {owner.__tablename__: owner for owner in portable_tables()}
        for name in tables.keys() - known.keys():
            self._add(N_("I don't know the table {table}: this bot is older than the file."), table=name)
        settings = self._row(Patient, patient, 1)
        old_id = settings.pop("id", None)
        settings = {name: value for name, value in settings.items() if name not in OF_THIS_BOT}
        rows = [(owner, self._table(owner, tables.get(name, []))) for name, owner in known.items()]
        if not self._mistakes:
            self._check_together(dict(rows), settings, old_id)
        if self._mistakes:
            return Incoming(tuple(self._mistakes))
        return Incoming((), old_id, settings, rows)

    def _add(self, text: str, **filling: Any) -> None:  # noqa: ANN401 - JSON
        # Names come from the file: short, so that a sentence stays one.
        short = {name: value[:40] if isinstance(value, str) else value for name, value in filling.items()}
        if "expected" in filling:
            short["expected"] = filling["expected"]
        self._mistakes.append(Sentence(text, short))

    def _table(self, owner: type[Base], rows: Any) -> list[Values]:  # noqa: ANN401 - JSON
        name = owner.__tablename__
        if not isinstance(rows, list) or len(rows) > MOST_ROWS:
            self._add(
                N_("The table {table} must be a list of at most {most} rows."), table=name, most=MOST_ROWS
            )
            return []
        found = []
        for number, row in enumerate(rows, start=1):
            if isinstance(row, dict):
                found.append(self._row(owner, row, number))
            else:
                self._add(N_("{table}, row {number}: this isn't a row."), table=name, number=number)
        self._check_unique(owner, found)
        return found

    def _row(self, owner: type[Base], row: dict[Any, Any], number: int) -> Values:
        name, values = owner.__tablename__, {}
        parts = {part.name: part for part in parts_of(owner)}
        for stranger in row.keys() - parts.keys():
            self._add(
                N_("{table}, row {number}: I don't know {column}; this bot is older than the file."),
                table=name,
                number=number,
                column=str(stranger),
            )
        for part in parts.values():
            if part.name not in row and part.optional:
                continue
            try:
                values[part.name] = _value(part, row.get(part.name))
            except Mistake as mistake:
                self._add(
                    N_("{table}, row {number}: {column} must be {expected}."),
                    table=name,
                    number=number,
                    column=part.name,
                    expected=str(mistake),
                )
        return values

    def _check_unique(self, owner: type[Base], rows: Sequence[Values]) -> None:
        table = inspect(owner).local_table
        groups = [tuple(column.name for column in inspect(owner).primary_key)]
        groups += [
            tuple(column.name for column in constraint.columns)
            for constraint in getattr(table, "constraints", ())
            if isinstance(constraint, UniqueConstraint)
        ]
        for group in groups:
            names = [name for name in group if name != "patient_id"]
            counted = Counter(tuple(row.get(name) for name in names) for row in rows)
            if counted and max(counted.values()) > 1:
                self._add(
                    N_("The table {table} has two rows with the same {columns}."),
                    table=owner.__tablename__,
                    columns=", ".join(names) or "patient",
                )

    def _check_together(
        self, tables: dict[type[Base], list[Values]], settings: Values, old_id: UUID | None
    ) -> None:
        ids = {owner.__tablename__: {row.get("id") for row in rows} for owner, rows in tables.items()}
        for owner, rows in tables.items():
            for part in (part for part in parts_of(owner) if part.points_to is not None):
                there = ids.get(part.points_to or "", set())
                if any(row.get(part.name) is not None and row[part.name] not in there for row in rows):
                    self._add(
                        N_("The table {table} names a row of {target} that isn't in the file."),
                        table=part.table,
                        target=part.points_to,
                    )
        for number, row in enumerate(tables[Change], start=1):
            if not _is_change(row, old_id):
                self._add(
                    N_("{table}, row {number}: I can't read this change."), table="changes", number=number
                )
        has_plan = tables[Regimen] and tables[DoseStep]
        if not has_plan or settings.get("zone") is None or settings.get("checkin_time") is None:
            self._add(N_("There is no plan in the file: it is of somebody who hadn't finished setting up."))


def _value(part: Part, value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return the attribute's value.

    Raises:
        Mistake: With what it must be.
    """
    if value is None and part.nullable:
        return None
    found = part.read(value)
    limit, longest = part.limit, part.schema.get("maxLength")
    if longest is not None and len(found) > longest:
        raise Mistake(N_("a shorter text"))
    if limit.words is not None and found not in limit.words:
        raise Mistake(limit.expected or " | ".join(str(word) for word in limit.words))
    if limit.numbers is not None and found not in limit.numbers:
        raise Mistake(f"{limit.numbers.start}–{limit.numbers.stop - 1}")
    if limit.items is not None and not _is_list_of(found, limit.items, limit.fewest):
        raise Mistake(" | ".join(str(item) for item in limit.items))
    if limit.is_right is not None and not limit.is_right(found):
        raise Mistake(limit.expected)
    return found


def _is_list_of(value: Any, items: Any, fewest: int) -> bool:  # noqa: ANN401 - JSON
    return (
        isinstance(value, list)
        and all(
            isinstance(item, (int, str)) and not isinstance(item, bool) and item in items for item in value
        )
        and fewest <= len(value) == len(set(value))
    )


def _is_change(change: Values, old_id: UUID | None) -> bool:
    """Tell whether a change's snapshot holds what its table's columns can hold."""
    before, noun = change["before"], change["noun"]
    if not isinstance(before, dict):
        return False
    if noun == plans.PLAN:
        return change["row_id"] == old_id and _is_plan(before)
    owner = changes.table_of(noun)
    if (
        owner is None
        or owner not in portable_tables()
        or (noun == plans.TIMES and change["row_id"] != old_id)
    ):
        return False
    parts = {part.name: part for part in parts_of(owner) if part.name != "id"}
    needed = {part.name for part in parts.values() if not part.nullable and not part.later}
    if before and not needed <= before.keys() <= parts.keys():
        return False
    try:
        for name, value in before.items():
            _value(parts[name], value)
    except Mistake:
        return False
    return True


def _is_plan(before: Values) -> bool:
    try:
        for kept in (before["steps"], before["after"]):
            for step in plans.from_json(kept):
                if not (step.dose_mg.is_finite() and isinstance(step.shown_as, str | None)):
                    return False
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return False
    return isinstance(before.get("reason"), str | None)
