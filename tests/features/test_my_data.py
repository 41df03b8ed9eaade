"""Everything as files: what they hold, that the schema is true, and that no spreadsheet runs a word of it."""

from __future__ import annotations

import csv
import json
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from jsonschema import Draft202012Validator

from bot.reports.tables import csv_table, json_file, tables_of
from bot.storage.portable.schema import schema
from bot.storage.tables import Event, Patient
from scripts.write_schema import TARGET, text
from tests.features.summed_up import NOON, TUESDAY, keep_two_weeks, somebody

if TYPE_CHECKING:
    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatMessage
    from tests.harness import RunningBot


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: the files are made of rows that were read."""
    return sqlite_url


@pytest.fixture
async def patient(bot: RunningBot, chat: Person, clock: ManualClock) -> Patient:
    """A patient with two weeks of diary; it is noon on 24 November."""
    clock.travel_to(NOON)
    patient = await somebody(bot.database, telegram_id=chat.id, cue="after brushing teeth")
    await keep_two_weeks(bot.database, patient)
    async with bot.database.write() as session:
        note = '=HYPERLINK("http://example.org")'
        session.add(
            Event(patient_id=patient.id, local_date=TUESDAY, kind="other", note=note, created_at=NOON)
        )
    return patient


def document_in(message: ChatMessage) -> dict[str, Any]:
    """Return the JSON document in a message."""
    assert message.file is not None
    found: dict[str, Any] = json.loads(message.file.content)
    return found


def tables_in(message: ChatMessage) -> dict[str, list[dict[str, str]]]:
    """Return the tables in a message, as a spreadsheet reads them."""
    assert message.file is not None
    with ZipFile(BytesIO(message.file.content)) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    assert all(content.startswith(b"\xef\xbb\xbf") for content in files.values())
    return {
        name.removesuffix(".csv"): list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))
        for name, content in files.items()
    }


@pytest.mark.usefixtures("patient")
async def test_a_summary_leads_to_everything_in_one_file(bot: RunningBot, chat: Person) -> None:
    """In plain words, as the schema that is published says."""
    await bot.say(chat, "/summary")
    screen = await bot.tap(chat, "My data")
    assert "Everything I keep about you" in screen.text
    sent = await bot.tap(chat, "One file (JSON)")
    assert sent.file is not None
    assert sent.file.name == "LDN-diary-2026-11-24.json"
    document = document_in(sent)
    Draft202012Validator(schema()).validate(document)
    assert document["patient"]["telegram_id"] == chat.id
    assert document["patient"]["cue"] == "after brushing teeth"
    assert len(document["tables"]["checkins"]) == 14
    assert document["tables"]["events"][0]["note"] == '=HYPERLINK("http://example.org")'
    assert "deliveries" not in document["tables"]


@pytest.mark.usefixtures("patient")
async def test_the_tables_open_in_a_spreadsheet(bot: RunningBot, chat: Person) -> None:
    """One row a day, one column a question; a note that looks like a formula is text."""
    await bot.say(chat, "/export")
    tables = tables_in(await bot.tap(chat, "Tables (CSV)"))
    assert [row["pain"] for row in tables["checkins"]][7:] == ["5", "6", "7", "8", "4", "", "3"]
    assert tables["checkins"][0]["local_date"] == "2026-11-11"
    assert tables["side_effects"][0] == {
        "local_date": "2026-11-18",
        "side_effect": "headache",
        "severity": "mild",
    }
    assert tables["events"][0]["note"] == '\'=HYPERLINK("http://example.org")'
    assert [row["dose_date"] for row in tables["doses"]][::6] == ["2026-11-17", "2026-11-23"]
    assert [row["state"] for row in tables["doses"]][:3] == [
        "taken",
        "taken",
        "not_taken",
    ]


async def test_a_discreet_patient_gets_neutral_names(bot: RunningBot, chat: Person, patient: Patient) -> None:
    """A file's name shows in the phone's notifications."""
    async with bot.database.write() as session:
        row = await session.get(Patient, patient.id)
        assert row is not None
        row.discreet = True
    await bot.say(chat, "/export")
    sent = await bot.tap(chat, "Tables (CSV)")
    assert sent.file is not None
    assert sent.file.name == "diary-2026-11-24.zip"


def test_the_published_schema_is_that_of_the_tables() -> None:
    """`make schema` writes it anew after a change of the tables."""
    assert Path(TARGET).read_text(encoding="utf-8") == text(), "run `make schema`"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    """Whatever spreadsheets take for one gets a sign before it."""
    [row] = csv.DictReader(StringIO(csv_table([{"words": cell}]).decode("utf-8-sig"), newline=""))
    assert row["words"] == f"'{cell}"


def test_each_table_goes_by_its_dates() -> None:
    """As a patient reads them; ids are random, and rows without a date come first."""
    days = ("2026-02-01", None, "2026-01-31")
    rows = [{"id": number, "note": "", "starts_on": day, "at": None} for number, day in enumerate(days)]
    document = {"patient": {}, "tables": {"dose_steps": rows, "strengths": [{"id": 2}, {"id": 1}]}}
    tables = dict(tables_of(document))
    assert [row["id"] for row in tables["dose_steps"]] == [1, 2, 0]
    assert [row["id"] for row in tables["strengths"]] == [2, 1]


@pytest.mark.parametrize(
    "tables", [{}, {"checkins": []}, {"events": [{"note": 'é "x" 😀\n'}, {}], "doses": [{}]}]
)
def test_the_one_file_is_plain_json(tables: dict[str, Any]) -> None:
    """Written row by row it is the same as written at once."""
    document = {"format": "f", "version": 1, "patient": {"cue": None}, "tables": tables}
    written = json_file(document)
    assert json.loads(written) == document
    assert written.decode() == json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def test_a_negative_amount_stays_a_number() -> None:
    """A correction of the ledger can be summed."""
    assert b"-2.5\r\n" in csv_table([{"amount": "-2.5"}])
