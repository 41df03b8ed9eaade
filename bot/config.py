"""Settings: every key that an operator can set, with its default and what it may be; frozen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from bot import config_values

SQLITE_FILE_NAME: Final = "ldn-companion.sqlite3"
SECRET_KEYS: Final = frozenset(
    {
        ("telegram", "token"),
        ("telegram", "secret_token"),
        ("database", "url"),
        ("encryption", "key"),
        ("encryption", "old_keys"),
        ("backup", "key"),
    }
)


class ConfigError(Exception):
    """The settings can't be used.

    Attributes:
        lines: One line per mistake: where it stands, what is wrong, how to mend it. Never a secret.
    """

    def __init__(self, lines: list[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


class StartError(Exception):
    """The bot can't start, for a reason that the operator can mend.

    Attributes:
        line: What is wrong and how to mend it, in one line without secrets.
    """

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


def _secret(check: Any) -> AfterValidator:  # noqa: ANN401 - one of bot.config_values
    return AfterValidator(lambda secret: SecretStr(check(secret.get_secret_value())))


class _Section(BaseModel):
    """A table of config.toml. Each field's description is what a mistake's line tells to give instead."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class TelegramSettings(_Section):
    """How the bot reaches Telegram."""

    token: Annotated[SecretStr, _secret(config_values.token)] | None = Field(
        None, description="the token that @BotFather gave, like 123456789:AAF…"
    )
    base_url: Annotated[str, AfterValidator(config_values.base_url)] = Field(
        "https://api.telegram.org/bot", description="the address of a Bot API server, ending in /bot"
    )
    mode: Literal["polling", "webhook"] = Field("polling", description="polling or webhook")
    webhook_url: Annotated[str, AfterValidator(config_values.webhook_url)] | None = Field(
        None, description="the public https address of the webhook"
    )
    secret_token: Annotated[SecretStr, _secret(config_values.secret_token)] | None = Field(
        None, description="1 to 256 of the characters A-Z a-z 0-9 _ -"
    )
    listen_host: str = Field(
        "127.0.0.1", min_length=1, description="an address of this machine, like 0.0.0.0"
    )
    listen_port: int = Field(8080, ge=0, le=65535, description="a port, 1 to 65535 (0: any free one)")
    messages_per_second: int = Field(25, ge=1, le=1000, description="a whole number, 1 to 1000")

    @model_validator(mode="after")
    def _webhook_is_complete(self) -> Self:
        needed = {"webhook_url": self.webhook_url, "secret_token": self.secret_token}
        missing = " and ".join(f"telegram.{key}" for key, value in needed.items() if value is None)
        if self.mode == "webhook" and missing:
            raise ValueError(f"mode is webhook, which needs {missing}; set it, or set mode to polling")
        return self


class DatabaseSettings(_Section):
    """Where the rows are kept."""

    url: Annotated[SecretStr, _secret(config_values.database_url)] | None = Field(
        None, description="sqlite:///path or postgresql://user:password@host/name"
    )
    data_folder: Path = Field(Path("data"), description="a folder that the bot may write to")

    def sqlalchemy_url(self) -> str:
        """Return the address for an async engine. It may hold a password: never print it."""
        if self.url is None:
            return f"sqlite+aiosqlite:///{self.data_folder / SQLITE_FILE_NAME}"
        return self.url.get_secret_value()

    def sqlite_path(self) -> Path | None:
        """Return the SQLite file, or None on PostgreSQL."""
        address = self.sqlalchemy_url()
        return Path(address.split(":///", 1)[1]) if address.startswith("sqlite") else None


class EncryptionSettings(_Section):
    """How patients' words and answers are sealed in the database."""

    enabled: bool = Field(default=True, description="true or false")
    key: Annotated[SecretStr, _secret(config_values.encryption_key)] | None = Field(
        None, description="the line that `ldn-companion make-key` prints"
    )
    old_keys: Annotated[
        tuple[Annotated[SecretStr, _secret(config_values.encryption_key)], ...],
        BeforeValidator(config_values.comma_separated),
    ] = Field((), description="keys that were used before, as `ldn-companion make-key` printed them")

    def all_keys(self) -> tuple[SecretStr, ...]:
        """Return every configured key, the one that seals first."""
        return (*(() if self.key is None else (self.key,)), *self.old_keys)


class PrivacySettings(_Section):
    """How long what is kept, and where erasures are written down."""

    backup_days: int = Field(30, ge=1, le=3650, description="whole days, 1 to 3650")
    tombstones: Path | None = Field(None, description="a file that no backup of the database holds")
    ask_after_months: int = Field(12, ge=0, le=120, description="whole months, 1 to 120 (0: never)")


class ReminderSettings(_Section):
    """How long after its due time a reminder may go out, and how long after that it is repeated."""

    catch_up_minutes: int = Field(90, ge=15, le=240, description="whole minutes, 15 to 240")
    re_alert_minutes: int = Field(20, ge=5, le=120, description="whole minutes, 5 to 120")
    second_re_alert_minutes: int = Field(90, ge=10, le=240, description="whole minutes, 10 to 240")

    @model_validator(mode="after")
    def _second_comes_after_the_first(self) -> Self:
        if self.second_re_alert_minutes <= self.re_alert_minutes:
            raise ValueError("second_re_alert_minutes must be more than re_alert_minutes; raise it")
        return self


class AccessSettings(_Section):
    """Who may talk to the bot."""

    mode: Literal["open", "invite", "allowlist"] = Field("open", description="open, invite or allowlist")
    operator_chat_id: int | None = Field(None, description="the id of your chat with the bot, like 123456789")
    allowed_ids: Annotated[tuple[int, ...], BeforeValidator(config_values.comma_separated)] = Field(
        (), description="Telegram user ids, like [123456789]"
    )

    @model_validator(mode="after")
    def _somebody_is_allowed(self) -> Self:
        if self.mode == "allowlist" and not self.allowed_ids:
            raise ValueError("mode is allowlist, but allowed_ids is empty; add an id, or set mode to open")
        return self


class BackupSettings(_Section):
    """Encrypted copies of the database."""

    every_hours: int = Field(24, ge=0, le=24 * 7, description="whole hours, 1 to 168 (0: never)")
    folder: Path | None = Field(None, description="a folder that the bot may write to")
    keep_days: int = Field(14, ge=1, le=365, description="whole days, 1 to 365")
    key: Annotated[SecretStr, _secret(config_values.encryption_key)] | None = Field(
        None, description="the line that `ldn-companion make-key` prints"
    )


class SandboxSettings(_Section):
    """The bot without Telegram."""

    port: int = Field(8770, ge=0, le=65535, description="a port, 1 to 65535 (0: any free one)")


class LoggingSettings(_Section):
    """What is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="debug, info, warning or error"
    )
    format: Literal["auto", "text", "json"] = Field("auto", description="auto, text or json")


class Settings(_Section):
    """Everything that an operator can set; frozen. Its repr hides the secrets."""

    telegram: TelegramSettings = TelegramSettings()
    database: DatabaseSettings = DatabaseSettings()
    encryption: EncryptionSettings = EncryptionSettings()
    privacy: PrivacySettings = PrivacySettings()
    backup: BackupSettings = BackupSettings()
    reminders: ReminderSettings = ReminderSettings()
    access: AccessSettings = AccessSettings()
    sandbox: SandboxSettings = SandboxSettings()
    logging: LoggingSettings = LoggingSettings()

    @model_validator(mode="after")
    def _backups_go_when_it_is_promised(self) -> Self:
        kept, promised = self.backup.keep_days, self.privacy.backup_days
        if kept > promised:
            raise ValueError(
                f"backup.keep_days is {kept}, but patients are told that no backup holds a deleted diary "
                f"longer than privacy.backup_days, {promised}: lower the one or raise the other"
            )
        return self

    def backup_folder(self) -> Path:
        """Return where backups are kept."""
        return self.backup.folder or self.database.data_folder / "backups"

    def erasures_file(self, sqlite_file: Path | None) -> Path:
        """Return where erasures are written down: beside *sqlite_file*; None: in the data folder."""
        folder = self.database.data_folder if sqlite_file is None else sqlite_file.parent
        return self.privacy.tombstones or folder / "erasures"

    def secrets(self) -> tuple[str, ...]:
        """Return every configured secret, for redaction alone."""
        given = (
            self.telegram.token,
            self.telegram.secret_token,
            self.database.url,
            self.backup.key,
            *self.encryption.all_keys(),
        )
        secrets = tuple(secret.get_secret_value() for secret in given if secret is not None)
        return (*secrets, *config_values.passwords(self.database.sqlalchemy_url()))
