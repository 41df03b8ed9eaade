"""Logging: text on a terminal, JSON otherwise; nothing a patient wrote and no token ever stands in it.

The first line of defence is that only the bot's own loggers speak below WARNING: httpx logs addresses with
the token, drivers log parameters. The second is here: of an exception its type and frames are logged, never
its message (SQLAlchemy's hold parameters, PostgreSQL's hold rows), and every finished text is redacted.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.config import Settings

REDACTED: Final = "[redacted]"
QUIET_LIBRARIES: Final = (
    "aiosqlite",
    "alembic",
    "apscheduler",
    "asyncio",
    "httpcore",
    "httpx",
    "psycopg",
    "python_multipart",
    "sqlalchemy",
    "telegram",
    "uvicorn",
    "websockets",
)

# In an address the colon may be escaped.
_TOKEN: Final = re.compile(r"\d+(?::|%3[Aa])[A-Za-z0-9_-]{30,}")
# asyncio puts the repr of a task's exception, with its message, into its own text.
_EXCEPTION_IN_REPR: Final = re.compile(r"exception=(\w+)\(.*\)", re.DOTALL)
# A shorter secret would blank half of every line, and is no secret.
_SHORTEST_SECRET: Final = 6
_STANDARD_ATTRIBUTES: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_ERROR_CODES: Final = ("errno", "sqlite_errorname", "sqlstate")


class Redactor:
    """Takes secrets out of texts.

    Args:
        secrets: Texts to take out besides everything that looks like a bot token.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted(
            {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}, key=len, reverse=True
        )
        self._pattern = re.compile("|".join([*map(re.escape, known), _TOKEN.pattern]))

    def __call__(self, text: str) -> str:
        """Return *text* with each secret replaced by REDACTED."""
        return self._pattern.sub(REDACTED, text)


def without_content(record: logging.LogRecord, redact: Redactor) -> logging.LogRecord:
    """Return a copy of *record* that is safe to write: redacted, of exceptions type and frames only."""
    safe = logging.makeLogRecord(vars(record))
    safe.args = _without_messages(record.args)
    safe.msg = redact(_EXCEPTION_IN_REPR.sub(r"exception=\1(…)", safe.getMessage()))
    safe.args = safe.exc_info = safe.exc_text = None
    if record.exc_info and record.exc_info[1]:
        safe.exc_text = redact("".join(_type_and_frames(record.exc_info[1], set())))
    for name, value in _extras(record):
        setattr(safe, name, value if isinstance(value, int | float) else redact(str(value)))
    return safe


def _without_messages(arguments: Any) -> Any:  # noqa: ANN401 - as logging has them: a tuple, a mapping, None
    if isinstance(arguments, tuple):
        return tuple(type(a).__name__ if isinstance(a, BaseException) else a for a in arguments)
    return arguments


def _type_and_frames(error: BaseException, seen: set[int]) -> Iterator[str]:
    """Yield the lines of a traceback, oldest cause first, without any exception's message."""
    seen.add(id(error))  # a chain of causes may come back to itself
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None and id(earlier) not in seen:
        yield from _type_and_frames(earlier, seen)
        yield "then:\n"
    yield from traceback.format_tb(error.__traceback__)
    codes = [f" {name}={getattr(error, name)}" for name in _ERROR_CODES if getattr(error, name, None)]
    yield f"{type(error).__module__}.{type(error).__qualname__}{''.join(codes)}\n"
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from ("  " + line for line in _type_and_frames(part, seen))


def _extras(record: logging.LogRecord) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in vars(record).items() if name not in _STANDARD_ATTRIBUTES]


def _written_at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


class TextFormatter(logging.Formatter):
    """A line for a person: time (UTC), level, logger, message, extras; a traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the text of a record without content."""
        extras = "".join(f" {name}={value}" for name, value in _extras(record))
        line = f"{_written_at(record)} {record.levelname:<7} {record.name}: {record.getMessage()}{extras}"
        return "\n".join(part.rstrip() for part in (line, record.exc_text) if part)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, extras, exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record without content."""
        fields = {
            "time": _written_at(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **dict(_extras(record)),
        }
        if record.exc_text:
            fields["exception"] = record.exc_text
        return json.dumps(fields, ensure_ascii=False)


class _Handler(logging.StreamHandler[TextIO]):
    def __init__(self, stream: TextIO, redact: Redactor) -> None:
        super().__init__(stream)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        # Not a filter: before Python 3.12 a filter can't hand on a copy, and other handlers see the original.
        return super().format(without_content(record, self._redact))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        # logging's own version prints the record's arguments.
        kind = sys.exc_info()[0]
        try:
            self.stream.write(
                f"A line of {record.name} could not be logged: {kind.__name__ if kind else ''}\n"
            )
        except (OSError, ValueError):
            return  # nobody reads the stream any more


def set_up_logging(settings: Settings, stream: TextIO) -> None:
    """Send the logs to *stream*; calling it again replaces the earlier set-up.

    Args:
        settings: The level, the format and the secrets to redact.
        stream: Usually stderr; format "auto" writes text if it is a terminal, else JSON.
    """
    as_text = settings.logging.format == "text" or (settings.logging.format == "auto" and stream.isatty())
    handler = _Handler(stream, Redactor(settings.secrets()))
    handler.setFormatter(TextFormatter() if as_text else JsonFormatter())
    root = logging.getLogger()
    for earlier in [known for known in root.handlers if isinstance(known, _Handler)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("bot").setLevel(settings.logging.level.upper())
    for library in QUIET_LIBRARIES:
        logging.getLogger(library).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
