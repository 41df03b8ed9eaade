"""Which tables and columns go into the document, and what each value looks like there.

A table goes along when its rows belong to a patient: whoever adds one has nothing to do here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Boolean, Date, Integer, String, Time, Uuid, inspect

from bot.locale import N_
from bot.storage.portable.words import LIMITS, NO_LIMIT
from bot.storage.sealing import SealedJson, sealed_attributes
from bot.storage.tables import Base, Patient
from bot.storage.tables.supply import Amount
from bot.storage.types import Milligrams, UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Column

    from bot.storage.portable.words import Limit

# What the bot owes or is in the middle of, not what the patient said.
LEFT_OUT_TABLES = frozenset({"deliveries", "plan_drafts"})
# What a message in this one chat shows, and where a dialogue stands: worth nothing in another chat.
LEFT_OUT = frozenset(
    {"message_id", "position", "dialogue", "consent_asked_at", "silence_asked_at", "erase_at"}
)
# Who the patient is to this one bot: told in the document, never taken over from one.
OF_THIS_BOT = frozenset(
    {
        "telegram_id",
        "created_at",
        "state",
        "blocked_at",
        "barred_at",
        "admitted_at",
        "last_seen_at",
        "consented_at",
        "consent_version",
    }
)
LONGEST_TEXT = 10_000
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_LARGEST_INT = 2**31 - 1
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?")
_MG = re.compile(r"\d(\.\d{1,3})?")
_AMOUNT = re.compile(r"-?\d{1,7}(\.\d{1,6})?")
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


class Mistake(Exception):  # noqa: N818 - it isn't the program's error
    """A value that its column can't hold; the text says what it must be, marked with N_."""


@dataclass(frozen=True, slots=True)
class Part:
    """One column in the document.

    Attributes:
        table: The table's name.
        name: The column's name, which is also the attribute's.
        nullable: It may be null.
        later: The column came later than its table: rows and snapshots from before it lack it.
        optional: It may be missing in the document: the default is taken.
        points_to: The table whose row's id it holds; None: none.
        limit: What it may hold beyond its type.
        schema: The type as JSON Schema.
        write: Value of the attribute -> JSON.
        read: JSON -> value of the attribute; raises Mistake.
    """

    table: str
    name: str
    nullable: bool
    later: bool
    optional: bool
    points_to: str | None
    limit: Limit
    schema: dict[str, Any]
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def portable_tables() -> Sequence[type[Base]]:
    """Return the mapped classes whose rows go along, those that others point to first; patients not."""
    by_table = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    return [
        by_table[table]
        for table in Base.metadata.sorted_tables
        if "patient_id" in table.c and table.name not in LEFT_OUT_TABLES
    ]


@cache
def parts_of(owner: type[Base]) -> Sequence[Part]:
    """Return the columns of a mapped class that go along, in their order; whose row it is isn't one."""
    columns: Iterable[Any] = inspect(owner).local_table.c
    left_out = LEFT_OUT | ({"patient_id"} if owner is not Patient else set())
    return [_part(owner, column) for column in columns if column.name not in left_out]


def _part(owner: type[Base], column: Column[Any]) -> Part:
    sealed = sealed_attributes(owner).get(column.name)
    kind = _JSON if isinstance(sealed, SealedJson) else _kind(column)
    table = owner.__tablename__
    target = next((key.column.table.name for key in column.foreign_keys), None)
    return Part(
        table=table,
        name=column.name,
        nullable=bool(column.nullable),
        later=column.server_default is not None,
        optional=bool(column.nullable or column.default is not None or column.server_default is not None)
        and not column.primary_key,
        points_to=None if target == "patients" else target,
        limit=LIMITS.get(f"{table}.{column.name}", NO_LIMIT),
        schema=kind.schema | _length(column, kind, is_sealed=sealed is not None),
        write=kind.write,
        read=kind.read,
    )


def _length(column: Column[Any], kind: _Kind, *, is_sealed: bool) -> dict[str, int]:
    if kind is not _TEXT:
        return {}
    length = None if is_sealed else getattr(column.type, "length", None)
    return {"maxLength": length or LONGEST_TEXT}


@dataclass(frozen=True, slots=True)
class _Kind:
    schema: dict[str, Any]
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _kind(column: Column[Any]) -> _Kind:
    return next(kind for type_, kind in _KINDS if isinstance(column.type, type_))


def _text(value: Any) -> str:  # noqa: ANN401 - whatever stands in the file
    if not isinstance(value, str) or _UNWRITABLE.search(value):
        raise Mistake(N_("a text"))
    return value


def _matching(value: Any, pattern: re.Pattern[str], expected: str) -> str:  # noqa: ANN401
    if not isinstance(value, str) or not pattern.fullmatch(value) or not value.isascii():
        raise Mistake(expected)
    return value


def _uuid(value: Any) -> UUID:  # noqa: ANN401
    try:
        return UUID(_text(value))
    except ValueError as error:
        raise Mistake(N_("an id (a UUID)")) from error


def _instant(value: Any) -> datetime:  # noqa: ANN401
    expected = N_("an instant with its zone, like 2026-03-01T22:00:00Z")
    try:
        instant = datetime.fromisoformat(_matching(value, _INSTANT, expected)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Mistake(expected) from error
    if not FIRST_DAY <= instant.date() <= LAST_DAY:
        raise Mistake(expected)
    return instant


def _day(value: Any) -> date:  # noqa: ANN401
    expected = N_("a date like 2026-03-01")
    try:
        day = date.fromisoformat(_matching(value, _DAY, expected))
    except ValueError as error:
        raise Mistake(expected) from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Mistake(expected)
    return day


def _time(value: Any) -> time:  # noqa: ANN401
    expected = N_("a time like 22:00:00")
    try:
        return time.fromisoformat(_matching(value, _TIME, expected))
    except ValueError as error:
        raise Mistake(expected) from error


def _mg(value: Any) -> Decimal:  # noqa: ANN401
    expected = N_('an amount in mg above 0 and under 10, like "4.5"')
    amount = Decimal(_matching(value, _MG, expected))
    if not amount:
        raise Mistake(expected)
    return amount


def _amount(value: Any) -> Decimal:  # noqa: ANN401
    return Decimal(_matching(value, _AMOUNT, N_('a number in quotes, like "30"')))


def _whole(value: Any) -> int:  # noqa: ANN401
    if type(value) is not int or abs(value) > _LARGEST_INT:
        raise Mistake(N_("a whole number"))
    return value


def _large(value: Any) -> int:  # noqa: ANN401
    if type(value) is not int or abs(value) >= 2**63:
        raise Mistake(N_("a whole number"))
    return value


def _yes_or_no(value: Any) -> bool:  # noqa: ANN401
    if not isinstance(value, bool):
        raise Mistake(N_("true or false"))
    return value


def _json(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        _text(value)
    for part in (*value.keys(), *value.values()) if isinstance(value, dict) else ():
        _json(part)
    for part in value if isinstance(value, list) else ():
        _json(part)
    if isinstance(value, float) and value in {float("inf"), float("-inf")}:
        raise Mistake(N_("a number that isn't infinite"))
    return value


def _same(value: Any) -> Any:  # noqa: ANN401
    return value


def _zulu(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


_TEXT = _Kind({"type": "string"}, _same, _text)
_JSON = _Kind({}, _same, _json)
_KINDS: tuple[tuple[type[Any], _Kind], ...] = (
    (Uuid, _Kind({"type": "string", "format": "uuid"}, str, _uuid)),
    (UtcDateTime, _Kind({"type": "string", "pattern": f"^{_INSTANT.pattern}$"}, _zulu, _instant)),
    (Amount, _Kind({"type": "string", "pattern": f"^{_AMOUNT.pattern}$"}, "{:f}".format, _amount)),
    (Milligrams, _Kind({"type": "string", "pattern": f"^{_MG.pattern}$"}, "{:f}".format, _mg)),
    (Boolean, _Kind({"type": "boolean"}, _same, _yes_or_no)),
    (BigInteger, _Kind({"type": "integer"}, _same, _large)),
    (
        Integer,
        _Kind({"type": "integer", "minimum": -_LARGEST_INT, "maximum": _LARGEST_INT}, _same, _whole),
    ),
    (Date, _Kind({"type": "string", "pattern": f"^{_DAY.pattern}$"}, date.isoformat, _day)),
    (Time, _Kind({"type": "string", "pattern": f"^{_TIME.pattern}$"}, time.isoformat, _time)),
    (JSON, _JSON),
    (String, _TEXT),
)
