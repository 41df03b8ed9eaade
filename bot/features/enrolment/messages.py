"""What the enrolment says: one screen for each step."""

from __future__ import annotations

from datetime import time
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.consent import consent_text
from bot.domain.safety import BEFORE_USE, BEFORE_USE_SPEAK
from bot.features.enrolment.draft import Draft, Step, step_before
from bot.features.enrolment.review import review
from bot.locale import _
from bot.locale.dates import time_text
from bot.message import Button, Message, press_data
from bot.telegram_io import questions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from bot.message import Row

REMINDER_TIMES = (time(21), time(21, 30), time(22, 30), time(23))
CHECKIN_TIMES = (time(8), time(8, 30), time(9, 30), time(10))
_NUMBERED = (Step.ZONE, Step.STARTED, Step.REMINDER_TIME, Step.CHECKIN_TIME, Step.DOSE, Step.REVIEW)


def answer_data(step: Step, value: object) -> str:
    """Return callback data that answers *step* with *value*, as if it had been typed there."""
    return press_data("start.answer", None, step, value)


def zone_data(zone: str) -> str:
    """Return callback data that says: this zone's local time is mine."""
    return press_data("start.zone", None, zone)


def view_data(name: str, *args: object) -> str:
    """Return callback data that opens a picker."""
    return press_data("start.view", None, name, *args)


def screen(step: Step, draft: Draft, now: datetime) -> Message:
    """Return the screen of *step*, with "Back" below it.

    Args:
        step: The step to show.
        draft: What was answered so far.
        now: Aware UTC instant; screens show local times.
    """
    message = _SCREENS[step](draft, now)
    before = step_before(draft, step)
    if before is not step:
        back = Button(_("‹ Back"), press_data("start.go", None, before))
        message = Message(message.text, (*message.rows, (back,)))
    return questions.with_notice(message, _progress(step))


def choices(step: Step, text: str, options: Iterable[tuple[str, str]]) -> Message:
    """Return the question which of several readings was meant: (label, value) of each."""
    buttons = (Button(label, answer_data(step, value)) for label, value in options)
    back = Button(_("‹ Back"), press_data("start.go", None, step))
    return Message(text, (*questions.in_rows(buttons, 1), (back,)))


def please_tap() -> str:
    """Return the answer to words where only a tap counts."""
    return _("Please use the buttons here: this needs a tap.")


def _progress(step: Step) -> str | None:
    if step not in _NUMBERED:
        return None
    return _("<i>Step {number} of {total}</i>").format(number=_NUMBERED.index(step) + 1, total=len(_NUMBERED))


def _read(_draft: Draft, _now: datetime) -> Message:
    welcome = _("<b>Welcome.</b> Setting up takes about a minute. First, what this is and what it isn't:")
    about, before_use = _(BEFORE_USE), _(BEFORE_USE_SPEAK)
    go_on = Button(_("I've read this"), press_data("start.read"), style="primary")
    return Message(f"{welcome}\n\n{escape(about)}\n\n{escape(before_use)}", ((go_on,),))


def _agree(_draft: Draft, _now: datetime) -> Message:
    text = "\n\n".join(
        (
            _("<b>Your data.</b>"),
            consent_text(),
            _("Do you agree? Without it I can't keep a diary."),
        )
    )
    return Message(text, ((Button(_("I agree"), press_data("start.agree"), style="success"),),))


def _zone(_draft: Draft, _now: datetime) -> Message:
    rows = questions.zone_rows(share=press_data("start.share"), clock=view_data("clock"))
    return Message(questions.zone_question(), rows)


def _zone_sure(draft: Draft, now: datetime) -> Message:
    zone = draft.zone_asked or "UTC"
    yes = Button(_("Yes"), zone_data(zone), style="primary")
    no = Button(_("No, another zone"), press_data("start.go", None, Step.ZONE))
    return Message(questions.zone_confirmation(zone, now), ((yes, no),))


def _started(_draft: Draft, _now: datetime) -> Message:
    not_yet = Button(_("Not yet"), answer_data(Step.STARTED, "no"))
    since = Button(_("Yes, since …"), view_data("since", 0))
    return Message(_("Have you already started LDN?"), ((not_yet, since),))


def _reminder_time(_draft: Draft, _now: datetime) -> Message:
    text = _("When shall I remind you of your dose? Tap, or type a time such as <i>10:45 pm</i>.")
    return Message(text, _time_rows(Step.REMINDER_TIME, time(22), REMINDER_TIMES))


def _evening(draft: Draft, _now: datetime) -> Message:
    yes = Button(_("Yes, the evening before"), answer_data(Step.EVENING, "yes"))
    no = Button(_("No, that same day"), answer_data(Step.EVENING, "no"))
    clock = time_text(time.fromisoformat(draft.reminder_time or "00:00"))
    return Message(questions.evening_question(clock), ((yes,), (no,)))


def _checkin_time(_draft: Draft, _now: datetime) -> Message:
    text = _(
        "When shall I ask how you are? It's a morning check-in of 20 seconds, without a sound. "
        "Tap, or type a time."
    )
    return Message(text, _time_rows(Step.CHECKIN_TIME, time(9), CHECKIN_TIMES))


def _dose(_draft: Draft, _now: datetime) -> Message:
    buttons = (
        Button(questions.amount_text(mg), answer_data(Step.DOSE, mg)) for mg in questions.LABEL_AMOUNTS
    )
    steps = _("Does it go up in steps? Type them in one line: <i>1.5 for 2 weeks, then 3</i>.")
    text = f"{questions.amount_question()}\n{steps}\n\n{questions.one_dose_a_day()}"
    return Message(text, questions.in_rows(buttons, 3))


def _dose_sure(draft: Draft, _now: datetime) -> Message:
    shown = draft.asked_as or questions.amount_text(draft.asked_mg or "0")
    yes = Button(_("Yes, {amount}").format(amount=shown), answer_data(Step.DOSE_SURE, draft.asked_mg or "0"))
    no = Button(_("No, change it"), press_data("start.go", None, Step.DOSE))
    return Message(questions.amount_sure(shown), ((yes,), (no,)))


def _time_rows(step: Step, default: time, others: Iterable[time]) -> tuple[Row, ...]:
    first = Button(time_text(default), answer_data(step, f"{default:%H%M}"), style="primary")
    rest = (Button(time_text(other), answer_data(step, f"{other:%H%M}")) for other in others)
    return ((first,), *questions.in_rows(rest, 4))


_SCREENS: Mapping[Step, Callable[[Draft, datetime], Message]] = MappingProxyType(
    {
        Step.READ: _read,
        Step.AGREE: _agree,
        Step.ZONE: _zone,
        Step.ZONE_SURE: _zone_sure,
        Step.STARTED: _started,
        Step.REMINDER_TIME: _reminder_time,
        Step.EVENING: _evening,
        Step.CHECKIN_TIME: _checkin_time,
        Step.DOSE: _dose,
        Step.DOSE_SURE: _dose_sure,
        Step.REVIEW: review,
    }
)
