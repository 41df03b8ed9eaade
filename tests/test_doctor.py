"""`ldn-companion doctor`: what is bad is one line that says how to mend it, and the exit status tells."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from bot.backups import Backups
from bot.cli import app
from bot.clock import ManualClock, SystemClock
from bot.config_reading import load_settings
from bot.doctor import examine
from bot.operator_log import LogOperator
from bot.storage.database import Database
from bot.storage.keys import new_key

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_it_tells_an_old_backup_and_open_files(sqlite_url: str, tmp_path: Path) -> None:
    """A backup two days old and a database that others can read are bad; the rest is fine or a note."""
    environ = {
        "LDN_DATABASE__URL": sqlite_url.replace("+aiosqlite", ""),
        "LDN_BACKUP__KEY": new_key(),
        "LDN_BACKUP__FOLDER": str(tmp_path / "backups"),
        "LDN_TELEGRAM__LISTEN_PORT": "1",
    }
    settings = load_settings(None, environ)
    database = Database(sqlite_url)
    old = ManualClock(SystemClock().now() - timedelta(days=2))
    await Backups(settings, database, old, LogOperator()).make()
    await database.close()
    os.chmod(tmp_path, 0o755)  # noqa: PTH101, S103 - a moment, in a test
    os.chmod(tmp_path / "test.sqlite3", 0o644)  # noqa: PTH101 - the same
    found = {finding.about: finding for finding in await examine(settings)}
    assert found["database"].level == "ok"
    assert found["backups"].level == "bad"
    assert "2 days" in found["backups"].says
    assert found["rights"].level == "bad"
    assert "chmod" in found["rights"].says
    assert found["the bot"].level == "note"
    assert found["last night"].level == "ok"
    os.chmod(tmp_path, 0o700)  # noqa: PTH101 - the same
    assert "rights" not in {finding.about for finding in await examine(settings)}


def test_the_command_ends_with_status_2_when_something_is_bad(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing there yet is no trouble; a folder in the place of the database is."""
    monkeypatch.chdir(tmp_path)
    well = CliRunner().invoke(app, ["doctor"])
    assert (well.exit_code, "BAD" in well.output) == (0, False)
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - nothing was made
    (tmp_path / "data" / "ldn-companion.sqlite3").mkdir(parents=True)
    ill = CliRunner().invoke(app, ["doctor"])
    assert ill.exit_code == 2
    assert "is a folder" in ill.output
