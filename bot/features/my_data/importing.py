"""A file of /export that a patient sends: taken in during enrolment, or into a diary that is still empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.consent import CONSENT_VERSION
from bot.features.my_data import messages
from bot.storage import patients
from bot.storage.portable.checking import MOST_BYTES, Incoming, read_file
from bot.storage.portable.taking_in import is_empty, take_in

if TYPE_CHECKING:
    from bot.message import Message
    from bot.telegram_io.turn import Turn


async def on_document(turn: Turn) -> bool:
    """Take the file in, or say why not; a file that isn't JSON is for nobody."""
    message = turn.update.effective_message
    document = message.document if message else None
    is_json = document is not None and (
        document.mime_type == "application/json" or (document.file_name or "").lower().endswith(".json")
    )
    if document is None or not is_json:
        return False
    refusal = await _refusal(turn, document.file_size or 0)
    if refusal is not None:
        turn.reply(refusal)
        return True
    fetched = turn.fetch(document.file_id, read_file)
    if fetched.arrived and isinstance(fetched.value, Incoming):
        await _take(turn, fetched.value)
    else:
        turn.reply(messages.not_arrived())
    return True


async def _refusal(turn: Turn, size: int) -> Message | None:
    """Return why no file is taken in now, or None; before it is fetched."""
    patient = turn.patient
    if patient.state == "leaving":
        return messages.not_while_leaving()
    if patient.state == "enrolling" and patient.consent_version != CONSENT_VERSION:
        return messages.agree_first()
    if not await is_empty(turn.session, patient):
        return messages.not_empty()
    return messages.too_large(MOST_BYTES) if size > MOST_BYTES else None


async def _take(turn: Turn, incoming: Incoming) -> None:
    if incoming.mistakes:
        turn.reply(messages.mistaken([str(mistake) for mistake in incoming.mistakes]))
        return
    rows = await take_in(turn.session, turn.patient, incoming)
    if turn.patient.checkin_anchor is None:
        turn.patient.checkin_anchor = turn.today
    await turn.plan()
    regimen = await patients.regimen_of(turn.session, turn.patient.id)
    if regimen is not None:
        turn.reply(messages.taken_in(rows, regimen, turn.patient, turn.now))
