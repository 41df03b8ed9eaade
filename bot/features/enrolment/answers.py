"""What an answer, typed or tapped, does to the draft of an enrolment. Both go through the same readers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.domain.due import local_date
from bot.domain.free_text.dates import AmbiguousDate, Precision, parse_month
from bot.domain.free_text.dose_amount import needs_second_question
from bot.domain.free_text.dose_plan import LineProblem, looks_like_a_plan, parse_plan
from bot.domain.regimen import needs_day_offset
from bot.domain.start_choice import can_start_on
from bot.features.enrolment.draft import Draft, Step
from bot.features.enrolment.messages import please_tap
from bot.features.enrolment.review import choice_of
from bot.locale import _
from bot.telegram_io.typed_answers import (
    Choices,
    Problem,
    echo,
    line_problem,
    read_amount,
    read_date,
    read_daytime,
    read_time,
    read_zone,
    which_date,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

Answered = Draft | Problem | Choices

_YES = frozenset({"yes", "y", "yep", "yeah", "ok", "okay", "right", "correct"})
# What no single amount has.
_STEPS = re.compile(r"\b(?:then|for|from|until|every|weeks?|days?|months?)\b|;|\n|→|->", re.IGNORECASE)
_NO = frozenset({"no", "n", "nope", "not yet", "never", "no, not yet"})


def answer(step: Step, draft: Draft, text: str, now: datetime) -> Answered:
    """Return the draft with *step* answered, or what stands in the way.

    Args:
        step: The question that is answered.
        draft: What was answered so far.
        text: What was typed, or what the pressed button stands for.
        now: Aware UTC instant.
    """
    return _READERS[step](draft, text.strip(), now)


def with_zone_asked(draft: Draft, zone: str) -> Draft:
    """Return the draft with a zone that waits for "yes, that's my time"."""
    return replace(draft, zone_asked=zone)


def with_zone(draft: Draft, zone: str) -> Draft:
    """Return the draft with the zone whose local time the patient confirmed."""
    return replace(draft, zone=zone, zone_asked=None)


def _only_tapped(_draft: Draft, _text: str, _now: datetime) -> Answered:
    return Problem(please_tap())


def _zone(draft: Draft, text: str, _now: datetime) -> Answered:
    found = read_zone(text)
    return with_zone_asked(draft, found) if isinstance(found, str) else found


def _zone_sure(draft: Draft, text: str, now: datetime) -> Answered:
    asked = draft.zone_asked
    if asked is not None and _is(text, _YES):
        return with_zone(draft, asked)
    if _is(text, _NO):
        return replace(draft, zone_asked=None, zone=None)
    return _zone(draft, text, now)


def _started(draft: Draft, text: str, now: datetime) -> Answered:
    if _is(text, _NO):
        return replace(draft, started="no")
    today = local_date(now, ZoneInfo(draft.zone or "UTC"))
    since = parse_month(text, today)
    if isinstance(since, AmbiguousDate):
        return which_date(since)
    if since is None:
        problem = _("I couldn't read {typed} as a past month. Please type it like March 2025.")
        return Problem(problem.format(typed=echo(text)))
    day, precision = since
    digits = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}[precision]
    return replace(draft, started=day.isoformat()[:digits])


def _reminder_time(draft: Draft, text: str, _now: datetime) -> Answered:
    found = read_time(text, evening=True)
    if isinstance(found, Problem):
        return found
    return replace(
        draft,
        reminder_time=found.isoformat("minutes"),
        day_offset=None if needs_day_offset(found) else 0,
    )


def _evening(draft: Draft, text: str, _now: datetime) -> Answered:
    if _is(text, _YES) or _is(text, _NO):
        return replace(draft, day_offset=1 if _is(text, _YES) else 0)
    return Problem(please_tap())


def _checkin_time(draft: Draft, text: str, _now: datetime) -> Answered:
    found = read_daytime(text)
    return found if isinstance(found, Problem) else replace(draft, checkin_time=found.isoformat("minutes"))


def _dose(draft: Draft, text: str, now: datetime) -> Answered:
    if _STEPS.search(text) and looks_like_a_plan(text):
        return _titration(draft, text, now)
    found = read_amount(text)
    if isinstance(found, Problem):
        return found
    mg = f"{found.mg:f}"
    fresh = _without_dose(draft)
    if needs_second_question(found.mg, None):
        return replace(fresh, asked_mg=mg, asked_as=found.as_typed)
    return replace(fresh, dose_mg=mg, dose_as=found.as_typed)


def _titration(draft: Draft, text: str, now: datetime) -> Answered:
    """Take a line of steps; one that is too large beside the step before is asked about."""
    first = choice_of(draft, now).next_date
    found = parse_plan(text, local_date(now, ZoneInfo(draft.zone or "UTC")), first)
    if isinstance(found, LineProblem):
        return line_problem(found)
    begin, *others = found.steps
    dose: dict[str, Any] = {
        "dose_mg": f"{begin.dose_mg:f}",
        "dose_as": begin.shown_as,
        "later": tuple(
            ((one.starts_on - begin.starts_on).days, f"{one.dose_mg:f}", one.shown_as) for one in others
        ),
        "starts_on": begin.starts_on.isoformat() if found.has_date else None,
    }
    before = [None, *(step.dose_mg for step in found.steps)]
    for step, mg_before in zip(found.steps, before, strict=False):
        if needs_second_question(step.dose_mg, mg_before):
            fresh = _without_dose(draft)
            return replace(fresh, asked_mg=f"{step.dose_mg:f}", asked_as=step.shown_as, asked_dose=dose)
    return replace(_without_dose(draft), **dose)


def _without_dose(draft: Draft) -> Draft:
    return replace(draft, dose_mg=None, dose_as=None, later=(), asked_mg=None, asked_as=None, asked_dose=None)


def _dose_sure(draft: Draft, text: str, now: datetime) -> Answered:
    asked = draft.asked_mg
    if asked is not None and (_is(text, _YES) or text == asked):
        dose = draft.asked_dose or {"dose_mg": asked, "dose_as": draft.asked_as}
        return replace(_without_dose(draft), **dose)
    if _is(text, _NO):
        return replace(draft, asked_mg=None, asked_as=None, asked_dose=None)
    return _dose(draft, text, now)


def _later_start(draft: Draft, text: str, now: datetime) -> Answered:
    found = read_date(text, local_date(now, ZoneInfo(draft.zone or "UTC")))
    if not isinstance(found, date):
        return found
    if not can_start_on(choice_of(draft, now), found):
        return Problem(
            _("A plan can start from the next dose on, up to a year ahead. Please choose such a date.")
        )
    return replace(draft, starts_on=found.isoformat())


def _is(text: str, words: frozenset[str]) -> bool:
    return text.casefold().rstrip(" .!") in words


_READERS: Mapping[Step, Callable[[Draft, str, datetime], Answered]] = MappingProxyType(
    {
        Step.READ: _only_tapped,
        Step.AGREE: _only_tapped,
        Step.ZONE: _zone,
        Step.ZONE_SURE: _zone_sure,
        Step.STARTED: _started,
        Step.REMINDER_TIME: _reminder_time,
        Step.EVENING: _evening,
        Step.CHECKIN_TIME: _checkin_time,
        Step.DOSE: _dose,
        Step.DOSE_SURE: _dose_sure,
        Step.REVIEW: _later_start,
    }
)
