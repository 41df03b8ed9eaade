"""/settings: opens screens, takes changes, and plans the messages anew after each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.features.settings import actions, flow, plan_changes, screens
from bot.features.settings.fields import FEATURE_NAME, Field
from bot.features.settings.messages import test_reminder
from bot.locale import _
from bot.storage.places import zone_at
from bot.telegram_io import questions
from bot.telegram_io.feature import Feature
from bot.telegram_io.spacing import leave_out_instead

if TYPE_CHECKING:
    from bot.message import Press
    from bot.telegram_io.turn import Turn


async def settings(turn: Turn) -> None:
    """Show the overview."""
    rows = await flow.rows_of(turn)
    if rows is not None:
        flow.show_overview(turn, rows)


async def on_open(turn: Turn, _press: Press) -> None:
    """Go back to the overview."""
    rows = await flow.rows_of(turn)
    if rows is not None:
        flow.show_overview(turn, rows)


async def on_field(turn: Turn, press: Press) -> None:
    """Open a field's screen."""
    rows = await flow.rows_of(turn)
    field = _field(press)
    if rows is None:
        return
    if field is None or field in {Field.EVENING, Field.DISCREET, Field.SECOND_RE_ALERT}:
        flow.show_overview(turn, rows)
    else:
        flow.show_field(turn, rows, field)


async def on_set(turn: Turn, press: Press) -> None:
    """Change a field to what the button says."""
    rows = await flow.rows_of(turn)
    field = _field(press)
    if rows is None:
        return
    if field is None:
        flow.show_overview(turn, rows)
        return
    await flow.follow(turn, rows, field, actions.change(rows, field, ":".join(press.args[1:])))


async def on_clock(turn: Turn, _press: Press) -> None:
    """Ask what the clock shows."""
    rows = await flow.rows_of(turn)
    if rows is not None:
        flow.DIALOGUE.show(turn, screens.clock_picker(rows), awaiting=Field.ZONE)


async def on_place(turn: Turn, press: Press) -> None:
    """Ask which of the places with that clock."""
    rows = await flow.rows_of(turn)
    if rows is not None:
        offset = int(press.args[0]) if press.args and press.args[0].isdecimal() else 0
        flow.DIALOGUE.show(turn, screens.place_picker(offset, rows), awaiting=Field.ZONE)


async def on_zone(turn: Turn, press: Press) -> None:
    """Set the zone whose local time the patient has seen."""
    rows = await flow.rows_of(turn)
    if rows is not None:
        result = plan_changes.zone_confirmed(rows, press.args[0] if press.args else "")
        await flow.follow(turn, rows, Field.ZONE, result)


async def on_share(turn: Turn, _press: Press) -> None:
    """Show the keyboard that shares a location once."""
    turn.reply(questions.location_request())
    flow.DIALOGUE.ask(turn, Field.ZONE.value, message_id=turn.pressed_message_id, location_button=True)


async def on_location(turn: Turn) -> bool:
    """Turn a shared location into a zone and drop it; the zone is set after "yes, that's my time"."""
    message = turn.update.effective_message
    rows = await actions.rows_of(turn.session, turn.patient, turn.now)
    if rows is None or message is None or message.location is None:
        return False
    zone = zone_at(message.location.latitude, message.location.longitude)
    if zone is None:
        unknown = _("I don't know the time zone of that place. Please type a city near you.")
        flow.show_field(turn, rows, Field.ZONE, notice=unknown)
    else:
        flow.DIALOGUE.show(turn, screens.zone_sure(zone, rows), awaiting=Field.ZONE)
    return True


async def on_text(turn: Turn) -> bool:
    """Take what was typed for the field that is open; else it is for another feature."""
    kept = flow.DIALOGUE.awaited(turn)
    if kept is None:
        return False
    rows = await flow.rows_of(turn)
    if rows is None:
        return True
    if kept["awaiting"] in set(Field):
        field = Field(kept["awaiting"])
        await flow.follow(turn, rows, field, actions.change(rows, field, turn.text.strip()))
    return True


async def on_swap(turn: Turn, press: Press) -> None:
    """Leave out the dose before instead of the one that would come too soon after it."""
    await flow.swap(turn, await leave_out_instead(turn, press.row_id))


async def on_test(turn: Turn, _press: Press) -> None:
    """Send what a reminder looks like; nothing else happens."""
    rows = await flow.rows_of(turn)
    if rows is not None:
        turn.reply(test_reminder(rows))


def _field(press: Press) -> Field | None:
    name = press.args[0] if press.args else ""
    return Field(name) if name in set(Field) else None


FEATURE = Feature(
    name=FEATURE_NAME,
    commands={"settings": settings},
    presses={
        "settings.open": on_open,
        "settings.field": on_field,
        "settings.set": on_set,
        "settings.clock": on_clock,
        "settings.place": on_place,
        "settings.zone": on_zone,
        "settings.share": on_share,
        "settings.swap": on_swap,
        "settings.test": on_test,
    },
    on_text=on_text,
    on_location=on_location,
)
