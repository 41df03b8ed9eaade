"""The screens around the page for the doctor."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bot.domain.doctor_page import ONE_PAGE_DAYS
from bot.features.report.drawing import PDF, PREVIEW, SPANS, Choice, attachment
from bot.locale import N_, _
from bot.locale.dates import short_date
from bot.message import Button, Message, press_data
from bot.reports.typesetting import has_unknown_letters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.doctor_page import Paper
    from bot.message import Row
    from bot.storage.tables import ReportDraft

LONGEST_IDENTIFICATION = 80
LONGEST_QUESTIONS = 600
_A_YEAR = 365
_PAPERS: Mapping[Paper, str] = {"a4": N_("A4"), "us-letter": N_("US Letter")}


def screen(choice: Choice, draft: ReportDraft | None, *, notice: str = "") -> Message:
    """Return what will be on the page, with the buttons that change it."""
    lines = [
        notice,
        _("<b>For my doctor</b>"),
        _(
            "{pages} ({paper}) about the {days} days to {last}: dose, safety, pain and sleep, side effects, "
            "events."
        ).format(
            pages=_("One page") if choice.days <= ONE_PAGE_DAYS else _("Up to two pages"),
            paper=_(_PAPERS[choice.paper]),
            days=choice.days,
            last=short_date(choice.last, year=True),
        ),
        _("Name on it: {name}").format(name=_typed(draft.identification if draft else None)),
        _("My questions: {questions}").format(questions=_typed(draft.questions if draft else None)),
        _(
            "<i>The page names your medicine and its amounts. I make it when you tap, send it to you alone "
            "and keep no copy.</i>"
        ),
    ]
    return Message("\n".join(line for line in lines if line), _rows(choice, draft))


def _typed(words: str | None) -> str:
    return f"“{escape(words)}”" if words else _("nothing")


def _rows(choice: Choice, draft: ReportDraft | None) -> tuple[Row, ...]:
    typed = draft is not None and bool(draft.identification or draft.questions)
    forget = (Button(_("Forget what I typed"), _press("report.forget", choice)),) if typed else ()
    rows: tuple[Row, ...] = (
        tuple(_span_button(choice, days) for days in SPANS),
        tuple(_paper_button(choice, paper) for paper in _PAPERS),
        (
            Button(_("✏️ Name"), _press("report.name", choice)),
            Button(_("✏️ My questions"), _press("report.questions", choice)),
        ),
        (
            Button(_("Preview"), _press("report.preview", choice)),
            Button(_("Send me the PDF"), _press("report.send", choice), style="primary"),
        ),
        forget,
        (Button(_("‹ Summary"), press_data("summary.open")), Button(_("‹ More"), press_data("more.open"))),
    )
    return tuple(row for row in rows if row)


def _press(verb: str, choice: Choice) -> str:
    return press_data(verb, None, *choice.args)


def _span_button(choice: Choice, days: int) -> Button:
    label = _("1 year") if days == _A_YEAR else _("{days} days").format(days=days)
    data = _press("report.open", Choice(days, choice.last, choice.paper))
    return Button(label, data, style="primary" if days == choice.days else None)


def _paper_button(choice: Choice, paper: Paper) -> Button:
    data = _press("report.open", Choice(choice.days, choice.last, paper))
    return Button(_(_PAPERS[paper]), data, style="primary" if paper == choice.paper else None)


def ask_name(choice: Choice) -> Message:
    """Return the question what the doctor knows the patient by."""
    text = _(
        "What should stand on the page, so that your doctor knows whose it is? For example your name and "
        "birth date, or a patient number. Type it, or leave it out."
    )
    # The consent says that no name is kept: this one is, so it says so before it is typed.
    kept = _("<i>I keep what you type for your next page, until you tap “Forget what I typed”.</i>")
    return _asked(f"{text}\n{kept}", choice, "report.no_name")


def ask_questions(choice: Choice) -> Message:
    """Return the question for the patient's own questions."""
    text = _(
        "What do you want to ask your doctor? Type it in one message, a question a line, or leave it out."
    )
    return _asked(text, choice, "report.no_questions")


def _asked(text: str, choice: Choice, leave_out: str) -> Message:
    return Message(
        text,
        (
            (
                Button(_("Leave it out"), _press(leave_out, choice)),
                Button(_("‹ Back"), _press("report.open", choice)),
            ),
        ),
    )


def typed_notice(words: str, longest: int) -> str:
    """Return what is said about words that don't fit on the page, or "".

    Args:
        words: As typed.
        longest: Characters that are kept.
    """
    notices = []
    if len(words) > longest:
        notices.append(
            _("That's more than fits on the page: I kept the first {count} characters.").format(count=longest)
        )
    if has_unknown_letters(words):
        notices.append(
            _("I can print Latin, Greek, Cyrillic and Devanagari letters; others will be a “?” on the page.")
        )
    return " ".join(notices)


def preview(choice: Choice, *, discreet: bool) -> Message:
    """Return the page as a picture to look at first."""
    text = _("The preview. Look it over: is there anything on it that you don't want to show?")
    return Message(text, _after(choice), attachment=attachment(choice, PREVIEW, discreet=discreet))


def document(choice: Choice, *, discreet: bool) -> Message:
    """Return the page itself."""
    text = _(
        "Your page for the doctor, {days} days to {last}. I kept no copy; this chat has it until you "
        "delete it."
    ).format(days=choice.days, last=short_date(choice.last, year=True))
    rows = ((Button(_("‹ Change it"), _press("report.open", choice)),),)
    return Message(text, rows, attachment=attachment(choice, PDF, discreet=discreet))


def _after(choice: Choice) -> tuple[Row, ...]:
    return (
        (
            Button(_("‹ Change it"), _press("report.open", choice)),
            Button(_("Send me the PDF"), _press("report.send", choice), style="primary"),
        ),
    )


def nothing_yet(choice: Choice) -> Message:
    """Return what is said when there is nothing to put on a page."""
    text = _("There is nothing in the diary of these {days} days yet, so there is no page to make.")
    rows = (
        tuple(_span_button(choice, days) for days in SPANS),
        (Button(_("‹ Summary"), press_data("summary.open")), Button(_("‹ More"), press_data("more.open"))),
    )
    return Message(text.format(days=choice.days), rows)
