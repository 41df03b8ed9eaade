"""Which questions a check-in asks, on which day, and the safety texts that answers bring."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.domain.checkin import Answers, DoseAnswer, Question
from bot.domain.checkin_calendar import Timing
from bot.domain.safety import Trigger
from bot.domain.side_effect import SideEffect
from bot.features.morning_checkin import actions, messages, opening
from bot.features.morning_checkin.actions import Note
from bot.features.morning_checkin.dose_answer import DoseSaid
from bot.message import press_data
from bot.storage.tables import Change, Dose, Patient
from tests.features.checkin_patient import LAST_NIGHT, MORNING, TODAY, buttons, enrol, last_dose

if TYPE_CHECKING:
    from bot.features.morning_checkin.actions import Result
    from bot.storage.database import Database
    from tests.features.checkin_patient import Someone


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: what is said doesn't depend on where the rows stand."""
    return sqlite_url


def _screen(result: Result, *, discreet: bool = False) -> dict[str, str]:
    return buttons(messages.screen(result.view, discreet=discreet, yesterday=result.yesterday))


async def _tap(who: Someone, result: Result, label: str, now: datetime = MORNING) -> Result:
    return await who.tap(_screen(result)[label], now)


async def test_an_unlogged_dose_is_asked_about_first(database: Database) -> None:
    """Q0 names the dose's own weekday, and "Taken" logs that dose."""
    who = await enrol(database)
    await who.add(last_dose())
    result = await who.open()
    assert "Did you take Monday's dose (4.5 mg)?" in messages.screen(result.view, discreet=False).text
    logged = await _answer_dose(who, result, DoseAnswer.TAKEN)
    async with database.read() as session:
        dose = (await session.execute(select(Dose))).scalar_one()
        change = (await session.execute(select(Change).where(Change.noun == "dose"))).scalar_one()
    assert (dose.state, dose.logged_at, dose.taken_at) == ("taken", MORNING, None)
    assert change.before["state"] == "asked"
    assert logged.view.walk.position is Question.PAIN
    assert logged.dose
    assert logged.dose.reminder_message_id == 40


async def test_not_sure_brings_the_text_about_never_two(database: Database) -> None:
    """Above the next question stands what to do when unsure."""
    who = await enrol(database)
    await who.add(last_dose())
    result = await _answer_dose(who, await who.open(), DoseAnswer.NOT_SURE)
    lines = messages.dose_lines(result.dose, ZoneInfo("Europe/Berlin"))
    assert lines[0].startswith("Not sure? Treat it as taken; don't take another.")


@pytest.mark.parametrize("state", ["taken", "not_taken", "held", "cancelled"])
async def test_a_dose_that_was_answered_isnt_asked_about(database: Database, state: str) -> None:
    """Q0 is only for a dose of which nobody has said anything."""
    who = await enrol(database)
    await who.add(last_dose(state=state, logged_at=LAST_NIGHT))
    assert (await who.open()).view.walk.position is Question.PAIN


async def test_a_dose_of_last_week_isnt_asked_about(database: Database) -> None:
    """During a pause the last due dose is long ago; the check-in doesn't keep asking."""
    who = await enrol(database)
    await who.add(last_dose(due_at=LAST_NIGHT - timedelta(days=5), dose_date=date(2026, 3, 4)))
    assert (await who.open()).view.walk.position is Question.PAIN


async def test_a_dose_logged_elsewhere_leaves_the_check_in(database: Database) -> None:
    """The reminder's "Taken" in between: Q0 goes, and its old button overwrites nothing."""
    who = await enrol(database)
    await who.add(last_dose())
    result = await who.open()
    async with database.write() as session:
        dose = (await session.execute(select(Dose))).scalar_one()
        dose.state, dose.logged_at = "taken", MORNING
    again = await _answer_dose(who, result, DoseAnswer.NOT_TAKEN)
    async with database.read() as session:
        dose = (await session.execute(select(Dose))).scalar_one()
    assert again.note is Note.DOSE_LOGGED_BEFORE
    assert dose.state == "taken"
    assert again.view.walk.questions[0] is Question.PAIN


async def test_the_next_day_is_late_and_older_days_are_backfilled(database: Database) -> None:
    """The first answer dates the check-in; its own row is answered, not today's."""
    who = await enrol(database)
    monday = await who.open(MORNING - timedelta(days=1))
    await _tap(who, monday, "3", MORNING - timedelta(days=1))
    late = _screen(await who.open(MORNING - timedelta(days=3)))["4"]
    await who.tap(late, MORNING)
    older = await who.open(MORNING, date(2026, 3, 2))
    await _tap(who, older, "5")
    sunday, monday_row = await who.row(date(2026, 3, 7)), await who.row(date(2026, 3, 9))
    assert monday_row.timing == Timing.ON_TIME
    assert (sunday.timing, sunday.answers) == (Timing.BACKFILLED, {"pain": 4})
    assert (await who.row(date(2026, 3, 2))).timing == Timing.BACKFILLED


async def test_an_answer_on_the_next_day_is_late(database: Database) -> None:
    """Yesterday's message answered this morning keeps yesterday's date."""
    who = await enrol(database)
    data = _screen(await who.open(MORNING))["4"]
    result = await who.tap(data, MORNING + timedelta(hours=22))
    assert (await who.row()).timing == Timing.LATE
    assert "(late)" in messages.screen(result.view, discreet=False).text


async def test_a_date_ahead_has_no_check_in(database: Database) -> None:
    """Nor has one over a year back."""
    who = await enrol(database)
    async with database.write() as session:
        patient = await session.get(Patient, who.patient_id)
        assert patient
        for days in (1, -400):
            assert await opening.open_on(session, patient, TODAY + timedelta(days=days), MORNING) is None


async def test_after_midnight_yesterday_is_offered_too(database: Database) -> None:
    """At 01:00 the evening's check-in may be meant; at 8:30 it isn't offered."""
    who = await enrol(database)
    night = datetime(2026, 3, 10, 0, 0, tzinfo=UTC)
    assert "About Monday instead" in _screen(await who.open(night))
    assert "About Monday instead" not in _screen(await who.open(MORNING))


async def test_the_weeks_last_check_in_asks_about_interference(database: Database) -> None:
    """With the summary on Sunday, Sunday's check-in is the week's last; Monday's isn't."""
    who = await enrol(database)
    sunday = await who.open(MORNING - timedelta(days=2))
    monday = await who.open(MORNING - timedelta(days=1))
    assert Question.INTERFERENCE in sunday.view.walk.questions
    assert Question.INTERFERENCE not in monday.view.walk.questions


async def test_the_monthly_question_comes_from_day_28_and_not_again_next_day(database: Database) -> None:
    """PGIC on the 28th day; the day after, it was asked."""
    who = await enrol(database, started_on=TODAY - timedelta(days=28))
    result = await who.open()
    assert result.view.walk.questions[-1] is Question.PGIC
    for label in ("6", "7", "None", "no change"):
        result = await _tap(who, result, label)
    tomorrow = await who.open(MORNING + timedelta(days=1))
    assert Question.PGIC not in tomorrow.view.walk.questions


async def test_the_monthly_question_left_unanswered_waits_for_the_next_month(database: Database) -> None:
    """Three check-ins carry it to the end of a list that is left early; then it comes a month after."""
    who = await enrol(database, started_on=TODAY - timedelta(days=28))
    carried = []
    for day in (0, 1, 2, 3, 27, 28, 29, 30):
        now = MORNING + timedelta(days=day)
        result = await who.open(now)
        carried.append(Question.PGIC in result.view.walk.questions)
        await _tap(who, result, "6", now)
    assert carried == [True, True, True, False, False, True, True, True]


async def test_optional_questions_are_asked_when_chosen(database: Database) -> None:
    """Hours, period and fatigue have buttons of their own."""
    who = await enrol(database, optional_questions=["hours_slept", "fatigue", "period"])
    result = await who.open()
    for label in ("6", "7", "None", "8", "5", "Yes"):
        result = await _tap(who, result, label)
    answers = (await who.row()).answers
    assert (answers["hours_slept"], answers["fatigue"], answers["period"]) == (8.0, 5, True)
    assert result.view.done


async def test_every_screen_fits_telegram(database: Database) -> None:
    """With everything asked, each screen's buttons and text are within Telegram's limits."""
    who = await enrol(
        database,
        started_on=TODAY - timedelta(days=40),
        summary_weekday=1,
        optional_questions=[question.value for question in Question],
    )
    await who.add(last_dose())
    result = await who.open()
    for question in result.view.walk.questions:
        view = (await who.act(actions.go_to, result, question)).view
        message = messages.screen(view, discreet=False)
        assert all(len(row) <= 4 for row in message.rows)
        assert {"‹ Back", "Skip"} <= set(buttons(message))
        assert len(set(buttons(message))) == sum(len(row) for row in message.rows)


async def test_discreet_screens_name_neither_medicine_nor_amount(database: Database) -> None:
    """Q0 and the monthly question have words of their own."""
    who = await enrol(database, started_on=TODAY - timedelta(days=40), discreet=True)
    await who.add(last_dose())
    result = await who.open()
    assert "Monday's routine" in messages.screen(result.view, discreet=True).text
    for question in result.view.walk.questions:
        view = (await who.act(actions.go_to, result, question)).view
        screens = messages.screen(view, discreet=True), messages.change_list(view, discreet=True)
        # Not the buttons' data, which nobody sees: a random id spells "mg" now and then.
        shown = " ".join(words for screen in screens for words in (screen.text, *buttons(screen)))
        assert "LDN" not in shown
        assert "mg" not in shown
        assert "dose" not in shown.casefold()


async def test_a_severe_side_effect_brings_its_text_once(database: Database) -> None:
    """At once when it is rated; rated again the same, or another one the same day, nothing is repeated."""
    who = await enrol(database)
    result = await who.open()
    for label in ("6", "7", "headache", "severe"):
        result = await _tap(who, result, label)
    assert [text.trigger for text in result.alerts] == [Trigger.SIDE_EFFECT]
    again = await who.tap(press_data("checkin.rate", result.view.checkin_id, "headache", "severe"))
    other = await who.tap(press_data("checkin.rate", result.view.checkin_id, "nausea", "severe"))
    assert not again.alerts
    assert not other.alerts


async def test_severe_low_mood_brings_the_crisis_text_with_a_way_to_stop(database: Database) -> None:
    """Continue or Stop for today; Stop ends the check-in and keeps the answers."""
    who = await enrol(database)
    result = await who.open()
    for label in ("6", "7", "low mood", "severe"):
        result = await _tap(who, result, label)
    (text,) = result.alerts
    message = messages.safety(text, result.view.checkin_id)
    assert "I'm sorry you're feeling this way." in message.text
    assert list(buttons(message)) == ["Continue", "Stop for today"]
    result = await who.tap(buttons(message)["Stop for today"])
    assert result.view.done
    assert (await who.row()).answers["side_effects"] == {"low_mood": "severe"}


async def test_the_crisis_text_comes_for_low_mood_alone(database: Database) -> None:
    """Rating another side effect afterwards doesn't say it again; low mood rated anew brings the line."""
    who = await enrol(database)
    result = await who.open()
    for label in ("6", "7", "low mood", "severe", "dry mouth", "mild"):
        result = await _tap(who, result, label)
    assert not result.alerts
    for label in ("✓ low mood · severe", "low mood", "severe"):
        result = await _tap(who, result, label)
    assert [(text.trigger, text.said_today) for text in result.alerts] == [(Trigger.SUICIDE, True)]


async def test_before_the_first_dose_a_severe_side_effect_brings_no_text(database: Database) -> None:
    """Nobody is told to ask about a dose that they don't take yet."""
    who = await enrol(database, started_on=TODAY + timedelta(days=4))
    result = await who.open()
    for label in ("6", "7", "headache", "severe"):
        result = await _tap(who, result, label)
    assert not result.alerts


async def test_side_effects_named_in_words_are_rated_one_after_the_other(database: Database) -> None:
    """Each named one is asked for its severity, also through a doubled tap."""
    who = await enrol(database)
    opened = await who.open()
    result = await who.act(
        actions.fill, opened, Answers(pain=6, sleep=8), to_rate=[SideEffect.HEADACHE, SideEffect.VIVID_DREAMS]
    )
    assert result.view.walk.rating is SideEffect.HEADACHE
    data = _screen(result)["mild"]
    result = await who.tap(data)
    assert result.view.walk.rating is SideEffect.VIVID_DREAMS
    result = await who.tap(data)
    assert result.view.walk.rating is SideEffect.VIVID_DREAMS
    result = await _tap(who, result, "moderate")
    assert result.view.done
    assert (await who.row()).answers["side_effects"] == {"headache": "mild", "vivid_dreams": "moderate"}


async def _answer_dose(who: Someone, result: Result, answer: DoseAnswer) -> Result:
    return await who.act(actions.answer_dose, result, DoseSaid(date(2026, 3, 9), answer))
