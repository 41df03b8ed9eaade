"""A file from another bot is sent into the chat: during enrolment, or into an empty diary."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from bot.reports.tables import json_file
from bot.storage import patients
from bot.storage.portable.reading import document_of
from bot.storage.tables import Checkin
from tests.features.summed_up import NOON, keep_two_weeks, somebody

if TYPE_CHECKING:
    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatMessage
    from tests.harness import RunningBot


@pytest.fixture
async def document(bot: RunningBot, chat: Person, clock: ManualClock) -> dict[str, Any]:
    """What another patient exported; it is noon on 24 November."""
    clock.travel_to(NOON)
    patient = await somebody(bot.database, telegram_id=chat.id + 1)
    await keep_two_weeks(bot.database, patient)
    async with bot.database.read() as session:
        return await document_of(session, patient, NOON)


async def send(bot: RunningBot, chat: Person, content: bytes, name: str = "diary.json") -> ChatMessage:
    """Send a file and return the answer."""
    await chat.send_document(name, content, "application/json")
    await bot.settle()
    assert chat.last is not None
    return chat.last


async def checkins_of(bot: RunningBot, chat: Person) -> int:
    """Return how many check-ins the patient has."""
    async with bot.database.read() as session:
        patient = await patients.by_telegram_id(session, chat.id)
        assert patient is not None
        rows = (
            (await session.execute(select(Checkin).where(Checkin.patient_id == patient.id))).scalars().all()
        )
        return sum(bool(row.answers) for row in rows)


async def test_a_diary_moves_in_during_enrolment(
    bot: RunningBot, chat: Person, document: dict[str, Any]
) -> None:
    """Not before consent; then the plan goes on here, with its reminder tonight."""
    await bot.say(chat, "/start")
    said = await send(bot, chat, json_file(document))
    assert "once you have agreed" in said.text
    await bot.tap(chat, "I've read this")
    await bot.tap(chat, "I agree")
    said = await send(bot, chat, json_file(document))
    assert "Your diary is here" in said.text
    assert "4.5 mg at 22:00 (Europe/Lisbon)" in said.text
    assert await checkins_of(bot, chat) == 13
    await bot.travel(timedelta(hours=10, minutes=1))
    assert any("4.5 mg" in message.text and "💊" in message.text for message in chat.bot_messages)
    said = await send(bot, chat, json_file(document))
    assert "I don't mix two diaries" in said.text


async def test_a_block_stays_where_it_was_made(
    bot: RunningBot, chat: Person, document: dict[str, Any]
) -> None:
    """What another operator decided about somebody, and when that bot let them in, doesn't come along."""
    document["patient"] |= {"barred_at": "2026-11-20T12:00:00Z", "admitted_at": "2026-11-01T12:00:00Z"}
    await bot.say(chat, "/start")
    await bot.tap(chat, "I've read this")
    await bot.tap(chat, "I agree")
    assert "Your diary is here" in (await send(bot, chat, json_file(document))).text
    async with bot.database.read() as session:
        patient = await patients.by_telegram_id(session, chat.id)
        assert patient is not None
        assert (patient.barred_at, patient.admitted_at) == (None, None)


async def test_a_file_with_mistakes_changes_nothing(
    bot: RunningBot, chat: Person, document: dict[str, Any]
) -> None:
    """Each mistake is a sentence; other files are none of our business."""
    await bot.say(chat, "/start")
    await bot.tap(chat, "I've read this")
    await bot.tap(chat, "I agree")
    document["tables"]["doses"][0]["state"] = "<b>eaten"
    document["tables"]["checkins"][0]["answers"] = {"pain": 12}
    said = await send(bot, chat, json.dumps(document).encode())
    assert "nothing was changed" in said.text
    assert "doses, row 1: state must be" in said.text
    assert "checkins, row 1: answers must be" in said.text
    said = await send(bot, chat, b"\xff{")
    assert "This isn't a JSON file" in said.text
    await chat.send_document("holiday.txt", b"words")
    await bot.settle()
    assert chat.last is not None
    assert "I can't open files" in chat.last.text
    said = await bot.say(chat, "Lisbon")
    assert "Lisbon" in said.text


async def test_a_plan_without_entries_is_replaced(
    bot: RunningBot, chat: Person, document: dict[str, Any]
) -> None:
    """Whoever set up first and found the file later loses nothing by it."""
    await somebody(bot.database, telegram_id=chat.id, zone="Europe/Berlin")
    said = await send(bot, chat, json_file(document), name="LDN-diary-2026-11-24.json")
    assert "Europe/Lisbon" in said.text
    assert await checkins_of(bot, chat) == 13
