"""Pictures and files: uploads, file ids, downloads, edits of media."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from telegram import InputMediaDocument, InputMediaPhoto
from telegram.error import BadRequest

if TYPE_CHECKING:
    from telegram import Bot

    from bot.sandbox.chat import Person


def png(width: int, height: int) -> bytes:
    """Return a grey picture of this size in pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def test_a_photo_is_uploaded_seen_and_downloaded(api: Bot, ana: Person) -> None:
    """By multipart, with its caption's entities; getFile finds it again."""
    picture = png(30, 20)
    message = await api.send_photo(ana.id, picture, caption="<b>Week 1</b>", parse_mode="HTML")
    assert ana.last is not None
    assert ana.last.file is not None
    assert (ana.last.file.content, ana.last.text, ana.last.html) == (picture, "Week 1", "<b>Week 1</b>")
    assert (message.photo[-1].width, message.photo[-1].height) == (30, 20)
    file = await api.get_file(message.photo[-1].file_id)
    assert await file.download_as_bytearray() == picture


async def test_a_document_keeps_its_name_and_is_sent_again_by_id(api: Bot, ana: Person) -> None:
    """Without a second upload."""
    message = await api.send_document(ana.id, b"a;b", filename="diary.csv")
    assert message.document is not None
    assert (message.document.file_name, message.document.mime_type) == ("diary.csv", "text/csv")
    again = await api.send_document(ana.id, message.document.file_id)
    assert again.document is not None
    assert again.document.file_id == message.document.file_id


async def test_an_edit_changes_the_picture_or_its_caption(api: Bot, ana: Person) -> None:
    """A new picture, a document in its place, another caption."""
    message = await api.send_photo(ana.id, png(10, 10), caption="7 days")
    await message.edit_media(InputMediaPhoto(png(20, 10), caption="30 days"))
    assert ana.last is not None
    assert ana.last.file is not None
    assert (ana.last.text, ana.last.file.width) == ("30 days", 20)
    await message.edit_caption("a month")
    assert ana.last.text == "a month"
    await message.edit_media(InputMediaDocument(b"pdf", filename="doctor.pdf"))
    assert ana.last.file.name == "doctor.pdf"
    with pytest.raises(BadRequest, match="Message is not modified"):
        await message.edit_reply_markup(None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "File must be non-empty"),
        (b"no picture", "Image_process_failed"),
        (png(1, 50), "Photo_invalid_dimensions"),
    ],
    ids=["empty", "text", "narrow"],
)
async def test_what_is_no_picture_is_refused(api: Bot, ana: Person, content: bytes, words: str) -> None:
    """Empty, of another kind, or far too narrow."""
    with pytest.raises(BadRequest, match=words):
        await api.send_photo(ana.id, content)


async def test_an_unknown_file_id_is_refused(api: Bot, ana: Person) -> None:
    """For sending and for getFile."""
    with pytest.raises(BadRequest, match="Wrong file identifier/http url specified"):
        await api.send_document(ana.id, "BQACunknown")
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await api.get_file("BQACunknown")


async def test_a_persons_picture_reaches_the_bot(api: Bot, ana: Person) -> None:
    """With a file id that can be downloaded."""
    await ana.send_photo(png(12, 12), "my pill box")
    (update,) = await api.get_updates()
    assert update.message is not None
    assert (update.message.caption, update.message.photo[-1].width) == ("my pill box", 12)
    file = await api.get_file(update.message.photo[-1].file_id)
    assert await file.download_as_bytearray() == png(12, 12)
