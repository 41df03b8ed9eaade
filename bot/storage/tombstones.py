"""Who was erased, so that a restored backup erases them again: a file outside the database.

It keeps a keyed hash of the erased row's random id, and the time. The id dies with the row, so the line tells
nothing about a person; and whoever enrols anew has a new id, so the line never hits them. The key stands in a
file of its own beside it.

    <hmac-sha256, hex> <when, UTC>
"""

from __future__ import annotations

import errno
import hmac
import os
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

_KEY_BYTES = 32
_OWNER_ONLY = 0o600


class Tombstones:
    """The file; it is made with the first erasure.

    Args:
        path: Where it stands: not in the database's backup.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._key_path = path.with_name(f"{path.name}.key")

    def add(self, patient_id: UUID, now: datetime) -> None:
        """Write down that this row is erased; on disk when this returns.

        Args:
            patient_id: The row's id.
            now: Aware UTC instant.

        Raises:
            OSError: It can't be written: then nothing may be erased.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        name = self._name(patient_id, self._make_key())
        if name in self.names():
            return
        # Behind a line that was cut off (a full disk) this one still stands alone: empty lines don't count.
        line = f"\n{name} {now.isoformat(timespec='seconds')}\n".encode()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _OWNER_ONLY)
        try:
            if os.write(descriptor, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def names(self) -> frozenset[str]:
        """Return the hashes of all that were erased; none where the file isn't there.

        Raises:
            OSError: The file is there and can't be read.
        """
        try:
            lines = self.path.read_text("ascii").splitlines()
        except FileNotFoundError:
            return frozenset()
        return frozenset(line.split(" ", 1)[0] for line in lines if line)

    def among(self, patient_ids: list[UUID]) -> list[UUID]:
        """Return those of *patient_ids* that were erased before.

        Raises:
            OSError: A file is there and can't be read, or the key is missing.
        """
        names = self.names()
        if not names:
            return []
        key = bytes.fromhex(self._key_path.read_text("ascii").strip())
        return [patient_id for patient_id in patient_ids if self._name(patient_id, key) in names]

    def _name(self, patient_id: UUID, key: bytes) -> str:
        return hmac.new(key, patient_id.bytes, sha256).hexdigest()

    def _make_key(self) -> bytes:
        try:
            descriptor = os.open(self._key_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        except FileExistsError:
            return bytes.fromhex(self._key_path.read_text("ascii").strip())
        key = secrets.token_bytes(_KEY_BYTES)
        with os.fdopen(descriptor, "w") as file:
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        return key
