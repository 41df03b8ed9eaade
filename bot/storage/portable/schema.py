"""The document's JSON Schema, made from the tables: `make schema` writes it into docs/export.schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.storage.portable import FORMAT, VERSION
from bot.storage.portable.columns import parts_of, portable_tables
from bot.storage.tables import Patient

if TYPE_CHECKING:
    from bot.storage.portable.columns import Part
    from bot.storage.tables import Base

_FEW = 50
"""A longer enumeration (the time zones) changes with every release of its list: it isn't spelled out."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of what /export gives."""
    tables = {owner.__tablename__: {"type": "array", "items": _row(owner)} for owner in portable_tables()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "LDN Companion: everything that is kept about one patient",
        "type": "object",
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "exported_at": {"type": "string"},
            "patient": _row(Patient),
            "tables": {
                "type": "object",
                "properties": tables,
                "required": sorted(tables),
                "additionalProperties": False,
            },
        },
        "required": ["format", "version", "exported_at", "patient", "tables"],
        "additionalProperties": False,
    }


def _row(owner: type[Base]) -> dict[str, Any]:
    parts = parts_of(owner)
    return {
        "type": "object",
        "description": (owner.__doc__ or "").partition("\n")[0],
        "properties": {part.name: _value(part) for part in parts},
        "required": [part.name for part in parts],
        "additionalProperties": False,
    }


def _value(part: Part) -> dict[str, Any]:
    found = dict(part.schema)
    limit = part.limit
    if limit.words is not None and len(limit.words) <= _FEW:
        found["enum"] = [str(word) for word in limit.words]
    if limit.numbers is not None:
        found |= {"minimum": limit.numbers.start, "maximum": limit.numbers.stop - 1}
    if limit.items is not None:
        items = [item if isinstance(item, int) else str(item) for item in limit.items]
        found |= {"type": "array", "items": {"enum": items}, "uniqueItems": True, "minItems": limit.fewest}
    if part.points_to is not None:
        found["description"] = f"The id of a row of {part.points_to}."
    return {"anyOf": [found, {"type": "null"}]} if part.nullable else found
