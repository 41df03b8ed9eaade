"""What an operator sees on the command line: exit status, one clear line, no traceback, no secret."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import http.server
import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.storage.database import Database
from bot.storage.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
TOKEN = "123456789:AAFcanary-canary-canary-canary-canary"  # noqa: S105 - a canary, not a secret


def ldn_companion(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in *folder* with LDN_ variables of its own."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("LDN_")}
    environ |= {f"LDN_{key}": value for key, value in variables.items()} | {"NO_COLOR": "1", "COLUMNS": "120"}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class _Answer(http.server.BaseHTTPRequestHandler):
    status = 200
    body = b"{}"

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@contextlib.contextmanager
def server(status: int, body: str = "{}") -> Iterator[int]:
    """Answer every request on loopback with *status* and *body*; yield the port."""
    handler = type("Answer", (_Answer,), {"status": status, "body": body.encode()})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield listening.server_port
        listening.shutdown()
        thread.join()


def test_help_answers_at_once_and_imports_nothing_heavy(tmp_path: Path) -> None:
    """--help lists the commands without loading Telegram, the database or the settings."""
    started = time.monotonic()
    done = ldn_companion(tmp_path, "--help")
    took_s = time.monotonic() - started
    assert done.returncode == 0
    assert took_s < 5  # half a second is the aim; a busy machine must not fail the test
    assert all(command in done.stdout for command in ("run", "sandbox", "check", "healthcheck"))
    heavy = {"telegram", "sqlalchemy", "pydantic", "asyncio"}
    code = f"import bot.cli, sys; print(sorted({heavy} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"


@pytest.mark.parametrize("command", ["run", "sandbox", "check"])
def test_wrong_settings_are_one_line_each_and_status_2(tmp_path: Path, command: str) -> None:
    """Every command that needs settings refuses wrong ones in the same way."""
    done = ldn_companion(tmp_path, command, TELEGRAM__TOKN=TOKEN, SANDBOX__MODE="x")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "ldn-companion: LDN_TELEGRAM__TOKN: there is no such setting; did you mean LDN_TELEGRAM__TOKEN?",
        "ldn-companion: LDN_SANDBOX__MODE: there is no such setting; did you mean LDN_SANDBOX__PORT?",
    ]


def test_a_missing_configuration_file_is_one_line(tmp_path: Path) -> None:
    """A path that leads nowhere is named."""
    done = ldn_companion(tmp_path, "check", "--config", "gone.toml")
    assert done.returncode == 2
    assert done.stderr == (
        "ldn-companion: gone.toml: there is no such file; copy config.example.toml, or correct the path\n"
    )


def test_check_says_ok_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """Checking a fresh clone finds nothing wrong and makes no file."""
    done = ldn_companion(tmp_path, "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "ok: settings",
        "ok: database",
        "ok: encryption key",
        "ok: no token, so `ldn-companion run` starts the sandbox",
    ]
    assert list(tmp_path.iterdir()) == []


def test_check_finds_a_file_that_is_no_database(tmp_path: Path) -> None:
    """A file of another kind is told in one line."""
    (tmp_path / "notes.txt").write_text("shopping list " * 100)
    done = ldn_companion(tmp_path, "check", DATABASE__URL="sqlite:///notes.txt")
    assert done.returncode == 2
    assert done.stderr == (
        "ldn-companion: the database can't be opened (file is not a database): "
        "correct database.url or start its server\n"
    )


def test_check_finds_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    """A folder that can't exist is told before the first start."""
    (tmp_path / "data").write_text("")
    done = ldn_companion(tmp_path, "check")
    assert done.returncode == 2
    assert "data is not a folder: set database.data_folder to one" in done.stderr


def test_check_finds_a_database_server_that_is_down_and_hides_its_password(tmp_path: Path) -> None:
    """An unreachable PostgreSQL is one line without the password."""
    done = ldn_companion(tmp_path, "check", DATABASE__URL="postgresql://u:canary-pw@127.0.0.1:9/n")
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "the database can't be opened (connection failed" in line
    assert "canary" not in line


REFUSED = '{"ok": false, "error_code": %d, "description": "no"}'
ME = '{"ok": true, "result": {"id": 1, "is_bot": true, "first_name": "Evening", "username": "evening_bot"}}'


@pytest.mark.ci
@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (401, REFUSED % 401, "doesn't know telegram.token (401 or 404): copy it again from @BotFather"),
        (400, REFUSED % 400, "doesn't understand the request: check telegram.base_url"),
        (403, REFUSED % 403, "refuses telegram.token: get a new one"),
        (502, "<html>", "can't be reached: check the network"),
        (
            429,
            '{"ok": false, "description": "x", "parameters": {"retry_after": 9}}',
            "try again in a few minutes",
        ),
    ],
)
def test_check_says_why_the_token_is_not_good(tmp_path: Path, status: int, body: str, told: str) -> None:
    """Each way in which Telegram can say no has a line of its own, without the token."""
    with server(status, body) as port:
        base_url = f"http://127.0.0.1:{port}/bot"
        done = ldn_companion(tmp_path, "check", TELEGRAM__TOKEN=TOKEN, TELEGRAM__BASE_URL=base_url)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert told in line
    assert "canary" not in done.stdout + done.stderr


def test_check_accepts_a_token_that_telegram_knows(tmp_path: Path) -> None:
    """A good token is 'ok', and still not printed."""
    with server(200, ME) as port:
        base_url = f"http://127.0.0.1:{port}/bot"
        done = ldn_companion(tmp_path, "check", TELEGRAM__TOKEN=TOKEN, TELEGRAM__BASE_URL=base_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["ok: settings", "ok: database", "ok: encryption key", "ok: token"]


def test_check_says_that_nobody_answers(tmp_path: Path) -> None:
    """An API that can't be reached is told apart from a wrong token."""
    base_url = "http://127.0.0.1:9/bot"
    done = ldn_companion(tmp_path, "check", TELEGRAM__TOKEN=TOKEN, TELEGRAM__BASE_URL=base_url)
    assert done.returncode == 2
    assert "127.0.0.1 can't be reached: check the network" in done.stderr


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_healthcheck_is_what_the_bot_says(tmp_path: Path, status: int, *, healthy: bool) -> None:
    """The container's health is the bot's own answer."""
    with server(status) as port:
        done = ldn_companion(tmp_path, "healthcheck", TELEGRAM__LISTEN_PORT=str(port))
    assert done.returncode == (0 if healthy else 1)


def test_healthcheck_without_a_bot_is_unhealthy(tmp_path: Path) -> None:
    """Nobody there is status 1 and one line."""
    done = ldn_companion(tmp_path, "healthcheck", TELEGRAM__LISTEN_PORT="9")
    assert done.returncode == 1
    assert done.stderr == "no answer from 127.0.0.1 port 9: ConnectionRefusedError\n"


def newer_database(folder: Path) -> None:
    (folder / "data").mkdir()
    with contextlib.closing(sqlite3.connect(folder / "data/ldn-companion.sqlite3")) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('from_the_future')")


def no_database(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data/ldn-companion.sqlite3").write_text("shopping list " * 100)


def no_folder(folder: Path) -> None:
    (folder / "data").write_text("")


@pytest.mark.ci
@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        (newer_database, "the database is from a newer version of the bot (revision from_the_future)"),
        (no_database, "the database can't be opened"),
        (no_folder, "the folder data can't be written"),
        (lambda _: None, "Telegram refuses the token: copy it again from @BotFather"),
    ],
)
def test_what_keeps_the_bot_from_starting_is_one_line(
    tmp_path: Path, prepare: Callable[[Path], None], told: str
) -> None:
    """Status 2, one line that says what to do, no traceback, no token."""
    prepare(tmp_path)
    assert_refuses_to_start(tmp_path, told)


def test_a_second_process_on_the_same_file_is_one_line(tmp_path: Path) -> None:
    """While one process holds the SQLite file, another refuses to start on it."""
    (tmp_path / "data").mkdir()
    with (tmp_path / "data/ldn-companion.sqlite3.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert_refuses_to_start(tmp_path, "another process already uses data/ldn-companion.sqlite3")


def assert_refuses_to_start(folder: Path, told: str) -> None:
    with server(401, REFUSED % 401) as port:
        done = ldn_companion(
            folder,
            "run",
            TELEGRAM__TOKEN=TOKEN,
            TELEGRAM__BASE_URL=f"http://127.0.0.1:{port}/bot",
            TELEGRAM__LISTEN_PORT="0",
        )
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert line.startswith(f"ldn-companion: {told}")
    assert "canary" not in line


@pytest.mark.ci
def test_a_new_key_takes_over_by_command(tmp_path: Path) -> None:
    """make-key, rotate-keys with the old key beside it, then without; a lost key is one line."""
    old, new = (ldn_companion(tmp_path, "make-key").stdout.strip() for _ in range(2))
    none_yet = ldn_companion(tmp_path, "rotate-keys", ENCRYPTION__KEY=old)
    assert (none_yet.returncode, none_yet.stderr.count("\n")) == (2, 1)
    asyncio.run(_make_database(tmp_path / "data"))
    assert ldn_companion(tmp_path, "rotate-keys", ENCRYPTION__KEY=old).returncode == 0
    lost = ldn_companion(tmp_path, "rotate-keys", ENCRYPTION__KEY=new)
    assert lost.returncode == 2
    assert lost.stderr.count("\n") == 1
    assert "nothing was changed" in lost.stderr
    rotated = ldn_companion(tmp_path, "rotate-keys", ENCRYPTION__KEY=new, ENCRYPTION__OLD_KEYS=old)
    assert rotated.returncode == 0
    assert old not in rotated.stdout + rotated.stderr
    for command in ("check", "doctor"):
        wrong = ldn_companion(tmp_path, command, ENCRYPTION__KEY=old)
        assert wrong.returncode == 2
        assert "nothing was changed" in wrong.stdout + wrong.stderr
    assert ldn_companion(tmp_path, "rotate-keys", ENCRYPTION__KEY=new).returncode == 0


async def _make_database(folder: Path) -> None:
    folder.mkdir()  # noqa: ASYNC240 - a test of its own
    database = Database(f"sqlite+aiosqlite:///{folder / 'ldn-companion.sqlite3'}")
    await migrate(database)
    await database.close()
