"""What Telegram refuses, the sandbox refuses, in the same words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, ReplyKeyboardMarkup
from telegram.error import BadRequest, Forbidden

from bot.sandbox.errors import NOT_MODIFIED
from tests.sandbox.conftest import keyboard

if TYPE_CHECKING:
    import httpx
    from telegram import Bot

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer

TAKEN = InlineKeyboardMarkup([[InlineKeyboardButton("Taken", callback_data="taken")]])


async def refusal(http: httpx.AsyncClient, path: str, **params: Any) -> str:  # noqa: ANN401 - raw JSON
    """Return the description of the 400 that a raw call gets."""
    answer = (await http.post(path, json=params)).json()
    assert answer["error_code"] == 400
    return str(answer["description"])


async def test_an_unknown_token_is_unauthorized(http: httpx.AsyncClient) -> None:
    """A token of good shape that isn't the sandbox's gets 401."""
    answer = await http.get("/bot7:AAAAAAAAAAAAAAAAAAAAAAAA/getMe")
    assert answer.status_code == 401
    assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_a_token_of_no_shape_is_not_found(http: httpx.AsyncClient) -> None:
    """What is no token at all is 404, as with Telegram."""
    answer = await http.get("/botnonsense/getMe")
    assert answer.status_code == 404
    assert answer.json() == {"ok": False, "error_code": 404, "description": "Not Found"}


async def test_an_unknown_method_is_not_found(http: httpx.AsyncClient, method: str) -> None:
    """A method that the Bot API hasn't got is 404."""
    answer = await http.get(f"{method}/sendTelepathy")
    assert (answer.status_code, answer.json()["description"]) == (404, "Not Found")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "message text is empty"),
        (" \n ", "message text is empty"),
        ("<b></b>", "message text is empty"),
        ("x" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
        ("<b>open", "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
        ("é<b", "can't parse entities: Unclosed start tag at byte offset 2"),
        ("<b>é</b></i>", "can't parse entities: Unexpected end tag at byte offset 9"),
        ("a <table>", 'can\'t parse entities: Unsupported start tag "table" at byte offset 2'),
        ("1 < 2", 'can\'t parse entities: Unsupported start tag "" at byte offset 2'),
        (
            "<b>x</i>",
            'can\'t parse entities: Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
        ),
        ("<span>x</span>", 'can\'t parse entities: Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_bad_texts_are_refused(
    http: httpx.AsyncClient, method: str, ana: Person, text: str, words: str
) -> None:
    """Empty, too long (in UTF-16 units, after parsing) or broken HTML."""
    described = await refusal(http, f"{method}/sendMessage", chat_id=ana.id, text=text, parse_mode="HTML")
    assert described == f"Bad Request: {words}"
    assert ana.messages == []


async def test_the_longest_text_counts_after_parsing(api: Bot, ana: Person) -> None:
    """4096 characters pass however much markup stands around them."""
    await api.send_message(ana.id, "<b>" + "x" * 4095 + "</b>&amp;", parse_mode="HTML")
    assert ana.last is not None
    assert len(ana.last.text) == 4096


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (keyboard([{"text": "x", "callback_data": "é" * 33}]), "BUTTON_DATA_INVALID"),
        (
            keyboard([{"text": "x"}]),
            "can't parse InlineKeyboardButton: Text buttons are unallowed in the inline keyboard",
        ),
        (
            keyboard([{"text": "x", "callback_data": "a", "url": "https://example.org"}]),
            "can't parse InlineKeyboardButton: Exactly one action expected, found callback_data and url",
        ),
        (
            keyboard([{"text": "x", "callback_data": "a", "style": "purple"}]),
            "can't parse InlineKeyboardButton: Invalid button style specified",
        ),
        (keyboard([{"text": " ", "callback_data": "a"}]), "BUTTON_TEXT_INVALID"),
        (keyboard([{"text": "x", "callback_data": "a"}] * 9), "reply markup is too long"),
        (keyboard(*[[{"text": "x", "callback_data": "a"}]] * 101), "reply markup is too long"),
        (
            keyboard([{"text": "x", "url": "not a link"}]),
            "inline keyboard button URL 'not a link' is invalid: Wrong HTTP URL",
        ),
        ({"reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"reply_markup": [1]}, "object expected as reply markup"),
    ],
)
async def test_bad_keyboards_are_refused(
    http: httpx.AsyncClient, method: str, ana: Person, markup: dict[str, Any], words: str
) -> None:
    """Too much data, no action or two, unknown colours, too many buttons."""
    described = await refusal(http, f"{method}/sendMessage", chat_id=ana.id, text="Hello", **markup)
    assert described == f"Bad Request: {words}"


async def test_a_hundred_buttons_in_rows_of_eight_pass(api: Bot, ana: Person) -> None:
    """The limits themselves are allowed, and 64 bytes of data with them."""
    button = InlineKeyboardButton("x", callback_data="é" * 32, style="success")
    rows = [[button] * 8] * 12 + [[button] * 4]
    message = await api.send_message(ana.id, "Hello", reply_markup=InlineKeyboardMarkup(rows))
    assert message.reply_markup is not None
    assert sum(map(len, message.reply_markup.inline_keyboard)) == 100
    assert message.reply_markup.inline_keyboard[0][0].style == "success"


async def test_a_caption_has_1024_characters(api: Bot, ana: Person) -> None:
    """One more is refused."""
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await api.send_document(ana.id, b"data", caption="x" * 1025)
    await api.send_document(ana.id, b"data", caption="x" * 1024)


async def test_the_same_content_again_is_not_modified(api: Bot, ana: Person) -> None:
    """Neither by text, nor by keyboard, nor by white space that Telegram strips."""
    message = await api.send_message(ana.id, "<b>Hello</b>", parse_mode="HTML", reply_markup=TAKEN)
    with pytest.raises(BadRequest) as caught:
        await message.edit_text("<strong>Hello</strong>\n", parse_mode="HTML", reply_markup=TAKEN)
    assert caught.value.message.lower() == NOT_MODIFIED.lower()
    with pytest.raises(BadRequest, match="Message is not modified"):
        await message.edit_reply_markup(TAKEN)


async def test_an_edit_without_markup_takes_the_keyboard_away(api: Bot, ana: Person) -> None:
    """As Telegram does it, whatever was edited."""
    message = await api.send_message(ana.id, "Hello", reply_markup=TAKEN)
    await message.edit_text("Hello")
    assert ana.last is not None
    assert ana.last.rows == ()
    assert [len(version.buttons) for version in ana.last.versions] == [1, 0]


async def test_unknown_and_foreign_messages_are_not_edited(api: Bot, ana: Person) -> None:
    """An unknown id, the person's own message, and one that brought a reply keyboard."""
    own = await ana.send_text("Hello")
    with_keys = await api.send_message(ana.id, "Where?", reply_markup=ReplyKeyboardMarkup([["Here"]]))
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await api.edit_message_text("x", ana.id, 999)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await api.edit_message_text("x", ana.id, own.id)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await with_keys.edit_text("x")


async def test_text_and_caption_are_not_mixed_up(api: Bot, ana: Person) -> None:
    """A file has no text to edit, a text no caption."""
    text = await api.send_message(ana.id, "Hello")
    file = await api.send_document(ana.id, b"data")
    with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
        await api.edit_message_caption(ana.id, text.message_id, caption="x")
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await api.edit_message_text("x", ana.id, file.message_id)


async def test_an_edit_takes_an_inline_keyboard_only(
    http: httpx.AsyncClient, method: str, api: Bot, ana: Person
) -> None:
    """A keyboard below the input field can't come with an edit."""
    message = await api.send_message(ana.id, "Hello")
    described = await refusal(
        http,
        f"{method}/editMessageText",
        chat_id=ana.id,
        message_id=message.message_id,
        text="x",
        reply_markup=ForceReply().to_dict(),
    )
    assert described == "Bad Request: inline keyboard expected"


async def test_a_message_is_deleted_once_and_within_48_hours(
    api: Bot, ana: Person, clock: ManualClock
) -> None:
    """Then it is gone, or too old."""
    first = await api.send_message(ana.id, "first")
    second = await api.send_message(ana.id, "second")
    await first.delete()
    assert [message.text for message in ana.messages] == ["second"]
    assert [message.text for message in ana.deleted] == ["first"]
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await first.delete()
    clock.travel_to(clock.now() + timedelta(hours=48, seconds=1))
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await second.delete()


async def test_nobody_is_written_to_who_never_wrote(api: Bot, server: SandboxServer) -> None:
    """An unknown id isn't found; a known person who never wrote can't be begun with."""
    with pytest.raises(BadRequest, match="Chat not found"):
        await api.send_message(424242, "Hello")
    stranger = server.person()
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await api.send_message(stranger.id, "Hello")


async def test_a_person_who_blocked_the_bot_gets_nothing(api: Bot, ana: Person) -> None:
    """Sends and edits are forbidden until they write again."""
    message = await api.send_message(ana.id, "Hello")
    await ana.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await api.send_message(ana.id, "Hello?")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await message.edit_text("Hello?")
    await ana.send_text("I am back")
    await api.send_message(ana.id, "Welcome back")


async def test_a_reply_needs_its_message(http: httpx.AsyncClient, method: str, ana: Person) -> None:
    """Unless the call allows sending without it."""
    call = {"chat_id": ana.id, "text": "x", "reply_parameters": {"message_id": 77}}
    assert (
        await refusal(http, f"{method}/sendMessage", **call) == "Bad Request: message to be replied not found"
    )
    call["reply_parameters"] = {"message_id": 77, "allow_sending_without_reply": True}
    assert (await http.post(f"{method}/sendMessage", json=call)).json()["ok"]
