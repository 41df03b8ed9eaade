"""What a patient meets in a check-in: questions, taps, changes, and what the rows say afterwards."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.domain.checkin import Answers, Question
from bot.domain.checkin_calendar import Timing
from bot.domain.side_effect import Severity, SideEffect
from bot.features.morning_checkin import actions, messages
from bot.features.morning_checkin.actions import Note
from bot.storage.tables import Change, Checkin
from tests.features.checkin_patient import MORNING, TODAY, buttons, enrol

if TYPE_CHECKING:
    from bot.features.morning_checkin.actions import Result
    from bot.storage.database import Database
    from tests.features.checkin_patient import Someone


def _screen(result: Result, *, discreet: bool = False) -> dict[str, str]:
    return buttons(messages.screen(result.view, discreet=discreet, yesterday=result.yesterday))


async def _tap(who: Someone, result: Result, label: str, now: datetime = MORNING) -> Result:
    return await who.tap(_screen(result)[label], now)


async def test_an_ordinary_check_in_takes_three_taps(database: Database) -> None:
    """Pain, sleep, None: then it is done, and the row holds it."""
    who = await enrol(database)
    result = await who.open()
    for label in ("6", "7", "None"):
        result = await _tap(who, result, label)
    row = await who.row()
    assert result.view.done
    assert row.state == "done"
    assert row.answers == {"pain": 6, "sleep": 7, "side_effects": {}}
    assert (row.answered_at, row.timing) == (MORNING, Timing.ON_TIME)


async def test_each_tap_is_saved_before_the_next_question(database: Database) -> None:
    """Leaving after the first question keeps its answer."""
    who = await enrol(database)
    await _tap(who, await who.open(), "10 worst")
    row = await who.row()
    assert (row.state, row.answers) == ("open", {"pain": 10})
    assert (await who.open(MORNING + timedelta(hours=5))).view.walk.position is Question.SLEEP


async def test_the_same_tap_twice_answers_one_question(database: Database) -> None:
    """A doubled tap neither skips the next question nor leaves a change behind."""
    who = await enrol(database)
    data = _screen(await who.open())["6"]
    await who.tap(data)
    result = await who.tap(data)
    assert result.view.walk.position is Question.SLEEP
    assert result.view.walk.answers == Answers(pain=6)
    async with database.read() as session:
        assert (await session.execute(select(Change))).first() is None


async def test_an_answer_given_anew_keeps_the_earlier_one(database: Database) -> None:
    """Back and another number: the row says the new one, the history the old one."""
    who = await enrol(database)
    result = await _tap(who, await who.open(), "6")
    result = await who.act(actions.go_back, result, "sleep")
    await _tap(who, result, "5")
    async with database.read() as session:
        change = (await session.execute(select(Change))).scalar_one()
    assert change.before["answers"] == {"pain": 6}
    assert (await who.row()).answers == {"pain": 5}


async def test_back_pressed_twice_goes_back_once(database: Database) -> None:
    """The Back button names the screen that it stands on."""
    who = await enrol(database)
    result = await _tap(who, await _tap(who, await who.open(), "6"), "7")
    for _ in range(2):
        result = await who.act(actions.go_back, result, "side_effects")
    assert result.view.walk.position is Question.SLEEP


async def test_a_stray_tap_on_a_finished_check_in_changes_nothing(database: Database) -> None:
    """An old screen's number says that the check-in is finished, until Change was tapped."""
    who = await enrol(database)
    result = await who.open()
    old = _screen(result)["1"]
    for label in ("6", "7", "None"):
        result = await _tap(who, result, label)
    result = await who.tap(old)
    assert result.note is Note.CLOSED
    assert (await who.row()).answers["pain"] == 6


async def test_a_finished_check_in_can_be_changed_and_keeps_its_history(database: Database) -> None:
    """Change, pain, 4: done again at once, and the earlier answers are kept."""
    who = await enrol(database)
    result = await who.open()
    for label in ("6", "7", "None"):
        result = await _tap(who, result, label)
    later = MORNING + timedelta(hours=3)
    result = await who.act(actions.go_to, result, Question.PAIN, now=later)
    result = await _tap(who, result, "4", later)
    row = await who.row()
    async with database.read() as session:
        change = (await session.execute(select(Change))).scalar_one()
    assert result.view.walk.position is None
    assert (row.answers["pain"], row.state, row.answered_at) == (4, "done", MORNING)
    assert change.before["answers"]["pain"] == 6


async def test_side_effects_are_rated_one_by_one(database: Database) -> None:
    """Two side effects with their severities, then Done."""
    who = await enrol(database)
    result = await who.open()
    for label in ("6", "7", "headache", "mild", "vivid dreams", "moderate", "Done"):
        result = await _tap(who, result, label)
    assert (await who.row()).answers["side_effects"] == {"headache": "mild", "vivid_dreams": "moderate"}
    assert result.view.done


async def test_a_chosen_side_effect_can_be_withdrawn(database: Database) -> None:
    """Its button carries a tick; a tap on it takes it out again."""
    who = await enrol(database)
    result = await who.open()
    for label in ("6", "7", "headache", "mild", "✓ headache · mild"):
        result = await _tap(who, result, label)
    assert "None" in _screen(result)
    assert "side_effects" not in (await who.row()).answers


async def test_same_as_yesterday_copies_side_effects_alone(database: Database) -> None:
    """It is offered at Q3 when yesterday has some, and copies no number."""
    who = await enrol(database)
    yesterday = Answers(pain=2).with_side_effects({SideEffect.NAUSEA: Severity.MILD})
    await who.add(_checkin(TODAY - timedelta(days=1), yesterday))
    result = await who.open()
    for label in ("6", "7"):
        result = await _tap(who, result, label)
    assert "Same as yesterday" in _screen(result)
    await who.act(actions.same_as_yesterday, result)
    assert (await who.row()).answers == {"pain": 6, "sleep": 7, "side_effects": {"nausea": "mild"}}


async def test_too_unwell_ends_the_check_in_and_marks_a_flare(database: Database) -> None:
    """One tap on the first screen, and nothing more is asked."""
    who = await enrol(database)
    result = await _tap(who, await who.open(), "Too unwell today")
    row = await who.row()
    assert result.view.done
    assert (row.flare, row.state, row.timing) == (True, "done", Timing.ON_TIME)


async def test_too_unwell_stands_on_the_first_screen_alone(database: Database) -> None:
    """The next screens have Back and Skip."""
    who = await enrol(database)
    result = await _tap(who, await who.open(), "6")
    assert "Too unwell today" not in _screen(result)
    assert {"‹ Back", "Skip"} <= set(_screen(result))


def _checkin(on: date, answers: Answers) -> Checkin:
    return Checkin(
        local_date=on, state="done", answers=answers.to_json(), opened_at=MORNING, answered_at=MORNING
    )
