"""The picture in the chat: with the words as its caption, changed in place, drawn again after a crash."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.span import span_ending
from bot.features.summary import actions, messages
from bot.features.summary.delivery import WeeklySummaryKind
from bot.features.summary.handlers import build, offers_of
from bot.features.summary.picture import picture_of
from bot.message import MAX_CAPTION, shown_length
from bot.sandbox.files import image_size
from bot.storage.tables import Patient
from bot.telegram_io.feature import Feature, Offer
from tests.features.summed_up import NOON, TUESDAY, checkin, dose, keep_two_weeks, somebody

if TYPE_CHECKING:
    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.storage.database import Database
    from tests.harness import RunningBot

OFFERS = (Offer("For my doctor", "report.open", 2), Offer("Compare", "compare.open", 1))


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One sort of database is enough here."""
    return sqlite_url


async def test_the_words_stand_below_the_picture_and_a_button_changes_both(
    bot: RunningBot, chat: Person, clock: ManualClock
) -> None:
    """One message in the chat, whatever is pressed."""
    clock.travel_to(NOON)
    patient = await somebody(bot.database, telegram_id=chat.id)
    await keep_two_weeks(bot.database, patient)
    first = await bot.say(chat, "/summary")
    assert first.file is not None
    week = first.file.content
    assert image_size(week) is not None
    assert first.text.startswith("18 Nov to 24 Nov 2026 (7 days)")
    assert "Pain: mean 5.5 (6 of 7 days)" in first.text
    second = await bot.tap(chat, "30 days")
    assert second.id == first.id
    assert second.file is not None
    assert second.file.content != week
    assert second.text.startswith("26 Oct to 24 Nov 2026 (30 days)")
    assert len(chat.bot_messages) == 1


async def test_the_weekly_summary_brings_its_picture_without_a_sound(
    bot: RunningBot, chat: Person, clock: ManualClock
) -> None:
    """Words and picture are one message, on the chosen evening."""
    clock.travel_to(NOON)
    patient = await somebody(bot.database, telegram_id=chat.id, summary_weekday=1, checkin_time=None)
    await keep_two_weeks(bot.database, patient)
    await chat.send_text("/help")
    await bot.settle()
    async with bot.database.write() as session:
        row = await session.get(Patient, patient.id)
        assert row is not None
        await WeeklySummaryKind().plan(session, row, NOON)
    await bot.travel_to(NOON + timedelta(hours=6))
    pictures = [message for message in chat.bot_messages if message.file]
    assert [(message.silent, message.text[:6]) for message in pictures] == [(True, "18 Nov")]


async def test_a_diary_with_nothing_in_it_has_no_picture(bot: RunningBot, chat: Person) -> None:
    """Empty axes say less than one sentence."""
    await somebody(bot.database, telegram_id=chat.id)
    answer = await bot.say(chat, "/summary")
    assert answer.file is None
    assert "No check-in was answered" in answer.text


async def test_more_days_than_a_phone_has_room_for_come_in_words() -> None:
    """Five years are figures."""
    assert picture_of(span_ending(TUESDAY, 366)) is not None
    assert picture_of(span_ending(TUESDAY, 367)) is None


async def test_the_fullest_caption_fits_and_keeps_what_matters(database: Database) -> None:
    """Over 1024 signs Telegram refuses: the details that the picture shows go first, never pain or doses."""
    patient = await somebody(database, checkin_anchor=TUESDAY - timedelta(days=200))
    answers: dict[str, object] = {"hours_slept": 6.5, "interference": 5, "pgic": "very_much_improved"}
    answers |= dict.fromkeys(("pain", "sleep", "fatigue", "brain_fog", "stiffness"), 10)
    effects = dict.fromkeys(("stomach_cramps", "trouble_sleeping", "nausea", "anxiety"), "moderate")
    async with database.write() as session:
        for back in range(200):
            on = TUESDAY - timedelta(days=back)
            session.add(checkin(patient, on, answers | {"side_effects": effects}, flare=True))
            session.add(dose(patient, on, "unreached" if back % 2 else "held"))
    async with database.read() as session:
        one = await actions.overview(session, patient, span_ending(TUESDAY, 90))
    for message in (
        messages.summary(one, discreet=False),
        messages.weekly(one, discreet=False, is_copy=True),
        messages.summary(one, discreet=True),
    ):
        assert message.attachment is not None
        assert shown_length(message.text) <= MAX_CAPTION
        assert len(message.text.splitlines()) <= 11
        for needed in ("Pain: mean", "Sleep problems: mean", "Side effects reported:", "not asked"):
            assert needed in message.text


def test_a_caption_is_measured_as_telegram_does() -> None:
    """Tags don't count, entities are one sign, an emoji two."""
    assert shown_length("<b>a</b> &lt;mg&gt; 😀") == len("a <mg> ") + 2


async def test_below_a_summary_stand_the_buttons_that_features_offer(database: Database) -> None:
    """In their order, with the span that they are about; none without such a feature."""
    patient = await somebody(database)
    await keep_two_weeks(database, patient)
    offers = offers_of([Feature("other", under_summary=OFFERS), Feature("nothing")])
    async with database.read() as session:
        one = await actions.overview(session, patient, span_ending(TUESDAY, 7))
    rows = messages.summary(one, discreet=False, offers=offers).rows
    assert [button.text for button in rows[1]] == ["Compare", "For my doctor"]
    assert [button.data for button in rows[1]] == [
        "compare.open::7:2026-11-24",
        "report.open::7:2026-11-24",
    ]
    alone = messages.summary(one, discreet=False).rows
    assert [[button.text for button in row] for row in alone[1:]] == [["‹ Today", "‹ More"]]
    assert build([]).commands.keys() == {"summary"}


async def test_a_year_of_doses_names_both_years(database: Database) -> None:
    """Without them 24 Nov to 23 Nov could be anything."""
    patient = await somebody(database)
    await keep_two_weeks(database, patient)
    async with database.read() as session:
        one = await actions.overview(session, patient, span_ending(TUESDAY, 365))
    assert "Doses 24 Nov 2025–23 Nov 2026: taken 5" in messages.summary(one, discreet=False).text
