"""/dates: typed in once, said the day before and on the day, never at night."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.domain.dated import occurrence
from bot.storage.tables import Delivery
from tests.features.reminded import Reminded, enrol

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatMessage
    from tests.harness import RunningBot

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def patient(bot: RunningBot, chat: Person) -> Reminded:
    """A patient in London, on Tuesday, 3 March, at noon."""
    return await enrol(bot, chat)


def _said(chat: Person) -> list[ChatMessage]:
    return [message for message in chat.bot_messages if message.text.startswith("📅")]


async def test_a_date_is_said_the_day_before_and_on_the_day(
    bot: RunningBot, patient: Reminded, chat: Person
) -> None:
    """Noon the day before, 8:00 on the day; again three months later; a restart changes nothing."""
    await patient.say("/dates")
    await patient.tap("New date")
    await patient.tap("Blood test")
    await patient.say("10 March")
    await patient.tap("Every 3 months")
    await bot.restart()
    await bot.travel_to(datetime(2026, 3, 10, 12, 30, tzinfo=UTC))
    assert [(message.date, message.text) for message in _said(chat)] == [
        (datetime(2026, 3, 9, 12, tzinfo=UTC), "📅 Tomorrow: Blood test."),
        (datetime(2026, 3, 10, 8, tzinfo=UTC), "📅 Today: Blood test."),
    ]
    async with bot.database.read() as session:
        query = select(Delivery.due_at).where(Delivery.kind == "dated", Delivery.state == "pending")
        planned = sorted((await session.execute(query)).scalars())
    # British summer time by then: noon and eight there are an hour earlier in UTC.
    assert planned == [datetime(2026, 6, 9, 11, tzinfo=UTC), datetime(2026, 6, 10, 7, tzinfo=UTC)]


@on_sqlite
@pytest.mark.parametrize(
    ("typed", "listed"),
    [
        ("blood test on 15 March", "Blood test"),
        ("Vitamin level next Friday", "Vitamin level"),
        ("blood test 15 March at 10:30", "Blood test, 10:30"),
    ],
)
async def test_kind_and_date_may_be_typed_at_once(patient: Reminded, typed: str, listed: str) -> None:
    """The question "What shall I remind you of?" takes an answer in words, too."""
    await patient.say("/dates")
    await patient.tap("New date")
    said = await patient.say(typed)
    assert "Saved." in said.text
    assert listed in (await patient.say("/dates")).text


@on_sqlite
async def test_a_kind_alone_is_asked_its_date_and_other_words_go_elsewhere(patient: Reminded) -> None:
    """A check-in typed there is one, not the name of a date."""
    await patient.say("/dates")
    await patient.tap("New date")
    assert "On which date?" in (await patient.say("appointment")).text
    await patient.say("/dates")
    await patient.tap("New date")
    assert "Check-in for" in (await patient.say("pain 6, slept badly 8")).text


@on_sqlite
async def test_words_with_a_dentist_are_answered_and_kept(patient: Reminded, chat: Person) -> None:
    """The safety text comes first, and nothing that was typed is lost."""
    await patient.say("/dates")
    await patient.tap("New date")
    await patient.tap("Appointment")
    await patient.say("tomorrow")
    await patient.tap("Once")
    await patient.tap("Words")
    await patient.say("dentist, 10:30")
    texts = [message.text for message in chat.bot_messages[-2:]]
    assert texts[0].startswith("Tell the team")
    assert texts[1].startswith("Saved.\n\nAppointment, dentist, 10:30: tomorrow, Wednesday 4 Mar")


@on_sqlite
async def test_a_date_is_moved_deleted_and_brought_back(
    bot: RunningBot, patient: Reminded, chat: Person
) -> None:
    """A moved or deleted one is not said."""
    await patient.say("/dates")
    await patient.tap("New date")
    await patient.tap("Prescription")
    await patient.say("6 March")
    await patient.tap("Once")
    await patient.tap("Another date")
    said = await patient.say("8 March")
    assert "Prescription: Sunday 8 Mar" in said.text
    await patient.tap("Delete")
    await bot.travel_to(datetime(2026, 3, 7, 13, tzinfo=UTC))
    assert not _said(chat)
    await patient.tap("Undo")
    await bot.travel_to(datetime(2026, 3, 8, 9, tzinfo=UTC))
    assert [message.text for message in _said(chat)] == ["📅 Today: Prescription."]


@on_sqlite
async def test_the_weekly_summary_makes_way(bot: RunningBot, patient: Reminded) -> None:
    """At most one unasked message a day: two days of dates move it by two days."""
    await patient.change(summary_weekday=6)
    await patient.say("/dates")
    await patient.tap("New date")
    await patient.tap("Appointment")
    await patient.say("9 March")
    async with bot.database.read() as session:
        query = select(Delivery.due_at).where(Delivery.kind == "weekly_summary", Delivery.state == "pending")
        assert (await session.execute(query)).scalar_one() == datetime(2026, 3, 10, 18, tzinfo=UTC)


@on_sqlite
async def test_in_discreet_mode_the_message_names_nothing(
    bot: RunningBot, patient: Reminded, chat: Person
) -> None:
    """What it is stands behind the button."""
    await patient.change(discreet=True)
    await patient.say("/dates")
    await patient.tap("New date")
    await patient.tap("Blood test")
    await patient.say("5 March")
    await bot.travel_to(datetime(2026, 3, 4, 13, tzinfo=UTC))
    assert [message.text for message in _said(chat)] == ["📅 Tomorrow: something you noted."]


@pytest.mark.parametrize(
    ("every", "on_or_after", "due"),
    [
        (None, date(2026, 1, 31), date(2026, 1, 31)),
        (None, date(2026, 2, 1), None),
        (1, date(2026, 2, 1), date(2026, 2, 28)),
        (1, date(2026, 3, 1), date(2026, 3, 31)),
        (3, date(2026, 5, 1), date(2026, 7, 31)),
        (6, date(2027, 8, 1), date(2028, 1, 31)),
    ],
)
def test_the_31st_is_a_shorter_months_last_day(
    every: int | None, on_or_after: date, due: date | None
) -> None:
    """And the 31st again where there is one."""
    assert occurrence(date(2026, 1, 31), every, on_or_after) == due
