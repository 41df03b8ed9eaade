"""Reads the settings: config.toml overridden by LDN_ variables, checked once; mistakes become clear lines.

Plain pydantic rather than pydantic-settings: each line names the file or the variable that the value came
from, and the environment is an argument; pydantic-settings offers neither.
"""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pydantic import BaseModel, ValidationError

from bot.config import SECRET_KEYS, ConfigError, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

_Key: TypeAlias = tuple[str, str]
_PREFIX: Final = "LDN_"
_CONFIG_VARIABLE: Final = "LDN_CONFIG"
_FILE_SUFFIX: Final = "_FILE"
# A value is repeated in a mistake's line only if it is too short to be a secret put in the wrong place.
_LONGEST_SHOWN: Final = 16


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the settings once, at start.

    Args:
        path: The file to read; None: the one named by LDN_CONFIG, else ./config.toml if there is one.
        environ: Variables; LDN_<SECTION>__<KEY> overrides the file, an empty one counts as not set.

    Raises:
        ConfigError: With one line per mistake.
    """
    variables = {name: value for name, value in environ.items() if name.startswith(_PREFIX) and value.strip()}
    named = variables.pop(_CONFIG_VARIABLE, None)
    file = path or Path(named or "config.toml")
    values = _read_file(file, required=bool(path or named))
    overrides, lines = _read_variables(variables)
    for (section, key), (_, text) in overrides.items():
        table = values.setdefault(section, {})
        if isinstance(table, dict):
            table[key] = text
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        origins = {key: name for key, (name, _) in overrides.items()}
        lines += [_line(mistake, file, origins) for mistake in error.errors(include_url=False)]
    if lines:
        raise ConfigError(lines)
    return settings


def _read_file(file: Path, *, required: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        if not required:
            return {}
        problem = "there is no such file; copy config.example.toml, or correct the path"
    except tomllib.TOMLDecodeError as error:
        problem = f"it isn't valid TOML: {error}; compare it with config.example.toml"
    except (OSError, ValueError) as error:
        problem = f"it can't be read ({_why_unreadable(error)}); correct the file or its rights"
    raise ConfigError([f"{file}: {problem}"])


def _read_variables(variables: Mapping[str, str]) -> tuple[dict[_Key, tuple[str, str]], list[str]]:
    """Return the variable and its text for each key that is overridden, and the mistakes' lines."""
    names = _names_of_variables()
    overrides: dict[_Key, tuple[str, str]] = {}
    lines = []
    for name, value in variables.items():
        key, text = names.get(name), value.strip()
        if key is None:
            lines.append(f"{name}: there is no such setting{_did_you_mean(name, names)}")
            continue
        if key in overrides:
            lines.append(f"{name}: {overrides[key][0]} is set too; keep one of them")
        if name.endswith(_FILE_SUFFIX):
            try:
                text = Path(text).read_text("utf-8").strip()
            except (OSError, ValueError) as error:
                why = _why_unreadable(error)
                lines.append(f"{name}: its file can't be read ({why}); correct the path or its rights")
                continue
        overrides[key] = (name, text)
    return overrides, lines


def _why_unreadable(error: OSError | ValueError) -> str:
    """Return why a file could not be read, without its content."""
    return str(error.strerror) if isinstance(error, OSError) else "it isn't UTF-8 text"


def _fields(section: str) -> dict[str, FieldInfo]:
    table: type[BaseModel] = type(Settings.model_fields[section].default)
    return table.model_fields


def _names_of_variables() -> dict[str, _Key]:
    keys = [(section, key) for section in Settings.model_fields for key in _fields(section)]
    names = {f"{_PREFIX}{section}__{key}".upper(): (section, key) for section, key in keys}
    files = {name + _FILE_SUFFIX: key for name, key in names.items() if key in SECRET_KEYS}
    return names | files


def _did_you_mean(name: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(names), n=1)
    return f"; did you mean {close[0]}?" if close else "; README.md lists all of them"


def _line(mistake: ErrorDetails, file: Path, origins: Mapping[_Key, str]) -> str:
    if not mistake["loc"]:
        # Two sections that don't go together.
        return str(mistake["ctx"]["error"])
    section, *rest = (str(part) for part in mistake["loc"])
    if not rest:
        where = ", ".join(name for key, name in origins.items() if key[0] == section) or str(file)
        return f"{where}: {section}: {_what_is_wrong_with_section(section, mistake)}"
    key = (section, rest[0])
    start = f"{origins.get(key, file)}: {section}.{rest[0]}"
    if mistake["type"] == "extra_forbidden":
        known = map(".".join, _names_of_variables().values())
        return f"{start}: there is no such setting{_did_you_mean('.'.join(key), known)}"
    if mistake["type"] == "value_error":
        return f"{start} {mistake['ctx']['error']}"
    given = "" if key in SECRET_KEYS else repr(mistake["input"])
    given = given if 0 < len(given) <= _LONGEST_SHOWN else "its value"
    return f"{start}: {given} doesn't fit; give {_fields(section)[rest[0]].description}"


def _what_is_wrong_with_section(section: str, mistake: ErrorDetails) -> str:
    if mistake["type"] == "value_error":
        return str(mistake["ctx"]["error"])
    if mistake["type"] == "extra_forbidden":
        return f"there is no such section{_did_you_mean(section, Settings.model_fields)}"
    return f"it must be a section, its keys below a line [{section}]"
