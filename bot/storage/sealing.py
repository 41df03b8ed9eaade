"""Encryption at rest of what patients typed and answered: AES-256-GCM between a row's columns and its object.

A sealed value is bound to its table, column and row: moved to another row, it doesn't open. The mapped column
holds text, `table.note = SealedText()` reads and writes the patient's words; class-level access gives no SQL
expression, so that nobody filters or sums by what only Python can read.

    §1.<key id>.<nonce and ciphertext, base64>   sealed
    §0.<text>                                    plain, but beginning with "§"
    <anything else>                              plain: encryption is off, or the row is from before it
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Text
from sqlalchemy.orm import mapped_column

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KEY_BYTES = 32
_NONCE_BYTES = 12
_MARK = "§"
_SEALED, _PLAIN = "§1.", "§0."

Value = TypeVar("Value")


class SealError(Exception):
    """A value can't be opened: its key is missing, or it was changed or moved. Never says what it holds."""


class Keyring:
    """The keys of one database: the first seals, all of them open.

    Args:
        keys: 32 bytes each. None at all: values are kept plain (encryption is off).
        seals: False: keys only open what was sealed before encryption was turned off.
    """

    def __init__(self, keys: Sequence[bytes], *, seals: bool = True) -> None:
        self._ciphers = {key_id(key): AESGCM(key) for key in keys}
        self.current = key_id(keys[0]) if keys and seals else None

    @property
    def known(self) -> frozenset[str]:
        """Return the ids of the keys that can open."""
        return frozenset(self._ciphers)

    def seal(self, plain: str, place: str) -> str:
        """Return what to store for *plain* at *place* ("table.column.row")."""
        if self.current is None:
            return _PLAIN + plain if plain.startswith(_MARK) else plain
        nonce = os.urandom(_NONCE_BYTES)
        # Half an emoji (a lone surrogate) has no UTF-8, and still must come back as it was.
        text = self._ciphers[self.current].encrypt(
            nonce, plain.encode("utf-8", "surrogatepass"), place.encode()
        )
        return beginning(self.current) + b64encode(nonce + text).decode()

    def open(self, stored: str, place: str) -> str:
        """Return the plain text of *stored*.

        Raises:
            SealError: The key is missing, or the value was changed or belongs to another place.
        """
        if not stored.startswith((_SEALED, _PLAIN)):
            return stored
        if stored.startswith(_PLAIN):
            return stored[len(_PLAIN) :]
        name, _, text = stored[len(_SEALED) :].partition(".")
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise SealError(f"the key {name} is missing")
        try:
            raw = b64decode(text, validate=True)
            plain = cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise SealError(f"a value of {place.rpartition('.')[0]} was changed or moved") from error
        return plain.decode("utf-8", "surrogatepass")


def key_id(key: bytes) -> str:
    """Return the name of a key, which tells nothing about it.

    Raises:
        ValueError: It doesn't have 32 bytes.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    return sha256(b"ldn-companion key id" + key).hexdigest()[:8]


def beginning(name: str) -> str:
    """Return how every value begins that the key *name* has sealed."""
    return f"{_SEALED}{name}."


def sealed_with(stored: str | None) -> str | None:
    """Return the id of the key that *stored* was sealed with, or None where it is plain."""
    if stored is None or not stored.startswith(_SEALED):
        return None
    return stored[len(_SEALED) :].partition(".")[0]


class _Ring:
    """The process's keyring; one process has one database."""

    ring: Keyring | None = None


def use(ring: Keyring) -> None:
    """Seal and open with *ring* from now on; the composition root calls this before the database is used."""
    _Ring.ring = ring


def ring() -> Keyring:
    """Return the keyring in use.

    Raises:
        SealError: Nobody has said which keys there are, not even none.
    """
    if _Ring.ring is None:
        raise SealError("no keyring is in use")
    return _Ring.ring


def place_of(table: str, column: str, *row: object) -> str:
    """Return what a value is bound to; *row* are the values that name its row."""
    return ".".join([table, column, *(str(part) for part in row)])


class _Sealed(Generic[Value]):
    """One attribute of a mapped class, kept sealed in the column of its name."""

    def __init__(self, *, default: Callable[[], Value] | None = None, nullable: bool = True) -> None:
        self.default = default
        self._nullable = nullable and default is None

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self._stored = name, f"_{name}"
        # Before SQLAlchemy looks at the class: it maps the column that the patient's words are sealed into.
        setattr(owner, self._stored, mapped_column(name, Text, nullable=self._nullable))

    @overload
    def __get__(self, row: None, owner: type) -> _Sealed[Value]: ...

    @overload
    def __get__(self, row: object, owner: type) -> Value: ...

    def __get__(self, row: object | None, owner: type) -> _Sealed[Value] | Value:
        if row is None:
            return self
        stored = getattr(row, self._stored)
        return cast("Value", None) if stored is None else self._read(ring().open(stored, self.place(row)))

    def __set__(self, row: object, value: Value) -> None:
        stored = None if value is None else ring().seal(self._write(value), self.place(row))
        setattr(row, self._stored, stored)

    @property
    def attribute(self) -> str:
        """Return the mapped attribute's name, to empty the column of many rows at once."""
        return self._stored

    def place(self, row: Any) -> str:  # noqa: ANN401 - any mapped class
        """Return what the value of *row* is bound to."""
        return place_of(row.__tablename__, self.name, *(getattr(row, part) for part in row.named_by))

    def stored(self, row: object) -> str | None:
        """Return the column's text as it stands in the database."""
        return cast("str | None", getattr(row, self._stored))

    def reseal(self, row: object) -> None:
        """Seal the value anew, with the key that seals now."""
        self.__set__(row, self.__get__(row, type(row)))

    def _read(self, plain: str) -> Value:
        raise NotImplementedError

    def _write(self, value: Value) -> str:
        raise NotImplementedError


class SealedText(_Sealed["str | None"]):
    """A patient's own words."""

    def _read(self, plain: str) -> str | None:
        return plain

    def _write(self, value: str | None) -> str:
        return value or ""


class SealedLabel(_Sealed[str]):
    """A patient's own words, which are always there."""

    def _read(self, plain: str) -> str:
        return plain

    def _write(self, value: str) -> str:
        return value


class SealedJson(_Sealed[Value]):
    """Answers and the like, as JSON. A new value must be assigned: a change inside one isn't noticed."""

    def _read(self, plain: str) -> Value:
        return cast("Value", json.loads(plain))

    def _write(self, value: Value) -> str:
        return json.dumps(value, separators=(",", ":"))


def sealed_attributes(owner: type) -> dict[str, _Sealed[Any]]:
    """Return the sealed attributes of a mapped class by name."""
    found = {name: value for one in reversed(owner.__mro__) for name, value in vars(one).items()}
    return {name: value for name, value in found.items() if isinstance(value, _Sealed)}
