"""Turns an Outgoing into a call to Telegram, and Telegram's answer into what the sender must do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.telegram_io.outgoing import Outgoing
from bot.telegram_io.request import never_left

if TYPE_CHECKING:
    from telegram import Bot

    from bot.message import Attachment, Message

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_NO_TEXT = "there is no text in the message to edit"
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram has it. message_id is None when Telegram didn't say (an edit that changed nothing)."""

    message_id: int | None


@dataclass(frozen=True, slots=True)
class NeverLeft:
    """It wasn't sent, for sure: try again later."""

    reason: str


@dataclass(frozen=True, slots=True)
class MaybeSent:
    """Nobody knows: Telegram has no idempotency key.

    Attributes:
        reason: A word for the row.
        repeatable: Doing it again changes nothing (an edit); else it may double a message.
    """

    reason: str
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class TooFast:
    """429: the whole bot waits this many seconds; no attempt is counted."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Refused:
    """Telegram won't, ever.

    Attributes:
        reason: "blocked", "gone" (the message to edit), "no_text" (it is a picture, whose words can't be
            all of it), "unauthorized" or "bad_request".
    """

    reason: str


SendResult = Sent | NeverLeft | MaybeSent | TooFast | Refused


async def deliver(bot: Bot, chat_id: int, outgoing: Outgoing, content: bytes | None = None) -> SendResult:
    """Make the call; never raises for what Telegram or the network does.

    What was to be put in the place of a message that is gone, or of a picture that can't become a text, is
    sent as a new message: it must still arrive.

    Args:
        bot: Who speaks.
        chat_id: To whom.
        outgoing: What to say.
        content: The attachment's bytes; None where there is none, or where it couldn't be drawn.
    """
    result = await _deliver(bot, chat_id, outgoing, content)
    if isinstance(result, MaybeSent):
        return MaybeSent(result.reason, repeatable=outgoing.call != "send")
    if outgoing.call != "edit" or outgoing.message is None:
        return result
    if result not in (Refused("gone"), Refused("no_text")):
        return result
    anew = Outgoing("send", outgoing.message, keep_for=outgoing.keep_for)
    sent = await _deliver(bot, chat_id, anew, content)
    if isinstance(sent, Sent) and result == Refused("no_text"):
        await _deliver(bot, chat_id, Outgoing("strip", message_id=outgoing.message_id), None)
    return sent


async def _deliver(bot: Bot, chat_id: int, outgoing: Outgoing, content: bytes | None) -> SendResult:
    try:
        return Sent(await _call(bot, chat_id, outgoing, content))
    except TelegramError as error:
        return judge(error)


def judge(error: TelegramError) -> SendResult:  # noqa: PLR0911 - one line per kind of error
    """Say what *error* means. BadRequest is asked before NetworkError, its parent."""
    if isinstance(error, RetryAfter):
        return TooFast(seconds_to_wait(error))
    if isinstance(error, Forbidden):
        return Refused("blocked")
    if isinstance(error, InvalidToken):
        return Refused("unauthorized")
    if isinstance(error, BadRequest):
        return _judge_bad_request(error)
    if isinstance(error, NetworkError):
        if never_left(error):
            return NeverLeft(type(error.__cause__).__name__)
        return MaybeSent(type(error.__cause__ or error).__name__)
    return MaybeSent(type(error).__name__)


def seconds_to_wait(error: RetryAfter) -> float:
    """Return how long Telegram asks to wait; PTB gives a number or, opted in, a timedelta."""
    after = error.retry_after
    return float(after) if isinstance(after, int) else after.total_seconds()


def _judge_bad_request(error: BadRequest) -> SendResult:
    words = error.message.lower()
    if "message is not modified" in words:
        return Sent(None)
    if any(sign in words for sign in _GONE):
        return Refused("gone")
    if _NO_TEXT in words:
        return Refused("no_text")
    return Refused("blocked" if "chat not found" in words else "bad_request")


async def _call(bot: Bot, chat_id: int, outgoing: Outgoing, content: bytes | None) -> int | None:
    message = outgoing.message
    if outgoing.call == "strip" or message is None:
        await bot.edit_message_reply_markup(chat_id=chat_id, message_id=outgoing.message_id)
        return outgoing.message_id
    if outgoing.call == "edit":
        await _edit(bot, chat_id, outgoing.message_id, message, content)
        return outgoing.message_id
    if message.attachment is not None and content is not None:
        return await _send_file(bot, chat_id, message, message.attachment, content)
    sent = await bot.send_message(
        chat_id,
        _alone(message),
        parse_mode=ParseMode.HTML,
        reply_markup=_keyboard(message),
        disable_notification=message.silent,
        link_preview_options=_NO_PREVIEW,
    )
    return sent.message_id


async def _edit(
    bot: Bot, chat_id: int, message_id: int | None, message: Message, content: bytes | None
) -> None:
    if message.attachment is None or content is None:
        await bot.edit_message_text(
            _alone(message),
            chat_id=chat_id,
            message_id=message_id,
            parse_mode=ParseMode.HTML,
            reply_markup=_inline_keyboard(message),
            link_preview_options=_NO_PREVIEW,
        )
        return
    media = InputMediaPhoto if message.attachment.kind == "photo" else InputMediaDocument
    await bot.edit_message_media(
        media(content, message.text, ParseMode.HTML, filename=message.attachment.filename),
        chat_id=chat_id,
        message_id=message_id,
        reply_markup=_inline_keyboard(message),
    )


async def _send_file(bot: Bot, chat_id: int, message: Message, attachment: Attachment, content: bytes) -> int:
    send = bot.send_photo if attachment.kind == "photo" else bot.send_document
    sent = await send(
        chat_id,
        content,
        caption=message.text,
        parse_mode=ParseMode.HTML,
        reply_markup=_keyboard(message),
        disable_notification=message.silent,
        filename=attachment.filename,
    )
    return sent.message_id


def _alone(message: Message) -> str:
    """Return the words of a message without its picture."""
    return (message.attachment and message.attachment.otherwise) or message.text


def _inline_keyboard(message: Message) -> InlineKeyboardMarkup | None:
    if not message.rows:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(b.text, callback_data=b.data, url=b.url, style=b.style) for b in row]
            for row in message.rows
        ]
    )


def _keyboard(message: Message) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    if message.ask_location is not None:
        button = KeyboardButton(message.ask_location, request_location=True)
        return ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)
    if message.drop_reply_keyboard:
        return ReplyKeyboardRemove()
    return _inline_keyboard(message)
