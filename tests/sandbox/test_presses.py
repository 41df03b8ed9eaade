"""Presses of inline buttons, fresh and stale, and their answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

if TYPE_CHECKING:
    from telegram import Bot, CallbackQuery

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer

STALE = "Query is too old and response timeout expired or query id is invalid"


def buttons(**labels: str) -> InlineKeyboardMarkup:
    """Return one row of buttons by callback data."""
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(text, callback_data=data) for data, text in labels.items()]]
    )


async def newest_query(api: Bot) -> CallbackQuery:
    """Return the press that the bot fetches last."""
    query = (await api.get_updates())[-1].callback_query
    assert query is not None
    return query


async def test_a_press_reaches_the_bot_and_its_answer_the_person(api: Bot, ana: Person) -> None:
    """By the button's text or its data; a silent answer is one, too."""
    sent = await api.send_message(ana.id, "Taken?", reply_markup=buttons(yes="Taken", no="Not tonight"))
    press = await ana.tap("Not tonight")
    query = await newest_query(api)
    assert (query.data, query.from_user.id) == ("no", ana.id)
    assert query.message is not None
    assert query.message.message_id == sent.message_id
    await query.answer("Noted", show_alert=True)
    answer = await ana.answered(press)
    assert (answer.text, answer.alert) == ("Noted", True)
    assert [toast.text for toast in ana.toasts] == ["Noted"]
    await ana.tap("yes")
    await (await newest_query(api)).answer()
    assert ana.toasts[-1].text == ""


async def test_a_press_is_answered_once_and_within_150_seconds(
    api: Bot, ana: Person, clock: ManualClock
) -> None:
    """A second answer and a late one are refused, and so is one to no press at all."""
    await api.send_message(ana.id, "Taken?", reply_markup=buttons(yes="Taken"))
    await ana.tap("Taken")
    query = await newest_query(api)
    await query.answer()
    with pytest.raises(BadRequest, match=STALE):
        await query.answer()
    await ana.tap("Taken")
    late = await newest_query(api)
    clock.travel_to(clock.now() + timedelta(seconds=151))
    with pytest.raises(BadRequest, match=STALE):
        await late.answer()
    with pytest.raises(BadRequest, match=STALE):
        await api.answer_callback_query("12345")


async def test_a_button_that_is_gone_can_be_pressed_as_it_was(api: Bot, ana: Person) -> None:
    """A slow phone shows an older version: its press arrives with the old data."""
    message = await api.send_message(ana.id, "Monday", reply_markup=buttons(monday="Taken"))
    assert ana.last is not None
    old = ana.last.now
    await message.edit_text("Tuesday", reply_markup=buttons(tuesday="Taken"))
    with pytest.raises(LookupError, match="no button 'monday'"):
        await ana.tap("monday")
    await ana.tap("Taken", old)
    assert (await newest_query(api)).data == "monday"
    await ana.tap(old.buttons[0])
    assert (await newest_query(api)).data == "monday"


async def test_a_button_of_a_deleted_message_arrives_without_the_message(api: Bot, ana: Person) -> None:
    """As an inaccessible message."""
    message = await api.send_message(ana.id, "Gone soon", reply_markup=buttons(yes="Taken"))
    button = ana.find_button("Taken")
    await message.delete()
    await ana.tap(button)
    query = await newest_query(api)
    assert query.message is not None
    assert not query.message.is_accessible


async def test_the_newest_message_with_the_button_is_meant(api: Bot, ana: Person) -> None:
    """Unless another one is named."""
    first = await api.send_message(ana.id, "Monday", reply_markup=buttons(monday="Taken"))
    await api.send_message(ana.id, "Tuesday", reply_markup=buttons(tuesday="Taken"))
    assert (await ana.tap("Taken")).data == "tuesday"
    assert (await ana.tap("Taken", first.message_id)).data == "monday"


async def test_another_persons_button_can_be_pressed_as_a_forwarded_one(
    api: Bot, ana: Person, server: SandboxServer
) -> None:
    """It comes from the other person, in the other chat, with the first one's data."""
    await api.send_message(ana.id, "Taken?", reply_markup=buttons(anas="Taken"))
    other = server.person(first_name="Rui", opened=True)
    await other.tap_forwarded(ana.find_button("Taken"))
    query = await newest_query(api)
    assert query.message is not None
    assert (query.data, query.from_user.id, query.message.chat.id) == ("anas", other.id, other.id)


async def test_a_toast_has_200_characters(api: Bot, ana: Person) -> None:
    """One more is refused."""
    await api.send_message(ana.id, "Taken?", reply_markup=buttons(yes="Taken"))
    await ana.tap("Taken")
    with pytest.raises(BadRequest, match="Message_too_long"):
        await (await newest_query(api)).answer("x" * 201)
