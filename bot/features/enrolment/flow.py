"""How an enrolment moves: take an answer, keep it, show what comes next, in one message where it can be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.features.enrolment.actions import Progress, keep, progress_of
from bot.features.enrolment.answers import answer
from bot.features.enrolment.draft import Draft, Step, next_step
from bot.features.enrolment.messages import choices, screen
from bot.telegram_io import questions
from bot.telegram_io.screen import show_screen
from bot.telegram_io.typed_answers import Choices, Problem

if TYPE_CHECKING:
    from bot.message import Message
    from bot.telegram_io.turn import Turn


def take(turn: Turn, step: Step, text: str) -> None:
    """Take *text*, typed or from a button, as the answer to *step*; nothing is lost if it can't be used."""
    progress = progress_of(turn.patient)
    if not _is_open(progress.draft, step):
        go_on(turn, progress.draft)
        return
    answered = answer(step, progress.draft, text, turn.now)
    if isinstance(answered, Draft):
        go_on(turn, answered)
    elif isinstance(answered, Choices):
        asked = Step.ZONE if step is Step.ZONE_SURE else step
        show(turn, asked, progress.draft, message=choices(asked, answered.text, answered.options))
    else:
        show_problem(turn, progress.step, progress.draft, answered)


def go_on(turn: Turn, draft: Draft) -> None:
    """Show the first question that is still open."""
    show(turn, next_step(draft), draft)


def go_to(turn: Turn, step: Step) -> None:
    """Show *step* again, or the first open question where *step* lies beyond it."""
    draft = progress_of(turn.patient).draft
    show(turn, step if _is_open(draft, step) else next_step(draft), draft)


def show_problem(turn: Turn, step: Step, draft: Draft, problem: Problem) -> None:
    """Say what is wrong, as a new message (an unseen edit would look like silence), and ask again."""
    show(turn, step, draft, notice=problem.text, move=True)


def show(
    turn: Turn,
    step: Step,
    draft: Draft,
    *,
    message: Message | None = None,
    notice: str | None = None,
    move: bool = False,
) -> None:
    """Show the step's screen, or *message* in its place, and keep where the enrolment stands."""
    if draft.location_button and step is not Step.ZONE:
        turn.reply(questions.location_dropped())
        draft, move = replace(draft, location_button=False), True
    shown = questions.with_notice(message or screen(step, draft, turn.now), notice)
    on = show_screen(turn, shown, on=progress_of(turn.patient).message_id, move=move)
    keep(turn.patient, Progress(step, draft, on))


def _is_open(draft: Draft, step: Step) -> bool:
    """Tell whether *step* may be answered: never before what comes earlier, such as consent."""
    order = list(Step)
    return order.index(step) <= order.index(next_step(draft))
