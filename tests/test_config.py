"""What an operator may write in config.toml and in variables, and what they are told when it is wrong."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.config import SECRET_KEYS, ConfigError, Settings
from bot.config_reading import load_settings

ROOT = Path(__file__).parent.parent
TOKEN = "123456789:AAFcanary-canary-canary-canary-canary"  # noqa: S105 - a canary, not a secret
SECRET_TOKEN = "canary_secret"  # noqa: S105 - the same


def mistakes(environ: dict[str, str], path: Path | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_settings(path, environ)
    return caught.value.lines


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def defaults() -> dict[str, Any]:
    sections: dict[str, dict[str, Any]] = json.loads(Settings().model_dump_json())
    return {f"{section}.{key}": value for section, table in sections.items() for key, value in table.items()}


def test_without_file_and_variables_everything_has_its_default() -> None:
    """A fresh clone starts with no configuration at all."""
    settings = load_settings(None, {})
    assert settings == Settings()
    assert settings.database.sqlite_path() == Path("data/ldn-companion.sqlite3")


def test_a_variable_overrides_the_file(tmp_path: Path) -> None:
    """The environment wins, key by key; the rest of the section stays."""
    path = written(tmp_path, "[reminders]\ncatch_up_minutes = 60\nre_alert_minutes = 10\n")
    settings = load_settings(path, {"LDN_REMINDERS__CATCH_UP_MINUTES": "30"})
    assert settings.reminders.catch_up_minutes == 30
    assert settings.reminders.re_alert_minutes == 10


def test_the_file_is_named_by_argument_then_by_variable_then_found_here(tmp_path: Path) -> None:
    """--config beats LDN_CONFIG, which beats ./config.toml."""
    for name, port in (("a", 1001), ("b", 1002), ("config", 1003)):
        (tmp_path / f"{name}.toml").write_text(f"sandbox.port = {port}\n")
    variable = {"LDN_CONFIG": str(tmp_path / "b.toml")}
    assert load_settings(tmp_path / "a.toml", variable).sandbox.port == 1001
    assert load_settings(None, variable).sandbox.port == 1002
    assert load_settings(None, {}).sandbox.port == 1003


def test_an_empty_variable_counts_as_not_set() -> None:
    """Compose files pass empty variables along; they must not be read as an empty token."""
    assert load_settings(None, {"LDN_TELEGRAM__TOKEN": " "}).telegram.token is None


def test_a_secret_is_read_from_a_file(tmp_path: Path) -> None:
    """The token may stand in a file of its own, with the newline that editors add."""
    (tmp_path / "token").write_text(TOKEN + "\n")
    settings = load_settings(None, {"LDN_TELEGRAM__TOKEN_FILE": str(tmp_path / "token")})
    assert settings.telegram.token is not None
    assert settings.telegram.token.get_secret_value() == TOKEN


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    """A token and a token file at once is an accident; nobody guesses which one counts."""
    (tmp_path / "token").write_text(TOKEN)
    lines = mistakes({"LDN_TELEGRAM__TOKEN": TOKEN, "LDN_TELEGRAM__TOKEN_FILE": str(tmp_path / "token")})
    assert lines == ["LDN_TELEGRAM__TOKEN_FILE: LDN_TELEGRAM__TOKEN is set too; keep one of them"]


def test_settings_are_frozen() -> None:
    """Nothing changes a setting after the start."""
    with pytest.raises(ValidationError, match="frozen"):
        Settings().sandbox.port = 1  # type: ignore[misc] # the point of the test


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("sqlite:///a/b.db", "sqlite+aiosqlite:///a/b.db"),
        ("sqlite:////srv/b.db", "sqlite+aiosqlite:////srv/b.db"),
        ("sqlite+aiosqlite:///b.db", "sqlite+aiosqlite:///b.db"),
        ("postgresql://u:p@h/n", "postgresql+psycopg://u:p@h/n"),
        ("postgres://u@h/n?sslmode=require", "postgresql+psycopg://u@h/n?sslmode=require"),
        ("postgresql+psycopg:///n?host=/run", "postgresql+psycopg:///n?host=/run"),
    ],
)
def test_database_addresses_are_brought_to_the_async_drivers(url: str, meant: str) -> None:
    """Operators write the usual addresses; the drivers are the bot's own affair."""
    database = load_settings(None, {"LDN_DATABASE__URL": url}).database
    assert database.sqlalchemy_url() == meant
    assert (database.sqlite_path() is None) == url.startswith("postgres")


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("TELEGRAM__TOKEN", "canary", "doesn't look like a token; copy it whole from @BotFather"),
        ("TELEGRAM__BASE_URL", "http://example.org/bot", "plain http, which is only for loopback"),
        ("TELEGRAM__BASE_URL", "https://example.org/", "must end in /bot"),
        ("TELEGRAM__BASE_URL", "api.telegram.org/bot", "isn't an address"),
        ("TELEGRAM__WEBHOOK_URL", "http://example.org/hook", "plain http"),
        ("TELEGRAM__WEBHOOK_URL", "https://[half/hook", "isn't an address"),
        ("TELEGRAM__SECRET_TOKEN", "canary canary", "A-Z a-z 0-9 _ -"),
        ("TELEGRAM__SECRET_TOKEN", "c" * 257, "1 to 256"),
        ("TELEGRAM__MODE", "poll", "'poll' doesn't fit; give polling or webhook"),
        ("TELEGRAM__LISTEN_PORT", "65536", "'65536' doesn't fit; give a port"),
        ("TELEGRAM__MESSAGES_PER_SECOND", "0", "1 to 1000"),
        ("DATABASE__URL", "mysql://u:canary@h/n", "another kind of database; give sqlite:///path"),
        ("DATABASE__URL", "sqlite:///:memory:", "names no file"),
        ("DATABASE__URL", "sqlite://", "names no file"),
        ("DATABASE__URL", "postgresql://u:canary@h", "names no database"),
        ("REMINDERS__CATCH_UP_MINUTES", "241", "whole minutes, 15 to 240"),
        ("REMINDERS__RE_ALERT_MINUTES", "90", "second_re_alert_minutes must be more than re_alert_minutes"),
        ("ACCESS__MODE", "allowlist", "allowed_ids is empty; add an id"),
        ("ACCESS__ALLOWED_IDS", "1, me", "'me' doesn't fit; give Telegram user ids"),
        ("LOGGING__LEVEL", "loud", "debug, info, warning or error"),
    ],
)
def test_a_bad_value_is_one_line_with_the_variable_and_the_mend(variable: str, value: str, told: str) -> None:
    """The line starts with the variable, says what to give, and repeats no secret."""
    [line] = mistakes({f"LDN_{variable}": value})
    assert line.startswith(f"LDN_{variable}: ")
    assert told in line
    assert "canary" not in line


def test_a_bad_value_in_the_file_names_the_file(tmp_path: Path) -> None:
    """An operator with a file reads the file's name and the dotted key."""
    path = written(tmp_path, "[telegram]\nlisten_port = 'x'\n")
    assert mistakes({}, path) == [
        f"{path}: telegram.listen_port: 'x' doesn't fit; give a port, 1 to 65535 (0: any free one)"
    ]


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """Nobody mends one line only to be shown the next."""
    path = written(tmp_path, "telegrm = 3\nsandbox = 4\n[telegram]\ntokn = 'canary'\n[reminders]\nx = 1\n")
    lines = mistakes({"LDN_TELEGRAM_TOKEN": TOKEN}, path)
    assert sorted(line.partition(": ")[2] for line in lines) == [
        "reminders.x: there is no such setting; README.md lists all of them",
        "sandbox: it must be a section, its keys below a line [sandbox]",
        "telegram.tokn: there is no such setting; did you mean telegram.token?",
        "telegrm: there is no such section; did you mean telegram?",
        "there is no such setting; did you mean LDN_TELEGRAM__TOKEN?",
    ]
    assert "canary" not in "".join(lines)


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"[telegram\n", "isn't valid TOML"), (b"\xff\xfe", "it isn't UTF-8 text"), (None, "no such file")],
)
def test_an_unreadable_file_is_one_line(tmp_path: Path, content: bytes | None, told: str) -> None:
    """A broken or missing file is said plainly."""
    path = tmp_path / "own.toml"
    if content is not None:
        path.write_bytes(content)
    [line] = mistakes({"LDN_CONFIG": str(path)})
    assert line.startswith(f"{path}: ")
    assert told in line


def test_backups_that_outlive_the_promise_are_refused() -> None:
    """Patients are told after how many days no backup holds a deleted diary."""
    [told] = mistakes({"LDN_BACKUP__KEEP_DAYS": "31"})
    assert told == (
        "backup.keep_days is 31, but patients are told that no backup holds a deleted diary longer than "
        "privacy.backup_days, 30: lower the one or raise the other"
    )
    assert len(mistakes({"LDN_PRIVACY__BACKUP_DAYS": "13"})) == 1
    assert load_settings(None, {"LDN_BACKUP__KEEP_DAYS": "30"}).backup.keep_days == 30


def test_an_unreadable_secret_file_is_one_line(tmp_path: Path) -> None:
    """A secret's file that is missing names the variable."""
    [line] = mistakes({"LDN_TELEGRAM__TOKEN_FILE": str(tmp_path / "gone")})
    assert line.startswith("LDN_TELEGRAM__TOKEN_FILE: its file can't be read (No such file")


@pytest.mark.parametrize("missing", ["webhook_url", "secret_token"])
def test_webhook_mode_refuses_to_start_without_its_keys(missing: str) -> None:
    """A webhook without address or secret is refused, and the line says which key is missing."""
    given_keys = {"webhook_url": "https://bot.example.org/hook", "secret_token": SECRET_TOKEN}
    del given_keys[missing]
    environ = {f"LDN_TELEGRAM__{key.upper()}": value for key, value in given_keys.items()}
    [line] = mistakes({**environ, "LDN_TELEGRAM__MODE": "webhook"})
    assert f"needs telegram.{missing}; set it" in line
    assert SECRET_TOKEN not in line


def test_a_complete_webhook_is_accepted_on_loopback_over_plain_http() -> None:
    """A Bot API server on the same machine may call over plain http."""
    settings = load_settings(
        None,
        {
            "LDN_TELEGRAM__MODE": "webhook",
            "LDN_TELEGRAM__WEBHOOK_URL": "http://127.0.0.1:8080/hook",
            "LDN_TELEGRAM__SECRET_TOKEN": SECRET_TOKEN,
            "LDN_ACCESS__ALLOWED_IDS": "[5000000000, 2]",
        },
    )
    assert settings.telegram.mode == "webhook"
    assert settings.access.allowed_ids == (5_000_000_000, 2)


def test_no_secret_stands_in_a_repr() -> None:
    """Printing or logging the settings shows none of the secrets."""
    environ = {
        "LDN_TELEGRAM__TOKEN": TOKEN,
        "LDN_TELEGRAM__SECRET_TOKEN": SECRET_TOKEN,
        "LDN_DATABASE__URL": "postgresql://u:canary%21@h/n",
    }
    settings = load_settings(None, environ)
    assert "canary" not in repr(settings) + str(settings) + settings.model_dump_json()
    assert {TOKEN, SECRET_TOKEN, "canary%21", "canary!"} < set(settings.secrets())


@given(st.dictionaries(st.sampled_from(sorted(defaults())), st.text(max_size=40)))
def test_any_text_in_any_variable_is_accepted_or_explained(values: dict[str, str]) -> None:
    """Whatever stands in a variable, the answer is settings or lines, never another exception."""
    environ = {f"LDN_{key.upper().replace('.', '__')}": text for key, text in values.items()}
    lines = ["accepted"]
    try:
        load_settings(None, environ)
    except ConfigError as error:
        lines = error.lines
    assert lines
    assert all("\n" not in line for line in lines)


def test_the_example_shows_every_key_with_its_default() -> None:
    """config.example.toml, with every line switched on, is valid and shows each key's default."""
    text = re.sub(r"(?m)^#(?=\w+ =)", "", (ROOT / "config.example.toml").read_text("utf-8"))
    shown = {f"{section}.{key}": v for section, t in tomllib.loads(text).items() for key, v in t.items()}
    Settings.model_validate(tomllib.loads(text))
    assert shown.keys() == defaults().keys()
    assert {key: value for key, value in shown.items() if defaults()[key] is not None} == {
        key: value for key, value in defaults().items() if value is not None
    }


def test_the_example_as_it_is_changes_nothing() -> None:
    """Copying the example without an edit gives the defaults."""
    assert load_settings(ROOT / "config.example.toml", {}) == Settings()


def test_the_readme_lists_every_key_with_its_default() -> None:
    """README's configuration table and Settings agree, key by key."""
    rows = re.findall(r"^\| `(\w+\.\w+)` \| (.+?) \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    shown = {key: None if value == "none" else json.loads(value.strip("`")) for key, value in rows}
    assert shown == defaults()


def test_the_readme_names_the_secrets() -> None:
    """Which keys can be read from a file stands in README."""
    text = (ROOT / "README.md").read_text("utf-8")
    [named] = re.findall(r"The secrets \((.*?)\)", text, re.DOTALL)
    assert set(re.findall(r"`(\w+)\.(\w+)`", named)) == SECRET_KEYS
