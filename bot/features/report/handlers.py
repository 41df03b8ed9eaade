"""/report and its buttons: each reads, acts and shows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.domain.due import local_date
from bot.domain.free_text.dose_words import parse_dose_words
from bot.domain.span import span_ending
from bot.features.report import messages
from bot.features.report.drawing import PAPERS, Choice, read_choice
from bot.locale import N_, _
from bot.storage import checkins, diary, reports
from bot.telegram_io.feature import Entry, Feature, Offer, Section
from bot.telegram_io.screen import show_screen

if TYPE_CHECKING:
    from bot.domain.doctor_page import Paper
    from bot.message import Message, Press
    from bot.telegram_io.turn import Turn

NAME, QUESTIONS = "identification", "questions"
"""What the next typed words are: also the draft's columns."""
_FEATURE = "report"
_QUESTION_STANDS = timedelta(minutes=30)
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
    kept = await _awaited(turn)
    if kept is None:
        return False
    what, words = kept["awaiting"], turn.text.strip()
    await _keep(turn, what, words[: _LONGEST[what]])
    notice = messages.cut(_LONGEST[what]) if len(words) > _LONGEST[what] else ""
    args = tuple(str(arg) for arg in kept["choice"])
    await _show(turn, await _choice(turn, args), notice=notice)
    return True


async def _choice(turn: Turn, args: tuple[str, ...]) -> Choice:
    draft = await reports.draft_of(turn.session, turn.patient.id)
    paper: Paper = PAPERS.get(draft.paper, "a4") if draft else "a4"
    return read_choice(args, local_date(turn.now, turn.zone), paper)


async def _show(turn: Turn, choice: Choice, *, notice: str = "") -> None:
    draft = await reports.draft_of(turn.session, turn.patient.id)
    _show_message(turn, messages.screen(choice, draft, notice=notice))


def _show_message(turn: Turn, message: Message) -> None:
    kept = _kept(turn)
    show_screen(turn, message, on=kept.get("message_id"), move=turn.pressed_message_id is None)
    if kept:
        turn.patient.dialogue = None


def _ask(turn: Turn, message: Message, choice: Choice, what: str) -> None:
    shown_on = show_screen(turn, message, on=_kept(turn).get("message_id"))
    turn.patient.dialogue = {
        "feature": _FEATURE,
        "awaiting": what,
        "choice": list(choice.args),
        "message_id": shown_on,
        "asked_at": turn.now.isoformat(),
        # A safety text answers these words, and they are kept all the same.
        "own_words_until": (turn.now + _QUESTION_STANDS).isoformat(),
    }


async def _keep(turn: Turn, what: str, words: str | None) -> None:
    draft = await reports.get_or_create_draft(turn.session, turn.patient.id)
    if what == NAME:
        draft.identification = words
    else:
        draft.questions = words


async def _has_something(turn: Turn, choice: Choice) -> bool:
    rows = await diary.gather(turn.session, turn.patient, span_ending(choice.last, choice.days))
    return rows.has_something


async def _awaited(turn: Turn) -> dict[str, Any] | None:
    """Return our open question if the typed words can be its answer: not late, no word about the dose."""
    kept = _kept(turn)
    if not kept or not turn.text.strip() or turn.text.startswith("/"):
        return None
    asked_at = datetime.fromisoformat(kept["asked_at"])
    if turn.now - asked_at > _QUESTION_STANDS or parse_dose_words(turn.text):
        return None
    today = local_date(turn.now, turn.zone)
    touched_at = await checkins.last_touched(turn.session, turn.patient.id, today)
    return None if touched_at is not None and touched_at > asked_at else kept


def _kept(turn: Turn) -> dict[str, Any]:
    kept = turn.patient.dialogue or {}
    return kept if kept.get("feature") == _FEATURE else {}


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
