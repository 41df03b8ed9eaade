"""Finds the keys that seal patients' words, and checks at start that they are the right ones."""

from __future__ import annotations

import os
import secrets
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.config_values import key_bytes
from bot.storage.database import Database, DatabaseError, lock_chat
from bot.storage.migrate import at_head
from bot.storage.sealing import KEY_BYTES, Keyring, SealError, use
from bot.storage.tables import SealKey

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from bot.config import EncryptionSettings

KEY_FILE = "encryption.key"
_WORD = "LDN Companion"
# No chat has this id.
_LOCK = -4_150_519
_OWNER_ONLY = 0o600
# What config.example.toml shows.
EXAMPLE = b"this is an example and no secret"


def new_key() -> str:
    """Return a new random key, as it stands in a file."""
    return urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def key_file(database: Database) -> Path | None:
    """Return the file beside the SQLite file that holds the key made at the first start; else None."""
    return None if database.path is None else database.path.with_name(KEY_FILE)


async def open_keyring(database: Database, settings: EncryptionSettings, now: datetime) -> Keyring:
    """Return the keys, checked against the database, and use them from now on.

    Without a key in the settings, SQLite keeps one in a file of its own, made at the first start.

    Raises:
        DatabaseError: A key is missing or wrong; nothing was written. The text is one line.
    """
    ring = _configured(database, settings)
    if ring is None:
        await _refuse_if_sealed(database)
        ring = Keyring([key_bytes(_make_file(database))])
    use(ring)
    await _check(database, ring, now)
    return ring


async def key_problem(database: Database, settings: EncryptionSettings) -> str | None:
    """Say why the bot would refuse to start for its keys, or None; nothing is written, and no key is made.

    Args:
        database: One that opens; before its tables are there, only the settings are looked at.
        settings: What the operator says about keys.
    """
    try:
        ring = _configured(database, settings)
    except DatabaseError as error:
        return str(error)
    if not await at_head(database):  # the table that names the keys may not be there yet
        return None
    async with database.read() as session:
        names = (await session.execute(select(SealKey.id))).scalars().all()
    lost = next((name for name in names if ring is None or name not in ring.known), None)
    return None if lost is None else str(_missing(lost))


def known_keys(database: Database, settings: EncryptionSettings) -> list[bytes]:
    """Return every key that is there, the one that seals first; makes none.

    Raises:
        DatabaseError: The key file can't be read.
    """
    keys = [key_bytes(key.get_secret_value()) for key in settings.all_keys()]
    path = key_file(database)
    if path is not None and path.exists():
        # The file's key seals unless the settings name one; then it opens what it sealed.
        keys.insert(0 if settings.key is None else len(keys), _read_file(path))
    return keys


def _configured(database: Database, settings: EncryptionSettings) -> Keyring | None:
    """Return the keys of the settings or of the key file, None where there are none yet."""
    keys, path = known_keys(database, settings), key_file(database)
    if EXAMPLE in keys:
        raise DatabaseError("encryption.key is the example's: make your own with `ldn-companion make-key`")
    if settings.key is None and not keys and settings.enabled:
        if path is None:
            raise DatabaseError(
                "encryption.key is not set: put the line that `ldn-companion make-key` prints into a file "
                "and name it in LDN_ENCRYPTION__KEY_FILE, or set encryption.enabled to false"
            )
        return None
    return Keyring(keys, seals=settings.enabled)


def _read_file(path: Path) -> bytes:
    try:
        return key_bytes(path.read_text("utf-8").strip())
    except (OSError, ValueError) as error:
        raise DatabaseError(
            f"{path} can't be read as a key: put back the file that was there, or its copy"
        ) from error


def _make_file(database: Database) -> str:
    path = key_file(database)
    if path is None:
        raise DatabaseError("no folder for a key")
    key = new_key()
    try:
        # Never over a key that is there: it may be the only one that opens something.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    except OSError as error:
        raise DatabaseError(
            f"{path} can't be made ({error.strerror}): give the bot's user the right to write there"
        ) from error
    with os.fdopen(descriptor, "w") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key


async def _refuse_if_sealed(database: Database) -> None:
    async with database.read() as session:
        known = (await session.execute(select(SealKey.id))).scalars().all()
    if known:
        raise _missing(known[0])


async def _check(database: Database, ring: Keyring, now: datetime) -> None:
    async with database.write() as session:
        # Replicas that start together must not write the same row twice.
        await lock_chat(session, _LOCK)
        rows = {row.id: row for row in (await session.execute(select(SealKey))).scalars()}
        for name, row in rows.items():
            if name not in ring.known:
                raise _missing(name)
            try:
                right = row.word == _WORD
            except SealError:
                right = False
            if not right:
                raise DatabaseError(
                    f"the key {name} doesn't open this database: put back the database or key that was used"
                )
        if ring.current is not None and ring.current not in rows:
            session.add(SealKey(id=ring.current, word=_WORD, created_at=now))


def _missing(name: str) -> DatabaseError:
    return DatabaseError(
        f"answers in the database are sealed with the key {name}, which isn't there: put it back into "
        f"encryption.key, encryption.old_keys or the file {KEY_FILE}; nothing was changed"
    )
