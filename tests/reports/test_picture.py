"""The picture under a summary: golden pictures, and what it may never pretend."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from fontpkg_noto_sans import ROOT as FONTS
from matplotlib.ft2font import FT2Font

from bot.domain.event import Aspect, EventFact, EventKind
from bot.reports.axis import ticks
from bot.reports.chart import chart_data
from bot.reports.picture import draw_picture, event_line
from bot.reports.typesetting import DRAWN, give_back, printable
from bot.sandbox.files import image_size
from tests.reports.diaries import LAST, diary
from tests.reports.golden import PICTURES, TOLERANCE, difference, kept, small

if TYPE_CHECKING:
    from bot.domain.diary import Diary


def without(one: Diary, day: date) -> Diary:
    """Return the diary without one day's check-in."""
    return replace(one, checkins=[fact for fact in one.checkins if fact.local_date != day])


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_looks_as_it_did_when_somebody_looked_at_it(name: str) -> None:
    """At phone size; `python -m tests.reports.golden` takes new ones."""
    assert difference(small(PICTURES[name]()), kept(name)) < TOLERANCE


def test_a_lost_answer_changes_the_picture() -> None:
    """The comparison sees a single dot."""
    assert difference(small(draw_picture(without(diary(30), LAST))), kept("month")) > TOLERANCE


@pytest.mark.parametrize("days", [2, 7, 30, 90, 366])
def test_it_is_two_pixels_a_point_and_as_telegram_takes_pictures(days: int) -> None:
    """720 pixels wide, and never so high that a phone would shrink it to a strip."""
    size = image_size(draw_picture(diary(days)))
    assert size is not None
    assert size[0] == 720
    assert size[1] < 2.2 * size[0]


def test_a_day_without_an_answer_is_a_gap_in_the_line() -> None:
    """No point of the line stands on it, and no line leads over it."""
    one = diary(90)
    answered = [fact.local_date for fact in one.checkins if fact.local_date >= one.span.first]
    middle = answered[len(answered) // 2]
    column = one.column(middle)
    for panel in chart_data(without(one, middle))["panels"]:
        columns = [[day for day, _mean in run] for run in panel["means"]]
        assert all(column not in run for run in columns)
        assert all(not (min(run) < column < max(run)) for run in columns)
        assert column not in [day for day, _value in panel["dots"]]


def test_each_dose_stands_in_the_row_of_its_state() -> None:
    """As many as the summary counts; silence is a row of its own."""
    one = diary(90)
    rows = {row["state"]: len(row["days"]) for row in chart_data(one)["doses"]["rows"]}
    counted = one.summary.doses
    assert rows["taken"] == counted.taken
    assert rows["not_taken"] == counted.not_taken
    assert rows["unknown"] == counted.not_answered
    assert rows["held"] == counted.held


def test_a_pause_without_doses_is_drawn_as_on_hold() -> None:
    """A paused evening has no row in the table, and still is no gap that could mean anything."""
    one = diary(30, silent=True)
    paused = replace(one, pauses=[(LAST - timedelta(days=5), None)])
    rows = {row["state"]: row["days"] for row in chart_data(paused)["doses"]["rows"]}
    assert rows["held"] == [25, 26, 27, 28, 29]


def test_the_days_before_the_first_dose_are_shaded() -> None:
    """The morning after the first evening is the first day on it."""
    one = diary(30, started_on=LAST - timedelta(days=10))
    assert one.column(LAST - timedelta(days=10)) + 1 == chart_data(one)["baseline"]
    assert chart_data(diary(7, started_on=date(2026, 5, 3)))["baseline"] == 0
    assert chart_data(replace(one, started_on=None))["baseline"] == one.days


def test_discreet_pictures_have_no_amounts_no_medicine_and_no_words_of_the_patient() -> None:
    """Whatever is handed to the template is what can be seen."""
    one = diary(30, discreet=True)
    data = chart_data(one)
    assert data["steps"] is None
    assert "LDN" not in str(data)
    assert [row["label"] for row in data["doses"]["rows"]][:2] == ["done", "not done"]


def test_many_side_effects_are_the_six_worst_and_a_count() -> None:
    """A picture as long as the list would be a picture of nothing."""
    one = diary(90)
    many = one.summary.side_effects * 3
    data = chart_data(replace(one, summary=replace(one.summary, side_effects=many)))
    assert len(data["effects"]["rows"]) == 6
    assert data["effects"]["label"] == f"Side effects, and {len(many) - 6} more"


def test_each_kind_of_event_has_its_row_or_is_counted() -> None:
    """None is left out in silence: the list below would name what the picture doesn't show."""
    events = [EventFact(kind, LAST) for kind in EventKind]
    one = replace(diary(30, silent=True), events=events)
    assert len(chart_data(one)["events"]["rows"]) == len(EventKind)
    few = chart_data(one, most_events=3)["events"]
    assert (len(few["rows"]), few["label"]) == (3, "Events, and 5 more kinds")


def test_a_long_amount_is_drawn_as_its_milligrams() -> None:
    """The whole of it stands in the words below; above a step it would lie over the line."""
    one = diary(30)
    typed = replace(one.steps[-1], shown_as="4.5 ml (1 mg/ml), with water")
    short = replace(one.steps[-1], shown_as="4500 mcg")
    for step, words in ((typed, "4.5 mg"), (short, "4500 mcg")):
        steps = chart_data(replace(one, steps=(*one.steps[:-1], step)))["steps"]
        assert steps["line"][-1][3] == words


def test_a_treatment_that_only_goes_on_is_no_mark() -> None:
    """It was started before the span: nothing happened in it."""
    before = EventFact(EventKind.MEDICINE, date(2025, 1, 1), None, Aspect.STARTED, "duloxetine")
    assert chart_data(replace(diary(30, silent=True), events=[before]))["events"]["rows"] == []


def test_what_was_typed_is_drawn_as_words() -> None:
    """Never as source, never as a sign that no font has; long words are cut."""
    typed = EventFact(EventKind.OTHER, LAST, None, None, '#panic("x") $ \\ 😀 é ß Ж')
    assert event_line(typed, 60) == '24 Nov: other, #panic("x") $ \\ é ß Ж'
    assert draw_picture(replace(diary(7), events=[typed])).startswith(b"\x89PNG")
    assert printable("a\n\tb \ufe0f\u200d👩🏽‍⚕️ c") == "a b c"
    assert event_line(replace(typed, note="x" * 99), 10) == "24 Nov: other, xxxxxxxxx…"


@pytest.mark.parametrize("days", [2, 8, 31, 60, 91, 366])
def test_dates_below_the_picture_leave_room_for_each_other(days: int) -> None:
    """At most eight on a phone's width, the first of them with its month."""
    named = ticks(LAST - timedelta(days=days - 1), LAST)
    assert 1 <= len(named) <= 8
    assert all(0 <= column < days for column, _words in named)


def test_a_picture_is_the_same_after_its_memory_was_given_back() -> None:
    """Whatever typst remembered: it draws it again."""
    before = draw_picture(diary(7))
    give_back()
    assert draw_picture(diary(7)) == before


def test_only_letters_without_a_glyph_become_question_marks() -> None:
    """Degrees and fractions stay, what can be written out is; emoji leave no trace."""
    assert printable("37 °C, ½ tablet, pain ≥ 7 → rest 😀") == "37 °C, ½ tablet, pain >= 7 -> rest"
    assert printable("e\u0301te\u0301") == "été"
    assert printable("Z\u0336\u0337\u0338 हिन्दी") == "Z हिन्दी"
    assert printable("עברית 7") == "????? 7"


def test_the_font_has_what_is_called_drawn() -> None:
    """Asked of the font itself, sign by sign."""
    known = set(FT2Font(str(next((FONTS / "files").glob("NotoSans[[]*")))).get_charmap())
    assigned = [
        code
        for first, last in DRAWN
        for code in range(first, last + 1)
        if unicodedata.category(chr(code))[0] != "C"
    ]
    assert [hex(code) for code in assigned if code not in known] == []
