"""What a configuration may say, and the sole reader of the environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationInfo, WithJsonSchema

from monitor import model


class Section(BaseModel):
    """A part of the configuration: unknown keys are refused, nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _resolve_secret(value: Any, info: ValidationInfo) -> Any:
    """The secret behind {env: NAME} or {file: PATH}; a secret written in the file itself is refused."""
    if not (isinstance(value, dict) and len(value) == 1 and next(iter(value)) in {"env", "file"}):
        raise ValueError("a secret is named, not written here: {env: NAME} or {file: PATH}")
    ((kind, name),) = value.items()
    context = info.context or {}
    if kind == "env":
        found = context.get("environment", {}).get(name)
        if not found:
            raise ValueError(f"the environment variable {name} is not set")
        return found
    try:
        return (context.get("folder", Path()) / str(name)).read_text().strip()
    except OSError as error:
        raise ValueError(f"the file {name} cannot be read: {error.strerror}") from error


Secret = Annotated[
    SecretStr,
    BeforeValidator(_resolve_secret),
    WithJsonSchema(
        {
            "type": "object",
            "properties": {"env": {"type": "string"}, "file": {"type": "string"}},
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
            "description": "where the secret is: an environment variable or a file",
        }
    ),
]

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", description="small letters, digits, . _ -")]


class KafkaSettings(Section):
    """Which broker, and how to be let in. Without `bootstrap`, `run` and `replay` start the embedded broker."""

    bootstrap: str | None = None
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    sasl_username: Secret | None = None
    sasl_password: Secret | None = None
    ssl_ca_file: Path | None = None
    ssl_cert_file: Path | None = None
    ssl_key_file: Path | None = None
    partitions: Annotated[int, Field(ge=1, le=256)] = 4
    replication: Annotated[int, Field(ge=1, le=5)] = 1


class PollSettings(Section):
    """How feeds are fetched."""

    user_agent: str = "newsmonitor/0.1 (+https://github.com/newsmonitor)"
    allow_hosts: tuple[str, ...] = ()  # private hosts that may be contacted all the same
    connect_seconds: Annotated[float, Field(gt=0, le=60)] = 10
    total_seconds: Annotated[float, Field(gt=0, le=300)] = 30
    max_body_bytes: Annotated[int, Field(ge=1024, le=256 * 1024 * 1024)] = 32 * 1024 * 1024
    per_host: Annotated[int, Field(ge=1, le=16)] = 2


class HttpSettings(Section):
    """Where a role serves /metrics and /healthz; port 0 = a free one."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 9464


class StreamSettings(Section):
    """The stream worker."""

    deadletters_in_a_row: Annotated[int, Field(ge=2)] = 20  # more mean that the code is broken: the worker stops
    store: Literal["memory"] = "memory"


class LogSettings(Section):
    """Structured logs on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class ConsoleChannel(Section):
    """Alerts on standard output."""

    id: Name
    kind: Literal["console"]


class SlackChannel(Section):
    """A Slack incoming webhook."""

    id: Name
    kind: Literal["slack"]
    webhook_url: Secret
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10


class EmailChannel(Section):
    """A mailbox, by SMTP."""

    id: Name
    kind: Literal["email"]
    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: Secret | None = None
    sender: str
    to: Annotated[tuple[str, ...], Field(min_length=1)]
    timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 30


Channel = Annotated[ConsoleChannel | SlackChannel | EmailChannel, Field(discriminator="kind")]


class FeedSettings(Section):
    """One feed; `id` defaults to a name made from its host and path."""

    url: str
    id: Name | None = None
    source: str | None = None  # the outlet's name; default: its host
    interval_seconds: Annotated[float, Field(ge=1, le=86400)] = 300
    backlog: bool = False
    user_agent: str | None = None
    language: str | None = None


class WatchEntry(Section):
    """One watch as a file says it."""

    id: Name
    query: Annotated[str, Field(min_length=1, max_length=20_000)]
    channels: tuple[Name, ...] = ()
    alert_on: tuple[model.Decision, ...] = model.WatchSettings().alert_on
    window_days: Annotated[float, Field(gt=0, le=90)] = 7
    origins: Annotated[int, Field(ge=1, le=20)] = 1
    backlog: bool = False
    allow_all: bool = False

    def watch(self) -> model.Watch:
        """The same as the noun that the rest of the program knows."""
        kept = model.WatchSettings(
            channels=self.channels,
            alert_on=self.alert_on,
            window_days=self.window_days,
            origins=self.origins,
            backlog=self.backlog,
        )
        return model.Watch(id=self.id, query=self.query, settings=kept, allow_all=self.allow_all)


class OwnPlace(Section):
    """A user's own place, or more spellings or exclusions for a known one."""

    name: str
    geonames_id: int | None = None
    spellings: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()  # phrases in which the name is no place: "Paris Hilton"
    country: str | None = None
    lat: float | None = None
    lon: float | None = None


class WatchFile(Section):
    """watches.yaml: watches, own places and spellings, own concepts."""

    watches: tuple[WatchEntry, ...] = ()
    places: tuple[OwnPlace, ...] = ()
    concepts: Mapping[Name, tuple[str, ...]] = Field(default_factory=dict)


class FeedFile(Section):
    """feeds.yaml."""

    feeds: tuple[FeedSettings, ...] = ()


class Settings(Section):
    """monitor.yaml: everything, with the files it names read in."""

    kafka: KafkaSettings = KafkaSettings()
    poll: PollSettings = PollSettings()
    http: HttpSettings = HttpSettings()
    stream: StreamSettings = StreamSettings()
    log: LogSettings = LogSettings()
    channels: tuple[Channel, ...] = ()
    feeds: str | None = None  # a file, relative to this one
    watches: str | None = None
    cache_dir: Path | None = None  # where what is slow to build is kept; default: the user's cache folder
