"""Files that were uploaded: checked, kept in memory, found again by id or path; and getFile."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from bot.sandbox.chat_state import StoredFile
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.message_json import file_json

if TYPE_CHECKING:
    from bot.sandbox.call import Call, Upload
    from bot.sandbox.world import World

LARGEST_PHOTO = 10_000_000
LARGEST_DOCUMENT = 50_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_JPEG_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3})


def image_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels of a PNG or a JPEG, or None for anything else."""
    if content.startswith(_PNG) and len(content) >= 24:  # noqa: PLR2004 - where a PNG's size ends
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    return _jpeg_size(content) if content.startswith(_JPEG) else None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:  # noqa: PLR2004 - a marker's first byte
        if content[position + 1] in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return width, height
        position += 2 + int(struct.unpack(">H", content[position + 2 : position + 4])[0])
    return None


class FileStore:
    """All files of one bot."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def by_id(self, file_id: str) -> StoredFile | None:
        """Return the file with this file_id, or None."""
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> StoredFile | None:
        """Return the file with this file_path, or None."""
        return self._by_path.get(path)

    def keep(self, upload: Upload, *, photo: bool) -> StoredFile:
        """Store an upload.

        Raises:
            ApiError: 400 or 413 for what Telegram refuses: empty, too large, no picture, odd dimensions.
        """
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > LARGEST_DOCUMENT:
            raise ApiError(413, "Request Entity Too Large")
        width, height = _photo_size(upload.content) if photo else (0, 0)
        number = len(self._by_id) + 1
        # A picture is known by its bytes, whatever it was called: bots often send it without a name.
        kind = "png" if upload.content.startswith(_PNG) else "jpeg"
        stored = StoredFile(
            file_id=f"{'AgAC' if photo else 'BQAC'}sandbox{number:08d}",
            path=f"photos/file_{number}.{kind}"
            if photo
            else f"documents/file_{number}{_suffix(upload.name)}",
            name=f"photo_{number}.{kind}" if photo else upload.name,
            mime_type=f"image/{kind}" if photo else upload.mime_type,
            content=upload.content,
            width=width,
            height=height,
        )
        self._by_id[stored.file_id] = self._by_path[stored.path] = stored
        return stored

    def find_or_keep(self, call: Call, given: object, field: str, *, photo: bool) -> StoredFile:
        """Return the file that a call names (file_id or attach://...), or sends in *field*.

        Raises:
            ApiError: 400 when there is none.
        """
        name = given if isinstance(given, str) else ""
        upload = call.uploads.get(name.removeprefix("attach://") if name.startswith("attach://") else field)
        if upload:
            return self.keep(upload, photo=photo)
        if not name:
            raise bad_request(f"there is no {'photo' if photo else 'document'} in the request")
        stored = self._by_id.get(name)
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if photo and not stored.width:
            raise bad_request("can't use file of type Document as Photo")
        return stored


def _photo_size(content: bytes) -> tuple[int, int]:
    if len(content) > LARGEST_PHOTO:
        raise bad_request("file is too big")
    size = image_size(content)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = size
    if not (0 < width + height <= 10_000 and max(size) <= 20 * min(size)):  # noqa: PLR2004 - Telegram's limits
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return size


def _suffix(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f".{suffix}" if stem and dot and suffix.isalnum() else ""


def get_file(world: World, call: Call) -> object:
    """Answer getFile."""
    file = world.files.by_id(call.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    return {**file_json(file), "file_path": file.path}
