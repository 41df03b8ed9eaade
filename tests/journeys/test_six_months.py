"""Six months of one patient over HTTP: a hold, surgery, two journeys, two changes of clocks, a lost phone."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.tables import Checkin, Dose, Event, SupplyEntry
from tests.journeys.killed_bot import KilledBot
from tests.journeys.six_months import (
    BLOOD_TEST_ON,
    DAYS,
    DREAMS,
    FULL,
    HOME,
    LOST_PHONE,
    NOT_TAKEN,
    OPERATED_ON,
    RESUMES_ON,
    SHORT,
    SLEEP,
    Form,
    SixMonths,
    day_of,
    evening,
    mg_of,
    pain_of,
)

if TYPE_CHECKING:
    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer
    from tests.harness import RunningBot

# From a summary at 18:00 to the dose at 22:00.
UNTIL_DOSE = timedelta(hours=4)
PAUSED = range(OPERATED_ON, RESUMES_ON)

# By hand. Doses: 182 evenings less the 7 of the pause: 175, of which 2 weren't taken and 7 have no answer, so
# 166 were taken: of 1.5 mg 28 - 1, of 3 mg 49 (28 + 21 days, a week of them the hold's), of 4.5 mg 105 less 7
# (phone) less 7 (pause) less 1. Supply: 30 counted + 90 refilled - 90 taken = 30, from 5 April to 4 May.
TAKEN = {"1.5": 27, "3": 49, "4.5": 90}
DOSES = "taken 166 · not taken 2 · not answered 7 · on hold 7 (not counted), of 175"
SUPPLY = "30 capsules left by my count, enough until Tuesday 4 May (30 days)."

# Pain of a whole week: 51 with 1.5 mg, 43 with 3 mg, 31 with 4.5 mg. All six months: 4 weeks, 7 weeks and 14
# weeks: 204 + 301 + 434 = 939 in 175 days = 5.37; 7 or more on each of the 28 days and on 7 Sundays. On
# Sundays alone: 4 times 8, 7 times 7, 14 times 4, which is listed, not averaged.
ALL_BY_HAND = {
    FULL: (
        "Pain: mean 5.4 (175 of 183 days), worst 8",
        "7 or more on 35 days",
        "Sleep problems: mean 5.0 (175 of 183 days)",
        "vivid dreams on 5 of 175 days, at worst mild",
    ),
    SHORT: ("Side effects reported: none, on 25 of 25 days answered",),
}
# The last seven mornings: 31 / 7 = 4.43, as in the week before.
WEEK_BY_HAND = {
    FULL: (
        "Doses 29 Mar–4 Apr: taken 7 · not taken 0 · not answered 0, of 7",
        "Pain: mean 4.4 (7 of 7 days), worst 5",
        "7 or more on 0 days; the week before 4.4 (7 of 7)",
    ),
    SHORT: ("Doses 29 Mar–4 Apr: taken 7 · not taken 0 · not answered 0, of 7",),
}
FIRST_PAIR = "1.5 mg (from 5 Oct) and 3 mg (from 2 Nov)"
SECOND_PAIR = "3 mg (from 2 Nov) and 4.5 mg (from 21 Dec)"
# The first week after each change is left out, then the last 28 days: 153 / 21, 172 / 28, 124 / 28; 3, 4
# and 4 Sundays lie in there.
COMPARED_BY_HAND = {
    FULL: {
        FIRST_PAIR: "Pain: mean 7.3 (21 of 21 days, 13 Oct–2 Nov) → 6.1 (28 of 28 days, 24 Nov–21 Dec)",
        SECOND_PAIR: "Pain: mean 6.1 (28 of 28 days, 24 Nov–21 Dec) → 4.4 (28 of 28 days, 9 Mar–5 Apr)",
    },
    SHORT: {
        FIRST_PAIR: "1.5 mg (from 5 Oct): 3 answers in 21 days so far\n3 mg (from 2 Nov): 4 answers",
        SECOND_PAIR: "3 mg (from 2 Nov): 4 answers in 28 days so far\n4.5 mg (from 21 Dec): 4 answers",
    },
}


def expected_doses() -> list[tuple[Any, ...]]:
    """Return date, state, planned and taken mg of every dose that wasn't paused."""
    rows: list[tuple[Any, ...]] = []
    for number in range(DAYS):
        if number in PAUSED:
            continue
        state = "not_taken" if number in NOT_TAKEN else "unknown" if number in LOST_PHONE else "taken"
        mg = mg_of(number)
        rows.append((day_of(number), state, mg, mg if state == "taken" else None))
    return rows


def expected_checkins(form: Form) -> list[tuple[Any, ...]]:
    """Return date, pain, sleep and side effects of every answered check-in."""
    return [
        (day_of(number), pain_of(number), SLEEP, {"vivid_dreams": "mild"} if number in DREAMS else {})
        for number in sorted(form.answered)
    ]


async def check_rows(url: str, form: Form) -> None:
    """Compare the rows with what was lived."""
    database = Database(url)
    async with database.read() as session:
        end = datetime.combine(day_of(DAYS), time(10), HOME)
        doses = (
            await session.execute(select(Dose).where(Dose.due_at < end).order_by(Dose.dose_date))
        ).scalars()
        found = [
            (one.dose_date, one.state, f"{one.planned_mg:f}", f"{one.taken_mg:f}" if one.taken_mg else None)
            for one in doses
        ]
        paused = [row for row in found if row[1] in {"held", "cancelled"}]
        assert {row[0] for row in paused} <= {day_of(number) for number in PAUSED}
        assert [row for row in found if row not in paused] == expected_doses()
        assert Counter(row[3] for row in found if row[1] == "taken") == TAKEN
        query = select(Checkin).where(Checkin.answered_at.is_not(None)).order_by(Checkin.local_date)
        assert [
            (one.local_date, one.answers["pain"], one.answers["sleep"], one.answers.get("side_effects"))
            for one in (await session.execute(query)).scalars()
        ] == expected_checkins(form)
        events = (await session.execute(select(Event).order_by(Event.local_date))).scalars().all()
        assert [(one.kind, one.local_date, one.note) for one in events] == [
            ("supplement", day_of(30), "started magnesium"),
            ("illness", day_of(60), "flu"),
        ]
        lines = (await session.execute(select(SupplyEntry).order_by(SupplyEntry.at))).scalars().all()
        assert Counter((one.kind, f"{one.amount:f}") for one in lines) == {
            ("corrected", "30"): 1,
            ("got", "90"): 1,
            ("taken", "1"): 90,
        }
    await database.close()


async def check_figures(journey: SixMonths, form: Form) -> None:
    """Compare what the patient reads with the figures computed by hand."""

    async def read(words: str, button: str | None = None) -> str:
        await journey.say(words)
        if button is not None:
            await journey.press_text(button)
        assert journey.person.last is not None
        return journey.person.last.text

    everything = await read("/summary 5 October 2026 to 5 April 2027")
    assert [line for line in (DOSES, *ALL_BY_HAND[form]) if line not in everything] == []
    week = await read("/summary")
    assert [line for line in WEEK_BY_HAND[form] if line not in week] == []
    assert SUPPLY in await read("/supply")
    for button, words in COMPARED_BY_HAND[form].items():
        assert words in await read("/compare", button)


def check_messages(person: Person) -> None:
    """Every reminder came at 22:00 of the clock that was chosen, each once; the blood test was said twice."""
    first_words = [(one.versions[0].text, one.date) for one in person.bot_messages]
    reminders = [at for words, at in first_words if words.startswith("💊 Time") or "plan says" in words[:40]]
    assert reminders == [evening(number) for number in range(DAYS) if number not in PAUSED]
    # A summary on each of the 26 Sundays; the lost phone got its as well.
    summaries = [
        at for _words, at in first_words if at in {evening(number) - UNTIL_DOSE for number in range(DAYS)}
    ]
    assert summaries == [evening(number) - UNTIL_DOSE for number in range(6, DAYS, 7)]
    dated = [(words, at.astimezone(HOME)) for words, at in first_words if words.startswith("📅 T")]
    assert dated == [
        ("📅 Tomorrow: Blood test.", datetime.combine(day_of(BLOOD_TEST_ON - 1), time(12), HOME)),
        ("📅 Today: Blood test.", datetime.combine(day_of(BLOOD_TEST_ON), time(8), HOME)),
    ]


@pytest.mark.parametrize(
    ("database_url", "form"),
    [
        pytest.param("sqlite", SHORT, id="short", marks=pytest.mark.ci),
        pytest.param("sqlite", FULL, id="full", marks=pytest.mark.soak),
        pytest.param("postgresql", FULL, id="full-postgresql", marks=pytest.mark.soak),
    ],
    indirect=["database_url"],
)
async def test_six_months_end_with_the_rows_and_the_figures_that_were_lived(
    bot: RunningBot, server: SandboxServer, form: Form
) -> None:
    """Doses, check-ins, supply, events, /summary, /supply and /compare, all as computed by hand."""
    journey = SixMonths(bot, server.person(), form)
    await journey.begin()
    await journey.live()
    await check_figures(journey, form)
    await check_rows(bot.url, form)
    check_messages(journey.person)


@pytest.mark.soak
@pytest.mark.parametrize("form", [FULL])
async def test_six_months_killed_again_and_again_end_with_the_same_rows(
    database_url: str, server: SandboxServer, clock: ManualClock, form: Form
) -> None:
    """SIGKILL at random moments, also on a journey and in the pause: nothing doubled, nothing lost."""
    killed = KilledBot(server, clock, database_url, random.Random(6), kills=40, kill_share=0.03)
    await killed.start()
    journey = SixMonths(killed, server.person(), form)
    await journey.begin()
    await journey.live()
    await check_figures(journey, form)
    await killed.stop()
    assert killed.kills_left == 0
    await check_rows(database_url, form)
