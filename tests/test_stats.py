"""`ldn-companion stats`: what an operator learns of the last night."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from rich.console import Console
from typer.testing import CliRunner

from bot.cli import app
from bot.stats import as_table, read_stats
from bot.storage.database import Database
from bot.storage.tables import Delivery, Patient
from tests.harness import START
from tests.storage import first_release

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from bot.stats import Stats

NIGHT = timedelta(hours=24)


async def fill(database: Database, *rows: tuple[str, float | None, str | None]) -> None:
    """Write reminders due an hour before START: (state, seconds until sent, reason)."""
    due_at = START - timedelta(hours=1)
    async with database.write() as session:
        patient = Patient(id=uuid4(), telegram_id=uuid4().int % 10**9, created_at=START)
        session.add(patient)
        await session.flush()
        for ordinal, (state, late_s, reason) in enumerate(rows):
            session.add(
                Delivery(
                    patient_id=patient.id,
                    kind="reminder",
                    subject="dose",
                    ordinal=ordinal,
                    state=state,
                    due_at=due_at,
                    run_at=due_at,
                    expires_at=due_at + NIGHT,
                    sent_at=None if late_s is None else due_at + timedelta(seconds=late_s),
                    outcome=reason,
                )
            )


async def test_the_night_is_counted_by_its_ends(database: Database) -> None:
    """Sent and late, failed with its reason, cancelled left out of what was due."""
    sent = [("sent", late_s, None) for late_s in (0.5, 1.0, 2.0, 901.0)]
    rest = [("failed", None, "blocked"), ("expired", None, "too late"), ("cancelled", None, "answered")]
    await fill(database, *sent, *rest, ("pending", None, None), ("uncertain", None, "ReadTimeout"))
    [kind] = (await read_stats(database, START, NIGHT)).kinds
    assert (kind.due, kind.sent, kind.late, kind.waiting, kind.uncertain) == (8, 4, 1, 1, 1)
    assert (kind.failed, kind.expired, kind.cancelled) == (1, 1, 1)
    assert (kind.late_p50_s, kind.late_p99_s, kind.late_max_s) == (1.0, 901.0, 901.0)
    assert kind.not_sent == {"blocked": 1, "too late": 1}
    assert (await read_stats(database, START + NIGHT, NIGHT)).kinds == []


async def test_the_table_names_the_lateness_in_minutes(database: Database) -> None:
    """What a person reads on a terminal."""
    await fill(database, ("sent", 0.4, None), ("sent", 935.0, None))
    console = Console(width=140, record=True)
    console.print(as_table(await read_stats(database, START, NIGHT)))
    shown = console.export_text()
    assert "0.4 s" in shown
    assert "15:35" in shown
    assert "Mon 02 Mar 12:00 to Tue 03 Mar 12:00 UTC" in shown


async def test_the_table_fits_a_terminal_of_80_columns(database: Database) -> None:
    """No name or heading is cut, also after a night in which everything went wrong."""
    await fill(database, ("sent", 0.4, None), ("sent", 5400.0, None))
    quiet = _shown_at_80(await read_stats(database, START, NIGHT))
    assert "reminder" in quiet
    assert "failed" not in quiet
    bad = [("failed", None, "blocked"), ("expired", None, "too late"), ("uncertain", None, "ReadTimeout")]
    await fill(database, *bad, ("pending", None, None))
    shown = _shown_at_80(await read_stats(database, START, NIGHT))
    assert all(word in shown for word in ("reminder", "uncertain", "expired", "failed", "waiting", "blocked"))
    assert "…" not in shown


def _shown_at_80(stats: Stats) -> str:
    console = Console(width=80, record=True)
    console.print(as_table(stats))
    return console.export_text()


def test_the_command_prints_json(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """For programs, also about a quiet night."""
    monkeypatch.setenv("LDN_DATABASE__URL", sqlite_url.replace("+aiosqlite", ""))
    told = json.loads(CliRunner().invoke(app, ["stats", "--json"]).output)
    assert told["kinds"] == []
    assert told["late_after_s"] == 900
    assert "Nothing was due in the last 5 hours." in CliRunner().invoke(app, ["stats", "--hours", "5"]).output


def test_on_a_database_of_an_older_version_a_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line and status 2, rather than a traceback about a column that isn't there yet."""
    file = tmp_path / "old.sqlite3"

    async def make() -> None:
        database = Database(f"sqlite+aiosqlite:///{file}")
        await first_release.make(database)
        await database.close()

    asyncio.run(make())
    monkeypatch.setenv("LDN_DATABASE__URL", f"sqlite:///{file}")
    for command in ("stats", "rotate-keys"):
        result = CliRunner().invoke(app, [command])
        assert result.exit_code == 2
        assert "from an older version of the bot" in result.output


def test_without_a_database_the_command_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line and status 2, and no file is made."""
    monkeypatch.setenv("LDN_DATABASE__DATA_FOLDER", str(tmp_path))
    result = CliRunner().invoke(app, ["stats"])
    assert result.exit_code == 2
    assert "there is no database at" in result.output
    assert list(tmp_path.iterdir()) == []
