"""What the logs look like, and what never stands in them."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import warnings
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.config import Settings
from bot.config_reading import load_settings
from bot.logs import QUIET_LIBRARIES, REDACTED, Redactor, set_up_logging
from bot.storage.database import Database
from bot.storage.migrate import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "123456789:AAFcanary-canary-canary-canary-canary"  # noqa: S105 - a canary, not a secret
OTHER_TOKEN = "42:" + "canary_" * 5
ANSWER = "canary: the pain is bad and my dreams are worse"

log = logging.getLogger("bot.tests")


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Put the process's logging back: the set-up is global."""
    root, names = logging.getLogger(), [None, "bot", *QUIET_LIBRARIES]
    levels = {name: logging.getLogger(name).level for name in names}
    handlers = list(root.handlers)
    yield
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=False)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


def set_up(stream: io.StringIO, **variables: str) -> io.StringIO:
    logging.getLogger().handlers.clear()  # pytest's own would raise where ours must not
    environ = {
        "LDN_TELEGRAM__TOKEN": TOKEN,
        "LDN_TELEGRAM__SECRET_TOKEN": "canary_secret",
        "LDN_DATABASE__URL": "postgresql://u:canary%21pw@h/n",
    } | {f"LDN_LOGGING__{key.upper()}": value for key, value in variables.items()}
    set_up_logging(load_settings(None, environ), stream)
    return stream


def json_lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_terminal_gets_text_and_a_file_gets_json() -> None:
    """Format auto writes for whoever reads: a person or a collector."""
    terminal, file = set_up(Terminal()), io.StringIO()
    log.info("sent %d", 3, extra={"delivery": "d-1"})
    set_up(file)
    log.info("sent %d", 4, extra={"delivery": "d-2", "late_s": 0.5})
    assert terminal.getvalue().endswith(" INFO    bot.tests: sent 3 delivery=d-1\n")
    [line] = json_lines(file)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "bot.tests",
        "message": "sent 4",
        "delivery": "d-2",
        "late_s": 0.5,
    }


def test_the_level_counts_for_the_bot_alone() -> None:
    """At debug the bot speaks; libraries stay below their breath, since they would print content."""
    stream = set_up(io.StringIO(), level="debug")
    log.debug("ours")
    for library in (
        "httpx",
        "telegram.ext",
        "sqlalchemy.engine",
        "apscheduler.scheduler",
        "uvicorn.protocols",
        "x",
    ):
        logging.getLogger(library).info(ANSWER)
        logging.getLogger(library).warning("theirs")
    assert [line["message"] for line in json_lines(stream)] == ["ours", *["theirs"] * 6]


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_secret_stands_in_a_message_its_arguments_or_its_extras(log_format: str) -> None:
    """The token, another token, the secret token and the password are taken out wherever they stand."""
    stream = set_up(io.StringIO(), format=log_format)
    log.info("at https://example.org/bot%s/getMe", TOKEN)
    log.info(f"a {OTHER_TOKEN}, as in {TOKEN.replace(':', '%3A')}", extra={"given": OTHER_TOKEN})  # noqa: G004
    log.warning("%(url)s", {"url": "postgresql+psycopg://u:canary%21pw@h/n"}, extra={"password": "canary!pw"})
    log.warning("header canary_secret", stack_info=True)
    assert "canary" not in stream.getvalue()
    assert stream.getvalue().count(REDACTED) == 7


def test_of_an_exception_only_type_and_frames_are_logged() -> None:
    """What a patient wrote is often in an exception's message; an operator needs where it happened."""
    stream = set_up(io.StringIO())
    try:
        try:
            {"": 0}[ANSWER]
        except KeyError as error:
            error.add_note(ANSWER)
            raise ExceptionGroup(ANSWER, [OSError(28, ANSWER)]) from error
    except ExceptionGroup as error:
        log.exception("could not handle update %s: %s", 7, error)  # noqa: TRY401 - what careless code does
    [line] = json_lines(stream)
    assert "canary" not in stream.getvalue()
    assert line["message"] == "could not handle update 7: ExceptionGroup"
    for part in ("KeyError", "ExceptionGroup", "OSError errno=28", "test_logs.py"):
        assert part in line["exception"]


def test_a_database_error_names_its_code_and_no_parameter() -> None:
    """SQLAlchemy's messages hold the row; the driver's code is enough to find the cause."""
    stream = set_up(io.StringIO())
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE answer (content TEXT UNIQUE)"))
        connection.execute(text("INSERT INTO answer VALUES (:content)"), {"content": ANSWER})
        try:
            connection.execute(text("INSERT INTO answer VALUES (:content)"), {"content": ANSWER})
        except IntegrityError:
            log.exception("not saved")
    engine.dispose()
    assert "canary" not in stream.getvalue()
    assert "IntegrityError sqlite_errorname=SQLITE_CONSTRAINT_UNIQUE" in stream.getvalue()


async def test_a_task_that_nobody_awaited_shows_no_content() -> None:
    """Asyncio prints the repr of a failed task's exception in its own message."""
    stream = set_up(io.StringIO())

    async def fail() -> None:
        raise ValueError(ANSWER)

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    asyncio.get_running_loop().call_exception_handler({"message": "never retrieved", "future": task})
    assert task.exception()
    assert "exception=ValueError(…)" in stream.getvalue()
    assert "canary" not in stream.getvalue()


def test_a_broken_log_call_shows_no_content_and_breaks_nothing() -> None:
    """Logging's own complaint would print the arguments."""
    stream = set_up(io.StringIO())
    log.info("%d", ANSWER)
    log.info("next")
    assert "A line of bot.tests could not be logged: TypeError" in stream.getvalue()
    assert "next" in stream.getvalue()
    assert "canary" not in stream.getvalue()


def test_a_closed_stream_breaks_nothing() -> None:
    """A terminal that went away doesn't take the bot with it."""
    stream = set_up(io.StringIO())
    stream.close()
    log.info("nobody reads this")


def test_warnings_go_the_same_way() -> None:
    """Python's warnings become log lines, redacted like the others."""
    stream = set_up(io.StringIO())
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn(f"old call with {TOKEN}", stacklevel=1)
    [line] = json_lines(stream)
    assert line["logger"] == "py.warnings"
    assert "canary" not in stream.getvalue()


def test_setting_up_twice_logs_once() -> None:
    """The later set-up replaces the earlier one."""
    first, second = io.StringIO(), io.StringIO()
    set_up_logging(Settings(), first)
    set_up_logging(Settings(), second)
    log.info("once")
    assert (first.getvalue(), len(json_lines(second))) == ("", 1)


def test_without_secrets_nothing_else_is_taken_out() -> None:
    """Times, ids and short configured texts stay readable."""
    redact = Redactor((*Settings().secrets(), "", "ldn"))
    line = "22:00 ldn 2026-11-24T22:00:00+00:00 5f0c3e0e-6f5e-4d0e-9b1f-000000000000"
    assert redact(line) == line


@given(st.text(), st.from_regex(r"[0-9]{1,10}:[A-Za-z0-9_-]{30,40}", fullmatch=True), st.text())
def test_whatever_stands_around_it_a_token_is_taken_out(before: str, token: str, after: str) -> None:
    """No surrounding text hides a token from the redaction."""
    assert token not in Redactor(())(before + token + after)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO pg_temp.notes VALUES ('canary pain 7')",  # DETAIL: Failing row contains ...
        "SELECT CAST('canary pain 7' AS integer)",
    ],
)
async def test_what_postgresql_quotes_of_a_row_is_not_logged(postgres: str, statement: str) -> None:
    """Neither its message nor its DETAIL; neither with a traceback nor as the reason of a refused start."""
    stream, database = io.StringIO(), Database(postgres)
    set_up_logging(load_settings(None, {}), stream)

    async def fail() -> None:
        async with database.write() as session:
            await session.execute(text("CREATE TEMPORARY TABLE notes (body text CHECK (body = ''))"))
            await session.execute(text(statement))

    with pytest.raises(DBAPIError) as caught:
        await fail()
    assert "canary pain 7" in str(caught.value.orig)
    log.error("it failed", exc_info=caught.value)
    log.error("it failed: %s", caught.value)
    assert "it failed" in stream.getvalue()
    assert "canary" not in stream.getvalue() + reason_of(caught.value)
    await database.close()
