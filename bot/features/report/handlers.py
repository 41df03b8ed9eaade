"""/report and its buttons: each reads, acts and shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.span import span_ending
from bot.features.report import messages
from bot.features.report.drawing import PAPERS, Choice, read_choice
from bot.locale import N_, _
from bot.storage import diary, reports
from bot.telegram_io.dialogue import Dialogue
from bot.telegram_io.feature import Entry, Feature, Offer, Section

if TYPE_CHECKING:
    from bot.domain.doctor_page import Paper
    from bot.message import Message, Press
    from bot.telegram_io.turn import Turn

NAME, QUESTIONS = "identification", "questions"
"""What the next typed words are: also the draft's columns."""
_FEATURE = "report"
_DIALOGUE = Dialogue(_FEATURE)
_LONGEST = {NAME: messages.LONGEST_IDENTIFICATION, QUESTIONS: messages.LONGEST_QUESTIONS}


async def on_report(turn: Turn) -> None:
    """Show what will be on the page."""
    await _show(turn, await _choice(turn, ()))


async def on_open(turn: Turn, press: Press) -> None:
    """The same, for the days and the paper that the button names."""
    choice = await _choice(turn, press.args)
    if len(press.args) > 2:  # noqa: PLR2004 - the third says the paper
        draft = await reports.get_or_create_draft(turn.session, turn.patient.id)
        draft.paper = choice.paper
    await _show(turn, choice)


async def on_name(turn: Turn, press: Press) -> None:
    """Ask what stands on the page."""
    choice = await _choice(turn, press.args)
    _ask(turn, messages.ask_name(choice), choice, NAME)


async def on_questions(turn: Turn, press: Press) -> None:
    """Ask for the patient's questions."""
    choice = await _choice(turn, press.args)
    _ask(turn, messages.ask_questions(choice), choice, QUESTIONS)


async def on_no_name(turn: Turn, press: Press) -> None:
    """Leave the name out."""
    await _keep(turn, NAME, None)
    await _show(turn, await _choice(turn, press.args))


async def on_no_questions(turn: Turn, press: Press) -> None:
    """Leave the questions out."""
    await _keep(turn, QUESTIONS, None)
    await _show(turn, await _choice(turn, press.args))


async def on_forget(turn: Turn, press: Press) -> None:
    """Forget both."""
    choice = await _choice(turn, press.args)
    await _keep(turn, NAME, None)
    await _keep(turn, QUESTIONS, None)
    await _show(turn, choice, notice=_("Forgotten."))


async def on_preview(turn: Turn, press: Press) -> None:
    """Send the page as a picture."""
    choice = await _choice(turn, press.args)
    if await _has_something(turn, choice):
        turn.reply(messages.preview(choice, discreet=turn.patient.discreet))
    else:
        _show_message(turn, messages.nothing_yet(choice))


async def on_send(turn: Turn, press: Press) -> None:
    """Send the page."""
    choice = await _choice(turn, press.args)
    if await _has_something(turn, choice):
        turn.reply(messages.document(choice, discreet=turn.patient.discreet))
    else:
        _show_message(turn, messages.nothing_yet(choice))


async def on_text(turn: Turn) -> bool:
    """Take what was typed for the question that is open; else it is for another feature."""
    kept = await _DIALOGUE.awaited_since_checkin(turn)
    if kept is None:
        return False
    what, words = kept["awaiting"], turn.text.strip()
    await _keep(turn, what, words[: _LONGEST[what]])
    notice = messages.typed_notice(words, _LONGEST[what])
    args = tuple(str(arg) for arg in kept["choice"])
    await _show(turn, await _choice(turn, args), notice=notice)
    return True


async def _choice(turn: Turn, args: tuple[str, ...]) -> Choice:
    draft = await reports.draft_of(turn.session, turn.patient.id)
    paper: Paper = PAPERS.get(draft.paper, "a4") if draft else "a4"
    return read_choice(args, turn.today, paper)


async def _show(turn: Turn, choice: Choice, *, notice: str = "") -> None:
    draft = await reports.draft_of(turn.session, turn.patient.id)
    _show_message(turn, messages.screen(choice, draft, notice=notice))


def _show_message(turn: Turn, message: Message) -> None:
    _DIALOGUE.show(turn, message)


def _ask(turn: Turn, message: Message, choice: Choice, what: str) -> None:
    _DIALOGUE.show(turn, message, awaiting=what, own_words=True, choice=list(choice.args))


async def _keep(turn: Turn, what: str, words: str | None) -> None:
    draft = await reports.get_or_create_draft(turn.session, turn.patient.id)
    if what == NAME:
        draft.identification = words
    else:
        draft.questions = words


async def _has_something(turn: Turn, choice: Choice) -> bool:
    rows = await diary.gather(turn.session, turn.patient, span_ending(choice.last, choice.days))
    return rows.has_something


FEATURE = Feature(
    name=_FEATURE,
    commands={"report": on_report},
    presses={
        "report.open": on_open,
        "report.name": on_name,
        "report.questions": on_questions,
        "report.no_name": on_no_name,
        "report.no_questions": on_no_questions,
        "report.forget": on_forget,
        "report.preview": on_preview,
        "report.send": on_send,
    },
    on_text=on_text,
    entries=(Entry(N_("🩺 For my doctor"), "report.open", Section.DATA, command="report"),),
    under_summary=(Offer(N_("For my doctor"), "report.open", place=2),),
)
