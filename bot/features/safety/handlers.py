"""Safety words first: answers them in any typed text, and takes the answers to a hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.safety_matching import find_triggers
from bot.features.safety import actions, card, messages
from bot.locale import N_, _
from bot.telegram_io.feature import Entry, Feature, Section

if TYPE_CHECKING:
    from bot.message import Press
    from bot.telegram_io.turn import Turn


async def answer_safety(turn: Turn) -> bool:
    """Answer the safety words in a typed text at once, in any state of the patient.

    Returns:
        True when the text is answered: nobody else sees it, so no unrelated reply follows. False when it
        holds no safety words, or when a note or the check-in waits for the patient's own words: then these
        are kept as well, since nothing that was typed may be lost.
    """
    triggers = find_triggers(turn.text)
    if not triggers:
        return False
    said = await actions.answer(turn.session, turn.patient, triggers, turn.now)
    turn.reply(messages.answer(said))
    for message_id in said.stripped:
        turn.strip(message_id)
    return await _is_done(turn)


async def _is_done(turn: Turn) -> bool:
    # An edited text is read for safety words only: what was sent first stands.
    edited = turn.update.edited_message is not None
    return edited or not await actions.wants_words(turn.session, turn.patient, turn.now)


async def resume(turn: Turn, press: Press) -> None:
    """End the hold: a prescriber or pharmacist said that the next dose is safe. Its reminder follows."""
    if await _is_open(turn, press):
        await actions.end_hold(turn.session, turn.patient, turn.now)
        turn.edit(messages.resumed())
        await turn.plan()


async def not_about_me(turn: Turn, press: Press) -> None:
    """End a hold that was about somebody else."""
    if await _is_open(turn, press):
        await actions.end_hold(turn.session, turn.patient, turn.now)
        turn.edit(messages.not_about_me())
        await turn.plan()


async def not_yet(turn: Turn, press: Press) -> None:
    """Leave the doses on hold."""
    if await _is_open(turn, press) and press.row_id is not None:
        turn.edit(messages.not_yet(press.row_id))


async def _is_open(turn: Turn, press: Press) -> bool:
    hold = await actions.own_hold(turn.session, turn.patient, press.row_id)
    if hold is not None and hold.ended_at is None:
        return True
    turn.toast(_("That hold has ended already."))
    turn.edit(messages.ended_before())
    return False


FEATURE = Feature(
    name="safety",
    commands={"card": card.on_command},
    presses={
        "safety.resume": resume,
        "safety.not_yet": not_yet,
        "safety.not_about_me": not_about_me,
        "card.open": card.on_open,
        "card.show": card.on_show,
    },
    entries=(Entry(N_("🪪 Wallet card"), "card.open", Section.TREATMENT, command="card"),),
)
