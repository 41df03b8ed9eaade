"""What `ldn-companion check` asks of the database and of Telegram; each problem is one line with its mend."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from sqlalchemy.exc import DBAPIError
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.config import StartError
from bot.logs import Redactor
from bot.storage.database import Database, DatabaseError
from bot.storage.keys import key_problem
from bot.storage.migrate import current_revision, newer_than_this_version
from bot.telegram_io.request import LeanRequest, proxy_of_surroundings

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config import Settings

_DATABASE_TIMEOUT_S: Final = 10
_TELEGRAM_TIMEOUT_S: Final = 10


async def check_database(settings: Settings) -> list[str]:
    """Open the database without changing a row.

    Returns:
        One line per problem, without secrets; none when the bot could start on it.
    """
    path = settings.database.sqlite_path()
    if path is not None:
        problem = _file_problem(path)
        if problem or not path.exists():  # opening it would create it
            return [problem] if problem else []
    redact = Redactor(settings.secrets())
    return [redact(line) for line in await _tables_problems(settings)]


async def check_key(settings: Settings) -> list[str]:
    """Look whether the keys that are there open the database, which must be well (`check_database`).

    Returns:
        One line per problem; none when the bot could start with these keys, or would make its first.
    """
    path = settings.database.sqlite_path()
    if path is not None and not path.exists():  # opening it would create it
        return []
    database = Database(settings.database.sqlalchemy_url())
    try:
        problem = await key_problem(database, settings.encryption)
    finally:
        await database.close()
    return [] if problem is None else [problem]


def _file_problem(path: Path) -> str | None:
    """Say why SQLite can't use the file, or None."""
    if path.is_dir():
        return f"{path} is a folder: name a file in database.url"
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    mend = "give the bot's user the right to write there, or set database.data_folder"
    if not folder.is_dir():
        return f"{folder} is not a folder: set database.data_folder to one"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"the folder {folder} can't be written: {mend}"
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        return f"the file {path} can't be read and written: {mend}"
    return None


async def _tables_problems(settings: Settings) -> list[str]:
    database = Database(settings.database.sqlalchemy_url())
    try:
        async with asyncio.timeout(_DATABASE_TIMEOUT_S):
            revision = await current_revision(database)
    except DatabaseError as error:
        return [str(error)]
    except TimeoutError:
        return ["the database doesn't answer: start its server, or correct database.url"]
    except (DBAPIError, OSError) as error:
        return [f"the database can't be opened ({_reason(error)}): correct database.url or start its server"]
    finally:
        await database.close()
    if newer_than_this_version(revision):
        newer = f"the database is from a newer version of the bot (revision {revision})"
        return [f"{newer}: start that version again, or restore a backup made before the upgrade"]
    return []


def _reason(error: DBAPIError | OSError) -> str:
    """Return the driver's first line: it names the file or the server, never a row."""
    text = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    return text.splitlines()[0] if text else type(error).__name__


async def check_token(settings: Settings) -> list[str]:
    """Ask the Bot API server who the bot is.

    Returns:
        One line per problem, never with the token; none when the server knows the bot, or no token is set.
    """
    return (await who_is_it(settings))[1]


async def who_is_it(settings: Settings) -> tuple[str | None, list[str]]:
    """Ask the Bot API server for the bot's username.

    Returns:
        The username, None where it isn't known; and one line per problem, as `check_token` does.
    """
    telegram = settings.telegram
    if telegram.token is None:
        return None, []
    try:
        request = LeanRequest(1, proxy=proxy_of_surroundings(telegram.base_url))
    except StartError as error:
        return None, [str(error)]
    bot = Bot(telegram.token.get_secret_value(), base_url=telegram.base_url, request=request)
    try:
        async with asyncio.timeout(2 * _TELEGRAM_TIMEOUT_S), request:
            return (await bot.get_me()).username, []
    except (TelegramError, TimeoutError) as error:
        return None, [_token_problem(error, urlsplit(telegram.base_url).hostname or "")]


def _token_problem(error: TelegramError | TimeoutError, host: str) -> str:
    """Say what a failed getMe means; PTB's own texts may hold the token."""
    match error:
        case InvalidToken():
            return f"{host} doesn't know telegram.token (401 or 404): copy it again from @BotFather"
        case RetryAfter():
            return f"{host} asks to wait before the token is checked: try again in a few minutes"
        case TimedOut() | TimeoutError():
            return f"{host} doesn't answer in time: check the network, a proxy or telegram.base_url"
        case BadRequest():
            return f"{host} doesn't understand the request: check telegram.base_url"
        case NetworkError():
            return f"{host} can't be reached: check the network, DNS or telegram.base_url"
        case _:
            return f"{host} refuses telegram.token: get a new one from @BotFather (/revoke)"
