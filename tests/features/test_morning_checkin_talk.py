"""What is said: screens in one message, typed answers and sentences, old buttons, safety texts first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.message import press_data
from bot.storage.tables import Dose
from tests.features.checkin_patient import TODAY, buttons, enrol, last_dose
from tests.features.checkin_talk import Talk, begun

if TYPE_CHECKING:
    from bot.storage.database import Database


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: what is said doesn't depend on where the rows stand."""
    return sqlite_url


async def test_the_whole_check_in_lives_in_one_message(database: Database) -> None:
    """Each tap edits it; the thanks list what was logged, with Change."""
    talk = await begun(database)
    for label in ("6", "7", "None"):
        await talk.tap(label)
        assert [call.call for call in talk.said] == ["edit"]
    assert "Thank you" in talk.screen.text
    assert "Sleep 7 (10 = worst)" in talk.screen.text
    assert "Side effects: none" in talk.screen.text
    assert list(buttons(talk.screen)) == ["Change"]


async def test_progress_and_the_ends_of_the_scale_are_shown(database: Database) -> None:
    """Eleven answers in rows 0–3, 4–7, 8–10."""
    talk = await begun(database)
    assert "1 of 3" in talk.screen.text
    assert "0 = no pain · 10 = worst possible pain" in talk.screen.text
    rows = [[button.text for button in row] for row in talk.screen.rows[:3]]
    assert rows == [["0 best", "1", "2", "3"], ["4", "5", "6", "7"], ["8", "9", "10 worst"]]


@pytest.mark.parametrize(("typed", "pain"), [("6", 6), ("six", 6), ("6/10", 6), (" 10. ", 10), ("0", 0)])
async def test_typing_the_number_works(database: Database, typed: str, pain: int) -> None:
    """The number answers the question in front of the patient."""
    talk = await begun(database)
    assert await talk.type(typed)
    assert (await talk.who.row()).answers == {"pain": pain}
    assert "How was your sleep last night?" in talk.screen.text


@pytest.mark.parametrize("typed", ["11", "6.5", "100"])
async def test_a_number_off_the_scale_is_asked_again(database: Database, typed: str) -> None:
    """Nothing is rounded or guessed."""
    talk = await begun(database)
    assert await talk.type(typed)
    assert "a whole number from 0 to 10" in talk.screen.text
    assert (await talk.who.row()).answers == {}


async def test_every_question_can_be_typed(database: Database) -> None:
    """Q0 to the note without a single tap."""
    talk = Talk(
        await enrol(
            database,
            optional_questions=["hours_slept", "period", "note"],
            started_on=TODAY - timedelta(days=30),
        )
    )
    await talk.who.add(last_dose())
    await talk.type("/checkin")
    for words in ("not sure", "6", "seven", "none", "6½", "no", "<b>slept at my sister's</b>", "no change"):
        assert await talk.type(words), words
    assert (await talk.who.row()).answers == {
        "dose": "not_sure",
        "pain": 6,
        "sleep": 7,
        "side_effects": {},
        "hours_slept": 6.5,
        "period": False,
        "note": "<b>slept at my sister's</b>",
        "pgic": "no_change",
    }
    assert "&lt;b&gt;slept at my sister" in talk.screen.text


async def test_a_sentence_fills_the_check_in(database: Database) -> None:
    """What was understood is shown, and only the severities are asked."""
    talk = Talk(await enrol(database))
    assert await talk.type("pain 6, slept badly 8, bad headache and dreams")
    assert "Understood: Pain 6 · Sleep 8 (10 = worst) · headache, vivid dreams" in talk.screen.text
    assert "<b>Headache</b>: how severe was it" in talk.screen.text
    await talk.tap("mild")
    await talk.tap("moderate")
    assert "Thank you" in talk.screen.text
    assert (await talk.who.row()).answers == {
        "pain": 6,
        "sleep": 8,
        "side_effects": {"headache": "mild", "vivid_dreams": "moderate"},
    }


async def test_what_is_unclear_is_asked_again(database: Database) -> None:
    """“Slept well 8” may mean either end of the scale."""
    talk = Talk(await enrol(database))
    assert await talk.type("pain 6, slept well 8")
    assert "Not clear: “slept well 8”" in talk.screen.text
    assert "How was your sleep last night?" in talk.screen.text
    assert (await talk.who.row()).answers == {"pain": 6}


async def test_a_sentence_that_is_all_unclear_is_asked_again(database: Database) -> None:
    """It is about the check-in, so the check-in answers."""
    talk = Talk(await enrol(database))
    assert await talk.type("slept well 8")
    assert "Not clear" in talk.screen.text


@pytest.mark.parametrize(
    "typed", ["hello", "thank you", "none", "no", "what time is it?", "Lisbon", "🙂", "6"]
)
async def test_other_texts_are_left_alone(database: Database, typed: str) -> None:
    """With no check-in in hand they aren't the check-in's."""
    talk = Talk(await enrol(database))
    assert not await talk.type(typed)


async def test_hours_later_words_are_no_note(database: Database) -> None:
    """In front of the note question, a text typed in the evening is about something else."""
    talk = await begun(database, optional_questions=["note"])
    for label in ("6", "7", "None"):
        await talk.tap(label)
    talk.now += timedelta(hours=9)
    assert not await talk.type("where is my summary")
    talk.now -= timedelta(hours=8, minutes=30)
    assert await talk.type("rain all day")
    assert (await talk.who.row()).answers["note"] == "rain all day"


async def test_a_sentence_after_the_end_changes_nothing(database: Database) -> None:
    """It says that the check-in is finished and how to change it, below the words."""
    talk = await begun(database)
    for label in ("6", "7", "None"):
        await talk.tap(label)
    assert await talk.type("pain 2")
    assert "This check-in is finished. Tap Change to change it." in talk.screen.text
    assert talk.said[-1].call == "send"
    assert (await talk.who.row()).answers["pain"] == 6


async def test_change_lists_the_answers_and_takes_a_new_one(database: Database) -> None:
    """Change, the answer, the new number: the thanks again."""
    talk = await begun(database)
    for label in ("6", "7", "None", "Change", "Pain 6", "3"):
        await talk.tap(label)
    assert "Pain 3" in talk.screen.text
    assert "Thank you" in talk.screen.text


async def test_a_flare_can_be_withdrawn(database: Database) -> None:
    """“Too unwell” by mistake: the questions come back."""
    talk = await begun(database)
    for label in ("Too unwell today", "Change", "Not too unwell after all"):
        await talk.tap(label)
    assert "how strong was your pain" in talk.screen.text
    row = await talk.who.row()
    assert not row.flare


async def test_the_reminder_loses_its_buttons_when_q0_is_answered(database: Database) -> None:
    """Its message is stripped: the dose is logged."""
    talk = Talk(await enrol(database))
    await talk.who.add(last_dose())
    await talk.type("/checkin")
    await talk.tap("Taken")
    assert [call.message_id for call in talk.said if call.call == "strip"] == [40]
    async with database.read() as session:
        assert (await session.execute(select(Dose.state))).scalar_one() == "taken"


async def test_the_crisis_text_stands_before_everything_else(database: Database) -> None:
    """Then Continue shows the check-in again, where it was."""
    talk = await begun(database)
    for label in ("6", "7", "low mood", "severe"):
        await talk.tap(label)
    first = talk.said[0]
    assert first.call == "send"
    assert first.message
    assert first.message.text.startswith("I'm sorry you're feeling this way.")
    await talk.tap(buttons(first.message)["Continue"], message_id=900)
    assert "Did you notice any of these" in talk.screen.text


async def test_a_day_of_the_history_can_be_filled_in(database: Database) -> None:
    """A button with a date opens that date; one ahead is refused with a word."""
    talk = await begun(database)
    await talk.tap(press_data("checkin.day", None, "2026-03-05"))
    assert "Thursday 5 Mar (added later)" in talk.screen.text
    await talk.tap(press_data("checkin.day", None, "2026-03-11"))
    assert talk.toast == "There is no check-in for that day."


async def test_what_was_typed_never_breaks_the_html(database: Database) -> None:
    """Words for "other" are escaped, and cut where they are long."""
    talk = await begun(database)
    for label in ("6", "7", "other", "mild"):
        await talk.tap(label)
    assert await talk.type("<itching & burning " + "x" * 3000)
    await talk.tap("Done")
    assert "&lt;itching &amp; burning" in talk.screen.text
    assert len(talk.screen.text) < 4096


async def test_before_the_first_tap_the_date_is_the_patients(database: Database) -> None:
    """At 23:30 in Berlin it is still Tuesday there, whatever UTC says; at 00:30 it is Wednesday."""
    talk = Talk(await enrol(database))
    talk.now = datetime(2026, 3, 10, 22, 30, tzinfo=UTC)
    await talk.type("/checkin")
    assert "Tuesday 10 Mar" in talk.screen.text
    talk.now = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    await talk.type("/checkin")
    assert "Wednesday 11 Mar" in talk.screen.text
    await talk.tap("About Tuesday instead")
    assert "Tuesday 10 Mar" in talk.screen.text
    assert (await talk.who.row(date(2026, 3, 11))).answers == {}
