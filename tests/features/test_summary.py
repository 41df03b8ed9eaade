"""/summary: the numbers of a span, compared with numbers computed by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from telegram import Update

from bot.domain.span import span_between, span_ending
from bot.features.summary import actions, handlers, messages
from bot.message import read_press
from bot.telegram_io.turn import Turn
from tests.features.summed_up import NOON, TUESDAY, checkin, dose, keep_two_weeks, somebody

if TYPE_CHECKING:
    from bot.message import Message
    from bot.storage.database import Database
    from bot.storage.tables import Patient

MOST_LINES = 10
MOST_CHARACTERS = 4096


async def plan_nothing(*_args: object) -> None:
    """A summary plans nothing."""


async def type_summary(database: Database, patient: Patient, text: str) -> Message:
    """Return what /summary answers on 24 November at noon."""
    chat = {"id": 5, "type": "private"}
    typed = {"message_id": 7, "date": 1_790_000_000, "chat": chat, "text": text}
    async with database.read() as session:
        update = Update.de_json({"update_id": 1, "message": typed}, None)
        turn = Turn(session, NOON, update, patient, plan_nothing)
        await handlers.Handlers().on_summary(turn)
    (call,) = turn.outbox.calls
    assert call.message is not None
    return call.message


async def test_a_week_reads_as_it_was_computed_by_hand(database: Database) -> None:
    """Means with their days, the worst day, days with 7 or more, the week before, doses in counts."""
    patient = await somebody(database)
    await keep_two_weeks(database, patient)
    message = await type_summary(database, patient, "/summary")
    assert message.text.splitlines() == [
        "<b>18 Nov to 24 Nov 2026</b> (7 days)",
        "LDN since 3 May 2026; 4.5 mg from 20 May",
        "Doses 17 Nov–23 Nov: taken 5 · not taken 1 · not answered 1, of 7",
        "Pain: mean 5.5 (6 of 7 days), worst 8 on 21 Nov, 7 or more on 2 days; the week before 6.3 (7 of 7)",
        "Sleep problems: mean 6.2 (6 of 7 days), worst 8 on 24 Nov, 7 or more on 2 days",
        (
            "Side effects reported: headache on 2 of 6 days, at worst moderate · "
            "vivid dreams on 1 of 6 days, at worst mild"
        ),
        (
            "<i>No diary before LDN. Fibromyalgia varies, people often start a treatment at a bad time, and "
            "people on placebo improve too. This can't show that LDN caused the change.</i>"
        ),
    ]


async def test_discreet_mode_names_no_medicine_and_no_amount(database: Database) -> None:
    """Somebody who looks over the shoulder learns neither the medicine nor the dose."""
    patient = await somebody(database, discreet=True)
    await keep_two_weeks(database, patient)
    text = (await type_summary(database, patient, "/summary")).text
    assert "LDN" not in text
    assert "mg" not in text
    assert "Doses" not in text
    assert "Since 3 May 2026" in text
    assert "Routine 17 Nov–23 Nov: done 5 · not done 1 · not answered 1, of 7" in text


async def test_three_answers_are_listed_instead_of_averaged(database: Database) -> None:
    """Under 4 of 7 days there is no mean, and the missing days may have been the worst."""
    patient = await somebody(database, checkin_anchor=date(2026, 11, 1))
    async with database.write() as session:
        session.add_all(
            checkin(patient, date(2026, 11, day), {"pain": pain}) for day, pain in ((18, 5), (20, 7), (24, 2))
        )
    text = (await type_summary(database, patient, "/summary 7")).text
    assert "Pain: 5 (18 Nov), 7 (20 Nov), 2 (24 Nov); 3 of 7 days, not enough days for an average" in text
    assert "Sleep problems: no answers (0 of 7 days)" in text
    assert "Unanswered days may have been the worst." in text
    assert "mean" not in text


async def test_weekly_check_ins_are_listed_and_nothing_is_missing(database: Database) -> None:
    """Who answers once a week as agreed doesn't read that it wasn't enough."""
    patient = await somebody(database, checkin_rhythm="weekly", checkin_anchor=date(2026, 11, 3))
    async with database.write() as session:
        session.add_all(
            checkin(patient, date(2026, 11, day), {"pain": pain}) for day, pain in ((3, 5), (10, 7), (17, 2))
        )
    text = (await type_summary(database, patient, "/summary 30")).text
    assert "Pain: 5 (3 Nov), 7 (10 Nov), 2 (17 Nov); 3 of " in text
    assert "not enough days" not in text


async def test_before_the_start_there_are_no_doses_and_the_start_is_announced(database: Database) -> None:
    """Baseline check-ins only: the summary says when the plan starts."""
    patient = await somebody(database, started_on=date(2026, 12, 1))
    text = (await type_summary(database, patient, "/summary")).text
    assert "LDN start: 1 Dec 2026" in text
    assert "Doses: none in these days" in text
    assert "No check-in was answered in these days (0 of 7)." in text
    assert "Pain" not in text


async def test_a_start_known_by_its_month_shows_the_month(database: Database) -> None:
    """A month is never shown as its first day."""
    patient = await somebody(database, started_precision="month")
    assert "LDN since May 2026;" in (await type_summary(database, patient, "/summary")).text


async def test_a_flare_and_monthly_words_stand_there_with_their_dates(database: Database) -> None:
    """Weekly and monthly answers are listed, never averaged; a flare is a date."""
    patient = await somebody(database)
    async with database.write() as session:
        session.add(checkin(patient, date(2026, 11, 20), {}, flare=True))
        answers = {"interference": 6, "pgic": "much_improved"}
        session.add(checkin(patient, date(2026, 11, 22), answers))
    text = (await type_summary(database, patient, "/summary")).text
    assert "Pain in the way of everyday activities: 6 (22 Nov)" in text
    assert "Overall since the start: much improved (22 Nov)" in text
    assert "Too unwell on: 20 Nov" in text


@pytest.mark.parametrize(
    ("typed", "heading"),
    [
        ("/summary 30", "<b>26 Oct to 24 Nov 2026</b> (30 days)"),
        ("/summary 90", "<b>27 Aug to 24 Nov 2026</b> (90 days)"),
        ("/summary 1 Nov to 20 Nov", "<b>1 Nov to 20 Nov 2026</b> (20 days)"),
        ("/summary 2026-11-01 2026-11-20", "<b>1 Nov to 20 Nov 2026</b> (20 days)"),
    ],
)
async def test_days_and_two_dates_can_be_typed(database: Database, typed: str, heading: str) -> None:
    """7, 30, 90 or two dates, as people write them."""
    patient = await somebody(database)
    assert (await type_summary(database, patient, typed)).text.startswith(heading)


def test_two_dates_count_the_doses_of_these_dates() -> None:
    """With two dates the doses have the same dates; of the last seven days they end last night."""
    assert actions.typed_span("1 Nov to 20 Nov", TUESDAY) == span_between(
        date(2026, 11, 1), date(2026, 11, 20), TUESDAY
    )
    assert actions.typed_span("14", TUESDAY) == span_ending(TUESDAY, 14)
    assert actions.typed_span("last 14 days", TUESDAY) == span_ending(TUESDAY, 14)


@pytest.mark.parametrize("typed", ["/summary nonsense", "/summary 1 Dec 2026 to 5 Dec 2026", "/summary 0"])
async def test_what_is_no_span_gets_one_clear_sentence(database: Database, typed: str) -> None:
    """The answer shows how to type it, and has the buttons."""
    message = await type_summary(database, await somebody(database), typed)
    assert message.text.startswith("I can't read past dates in that.")
    assert [button.text for button in message.rows[0]] == ["7 days", "30 days", "90 days", "1 year"]


async def test_a_button_keeps_the_last_day_of_its_summary(database: Database) -> None:
    """A button on Sunday's summary that is pressed on Tuesday shows the days that end on Sunday."""
    patient = await somebody(database)
    sunday = date(2026, 11, 22)
    async with database.read() as session:
        one = await actions.usual_overview(session, patient, sunday)
    buttons = messages.summary(one, discreet=False).rows[0]
    assert [button.style for button in buttons] == ["primary", None, None, None]
    press = read_press(buttons[1].data or "")
    assert press is not None
    assert handlers.read_choice(press.args, TUESDAY) == (30, sunday)


@pytest.mark.parametrize("args", [(), ("x",), ("8",), ("7", "never"), ("7", "2027-01-01")])
def test_an_invented_button_is_nobodys_choice(args: tuple[str, ...]) -> None:
    """Whatever a client makes up, nothing raises."""
    assert handlers.read_choice(args, TUESDAY) is None


async def test_the_fullest_summary_fits_ten_lines_and_one_message(database: Database) -> None:
    """Every question answered every day for 90 days, every side effect: still one message of ten lines."""
    patient = await somebody(database, checkin_anchor=date(2026, 1, 1))
    answers = {"hours_slept": 6.5, "interference": 5, "pgic": "no_change"}
    answers |= dict.fromkeys(("pain", "sleep", "fatigue", "brain_fog", "stiffness"), 10)
    effects = dict.fromkeys(("vivid_dreams", "headache", "nausea", "anxiety", "dizziness", "other"), "severe")
    first = TUESDAY - timedelta(days=200)
    async with database.write() as session:
        for day in range(201):
            on = first + timedelta(days=day)
            session.add(checkin(patient, on, answers | {"side_effects": effects}, flare=True))
            session.add(dose(patient, on, "unreached" if day % 2 else "held"))
    for typed in ("/summary", "/summary 30", "/summary 90", "/summary 1 June to 24 Nov"):
        text = (await type_summary(database, patient, typed)).text
        assert len(text.splitlines()) <= MOST_LINES
        assert len(text) <= MOST_CHARACTERS
    assert "on hold" in text
    assert "not asked" in text
