"""The bot's own account: names, descriptions and command menus."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from bot.sandbox.call import Call
from bot.sandbox.errors import bad_request

if TYPE_CHECKING:
    from bot.sandbox.world import World

Json = dict[str, Any]

MOST_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LONGEST = {"name": 64, "description": 512, "short_description": 120}
_DEFAULT_SCOPE: Json = {"type": "default"}


class Profile:
    """What people see of the bot.

    Attributes:
        bot_id: The number before the colon of the token.
        texts: "name", "description" and "short_description" by (field, language code, "" for all).
        menus: Commands by (scope as JSON, language code).
        menu_button: The menu button that was set, or None.
    """

    def __init__(self, bot_id: int, name: str, username: str) -> None:
        self.bot_id = bot_id
        self.username = username
        self.texts: dict[tuple[str, str], str] = {("name", ""): name}
        self.menus: dict[tuple[str, str], list[Json]] = {}
        self.menu_button: Json = {"type": "default"}

    def text(self, field: str, language: str = "") -> str:
        """Return a text in this language, else the one for all."""
        return self.texts.get((field, language)) or self.texts.get((field, ""), "")

    @property
    def user(self) -> Json:
        """The bot as the sender of a message."""
        return {
            "id": self.bot_id,
            "is_bot": True,
            "first_name": self.text("name"),
            "username": self.username,
        }

    @property
    def me(self) -> Json:
        """What getMe answers."""
        return {
            **self.user,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def commands_for(self, chat_id: int, language: str) -> list[Json]:
        """Return the menu that this private chat shows: the narrowest scope and the language first."""
        for scope in ({"type": "chat", "chat_id": chat_id}, {"type": "all_private_chats"}, _DEFAULT_SCOPE):
            for code in (language, ""):
                if commands := self.menus.get((_key(scope), code)):
                    return commands
        return []


def _key(scope: Json) -> str:
    return json.dumps(scope, sort_keys=True)


def _scope_and_language(call: Call) -> tuple[str, str]:
    scope = call.structure("scope", "can't parse BotCommandScope JSON object") or _DEFAULT_SCOPE
    if not isinstance(scope, dict):
        raise bad_request("can't parse BotCommandScope: Object expected")
    if "chat_id" in scope:
        scope = {**scope, "chat_id": Call(call.method, scope).integer("chat_id")}
    return _key(scope), call.text("language_code")


def get_me(world: World, _call: Call) -> object:
    """Answer getMe."""
    return world.profile.me


def set_my_commands(world: World, call: Call) -> object:
    """Answer setMyCommands."""
    commands = call.structure("commands", "can't parse commands JSON object")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands: expected an Array of BotCommand")
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not isinstance(command, dict):
            raise bad_request("can't parse BotCommand: expected an Object")
        if not _COMMAND.fullmatch(str(command.get("command", "")).removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:  # noqa: PLR2004 - Telegram's limit
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.profile.menus[_scope_and_language(call)] = [
        {"command": str(each["command"]).removeprefix("/"), "description": str(each["description"])}
        for each in commands
    ]
    world.tell_all("commands")
    return True


def get_my_commands(world: World, call: Call) -> object:
    """Answer getMyCommands."""
    return world.profile.menus.get(_scope_and_language(call), [])


def delete_my_commands(world: World, call: Call) -> object:
    """Answer deleteMyCommands."""
    world.profile.menus.pop(_scope_and_language(call), None)
    world.tell_all("commands")
    return True


def _set(world: World, call: Call, field: str) -> bool:
    text = call.text(field)
    if len(text) > _LONGEST[field]:
        raise bad_request(f"BOT_{field.upper()}_TOO_LONG")
    world.profile.texts[field, call.text("language_code")] = text
    world.tell_all("bot")
    return True


def set_my_name(world: World, call: Call) -> object:
    """Answer setMyName."""
    return _set(world, call, "name")


def set_my_description(world: World, call: Call) -> object:
    """Answer setMyDescription."""
    return _set(world, call, "description")


def set_my_short_description(world: World, call: Call) -> object:
    """Answer setMyShortDescription."""
    return _set(world, call, "short_description")


def get_my_name(world: World, call: Call) -> object:
    """Answer getMyName."""
    return {"name": world.profile.text("name", call.text("language_code"))}


def get_my_description(world: World, call: Call) -> object:
    """Answer getMyDescription."""
    return {"description": world.profile.text("description", call.text("language_code"))}


def get_my_short_description(world: World, call: Call) -> object:
    """Answer getMyShortDescription."""
    return {"short_description": world.profile.text("short_description", call.text("language_code"))}


def set_chat_menu_button(world: World, call: Call) -> object:
    """Answer setChatMenuButton."""
    button = call.structure("menu_button", "can't parse MenuButton JSON object")
    world.profile.menu_button = button if isinstance(button, dict) else {"type": "default"}
    return True
