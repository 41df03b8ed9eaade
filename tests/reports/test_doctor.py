"""The page for the doctor: its order, its denominators, its size, and what it must never say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from bot.domain.checkin_calendar import Rhythm
from bot.domain.doctor_page import PauseFact, effects_by_step, levels
from bot.domain.event import EventFact, EventKind
from bot.domain.regimen import DoseStep
from bot.domain.safety import Trigger
from bot.domain.side_effect import Severity, SideEffect
from bot.reports.doctor import draw_pdf, draw_preview
from bot.reports.doctor_treatment import safety
from bot.sandbox.files import image_size
from tests.reports.diaries import LAST, diary, page_about, titrated

if TYPE_CHECKING:
    from bot.domain.doctor_page import Paper


def read(content: bytes) -> PdfReader:
    """Open the PDF."""
    return PdfReader(BytesIO(content))


def words_of(content: bytes) -> str:
    """Return the text that can be selected, in its order, without line breaks."""
    return " ".join(" ".join(page.extract_text() for page in read(content).pages).split())


def test_everything_stands_in_the_order_in_which_a_prescriber_reads() -> None:
    """Dose, start, doses; safety; pain now and before; picture; side effects; the rest."""
    text = words_of(draw_pdf(page_about(diary(90))))
    wanted = (
        "27 Aug to 24 Nov 2026 (90 days)",
        "Ana P, born 1980",
        "Present dose: 4.5 mg, daily at 22:00, since",
        "LDN since: 13 Sep 2026",
        "Dose steps: 1.5 mg (13 Sep 2026)",
        "Doses: taken",
        "known)",
        "Severe side effects:",
        "Opioids mentioned: 3 Nov",
        "9 Nov surgery",
        "3 Nov to 6 Nov 2026 (safety hold)",
        "Now: the last 28 days",
        "Pain mean",
        "of 28 days)",
        "Pain in the way of everyday activities, 0 to 10, weekly:",
        "Overall since the start (PGIC), monthly: minimally improved",
        "10 worst",
        "Side effects by dose",
        "before LDN 1.5 mg 3 mg 4.5 mg",
        "Other medicines and events",
        "medicine started, magnesium 200 in the evening",
        "My questions Is this the dose to stay on? May I take ibuprofen with it?",
        "Method",
        "This can't show that LDN caused the change.",
    )
    at = 0
    for part in wanted:
        found = text.find(part, at)
        assert found >= 0, f"{part!r} is missing, or stands too early"
        at = found


@pytest.mark.parametrize(("paper", "points"), [("a4", (595, 842)), ("us-letter", (612, 792))])
def test_up_to_90_days_it_is_one_page_of_the_chosen_paper(paper: Paper, points: tuple[int, int]) -> None:
    """Even a full one: all side effects, many events, long questions."""
    one = diary(90)
    full = [
        replace(fact, side_effects=dict.fromkeys(SideEffect, Severity.MODERATE), flare=True)
        for fact in one.checkins
    ]
    kinds = list(EventKind) * 4
    events = [
        EventFact(kind, LAST - timedelta(days=n), None, None, "w" * 120) for n, kind in enumerate(kinds)
    ]
    many = one.summary.side_effects * 3
    summary = replace(one.summary, side_effects=many)
    crowded = replace(one, checkins=full, events=events, summary=summary)
    document = read(draw_pdf(page_about(crowded, questions="Why is that so? " * 36, paper=paper)))
    assert len(document.pages) == 1
    box = document.pages[0].mediabox
    assert (round(box.width), round(box.height)) == points


@pytest.mark.parametrize(
    ("rhythm", "said"),
    [
        (Rhythm.DAILY, "Asked each morning about the past 24 hours. A mean needs 4 of 7 days answered."),
        (Rhythm.EVERY_OTHER_DAY, "Asked every other morning about the past 24 hours. A mean needs 5 answers"),
        (Rhythm.WEEKLY, "Asked once a week about the past 24 hours, which is too seldom for a mean."),
    ],
)
def test_the_method_is_the_one_of_the_patients_rhythm(rhythm: Rhythm, said: str) -> None:
    """A page of weekly answers that says "each morning" would let one answer look like seven."""
    assert said in words_of(draw_pdf(page_about(diary(90, rhythm=rhythm))))


def test_safety_answers_are_called_by_what_was_written_about() -> None:
    """Chest pain isn't trouble breathing, and a yellow skin says nothing about kidneys."""
    one = replace(page_about(diary(90)), safety=[(LAST, trigger) for trigger in Trigger])
    text = str(safety(one, len(Trigger))["facts"])
    for said in ("chest pain, confusion", "breathing, swelling, fainting", "yellow skin, dark urine"):
        assert said in text
    assert "kidney" not in text


def test_a_pause_that_goes_on_has_a_beginning_only() -> None:
    """On paper, "3 Nov to still on" was no sentence."""
    pauses = [PauseFact(date(2026, 11, 3), None, "opioid", is_hold=False)]
    one = replace(page_about(diary(90)), pauses=pauses)
    assert "since 3 Nov 2026 (opioid painkiller)" in str(safety(one, 8)["facts"])


def test_a_year_takes_at_most_two_pages() -> None:
    """And the preview shows both in one picture."""
    one = page_about(diary(365))
    assert len(read(draw_pdf(one)).pages) <= 2
    short, long = image_size(draw_preview(page_about(diary(30)))), image_size(draw_preview(one))
    assert short is not None
    assert long is not None
    assert long[1] > short[1]


def test_the_fonts_are_embedded() -> None:
    """It looks the same on the doctor's computer."""
    page = read(draw_pdf(page_about(diary(30)))).pages[0]
    fonts = page["/Resources"]["/Font"]  # type: ignore[index]
    for font in fonts.values():
        descendant = font.get_object()["/DescendantFonts"][0].get_object()
        descriptor = descendant["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_nobody_is_named_who_did_not_type_it() -> None:
    """Without an identification and questions there is no such line; a crisis stays the patient's own."""
    one = replace(page_about(diary(30), questions=""), identification="")
    document = read(draw_pdf(one))
    text = words_of(draw_pdf(one))
    assert "Ana" not in text
    assert "My questions" not in text
    assert "suicid" not in text.lower()
    assert not (document.metadata and document.metadata.author)


def test_a_diary_without_a_baseline_says_so() -> None:
    """The column is not left empty."""
    one = diary(30, started_on=date(2024, 1, 1))
    text = words_of(draw_pdf(page_about(one)))
    assert "no diary before LDN" in text


def test_pain_now_and_before_are_the_last_28_days_of_each() -> None:
    """Both with n of the days that were to be answered; too few have no mean."""
    one = diary(90)
    pain = levels(one)[0]
    assert pain.now.of == 28
    assert pain.before is not None
    assert pain.before.n <= 28
    few = replace(one, checkins=one.checkins[-10:])
    assert levels(few)[0].now.mean is None
    text = words_of(draw_pdf(page_about(few)))
    assert "(the latest 8 of 10); 10 of 28 days, not enough days for an average" in text


def test_weekly_check_ins_stand_there_one_by_one() -> None:
    """They have no mean, and "not enough days" beside 4 of 4 would leave the doctor without a number."""
    one = diary(90, rhythm=Rhythm.WEEKLY)
    weekly = [fact for fact in one.checkins if fact.local_date.weekday() == one.plan.weekday]
    assert levels(replace(one, checkins=weekly))[0].now.mean is None
    text = words_of(draw_pdf(page_about(replace(one, checkins=weekly))))
    values = ", ".join(f"{value:g}" for _day, value in levels(replace(one, checkins=weekly))[0].now.listed)
    assert f"Pain {values}; " in text
    assert "not enough days" not in text


def test_a_check_in_belongs_to_the_dose_of_the_evening_before() -> None:
    """The morning of a step's first day still tells of the dose before it."""
    one = diary(30)
    day = one.checkins[-1].local_date
    steps = (DoseStep(one.span.first, one.steps[0].dose_mg), DoseStep(day, one.steps[1].dose_mg))
    columns = effects_by_step(replace(one, steps=steps, started_on=None))
    assert [column.step for column in columns] == [steps[0]]
    assert columns[0].answered == len([c for c in one.checkins if c.local_date > one.span.first])


def test_a_long_titration_says_which_doses_have_a_column() -> None:
    """The latest four; that there were more stands above them."""
    text = words_of(draw_pdf(page_about(titrated(365, 14))))
    assert "Side effects by dose (reported, at worst; the latest 4 of 9 doses)" in text
    assert "before LDN 3 mg 3.5 mg 4 mg 4.5 mg" in text


def test_typed_words_are_words() -> None:
    """Markup stays what was typed."""
    typed = replace(page_about(diary(30), questions="#panic() *x* $y$ <b>"), identification='"#"\\n😀')
    text = words_of(draw_pdf(typed))
    assert "#panic() *x* $y$ <b>" in text
