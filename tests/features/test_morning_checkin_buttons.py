"""Old, foreign and invented buttons of the check-in: always an answer, never another day's row."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.domain.checkin import Answers
from bot.message import press_data
from bot.storage.tables import Checkin
from tests.features.checkin_patient import TODAY, buttons, last_dose
from tests.features.checkin_talk import begun

if TYPE_CHECKING:
    from bot.storage.database import Database


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: what is said doesn't depend on where the rows stand."""
    return sqlite_url


async def test_an_old_button_answers_its_own_day(database: Database) -> None:
    """Tuesday's button on Wednesday: Tuesday's row, late; nothing on Wednesday's."""
    talk = await begun(database)
    old = buttons(talk.screen)["4"]
    talk.now += timedelta(days=1)
    await talk.type("/checkin")
    await talk.tap(old)
    assert (await talk.who.row()).answers == {"pain": 4}
    assert (await talk.who.row()).timing == "late"
    assert (await talk.who.row(TODAY + timedelta(days=1))).answers == {}


@pytest.mark.parametrize(
    "data",
    [
        press_data("checkin.answer", UUID(int=1), "pain", 6),
        press_data("checkin.change", UUID(int=1)),
        press_data("checkin.day", None, "yesterday"),
        press_data("checkin.none"),
    ],
)
async def test_a_button_without_a_row_opens_today(database: Database, data: str) -> None:
    """Another patient's, a deleted one's, an invention: a word, and today's check-in."""
    talk = await begun(database)
    await talk.tap(data)
    assert talk.toast == "That button is from an older message. Here is today:"
    assert "how strong was your pain" in talk.screen.text


@pytest.mark.parametrize(
    "arguments",
    [
        ("answer", "pain", "11"),
        ("answer", "pain"),
        ("answer", "mood", "3"),
        ("answer", "note", "x"),
        ("rate", "headache", "awful"),
        ("dose", "2026-03-09"),
        ("goto", "pgic"),
        ("back",),
    ],
)
async def test_a_button_of_another_version_changes_nothing(
    database: Database, arguments: tuple[str, ...]
) -> None:
    """Whatever it says, it is answered politely."""
    talk = await begun(database)
    row = await talk.who.row()
    verb, *rest = arguments
    await talk.tap(press_data(f"checkin.{verb}", row.id, *rest))
    assert talk.toast == "That button is from an older message. Here is today:"
    assert (await talk.who.row()).answers == {}


@pytest.mark.parametrize("seed", range(4))
async def test_every_button_ever_shown_can_be_pressed_at_any_time(database: Database, seed: int) -> None:
    """In any order, on three days: always an answer, always a readable row, each date its own."""
    chance = Random(seed)
    talk = await begun(database, optional_questions=["hours_slept", "fatigue", "period"])
    await talk.who.add(last_dose())
    shown: set[str] = set()
    for _ in range(35):
        # The ways out belong to other features.
        shown |= {data for data in buttons(talk.screen).values() if data.startswith("checkin.")}
        if chance.random() < 0.05:
            talk.now += timedelta(hours=9)
            await talk.type("/checkin")
        await talk.tap(chance.choice(sorted(shown)), message_id=chance.choice([None, 5, 900]))
        assert talk.said
        async with database.read() as session:
            rows = (await session.execute(select(Checkin))).scalars().all()
        assert len({row.local_date for row in rows}) == len(rows)
        for row in rows:
            assert Answers.from_json(row.answers).to_json() == row.answers
            assert (row.answered_at is None) == (row.timing is None)
