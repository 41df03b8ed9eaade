"""Pictures and documents: drawn when they are sent, kept nowhere, and in nobody's way."""

from __future__ import annotations

import asyncio
import shutil
import sys
import threading
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from bot.delivery.drawing import Studio
from bot.message import Attachment, Button, Message
from bot.storage import patients
from bot.storage.database import Database
from bot.storage.tables import Delivery
from bot.telegram_io.outgoing import Outgoing
from tests.delivery.notes import WORTH, Office, Sketch
from tests.sandbox.test_files import png

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatMessage
    from bot.sandbox.server import SandboxServer

ANA = 5_000_000_001
ROWS = ((Button("30 days", "summary.show::30"),),)


@pytest.fixture
async def office(
    sqlite_template: Path, tmp_path: Path, server: SandboxServer, clock: ManualClock
) -> AsyncIterator[Office]:
    """A sender with one patient; the sort of database doesn't matter here."""
    server.person(ANA, opened=True)
    shutil.copyfile(sqlite_template, tmp_path / "test.sqlite3")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}")
    office = Office(database, server, clock)
    await office.open()
    async with database.write() as session:
        await patients.get_or_create(session, ANA, clock.now())
    yield office
    await office.close()
    await database.close()


@pytest.fixture
def ana(server: SandboxServer) -> Person:
    """The patient."""
    return next(person for person in server.people if person.id == ANA)


async def say(office: Office, *calls: Outgoing) -> None:
    """Answer the patient as the ingest does: rows first, then the sending."""
    now = office.clock.now()
    async with office.database.write() as session:
        patient = await patients.get_or_create(session, ANA, now)
        rows = [_row(patient.id, call, now) for call in calls]
        session.add_all(rows)
    office.sender.answer(ANA, rows)
    await office.sender.idle()


def _row(patient_id: Any, call: Outgoing, now: Any) -> Delivery:  # noqa: ANN401 - a row's columns
    columns: dict[str, Any] = {"state": "sending", "owner": "one", "attempts": 1, "fence": 1}
    times = {"due_at": now, "run_at": now, "expires_at": now + WORTH}
    subject = str(uuid4())
    return Delivery(
        patient_id=patient_id, kind="note", subject=subject, payload=call.to_json(), **columns, **times
    )


def newest(person: Person) -> ChatMessage:
    """Return the bot's newest message."""
    assert person.last is not None
    return person.last


async def test_what_is_to_be_drawn_survives_as_a_few_words_in_a_row() -> None:
    """A crash between commit and call: the next process draws the same from the payload."""
    drawn = Attachment("photo", "summary", {"days": 90}, filename="diary.png", otherwise="Sorry")
    call = Outgoing("edit", Message("30 days", ROWS, attachment=drawn), message_id=7)
    payload = call.to_json()
    assert Outgoing.from_json(payload) == call
    del payload["message"]["attachment"]
    assert Outgoing.from_json(payload) == Outgoing("edit", Message("30 days", ROWS), message_id=7)


async def test_a_picture_arrives_with_its_words_and_buttons(office: Office, ana: Person) -> None:
    """And the drawer was told what to draw."""
    picture = png(30, 20)
    sketch = office.drawers["summary"] = Sketch(lambda: picture)
    drawn = Attachment("photo", "summary", {"days": 7})
    await say(office, Outgoing("send", Message("<b>7 days</b>", ROWS, silent=True, attachment=drawn)))
    message = newest(ana)
    assert message.file is not None
    assert (message.file.content, message.html, message.silent) == (picture, "<b>7 days</b>", True)
    assert [button.text for button in message.buttons] == ["30 days"]
    assert sketch.seen == [{"days": 7}]


async def test_a_document_has_the_name_that_the_message_gives_it(office: Office, ana: Person) -> None:
    """So that a discreet patient's phone shows nothing."""
    office.drawers["report"] = Sketch(lambda: b"%PDF-")
    drawn = Attachment("document", "report", filename="report.pdf")
    await say(office, Outgoing("send", Message("Here it is.", attachment=drawn)))
    file = newest(ana).file
    assert file is not None
    assert (file.name, file.mime_type, file.content) == ("report.pdf", "application/pdf", b"%PDF-")


async def test_a_button_changes_the_picture_in_place(office: Office, ana: Person) -> None:
    """The same message, another picture."""
    office.drawers |= {"week": Sketch(lambda: png(30, 20)), "month": Sketch(lambda: png(60, 20))}
    await say(office, Outgoing("send", Message("7 days", ROWS, attachment=Attachment("photo", "week"))))
    first = newest(ana)
    edited = Message("30 days", ROWS, attachment=Attachment("photo", "month"))
    await say(office, Outgoing("edit", edited, message_id=first.id))
    assert len(ana.bot_messages) == 1
    assert newest(ana).file is not None
    assert (newest(ana).text, newest(ana).file and newest(ana).file.width) == ("30 days", 60)  # type: ignore[union-attr]


async def test_a_text_can_take_a_pictures_place_by_standing_below_it(office: Office, ana: Person) -> None:
    """Telegram turns no picture into a text: the words come anew, and the old buttons go."""
    office.drawers["week"] = Sketch(lambda: png(30, 20))
    await say(office, Outgoing("send", Message("7 days", ROWS, attachment=Attachment("photo", "week"))))
    first = newest(ana)
    await say(office, Outgoing("edit", Message("Compare", ROWS), message_id=first.id))
    assert (newest(ana).text, len(newest(ana).buttons)) == ("Compare", 1)
    assert [len(message.buttons) for message in ana.bot_messages] == [0, 1]


async def test_what_cannot_be_drawn_is_said(office: Office, ana: Person) -> None:
    """The words of a picture stand for themselves; a document's say that there is none."""

    def fail() -> bytes:
        raise ValueError("pain 7")

    office.drawers |= {"week": Sketch(fail), "report": Sketch(fail)}
    report = Attachment("document", "report", otherwise="I couldn't make it.")
    await say(
        office,
        Outgoing("send", Message("Pain: 7", ROWS, attachment=Attachment("photo", "week"))),
        Outgoing("send", Message("Here it is.", attachment=report)),
    )
    assert [message.text for message in ana.bot_messages] == ["Pain: 7", "I couldn't make it."]


async def test_why_a_drawing_failed_is_logged_without_what_was_drawn(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """An error's text may quote an answer."""

    def fail() -> bytes:
        raise ValueError("pain 7")

    office.drawers["week"] = Sketch(fail)
    await say(office, Outgoing("send", Message("Pain", attachment=Attachment("photo", "week"))))
    assert "a drawing of week failed (ValueError)" in caplog.text
    assert "pain 7" not in caplog.text


async def test_a_slow_drawing_holds_up_no_reminder(office: Office, ana: Person) -> None:
    """A weekly picture is drawn beside the lane, not in it; and a tap's picture finds a free hand."""
    gate = threading.Event()

    def slowly() -> bytes:
        gate.wait(10)
        return png(30, 20)

    office.drawers |= {name: Sketch(slowly) for name in "abc"} | {"week": Sketch(lambda: png(30, 20))}
    office.kind.drawn |= set("abc")
    for subject in "abcd":
        await office.plan(ANA, subject)
    await office.tick.claim()
    try:
        await ana.wait_for_text("note d")
        now = Outgoing("send", Message("7 days", attachment=Attachment("photo", "week")))
        content = office.studio.draw(ANA, now.message.attachment, bulk=False)  # type: ignore[union-attr, arg-type]
        assert await asyncio.wait_for(content, 5) == png(30, 20)
    finally:
        gate.set()
    await office.sender.idle()
    assert sorted(message.text for message in ana.bot_messages) == ["note a", "note b", "note c", "note d"]


async def test_memory_is_given_back_when_nothing_is_drawn_any_more(
    office: Office, clock: ManualClock
) -> None:
    """Once after the last of them, not between two; and the next one is drawn as before."""
    tidied = asyncio.Event()
    count = iter(range(10))

    def tidy() -> None:
        next(count)
        loop.call_soon_threadsafe(tidied.set)

    loop = asyncio.get_running_loop()
    office.drawers["sketch"] = Sketch(lambda: b"a picture")
    studio = Studio(office.database, clock, office.drawers, tidy, settled_after_s=0.05)
    drawing = Attachment("photo", "sketch")
    assert await studio.draw(ANA, drawing, bulk=False) == b"a picture"
    assert await studio.draw(ANA, drawing, bulk=True) == b"a picture"
    assert not tidied.is_set()
    await asyncio.wait_for(tidied.wait(), 5)
    assert await studio.draw(ANA, drawing, bulk=False) == b"a picture"
    studio.close()
    assert next(count) == 1


async def test_a_drawing_that_never_ends_keeps_nobody_waiting(
    office: Office, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its words go out without it, and the next pictures are drawn."""
    monkeypatch.setattr("bot.delivery.drawing._LONGEST_DRAWING_S", 0.1)
    may_end = threading.Event()

    def hang() -> bytes:
        may_end.wait(20)
        return b""

    office.drawers |= {"endless": Sketch(hang), "week": Sketch(lambda: png(30, 20))}
    endless = Outgoing("send", Message("7 days", attachment=Attachment("photo", "endless")))
    async with asyncio.timeout(5):
        await say(office, endless, endless, endless)
        await say(office, Outgoing("send", Message("30 days", attachment=Attachment("photo", "week"))))
    may_end.set()
    assert [message.file is not None for message in ana.bot_messages] == [False, False, False, True]


async def test_a_stop_gives_back_what_is_being_drawn(
    office: Office, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was not sent, for sure: the next process draws it anew, and no attempt is counted."""
    monkeypatch.setattr("bot.delivery.sender._STOP_WITHIN_S", 0.2)
    begun, may_end = threading.Event(), threading.Event()

    def slowly() -> bytes:
        begun.set()
        may_end.wait(10)
        return png(30, 20)

    office.drawers["a"] = Sketch(slowly)
    office.kind.drawn.add("a")
    note = await office.plan(ANA, "a")
    await office.tick.claim()
    assert await asyncio.to_thread(begun.wait, 5)
    async with asyncio.timeout(5):
        await office.sender.stop()
    may_end.set()
    row = await office.row(note)
    assert (row.state, row.outcome, row.attempts, row.owner) == ("pending", "stopping", 0, None)
    assert ana.bot_messages == []
    assert office.kind.told == []


async def test_a_drawing_that_never_ends_does_not_keep_the_process(office: Office) -> None:
    """At a stop the operator's service manager would have to kill it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.delivery.hung_drawing", str(office.database.url), str(ANA)
    )
    try:
        async with asyncio.timeout(20):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
