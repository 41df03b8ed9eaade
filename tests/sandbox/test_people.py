"""What people do with the bot, and what they see of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from telegram import BotCommandScopeChat, KeyboardButton, ReplyKeyboardMarkup, ReplyKeyboardRemove
from telegram.error import BadRequest, Forbidden

if TYPE_CHECKING:
    import httpx
    from telegram import Bot, Update

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer


async def newest(api: Bot) -> Update:
    """Return the update that the bot fetches last."""
    return (await api.get_updates())[-1]


async def test_everything_a_person_can_send_arrives(api: Bot, ana: Person) -> None:
    """Location, sticker, voice, file, reply, edited text."""
    await ana.send_location(38.72, -9.14)
    await ana.send_sticker("🙂")
    await ana.send_voice(7)
    await ana.send_document("diary.json", b"{}", "application/json")
    text = await ana.send_text("4,5")
    await ana.send_text("that one", reply_to=text.id)
    await ana.edit_text(text.id, "4.5")
    place, sticker, voice, file, _, reply, edited = await api.get_updates()
    assert place.message is not None
    assert place.message.location is not None
    assert place.message.location.latitude == 38.72
    assert sticker.message is not None
    assert sticker.message.sticker is not None
    assert voice.message is not None
    assert voice.message.voice is not None
    assert file.message is not None
    assert file.message.document is not None
    assert reply.message is not None
    assert reply.message.reply_to_message is not None
    assert edited.edited_message is not None
    assert edited.edited_message.text == "4.5"
    assert edited.edited_message.edit_date is not None


async def test_a_very_long_text_becomes_several_messages(api: Bot, ana: Person) -> None:
    """As Telegram's apps send it."""
    await ana.send_text("x" * 10_000)
    updates = await api.get_updates()
    assert [len(update.message.text or "") for update in updates if update.message] == [4096, 4096, 1808]


async def test_any_update_can_be_put_in(http: httpx.AsyncClient, method: str, ana: Person) -> None:
    """Also one that no client could send."""
    odd: dict[str, Any] = {"purchased_paid_media": {"from": ana.user, "paid_media_payload": "x" * 999}}
    update_id = await ana.send_update(odd)
    (update,) = (await http.get(f"{method}/getUpdates")).json()["result"]
    assert update == {"update_id": update_id, **odd}


async def test_blocking_and_unblocking_is_told(api: Bot, ana: Person) -> None:
    """By my_chat_member; writing unblocks, too."""
    await ana.block()
    await ana.block()
    await ana.unblock()
    await ana.block()
    await ana.send_text("Hello again")
    updates = await api.get_updates()
    changes = [update.my_chat_member.new_chat_member.status for update in updates if update.my_chat_member]
    assert changes == ["kicked", "member", "kicked", "member"]


async def test_the_clock_dates_messages(api: Bot, ana: Person, clock: ManualClock) -> None:
    """Sent and edited, by the clock that was handed in."""
    message = await api.send_message(ana.id, "Hello")
    sent_at = clock.now()
    assert message.date == sent_at
    clock.travel_to(sent_at + timedelta(days=3))
    await message.edit_text("Hello again")
    assert ana.last is not None
    assert (ana.last.date, ana.last.edited_at) == (sent_at, clock.now())
    assert [version.text for version in ana.last.versions] == ["Hello", "Hello again"]


async def test_waiting_ends_with_the_change(api: Bot, ana: Person) -> None:
    """Without polling; and says what is there when it waits in vain."""
    waiting = asyncio.create_task(ana.wait_for_text("world"))
    await asyncio.sleep(0)
    await api.send_message(ana.id, "Hello world", disable_notification=True)
    assert (await waiting).silent
    with pytest.raises(TimeoutError, match="the bot's last message: 'Hello world'"):
        await ana.wait_for_text("nothing of the sort", timeout_s=0.01)


async def test_a_reply_keyboard_comes_and_goes(api: Bot, ana: Person) -> None:
    """By the bot, and by use when it is for one time."""
    keys = ReplyKeyboardMarkup([[KeyboardButton("Share", request_location=True)]], one_time_keyboard=True)
    await api.send_message(ana.id, "Where are you?", reply_markup=keys)
    assert ana.reply_keyboard is not None
    assert ana.reply_keyboard["keyboard"][0][0]["request_location"]
    await ana.send_location(0, 0)
    assert ana.reply_keyboard is None
    await api.send_message(ana.id, "Or type", reply_markup=ReplyKeyboardMarkup([["Lisbon"]]))
    assert ana.reply_keyboard is not None
    await api.send_message(ana.id, "Thanks", reply_markup=ReplyKeyboardRemove())
    assert ana.reply_keyboard is None


async def test_the_menu_is_the_narrowest_in_the_persons_language(
    api: Bot, ana: Person, server: SandboxServer
) -> None:
    """A chat's own, else the language's, else everybody's."""
    rui = server.person(language_code="pt")
    await api.set_my_commands([("today", "Did I take it?")])
    await api.set_my_commands([("hoje", "Tomei?")], language_code="pt")
    assert [command["command"] for command in ana.commands] == ["today"]
    assert [command["command"] for command in rui.commands] == ["hoje"]
    await api.set_my_commands([("resume", "Go on")], scope=BotCommandScopeChat(ana.id))
    assert [command["command"] for command in ana.commands] == ["resume"]
    assert [command.command for command in await api.get_my_commands()] == ["today"]
    await api.delete_my_commands(scope=BotCommandScopeChat(ana.id))
    assert [command["command"] for command in ana.commands] == ["today"]
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await api.set_my_commands([("To-Day", "x")])


async def test_the_profile_is_kept(api: Bot) -> None:
    """Name and descriptions, within Telegram's lengths."""
    await api.set_my_name("Evening routine")
    await api.set_my_description("What I do")
    await api.set_my_short_description("In short")
    assert (await api.get_my_name()).name == "Evening routine"
    assert (await api.get_my_description()).description == "What I do"
    assert (await api.get_my_short_description()).short_description == "In short"
    assert (await api.get_me()).first_name == "Evening routine"
    with pytest.raises(BadRequest):
        await api.set_my_short_description("x" * 121)


async def test_the_small_methods_answer(api: Bot, ana: Person) -> None:
    """Chat, member, action, reaction, pin, menu button."""
    message = await api.send_message(ana.id, "Hello")
    assert (await api.get_chat(ana.id)).first_name == "Ana"
    assert (await api.get_chat_member(ana.id, ana.id)).status == "member"
    assert await api.send_chat_action(ana.id, "typing")
    assert ana.chat.action == "typing"
    assert await message.set_reaction("👍")
    assert await message.pin()
    assert await api.set_chat_menu_button()
    with pytest.raises(BadRequest):
        await api.send_chat_action(ana.id, "juggling")


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_a_bot_can_be_brought_into_a_group_and_leave(
    api: Bot,
    server: SandboxServer,
    ana: Person,
    kind: Any,  # noqa: ANN401 - one of ChatKind's words
) -> None:
    """It is told, reads what is written, may write, and leaves; then it may not."""
    group = await server.group(ana, "Family", kind)
    await group.send_text(ana, "/start")
    joined, written = await api.get_updates()
    assert joined.my_chat_member is not None
    assert joined.my_chat_member.new_chat_member.status == "member"
    assert written.effective_message is not None
    assert written.effective_message.chat.type == kind
    await api.send_message(group.id, "I am for private chats.")
    await api.leave_chat(group.id)
    await group.wait_until_bot_left()
    assert [message.text for message in group.messages] == ["/start", "I am for private chats."]
    with pytest.raises(Forbidden, match=f"bot is not a member of the {kind} chat"):
        await api.send_message(group.id, "Hello?")
    await group.send_text(ana, "Has it gone?")
    left = await newest(api)
    assert left.my_chat_member is not None
    assert left.my_chat_member.new_chat_member.status == "left"


async def test_people_are_known_by_their_ids(server: SandboxServer) -> None:
    """The same id is the same person; without one there is somebody new."""
    ana = server.person(2**52)
    assert server.person(2**52) is ana
    assert server.person().id == 2**52 + 1
    assert [person.id for person in server.people] == [2**52, 2**52 + 1]
