"""A diary's document as files: one JSON, or a zip with one tidy CSV table a kind."""

from __future__ import annotations

import csv
import json
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Cells = dict[str, Any]

# What a spreadsheet takes for a formula when a cell begins with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BOM = "\ufeff"
# A file inside needs a date; the document's own stands in its name.
_DATE_IN_ZIP = (1980, 1, 1, 0, 0, 0)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def json_file(document: Mapping[str, Any]) -> bytes:
    """Return the document as JSON in UTF-8, written row by row.

    In one call five years would keep the interpreter, and with it the event loop, for 0.2 s.
    """
    tables = (
        f"{_encode(name)}:[{','.join(map(_encode, rows))}]" for name, rows in document["tables"].items()
    )
    head = [f"{_encode(name)}:{_encode(value)}" for name, value in document.items() if name != "tables"]
    return f'{{{",".join(head)},"tables":{{{",".join(tables)}}}}}'.encode()


def csv_zip(document: Mapping[str, Any]) -> bytes:
    """Return the document as a zip of CSV tables that a spreadsheet opens as they are meant."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, rows in tables_of(document):
            inside = ZipInfo(f"{name}.csv", _DATE_IN_ZIP)
            inside.compress_type = ZIP_DEFLATED
            archive.writestr(inside, csv_table(rows))
    return packed.getvalue()


def tables_of(document: Mapping[str, Any]) -> Iterable[tuple[str, Sequence[Cells]]]:
    """Yield each table that has rows: name, rows with the same columns. Answers get a column each."""
    yield "patient", [{name: _flat(value) for name, value in document["patient"].items()}]
    for name, rows in document["tables"].items():
        if name == "checkins":
            yield from _checkins(rows)
        elif rows:
            flat = [{column: _flat(value) for column, value in row.items()} for row in rows]
            yield name, sorted(flat, key=_date)


def csv_table(rows: Sequence[Cells]) -> bytes:
    """Return rows as CSV in UTF-8 with the mark that spreadsheets know it by."""
    text = StringIO()
    columns = list(dict.fromkeys(column for row in rows for column in row))
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows({column: _safe(value) for column, value in row.items()} for row in rows)
    return (_BOM + text.getvalue()).encode()


def _date(cells: Cells) -> str:
    """Return the first date of a row, or its first instant; ids are random and no order to read in."""
    dates = (value for name, value in cells.items() if name.endswith(("_date", "_on")))
    instants = (value for name, value in cells.items() if name == "at" or name.endswith("_at"))
    return str(next(dates, None) or next(instants, None) or "")


def _checkins(rows: Sequence[Mapping[str, Any]]) -> Iterable[tuple[str, Sequence[Cells]]]:
    """Yield the check-ins with a column for each question, and a row for each side effect."""
    if not rows:
        return
    by_date = sorted(rows, key=lambda row: str(row["local_date"]))
    asked = sorted({name for row in by_date for name in row["answers"]} - {"side_effects", "skipped"})
    yield "checkins", [_checkin(row, asked) for row in by_date]
    effects = [
        {"local_date": row["local_date"], "side_effect": effect, "severity": severity}
        for row in by_date
        for effect, severity in (row["answers"].get("side_effects") or {}).items()
    ]
    if effects:
        yield "side_effects", effects


def _checkin(row: Mapping[str, Any], asked: Sequence[str]) -> Cells:
    answers = row["answers"]
    effects = answers.get("side_effects")
    cells = {name: _flat(value) for name, value in row.items() if name != "answers"}
    cells |= {name: _flat(answers.get(name)) for name in asked if name not in cells}
    # Empty: not answered; 0: "none of these".
    return cells | {
        "side_effects_reported": "" if effects is None else len(effects),
        "skipped": " ".join(answers.get("skipped", ())),
    }


def _flat(value: Any) -> Any:  # noqa: ANN401 - JSON
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


def _safe(value: Any) -> Any:  # noqa: ANN401 - a cell
    """Return the cell so that no spreadsheet runs it as a formula; a plain number stays one."""
    if not isinstance(value, str) or not value.startswith(_FORMULA):
        return value
    # A ledger's "-2.5" is a number.
    return value if value.removeprefix("-").replace(".", "", 1).isdecimal() else f"'{value}"
