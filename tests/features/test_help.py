"""What the bot says about itself, and to whatever nothing else understood."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from telegram import Update

from bot.domain.safety import ROWS, Trigger
from bot.domain.safety_help import HELP_TEXTS
from bot.features.help import handlers, messages
from bot.features.help.menu import COMMAND_MENU, command_menu
from bot.storage.tables import Patient
from bot.telegram_io.turn import Turn

if TYPE_CHECKING:
    from bot.message import Message

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MOST_CHARACTERS = 4096
MEDICINE = ("LDN", "naltrexone", "mg")


async def plan_nothing(*_args: object) -> None:
    """Help plans nothing."""


def turn(*, enrolled: bool = True, discreet: bool = False, kind: str = "message", **parts: object) -> Turn:
    """Return an update of one person, as Telegram writes it."""
    chat = {"id": 5, "type": "private"}
    message = {"message_id": 7, "date": 1_790_000_000, "chat": chat, "from": person()} | parts
    update = Update.de_json({"update_id": 1, kind: message}, None)
    state = "active" if enrolled else "enrolling"
    patient = Patient(id=uuid4(), telegram_id=5, state=state, discreet=discreet, language="en")
    return Turn(None, NOW, update, patient, plan_nothing)  # type: ignore[arg-type] # help reads no rows


def person() -> dict[str, Any]:
    """Return the sender."""
    return {"id": 5, "is_bot": False, "first_name": "Ana"}


def said(one: Turn) -> Message:
    """Return the single message that the turn says."""
    (call,) = one.outbox.calls
    assert call.message is not None
    return call.message


def test_every_text_that_words_bring_stands_in_help_too() -> None:
    """Such lists miss cases: whoever looks for an allergy finds what to do."""
    text = " ".join(said_by for pair in HELP_TEXTS for said_by in pair)
    within_before_use = {Trigger.PREGNANCY, Trigger.NALTREXONE_PRODUCT}
    missing = [trigger for trigger, row in ROWS.items() if row.text not in text]
    assert set(missing) <= within_before_use
    assert "pregnant" in text
    assert "Mysimba" in text


def test_the_menu_has_at_most_eight_commands_and_names_no_medicine() -> None:
    """Telegram's menu is read over a shoulder: its descriptions are neutral and short."""
    assert command_menu() == list(COMMAND_MENU)
    assert len(COMMAND_MENU) <= 8
    for command, description in COMMAND_MENU:
        assert command.isascii()
        assert 0 < len(description) <= 256
        assert not any(word in description for word in MEDICINE)


async def test_help_says_what_each_command_does_and_holds_the_safety_texts() -> None:
    """Keyword lists miss cases, so the safety texts stand in /help, within one message."""
    one = turn(text="/help")
    await handlers.on_help(one)
    text = said(one).text
    assert len(text) <= MOST_CHARACTERS
    for command, _description in COMMAND_MENU:
        assert f"/{command}" in text
    for trigger in (Trigger.EMERGENCY, Trigger.URGENT, Trigger.LIVER, Trigger.SURGERY, Trigger.SIDE_EFFECT):
        assert ROWS[trigger].text in text
    for words in ("Samaritans 116 123", "Naltrexone blocks opioids", "Never two together", "nobody reads"):
        assert words in text


async def test_discreet_help_names_no_medicine_and_leads_to_the_safety_texts() -> None:
    """In discreet mode the safety texts, which must name the medicine, come after a tap."""
    one = turn(text="/help", discreet=True)
    await handlers.on_help(one)
    assert not any(word in said(one).text for word in MEDICINE)
    (button,) = said(one).rows[0]
    assert button.data == "help.safety:"
    assert "Naltrexone blocks opioids" in messages.safety(enrolled=True).text


def test_about_cites_the_trials_with_their_limits() -> None:
    """Both the encouraging and the negative trials are named, with their sizes and figures."""
    text = messages.about(enrolled=True).text
    for words in ("10 people", "−28.8 %", "−18.0 %", "p = 0.27", "p = 0.236", "abstract only", "off-label"):
        assert words in text
    assert "placebo improve too" in text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("qwerty", "I didn't understand that, and saved nothing."),
        ("🦄", "I didn't understand that, and saved nothing."),
        ("/nonsense", "I don't know this command. Nothing was changed."),
        ("x" * 4096, "That is too long for me"),
    ],
)
async def test_a_text_that_nothing_understands_gets_an_answer_with_buttons(typed: str, words: str) -> None:
    """Never silence, never the patient's words repeated: what happened, and four ways on."""
    one = turn(text=typed)
    await handlers.on_nothing_understood(one)
    assert said(one).text.startswith(words)
    assert [button.text for row in said(one).rows for button in row] == [
        "Today",
        "Check-in",
        "Summary",
        "Help",
    ]


async def test_before_enrolment_the_way_on_is_start() -> None:
    """The buttons lead nowhere before enrolment: then /start does."""
    one = turn(enrolled=False, text="qwerty")
    await handlers.on_nothing_understood(one)
    assert "/start" in said(one).text
    assert said(one).rows == ()


FILE = {"file_id": "a", "file_unique_id": "b"}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"voice": FILE | {"duration": 3}}, "I can't listen to voice messages"),
        ({"photo": [FILE | {"width": 1, "height": 1}]}, "I can't look at pictures"),
        ({"document": FILE}, "I can't open files"),
        ({"location": {"latitude": 1, "longitude": 2}}, "I don't need your location now"),
        ({"contact": {"phone_number": "1", "first_name": "A"}}, "I can only read text and buttons."),
        (
            {
                "sticker": FILE
                | {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
            },
            "I can't read stickers",
        ),
    ],
)
async def test_what_is_no_text_gets_its_own_answer(parts: dict[str, Any], words: str) -> None:
    """A sticker, a voice message, a picture: the patient hears that only text and buttons are read."""
    one = turn(**parts)
    await handlers.on_other(one)
    assert said(one).text.startswith(words)
    assert said(one).rows


async def test_an_edited_message_changes_nothing_and_the_patient_hears_so() -> None:
    """What was sent first still counts."""
    one = turn(kind="edited_message", text="pain 5", edit_date=1_790_000_009)
    await handlers.on_other(one)
    assert said(one).text.startswith("I can't follow edited messages: what you sent first still counts.")


async def test_a_notice_of_telegrams_own_is_not_answered() -> None:
    """A deleted chat photo is nothing that the patient said."""
    one = turn(delete_chat_photo=True)
    await handlers.on_other(one)
    assert one.outbox.calls == []


async def test_a_button_of_an_older_version_is_answered() -> None:
    """It changes nothing, pops up a word and leads on."""
    one = turn(text="x")
    await handlers.on_old_button(one)
    assert one.outbox.toast == "That button is from an older message."
    assert said(one).rows
