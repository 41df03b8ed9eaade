"""How /settings moves from screen to screen, and what follows from an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.features.settings import actions, screens
from bot.features.settings.fields import FEATURE_NAME, TYPED, Asked, Changed, Field, Rows
from bot.features.settings.messages import no_plan_yet, overview
from bot.locale import _
from bot.storage import deliveries
from bot.telegram_io import questions
from bot.telegram_io.dialogue import Dialogue
from bot.telegram_io.spacing import plan_apart, spacing_words, swap_row
from bot.telegram_io.typed_answers import Choices

if TYPE_CHECKING:
    from bot.features.settings.plan_changes import Result
    from bot.telegram_io.spacing import Spacing
    from bot.telegram_io.turn import Turn

REMINDER = "reminder"
DIALOGUE = Dialogue(FEATURE_NAME)
# After these the patient is told when the next reminder comes.
_MOVES_REMINDERS = frozenset(
    {
        Field.REMINDER_TIME,
        Field.EVENING,
        Field.RHYTHM,
        Field.WEEKDAYS,
        Field.DAYS_OFF,
        Field.DAYS_OFF_TIME,
        Field.ZONE,
    }
)


async def rows_of(turn: Turn) -> Rows | None:
    """Return the rows to change; says so and returns None for a patient who has no plan."""
    rows = await actions.rows_of(turn.session, turn.patient, turn.now)
    if rows is None:
        turn.reply(no_plan_yet())
    return rows


def show_overview(turn: Turn, rows: Rows, *, notice: str | None = None) -> None:
    """Show the overview."""
    DIALOGUE.show(turn, questions.with_notice(overview(rows), notice))


def show_field(turn: Turn, rows: Rows, field: Field, *, notice: str | None = None) -> None:
    """Show a field's screen; where it can be typed, the next words are for it."""
    message = screens.screen(field, rows)
    DIALOGUE.show(turn, questions.with_notice(message, notice), awaiting=_typed(field))


def _typed(field: Field | None) -> str | None:
    return field.value if field is not None and field in TYPED else None


async def follow(turn: Turn, rows: Rows, field: Field, result: Result) -> None:
    """Do what follows from an answer: plan and show what was changed, ask on, or say what is wrong."""
    if isinstance(result, Changed):
        await _changed(turn, field, result)
    elif isinstance(result, Asked):
        DIALOGUE.show(turn, result.message, awaiting=Field.ZONE if field is Field.ZONE else None)
    elif isinstance(result, Choices):
        message = screens.zone_choices(result.text, result.options)
        DIALOGUE.show(turn, message, awaiting=Field.ZONE)
    else:
        show_field(turn, rows, _parent(field), notice=result.text)


async def _changed(turn: Turn, field: Field, changed: Changed) -> None:
    moved = await plan_apart(turn) if field in _MOVES_REMINDERS else None
    if moved is None:
        await turn.plan()
    rows = await rows_of(turn)
    if rows is None:
        return
    notice = changed.notice
    if moved is not None:
        notice = " ".join(filter(None, (notice, await _next_reminder(rows, moved), spacing_words(moved))))
    message = overview(rows) if changed.then is None else screens.screen(changed.then, rows)
    message = questions.with_notice(message, notice)
    if moved is not None:
        message = replace(message, rows=(*swap_row(moved), *message.rows))
    DIALOGUE.show(turn, message, awaiting=_typed(changed.then))


async def swap(turn: Turn, spacing: Spacing | None) -> None:
    """Say which dose is left out now, after the patient chose the other one."""
    rows = await rows_of(turn)
    if rows is None:
        return
    if spacing is None:
        show_overview(turn, rows, notice=_("It's too late for that; nothing was changed."))
        return
    saved = _("Saved: that one is left out instead.")
    notice = " ".join(filter(None, (saved, await _next_reminder(rows, spacing), spacing_words(spacing))))
    show_overview(turn, rows, notice=notice)


async def _next_reminder(rows: Rows, spacing: Spacing) -> str | None:
    """Return when the next reminder comes; one whose time has passed where the patient is now isn't it."""
    pending = await deliveries.pending(rows.session, rows.patient.id, REMINDER)
    coming = next((row.due_at for row in pending if row.due_at > rows.now), spacing.next_at)
    return None if coming is None else questions.next_reminder(coming, rows.zone)


def _parent(field: Field) -> Field:
    """Return the field whose screen asks the question again."""
    return Field.REMINDER_TIME if field is Field.EVENING else field
