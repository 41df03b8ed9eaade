"""Who is where: the Bot API's methods about chats, and what it writes when the bot comes or goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.errors import bad_request

if TYPE_CHECKING:
    from bot.sandbox.call import Call
    from bot.sandbox.chat_state import Chat
    from bot.sandbox.world import World

Json = dict[str, Any]

_FULL_INFO = {
    "accent_color_id": 0,
    "max_reaction_count": 11,
    "accepted_gift_types": {
        "unlimited_gifts": False,
        "limited_gifts": False,
        "unique_gifts": False,
        "premium_subscription": False,
        "gifts_from_channels": False,
    },
}


def member_json(user: Json, status: str) -> Json:
    """Return the ChatMember object of *user*: "member", "left" or "kicked"."""
    member: Json = {"user": user, "status": status}
    if status == "kicked":
        member["until_date"] = 0
    return member


def put_membership(world: World, chat: Chat, person: Json, old: str, new: str) -> None:
    """Tell the bot that its own standing in a chat changed (`my_chat_member`)."""
    bot = world.profile.user
    change = {
        "chat": chat.json,
        "from": person,
        "date": int(world.clock.now().timestamp()),
        "old_chat_member": member_json(bot, old),
        "new_chat_member": member_json(bot, new),
    }
    world.updates.put("my_chat_member", change)


def get_chat(world: World, call: Call) -> object:
    """Answer getChat."""
    return {**world.chat_of(call).json, **_FULL_INFO}


def get_chat_member(world: World, call: Call) -> object:
    """Answer getChatMember."""
    chat = world.chat_of(call)
    user_id = call.integer("user_id")
    if user_id == world.profile.bot_id:
        return member_json(world.profile.user, "member" if chat.member else "left")
    private = world.chats.get(user_id)
    if private is None:
        raise bad_request("PARTICIPANT_ID_INVALID")
    user = {"id": user_id, "is_bot": False, **private.names}
    return member_json(user, "kicked" if chat.blocked else "member")


def leave_chat(world: World, call: Call) -> object:
    """Answer leaveChat."""
    chat = world.chat_of(call)
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    if chat.member:
        chat.member = False
        put_membership(world, chat, world.profile.user, "member", "left")
        world.tell(chat, "left", {})
    return True
