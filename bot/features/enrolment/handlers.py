"""/start: from a pressed button or a typed text to the next screen of the enrolment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.places import is_zone
from bot.features.enrolment import actions, done, flow
from bot.features.enrolment.actions import Progress, progress_of
from bot.features.enrolment.answers import with_zone, with_zone_asked
from bot.features.enrolment.draft import Step, next_step
from bot.features.enrolment.pickers import picker
from bot.locale import _
from bot.storage.places import zone_at
from bot.telegram_io import questions
from bot.telegram_io.feature import Feature
from bot.telegram_io.screen import show_screen
from bot.telegram_io.typed_answers import Problem

if TYPE_CHECKING:
    from bot.message import Press
    from bot.telegram_io.feature import OnPress
    from bot.telegram_io.turn import Turn


async def start(turn: Turn) -> None:
    """Begin, or go on where the patient left off; an enrolled patient loses nothing."""
    if turn.patient.state != "enrolling":
        turn.reply(done.already_set_up())
        return
    progress = progress_of(turn.patient)
    flow.show(turn, progress.step, progress.draft, move=True)


async def on_text(turn: Turn) -> bool:
    """Take what was typed as the answer to the question on the screen."""
    if turn.patient.state != "enrolling":
        return False
    if turn.text.startswith("/"):
        await start(turn)
    else:
        flow.take(turn, progress_of(turn.patient).step, turn.text)
    return True


async def on_location(turn: Turn) -> bool:
    """Turn a shared location into a zone and drop it."""
    if turn.patient.state != "enrolling":
        return False
    progress = progress_of(turn.patient)
    message = turn.update.effective_message
    if progress.step not in {Step.ZONE, Step.ZONE_SURE} or message is None or message.location is None:
        not_needed = Problem(_("I don't need your location for this, and I kept nothing of it."))
        flow.show_problem(turn, progress.step, progress.draft, not_needed)
        return True
    zone = zone_at(message.location.latitude, message.location.longitude)
    if zone is None:
        unknown = Problem(_("I don't know the time zone of that place. Please type a city near you."))
        flow.show_problem(turn, Step.ZONE, progress.draft, unknown)
        return True
    flow.go_on(turn, with_zone_asked(progress.draft, zone))
    return True


async def on_read(turn: Turn, _press: Press) -> None:
    """Go on from the safety texts to consent."""
    flow.go_on(turn, replace(progress_of(turn.patient).draft, read=True))


async def on_agree(turn: Turn, _press: Press) -> None:
    """Record consent."""
    flow.go_on(turn, actions.agree(turn.patient, progress_of(turn.patient).draft, turn.now))


async def on_answer(turn: Turn, press: Press) -> None:
    """Take a button as the answer to its own step, whatever step is on the screen."""
    step, value = (*press.args, "", "")[:2]
    if step in set(Step):
        flow.take(turn, Step(step), value)
    else:
        flow.go_on(turn, progress_of(turn.patient).draft)


async def on_zone(turn: Turn, press: Press) -> None:
    """Take a zone whose local time the patient has seen."""
    draft = progress_of(turn.patient).draft
    zone = press.args[0] if press.args else ""
    flow.go_on(turn, with_zone(draft, zone) if draft.agreed and is_zone(zone) else draft)


async def on_go(turn: Turn, press: Press) -> None:
    """Go back to a step, or over to one from the review."""
    wanted = press.args[0] if press.args else ""
    flow.go_to(turn, Step(wanted) if wanted in set(Step) else progress_of(turn.patient).step)


async def on_view(turn: Turn, press: Press) -> None:
    """Open a picker."""
    draft = progress_of(turn.patient).draft
    name, argument = (*press.args, "", "")[:2]
    step, message = picker(name, argument, draft, turn.now)
    if list(Step).index(step) <= list(Step).index(next_step(draft)):
        flow.show(turn, step, draft, message=message)
    else:
        flow.go_on(turn, draft)


async def on_share(turn: Turn, _press: Press) -> None:
    """Show the keyboard that shares a location once."""
    draft = progress_of(turn.patient).draft
    if not draft.agreed:
        flow.go_on(turn, draft)
        return
    asked = replace(draft, location_button=True)
    actions.keep(turn.patient, Progress(Step.ZONE, asked, turn.pressed_message_id))
    turn.reply(questions.location_request())


async def on_finish(turn: Turn, press: Press) -> None:
    """Make the patient active, and plan the first messages."""
    progress = progress_of(turn.patient)
    starts_on = press.date_at()
    if starts_on is None or not actions.finish(
        turn.session, turn.patient, progress.draft, starts_on, turn.now
    ):
        notice = _("It's too late to start then; nothing has started yet. Please check once more:")
        flow.show(turn, next_step(progress.draft), progress.draft, notice=notice)
        return
    await turn.plan()
    show_screen(turn, done.set_up(progress.draft, starts_on, turn.now), on=progress.message_id)


def _while_enrolling(handler: OnPress) -> OnPress:
    """Keep an old button of the enrolment from changing anything once it is over."""

    async def guarded(turn: Turn, press: Press) -> None:
        if turn.patient.state == "enrolling":
            await handler(turn, press)
        else:
            turn.toast(_("You're already set up."))
            turn.edit(done.already_set_up())

    return guarded


FEATURE = Feature(
    name=actions.FEATURE_NAME,
    commands={"start": start},
    presses={
        "start.read": _while_enrolling(on_read),
        "start.agree": _while_enrolling(on_agree),
        "start.answer": _while_enrolling(on_answer),
        "start.zone": _while_enrolling(on_zone),
        "start.go": _while_enrolling(on_go),
        "start.view": _while_enrolling(on_view),
        "start.share": _while_enrolling(on_share),
        "start.finish": _while_enrolling(on_finish),
    },
    on_text=on_text,
    on_location=on_location,
)
