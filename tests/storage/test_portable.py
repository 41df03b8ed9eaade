"""A diary that moves to another bot: every row comes back as it was, and no file harms anybody."""

from __future__ import annotations

import json
import shutil
from copy import deepcopy
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.reports.tables import json_file
from bot.storage import changes
from bot.storage.database import Database
from bot.storage.portable.checking import Incoming, read_file
from bot.storage.portable.columns import OF_THIS_BOT, Part, parts_of, portable_tables
from bot.storage.portable.reading import document_of
from bot.storage.portable.schema import schema
from bot.storage.portable.taking_in import is_empty, take_in
from bot.storage.tables import Change, DoseStep, Event, Patient, Supply
from tests.features.summed_up import NOON, keep_two_weeks, somebody

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=16)
_INSTANT = st.integers(-(10**9), 10**9).map(
    lambda seconds: (NOON + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
)
_BY_PATTERN = {
    "T": _INSTANT,
    "mg": st.integers(1, 9999).map(lambda thousandths: f"{thousandths / 1000:.3f}"),
    "amount": st.integers(-(10**8), 10**8).map(lambda hundredths: f"{hundredths / 100:.2f}"),
    "day": st.dates(NOON.date() - timedelta(days=9000), NOON.date() + timedelta(days=9000)).map(str),
    "time": st.times().map(str),
}


def values_of(part: Part) -> st.SearchStrategy[Any]:
    """Return what may stand in a column, by its schema."""
    found = _by_type(part)
    return st.none() | found if part.nullable else found


def _by_type(part: Part) -> st.SearchStrategy[Any]:
    limit, schema_ = part.limit, part.schema
    if limit.words is not None:
        return st.sampled_from([str(word) for word in sorted(limit.words)])
    if limit.numbers is not None:
        return st.sampled_from(list(limit.numbers))
    if limit.items is not None:
        items = [item if isinstance(item, int) else str(item) for item in limit.items]
        return st.lists(st.sampled_from(items), unique=True, min_size=limit.fewest)
    if part.name == "answers":
        return st.fixed_dictionaries({}, optional={"pain": st.integers(0, 10), "note": st.just("a note")})
    if not schema_:
        return st.dictionaries(_TEXT, _TEXT | st.integers(0, 9), max_size=2)
    return _by_schema(schema_)


def _by_schema(schema_: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    if schema_["type"] == "boolean":
        return st.booleans()
    if schema_["type"] == "integer":
        return st.integers(-(2**31) + 1, 2**31 - 1)
    if schema_.get("format") == "uuid":
        return st.uuids(version=4).map(str)
    pattern = schema_.get("pattern", "")
    for mark, kind in (("T\\d", "T"), ("{1,7}", "amount"), ("{1,3})?$", "mg"), ("{4}", "day"), (":", "time")):
        if mark in pattern:
            return _BY_PATTERN[kind]
    return _TEXT


@st.composite
def documents(draw: st.DrawFn, kept: dict[str, Any]) -> dict[str, Any]:
    """Return a document with a few random rows in every table that there is."""
    document = deepcopy(kept)
    old_id = document["patient"]["id"]
    for part in parts_of(Patient):
        if part.name not in {"id", "zone", "checkin_time", *OF_THIS_BOT}:
            document["patient"][part.name] = draw(values_of(part))
    tables: dict[str, list[dict[str, Any]]] = document["tables"]
    for owner in portable_tables():
        single = "id" not in {part.name for part in parts_of(owner)}
        wanted = 1 if single or owner is DoseStep else draw(st.integers(0, 2))
        tables[owner.__tablename__] = [
            {part.name: draw(_pointing(part, tables)) for part in parts_of(owner)} for _ in range(wanted)
        ]
        if owner is Change:
            for row in tables["changes"]:
                row |= {"noun": "plan", "row_id": old_id, "before": {"steps": [], "after": []}}
    _drop_doubles(tables)
    return document


def _pointing(part: Part, tables: dict[str, list[dict[str, Any]]]) -> st.SearchStrategy[Any]:
    if part.points_to is None:
        return values_of(part)
    there = [row["id"] for row in tables[part.points_to]]
    return st.sampled_from(there) if there else st.none()


def _drop_doubles(tables: dict[str, list[dict[str, Any]]]) -> None:
    # A history whose instants tie comes back with one a microsecond later; the bot's own never tie.
    for name, column in (("doses", "dose_date"), ("checkins", "local_date"), ("changes", "at")):
        tables[name] = list({row[column]: row for row in tables[name]}.values())
    doses, supplies = {row["id"] for row in tables["doses"]}, {row["id"] for row in tables["supplies"]}
    for name in ("supply_entries", "supply_uses"):
        tables[name] = [
            row
            for row in tables[name]
            if row["supply_id"] in supplies and row.get("dose_id") in {None, *doses}
        ]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone, but for the test that says otherwise."""
    return sqlite_url


@pytest.fixture
async def kept(database: Database) -> AsyncIterator[dict[str, Any]]:
    """The document of a patient with two weeks of diary, a change and a note."""
    patient = await somebody(database)
    await keep_two_weeks(database, patient)
    async with database.write() as session:
        event = Event(patient_id=patient.id, local_date=NOON.date(), kind="other", note="=1", created_at=NOON)
        session.add(event)
        await session.flush()
        changes.keep_created(session, event, patient_id=patient.id, noun="event", now=NOON)
        await session.flush()
        event.note = "again"
        changes.keep_before(session, event, patient_id=patient.id, noun="event", action="change", now=NOON)
    async with database.read() as session:
        yield await document_of(session, patient, NOON)


async def moved(database: Database, document: dict[str, Any], telegram_id: int) -> dict[str, Any]:
    """Return the document of a new patient who took *document* in."""
    incoming = read_file(json_file(document))
    assert [str(mistake) for mistake in incoming.mistakes] == []
    async with database.write() as session:
        patient = Patient(telegram_id=telegram_id, created_at=NOON, state="enrolling")
        session.add(patient)
        await session.flush()
        assert await is_empty(session, patient)
        await take_in(session, patient, incoming)
    async with database.read() as session:
        again = await session.get(Patient, patient.id)
        assert again is not None
        return await document_of(session, again, NOON)


def said(document: dict[str, Any]) -> dict[str, Any]:
    """Return what must be the same at both bots, with ids named by their order of appearance."""
    text = json.dumps({"patient": _own(document), "tables": document["tables"]}, sort_keys=True)
    return {"text": text.replace(document["patient"]["id"], "ID")}


def _own(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document["patient"].items() if name not in OF_THIS_BOT}


async def test_every_row_comes_back_in_an_empty_database(
    kept: dict[str, Any],
    tmp_path: Path,
    sqlite_template: Path,
) -> None:
    """With its ids, word for word."""
    path = tmp_path / "other.sqlite3"
    shutil.copyfile(sqlite_template, path)
    other = Database(f"sqlite+aiosqlite:///{path}")
    try:
        assert said(await moved(other, kept, 7)) == said(kept)
    finally:
        await other.close()


@pytest.mark.parametrize(
    "noun", ["checkin", "dose", "event", "pause", "regimen", "safety_answer", "supply", "supply_entry"]
)
def test_each_noun_of_the_history_is_a_table_that_goes_along(noun: str) -> None:
    """Else a diary with such a change is refused at the other bot."""
    assert changes.table_of(noun) in portable_tables()


async def test_a_supply_that_was_removed_comes_along_with_its_history(database: Database) -> None:
    """Its noun has a plural of its own."""
    patient = await somebody(database)
    async with database.write() as session:
        row = Supply(patient_id=patient.id, label="1.5 mg capsules", unit="capsules", created_at=NOON)
        session.add(row)
        await session.flush()
        changes.keep_before(session, row, patient_id=patient.id, noun="supply", action="remove", now=NOON)
        row.removed_at = NOON
    async with database.read() as session:
        document = await document_of(session, patient, NOON)
    async with database.write() as session:
        await session.delete(await session.get_one(Patient, patient.id))
    assert said(await moved(database, document, 9_000)) == said(document)


async def test_ids_that_are_taken_change_everywhere(database: Database, kept: dict[str, Any]) -> None:
    """In the database where the diary stands already: the history still belongs to its rows."""
    there = await moved(database, kept, 7)
    old_ids = {row["id"] for rows in kept["tables"].values() for row in rows if "id" in row}
    new_ids = {row["id"] for rows in there["tables"].values() for row in rows if "id" in row}
    assert len(new_ids) == len(old_ids)
    assert not new_ids & old_ids
    [event] = there["tables"]["events"]
    assert {row["row_id"] for row in there["tables"]["changes"]} == {event["id"]}
    assert json.dumps(there).count(event["id"]) == 3


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_any_document_round_trips(
    data: st.DataObject, database: Database, kept: dict[str, Any]
) -> None:
    """Of every table that there is, as the schema says; also those of later features."""
    document = data.draw(documents(kept))
    Draft202012Validator(schema()).validate(document)
    there = await moved(database, document, uuid4().int % 2**60)
    assert _shape(there) == _shape(document)
    Draft202012Validator(schema()).validate(there)


def _shape(document: dict[str, Any]) -> dict[str, Any]:
    """Return each table's rows without what may change on the way: ids, and an instant's spelling."""
    return {
        name: sorted(json.dumps({column: _same(value) for column, value in row.items()}) for row in rows)
        for name, rows in document["tables"].items()
    }


def _same(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        UUID(value)
    except ValueError:
        pass
    else:
        return "id"
    try:
        return datetime.fromisoformat(value).isoformat() if "T" in value else value
    except ValueError:
        return value


@pytest.mark.parametrize(
    ("where", "value", "sentence"),
    [
        (("doses", 0, "state"), "eaten", "doses, row 1: state must be planned | asked | taken"),
        (("doses", 0, "planned_mg"), "45", "planned_mg must be an amount in mg above 0 and under 10"),
        (("doses", 0, "due_at"), "2026-03-01T22:00:00", "due_at must be an instant with its zone"),
        (("checkins", 2, "answers"), {"pain": 11}, "checkins, row 3: answers must be answers"),
        (("checkins", 2, "answers"), {"pain": [1]}, "checkins, row 3: answers must be answers"),
        (("checkins", 2, "local_date"), "2026-02-30", "local_date must be a date like 2026-03-01"),
        (("events", 0, "note"), "a\0b", "note must be a text"),
        (("events", 0, "note"), "a\ud800b", "note must be a text"),
        (("events", 0, "note"), "x" * 20_000, "note must be a shorter text"),
        (("events", 0, "id"), "1", "id must be an id"),
        (("events", 0, "secret"), 1, "I don't know secret"),
        (("regimens", 0, "weekdays"), [True], "weekdays must be"),
        (("changes", 0, "before"), {"local_date": 1}, "changes, row 1: I can't read this change"),
        (("changes", 0, "noun"), "patient", "changes, row 1: I can't read this change"),
    ],
)
def test_each_mistake_is_one_clear_sentence(
    where: tuple[str, int, str], value: object, sentence: str, a_document: dict[str, Any]
) -> None:
    """It says where, and what must stand there."""
    table, row, column = where
    a_document["tables"][table][row][column] = value
    incoming = read_file(json.dumps(a_document).encode())
    assert len(incoming.mistakes) == 1
    assert sentence in str(incoming.mistakes[0])


@pytest.fixture
async def a_document(kept: dict[str, Any]) -> dict[str, Any]:
    """A document to spoil."""
    return deepcopy(kept)


async def test_what_does_not_fit_together_is_refused(kept: dict[str, Any]) -> None:
    """A dose twice, a ledger without its strength, no plan, a table from the future."""
    kept["tables"]["doses"].append(kept["tables"]["doses"][0])
    kept["tables"]["wishes"] = []
    assert len(read_file(json.dumps(kept).encode()).mistakes) == 3
    del kept["tables"]["wishes"]
    del kept["tables"]["doses"][-1]
    kept["tables"]["regimens"] = []
    [mistake] = read_file(json.dumps(kept).encode()).mistakes
    assert "There is no plan in the file" in str(mistake)


@settings(max_examples=60)
@given(content=st.binary(max_size=40) | st.sampled_from([b"[" * 100_000, b"1" * 5000, b'{"a":NaN}', b""]))
def test_no_bytes_are_too_strange(content: bytes) -> None:
    """They are refused with a sentence."""
    assert isinstance(read_file(content), Incoming)
    assert read_file(content).mistakes


@pytest.mark.parametrize("content", [b"[" + b"0," * 600_000 + b"{}]", b"[" + b"{}," * 1_000_001 + b"{}]"])
def test_what_is_no_list_of_rows_is_refused_before_it_is_read(content: bytes) -> None:
    """One call reads it, and nobody else's tap is answered meanwhile."""
    [mistake] = read_file(content).mistakes
    assert str(mistake) == "This isn't a JSON file that I can read."


async def test_a_long_note_is_taken_in_however_it_is_written(kept: dict[str, Any]) -> None:
    """A program that passed the file on may have escaped every sign of it."""
    kept["tables"]["events"][0]["note"] = "😀" * 10_000
    assert read_file(json.dumps(kept, ensure_ascii=True).encode()).mistakes == ()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_no_value_is_too_strange(data: st.DataObject, kept: dict[str, Any]) -> None:
    """Anything in the place of anything is read or refused, and never raises."""
    document = deepcopy(kept)
    table = data.draw(st.sampled_from(sorted(name for name, rows in document["tables"].items() if rows)))
    row = data.draw(st.sampled_from(document["tables"][table]))
    row[data.draw(st.sampled_from(sorted(row)))] = data.draw(_JSON)
    document["patient"][data.draw(st.sampled_from(sorted(document["patient"])))] = data.draw(_JSON)
    for mistake in read_file(json.dumps(document).encode()).mistakes:
        assert str(mistake)
