"""The watch over the suite's logs sees what it should."""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.logged import LogWatch

if TYPE_CHECKING:
    from pathlib import Path

CARELESS = """
import logging
from bot.sandbox.server import SandboxServer
from bot.clock import SystemClock

async def test_careless():
    async with SandboxServer(SystemClock()) as server:
        await server.person().send_text("I slept badly, {word}")
        {careless}
"""


LOGS = 'logging.getLogger("bot.x").debug("got %s", "I slept badly, and worse")'
PRINTS = 'print("got I slept badly, and worse")'


@pytest.mark.parametrize(
    ("workers", "careless", "where"), [("1", LOGS, "bot.x:"), ("0", PRINTS, "stdout (call)")]
)
def test_a_careless_line_fails_the_session(tmp_path: Path, workers: str, careless: str, where: str) -> None:
    """In this process or in an xdist worker: the run fails and says where, without repeating the content."""
    (tmp_path / "conftest.py").write_text("from tests.logged import watch as pytest_configure\n")
    source = CARELESS.format(word="and worse", careless=careless)
    (tmp_path / "test_careless.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-q", "-n", workers, "-p", "no:cacheprovider", str(tmp_path)]
    options = ["-c", "pyproject.toml", "--rootdir", str(tmp_path)]
    run = subprocess.run([*command, *options], capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 1, run.stdout
    assert "1 passed" in run.stdout
    assert f"test_careless: logged by {where}" in run.stdout
    assert "and worse" not in run.stdout


@pytest.mark.parametrize(
    ("line", "leaks"),
    [
        ("update 7 failed 3 times and was set aside", 0),
        ("Ana wrote again", 1),
        ("https://api.telegram.org/bot1000001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/getMe", 1),
        ("planned 4.5 mg", 1),
        ("my note: the pain is bad", 1),
    ],
)
def test_names_notes_amounts_and_tokens_are_content(line: str, leaks: int) -> None:
    """Even a token that no test knows, and a name in the middle of a line."""
    watch = LogWatch()
    watch.note(["the pain is bad", "6"])
    record = logging.makeLogRecord({"name": "bot.x", "msg": "%s", "args": (line,), "levelno": logging.INFO})
    watch.emit(record)
    assert len(watch.leaks) == leaks
    assert line not in "".join(watch.leaks)
