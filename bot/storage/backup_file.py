"""The encrypted file of a backup: a plain line that says what it is, then sealed pieces.

    LDN-BACKUP-1
    {"created_at": …, "database": …, "key": <key id>, "revision": …, "salt": …, "version": …}
    <length><piece><length><piece>…

Each piece is up to 256 KiB of the compressed content under AES-256-GCM. The file has a key of its own (HKDF
of the operator's key and the salt), a piece's nonce is its number and whether it is the last, and every piece
is bound to the two lines: none can be changed, swapped, left out, added or cut off without being noticed.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.storage.sealing import KEY_BYTES, key_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MAGIC = b"LDN-BACKUP-1\n"
_PIECE = 256 * 1024
_TAG_BYTES = 16
_SALT_BYTES = 32
_LONGEST_HEADER = 4096
_LENGTH = struct.Struct(">I")
# A little slower to make than the fastest, and a fifth smaller.
_COMPRESSION = 6


class BackupError(Exception):
    """A backup can't be made, read or restored; the text is one clear line for the operator."""


@dataclass(frozen=True, slots=True)
class Header:
    """What anybody may read of a backup.

    Attributes:
        database: "sqlite" or "postgresql": where it can be restored.
        created_at: An aware instant, UTC: everything committed before it is inside.
        revision: Of the tables.
        version: Of the bot.
        key: Id of the key that opens it.
        salt: Makes the file's own key.
    """

    database: str
    created_at: datetime
    revision: str
    version: str
    key: str
    salt: bytes

    @classmethod
    def new(cls, key: bytes, *, database: str, created_at: datetime, revision: str, version: str) -> Header:
        """Return the header of a file that *key* will open."""
        return cls(database, created_at, revision, version, key_id(key), os.urandom(_SALT_BYTES))

    def to_bytes(self) -> bytes:
        """Return the two lines."""
        fields = {
            "created_at": self.created_at.isoformat(),
            "database": self.database,
            "key": self.key,
            "revision": self.revision,
            "salt": b64encode(self.salt).decode(),
            "version": self.version,
        }
        return _MAGIC + json.dumps(fields).encode() + b"\n"


class BackupWriter:
    """Writes one backup.

    Args:
        file: An empty file, open for writing bytes.
        header: What it says of itself.
        key: The 32 bytes of the operator's key.
    """

    def __init__(self, file: IO[bytes], header: Header, key: bytes) -> None:
        self._file = file
        start = header.to_bytes()
        self._cipher, self._bound_to = _cipher(key, header.salt), sha256(start).digest()
        self._compress = zlib.compressobj(_COMPRESSION)
        self._waiting = bytearray()
        self._number = 0
        file.write(start)

    def write(self, data: bytes) -> None:
        """Add *data* to the content."""
        self._waiting += self._compress.compress(data)
        while len(self._waiting) > _PIECE:
            self._seal(bytes(self._waiting[:_PIECE]), last=False)
            del self._waiting[:_PIECE]

    def finish(self) -> None:
        """Write the last piece; without it the file doesn't open."""
        self._waiting += self._compress.flush()
        while len(self._waiting) > _PIECE:
            self._seal(bytes(self._waiting[:_PIECE]), last=False)
            del self._waiting[:_PIECE]
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, piece: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), piece, self._bound_to)
        self._file.write(_LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


def read_header(file: IO[bytes]) -> Header:
    """Read the two lines at the file's start.

    Raises:
        BackupError: It is no backup of this bot.
    """
    if file.readline(len(_MAGIC)) != _MAGIC:
        raise BackupError("this is no backup of LDN Companion, or of a newer version: give another file")
    try:
        fields: dict[str, Any] = json.loads(file.readline(_LONGEST_HEADER))
        return Header(
            database=str(fields["database"]),
            created_at=datetime.fromisoformat(fields["created_at"]),
            revision=str(fields["revision"]),
            version=str(fields["version"]),
            key=str(fields["key"]),
            salt=b64decode(fields["salt"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise _changed() from error


def read_content(file: IO[bytes], header: Header, keys: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the content, in pieces; *file* stands behind the header.

    What was yielded is to be believed only when the iterator has come to its end.

    Raises:
        BackupError: No key of *keys* opens it, or the file was changed or cut off.
    """
    key = next((key for key in keys if key_id(key) == header.key), None)
    if key is None:
        raise BackupError(
            f"the key {header.key} that opens this backup isn't there: put it into backup.key, "
            "encryption.key, encryption.old_keys or the file encryption.key beside the database"
        )
    cipher, bound_to = _cipher(key, header.salt), sha256(header.to_bytes()).digest()
    expand, number, piece = zlib.decompressobj(), 0, _next_piece(file)
    while piece is not None:
        following = _next_piece(file)
        try:
            opened = cipher.decrypt(_nonce(number, last=following is None), piece, bound_to)
            yield expand.decompress(opened)
        except (InvalidTag, zlib.error) as error:
            raise _changed() from error
        number, piece = number + 1, following
    if not expand.eof:
        raise _changed()


def _next_piece(file: IO[bytes]) -> bytes | None:
    """Return the next sealed piece, None at the end of the file."""
    start = file.read(_LENGTH.size)
    if not start:
        return None
    length = _LENGTH.unpack(start)[0] if len(start) == _LENGTH.size else 0
    if not _TAG_BYTES <= length <= _PIECE + _TAG_BYTES:
        raise _changed()
    piece = file.read(length)
    if len(piece) != length:
        raise _changed()
    return piece


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    own = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"ldn-companion backup").derive(key)
    return AESGCM(own)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _changed() -> BackupError:
    return BackupError("the backup is damaged, cut off or was changed: take another one")
