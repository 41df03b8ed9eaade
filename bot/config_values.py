"""What an operator may write as a value: addresses, tokens, lists. Pure rules below bot.config."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from typing import Final
from urllib.parse import unquote, urlsplit

_LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_TOKEN: Final = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_SECRET_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_KEY_BYTES: Final = 32
_POSTGRESQL_SCHEMES: Final = ("postgresql+psycopg://", "postgresql://", "postgres://")
_SQLITE_SCHEMES: Final = ("sqlite+aiosqlite://", "sqlite://")


def token(value: str) -> str:
    """Return *value* if it has the form of a bot token.

    Raises:
        ValueError: It hasn't; the text says how to mend it and doesn't repeat it.
    """
    if not _TOKEN.fullmatch(value):
        raise ValueError("doesn't look like a token; copy it whole from @BotFather, like 123456789:AAF…")
    return value


def secret_token(value: str) -> str:
    """Return *value* if Telegram may send it in a header.

    Raises:
        ValueError: Telegram refuses such a secret.
    """
    if not _SECRET_TOKEN.fullmatch(value):
        raise ValueError(
            "must be 1 to 256 of the characters A-Z a-z 0-9 _ -, like `openssl rand -hex 32` makes"
        )
    return value


def encryption_key(value: str) -> str:
    """Return *value* if it is a key of 32 bytes, as `ldn-companion make-key` prints one.

    Raises:
        ValueError: It isn't; the text doesn't repeat it.
    """
    try:
        key_bytes(value)
    except ValueError:
        raise ValueError("isn't a key; give the line that `ldn-companion make-key` prints") from None
    return value


def key_bytes(value: str) -> bytes:
    """Return the 32 bytes of a key.

    Raises:
        ValueError: It is no key.
    """
    key = urlsafe_b64decode(value.strip().encode("ascii"))
    if len(key) != _KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return key


def base_url(value: str) -> str:
    """Return *value* if it is the address of a Bot API server.

    Raises:
        ValueError: It isn't, or it is plain http beyond loopback.
    """
    example = "https://api.telegram.org/bot"
    _check_address(value, example)
    if not value.endswith("/bot"):
        raise ValueError(f"must end in /bot, without the token; give something like {example}")
    return value


def webhook_url(value: str) -> str:
    """Return *value* if Telegram, or a Bot API server on this machine, can call it.

    Raises:
        ValueError: It isn't an address, or it is plain http beyond loopback.
    """
    _check_address(value, "https://bot.example.org/telegram")
    return value


def _check_address(address: str, example: str) -> None:
    try:
        parts = urlsplit(address)
        well_formed = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        well_formed = False
    if not well_formed:
        raise ValueError(f"isn't an address; give something like {example}")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK_HOSTS:
        raise ValueError(f"is plain http, which is only for loopback; give https, like {example}")


def database_url(value: str) -> str:
    """Return *value* as SQLAlchemy's async drivers take it.

    Raises:
        ValueError: It names another kind of database, or no file or database at all.
    """
    for scheme in _POSTGRESQL_SCHEMES:
        if value.startswith(scheme):
            return "postgresql+psycopg://" + _names_a_database(value.removeprefix(scheme))
    for scheme in _SQLITE_SCHEMES:
        if value.startswith(scheme):
            return "sqlite+aiosqlite://" + _names_a_file(value.removeprefix(scheme))
    raise ValueError("is for another kind of database; give sqlite:///path or postgresql://user@host/name")


def _names_a_database(rest: str) -> str:
    _, slash, name = rest.partition("/")
    if not slash or not name.split("?")[0]:
        raise ValueError("names no database; give postgresql://user:password@host/name")
    return rest


def _names_a_file(rest: str) -> str:
    if not rest.startswith("/") or not rest.strip("/") or ":memory:" in rest or "?" in rest:
        raise ValueError("names no file; give sqlite:///path (or sqlite:////path from the root)")
    return rest


def passwords(url: str) -> tuple[str, ...]:
    """Return the password in a database's address as it stands there and as it is meant, if it has one."""
    written = urlsplit(url).password
    return () if not written else tuple({written, unquote(written)})


def comma_separated(value: object) -> object:
    """Return the parts of "1, 2" or "[1, 2]", as a variable holds a list; anything else as it is."""
    if isinstance(value, str):
        return [part for part in re.split(r"[\s,]+", value.strip().strip("[]")) if part]
    return value
