"""All configuration: read once at the start from the environment or `.env`, checked, then passed on."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from hub.access import Role
from hub.statuses import Thresholds
from hub.tokens import Grant
from hub.trials import LONGEST
from notifications.deliver import HALT_AFTER
from notifications.run import Pacing

SECRET_CHARACTERS = 16
"""A shorter secret of webhooks could be guessed."""


class Misconfigured(Exception):
    """A setting is missing or makes no sense; the message names it in one line."""


class Settings(BaseSettings):
    """Every setting; each is the environment variable `PARTNERBOT_<NAME>` unless another name is given."""

    model_config = SettingsConfigDict(env_prefix="PARTNERBOT_", env_file=".env", extra="ignore", populate_by_name=True)

    token: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("WEBEX_ACCESS_TOKEN", "token"),
        description="the bot's access token",
    )
    webex_url: str | None = Field(default=None, description="root of another Webex, such as the sandbox")
    admin_token: SecretStr | None = Field(default=None, description="access token of a partner administrator")
    client_id: str | None = Field(default=None, description="of a service app or integration, renewed by itself")
    client_secret: SecretStr | None = Field(default=None, description="its secret")
    refresh_token: SecretStr | None = Field(default=None, description="its refresh token, as first given")
    feed_url: str | None = Field(default=None, description="root of the partner's feed (docs/feed.md)")
    feed_token: SecretStr | None = Field(default=None, description="bearer token of the feed")
    database_url: str = Field(default="sqlite:///data/partnerbot.db", description="SQLite file or PostgreSQL server")
    files: Path = Field(default=Path("data/files"), description="where reports are written before they are sent")
    report_byte_order_mark: bool = Field(
        default=True, description="reports begin with a byte order mark, as Excel wants it"
    )
    report_megabytes: float = Field(
        default=100, gt=0, le=100, description="how large a posted file may be; larger reports are packed or split"
    )
    report_days: int = Field(default=30, ge=1, description="days that files of reports are kept, to be sent again")
    roles: Annotated[dict[str, frozenset[str]], NoDecode] = Field(
        default_factory=dict,
        description="email=role,email=role: who may do what, where no administrator token tells",
    )
    owner: str | None = Field(
        default=None, description="e-mail of who is told, one-to-one, what concerns the whole service"
    )
    watch_seconds: float = Field(default=60, ge=1, description="seconds between looks at the sources")
    alert_wait_seconds: float = Field(
        default=10, ge=0, description="seconds that an alert waits for what belongs together with it"
    )
    alert_interval_seconds: float = Field(
        default=120, ge=0, description="seconds from one alert in a space to the next; meanwhile they gather"
    )
    webex_calls_per_minute: float = Field(
        default=120, ge=1, description="calls a minute that reading Webex may take; what is most overdue goes first"
    )
    removal_share: float = Field(
        default=0.2,
        gt=0,
        le=1,
        description="so much of what is known may change or be gone before it is doubted",
    )
    calling_weeks: int = Field(default=60, ge=9, description="weeks of Webex Calling that are kept")
    language: Literal["en", "es"] = Field(default="en", description="for people and spaces that chose none")
    time_zone: str = Field(default="UTC", description="for people and spaces that chose none")
    control_hub: str = Field(
        default="https://admin.webex.com", description="where “Control Hub” links lead; {org_id} in it is the customer"
    )
    resources: Path | None = Field(
        default=None, description="TOML file with links and guidance; none: those that ship with the product"
    )
    region_codes: Annotated[dict[str, str], NoDecode] = Field(
        default_factory=dict,
        description="region=code,…: what Webex calls a region in reports, if not so",
    )
    webhook_url: str | None = Field(
        default=None, description="address under which Webex reaches `run --webhook`, such as https://bot.example/webex"
    )
    webhook_secret: SecretStr | None = Field(default=None, description="what Webex signs its requests with")
    webhook_host: str = Field(default="127.0.0.1", description="network address that `run --webhook` listens at")
    webhook_port: int = Field(default=8080, ge=0, le=65535, description="its port")
    lease_seconds: float = Field(
        default=30, ge=1, description="so long after its last sign of life a process's work is taken over by others"
    )
    http_port: int | None = Field(
        default=None, ge=0, le=65535, description="port of /healthz, /readyz and /metrics; none: they are not offered"
    )
    http_host: str = Field(default="127.0.0.1", description="address that they are offered at")
    workers: int = Field(default=8, ge=1, le=64, description="messages handled at once")
    senders: int = Field(default=16, ge=1, le=64, description="messages posted at once, each into another space")
    halt_after: int = Field(
        default=HALT_AFTER,
        ge=1,
        description="failures in a row after which a space is left alone for a while",
    )
    longest_silence_days: int = Field(
        default=90, ge=1, description="how long, at most, alerts may be silenced or put off"
    )
    expiring_soon_days: int = Field(default=7, ge=0)
    inactive_days: int = Field(default=30, ge=1)
    low_assignment_ratio: float = Field(default=0.5, gt=0, le=1)
    longest_trials: Annotated[dict[str, int], NoDecode] = Field(
        default_factory=lambda: dict(LONGEST),
        description="product=days,product=days: how long a trial with it may last in all; `all` names every trial",
    )
    import_megabytes: int = Field(default=50, ge=1, description="how large a file attached to `import` may be")
    awaited_trial_days: int = Field(
        default=14, ge=1, description="how long a trial that is started in Partner Hub is waited for"
    )

    @field_validator("roles", mode="before")
    @classmethod
    def _read_roles(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        roles: dict[str, set[str]] = {}
        for pair in filter(None, (part.strip() for part in value.split(","))):
            email, _, role = pair.partition("=")
            if role.strip() not in set(Role):
                raise ValueError(f"{pair!r} is not email=role; roles: {', '.join(Role)}")
            roles.setdefault(email.strip().lower(), set()).add(role.strip())
        return {email: frozenset(found) for email, found in roles.items()}

    @field_validator("longest_trials", mode="before")
    @classmethod
    def _read_limits(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        limits: dict[str, int] = {}
        for pair in filter(None, (part.strip() for part in value.split(","))):
            product, _, days = pair.partition("=")
            if not product.strip() or not days.strip().isdecimal() or int(days) == 0:
                raise ValueError(f"{pair!r} is not product=days, such as Devices=120")
            limits[product.strip()] = int(days)
        return limits

    @field_validator("owner")
    @classmethod
    def _check_owner(cls, value: str | None) -> str | None:
        if value and "@" not in value:
            raise ValueError(f"{value!r} is no e-mail address")
        return value.strip().lower() if value else None

    @field_validator("region_codes", mode="before")
    @classmethod
    def _read_region_codes(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        pairs = [part.partition("=") for part in value.split(",") if part.strip()]
        if any(not code.strip() for _, _, code in pairs):
            raise ValueError(f"{value!r} is not region=code, such as UAE=AE")
        return {region.strip(): code.strip() for region, _, code in pairs}

    @field_validator("time_zone")
    @classmethod
    def _check_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"there is no time zone {value!r}; write it like Europe/Madrid") from error
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _check_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value and len(value.get_secret_value()) < SECRET_CHARACTERS:
            raise ValueError(f"it has to have {SECRET_CHARACTERS} characters or more, such as `openssl rand -hex 32`")
        return value

    @model_validator(mode="after")
    def _check_access(self) -> Self:
        renewed = (self.client_id, self.client_secret, self.refresh_token)
        if any(renewed) and not all(renewed):
            raise ValueError("PARTNERBOT_CLIENT_ID, PARTNERBOT_CLIENT_SECRET and PARTNERBOT_REFRESH_TOKEN go together")
        if any(renewed) and self.admin_token:
            raise ValueError("give either PARTNERBOT_ADMIN_TOKEN or PARTNERBOT_REFRESH_TOKEN, not both")
        return self

    @property
    def grant(self) -> Grant | None:
        """What administrator access is renewed with; None where there is a fixed token, or none."""
        if not (self.client_id and self.client_secret and self.refresh_token):
            return None
        return Grant(self.client_id, self.client_secret.get_secret_value(), self.refresh_token.get_secret_value())

    @property
    def rest_url(self) -> str:
        """Root of the REST interfaces, without `/v1`."""
        return (self.webex_url or "https://webexapis.com").rstrip("/")

    @property
    def thresholds(self) -> Thresholds:
        """The numbers that definitions depend on."""
        return Thresholds(self.expiring_soon_days, self.inactive_days, self.low_assignment_ratio)

    @property
    def pacing(self) -> Pacing:
        """How long alerts that belong together wait for each other."""
        return Pacing(timedelta(seconds=self.alert_wait_seconds), timedelta(seconds=self.alert_interval_seconds))

    @classmethod
    def read(cls, **given: Any) -> Self:
        """Read and check the configuration; `given` goes before the environment.

        Raises:
            Misconfigured: naming the variable and what is wrong with it.
        """
        try:
            return cls(**given)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0]) if first["loc"] else ""
            said = first["msg"].removeprefix("Value error, ")
            raise Misconfigured(f"{_variable(name)}: {said}" if name else said) from error


def _variable(field: str) -> str:
    return "WEBEX_ACCESS_TOKEN" if field in ("token", "WEBEX_ACCESS_TOKEN") else f"PARTNERBOT_{field.upper()}"


ROLES_REMEMBERED = timedelta(minutes=5)
"""How long a person's partner roles are taken as read."""
