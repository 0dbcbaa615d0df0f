"""What monitor.yaml may say."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, model_validator

from monitor.configcheck import Name, Section
from monitor.errors import BrokerRefused
from monitor.feedfile import HeaderText, web_address
from monitor.secret import Secret

if TYPE_CHECKING:
    from monitor.kafka import Connection

NO_BROKER = "no broker is named: give --bootstrap HOST:PORT, or set KAFKA_BOOTSTRAP, or kafka.bootstrap in monitor.yaml"


def _own_path(path: Path, info: ValidationInfo) -> Path:
    """A path of the configuration, relative to its folder."""
    folder: Path = (info.context or {}).get("folder", Path())
    if "\0" in str(path):
        raise ValueError("expected a path, found one with a NUL character in it")
    try:
        return folder / path.expanduser()
    except RuntimeError:
        raise ValueError(f"there is no user of the name that {path} begins with") from None


def _present(path: Path, info: ValidationInfo) -> Path:
    path = _own_path(path, info)
    try:
        found = path.is_file()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    if not found:
        raise ValueError(f"no such file: {path}")
    return path


def _mailbox(text: str) -> str:
    from monitor.mailbox import read_mailbox  # it loads much of the library of mail, which most commands do without

    read_mailbox(text)
    return text


def brokers(text: str) -> str:
    """Addresses of brokers, HOST:PORT separated by commas."""
    for address in text.split(","):
        host, _, port = address.strip().rpartition(":")
        if not host or not re.fullmatch(r"[0-9]{1,5}", port) or "/" in host or "@" in host or int(port) > 65535:
            raise ValueError("expected HOST:PORT of a Kafka broker (several with commas between them)")
    return text


def member_name(text: str) -> str:
    """The name of a static member of a consumer group, as Kafka takes it."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,200}", text) or text in {".", ".."}:
        raise ValueError("expected a name of up to 200 letters, digits, dots, dashes and underscores")
    return text


def _webhook(secret: SecretStr) -> SecretStr:
    try:
        web_address(secret.get_secret_value())
    except ValueError:
        raise ValueError("the secret named here is not a web address, as a Slack webhook is") from None
    return secret


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


OwnPath = Annotated[Path, AfterValidator(_own_path)]
OwnFile = Annotated[Path, AfterValidator(_present)]
Mailbox = Annotated[
    str,
    Field(pattern=r"^[^\s@<>,;\x00-\x1f]+@[^\s@<>,;\x00-\x1f]+$", description="an address such as desk@example.org"),
    AfterValidator(_mailbox),
]
Host = Annotated[
    str,
    Field(
        pattern=r"^([A-Za-z0-9._-]+|\[?[0-9A-Fa-f]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*\]?)$",
        description="a host such as intranet.example.org, or an IP address, with no scheme, port or path",
    ),
]


class KafkaSettings(Section):
    """Which broker, and how to be let in. Without `bootstrap`, `run` and `replay` start the embedded broker."""

    bootstrap: Annotated[str, AfterValidator(brokers)] | None = None
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    sasl_username: Secret | None = None
    sasl_password: Secret | None = None
    ssl_ca_file: OwnFile | None = None
    ssl_cert_file: OwnFile | None = None
    ssl_key_file: OwnFile | None = None
    partitions: Annotated[int, Field(ge=1, le=256)] = 4
    replication: Annotated[int, Field(ge=1, le=5)] = 1

    @model_validator(mode="after")
    def _whole_login(self) -> Self:
        if self.security_protocol.startswith("SASL") and not (self.sasl_username and self.sasl_password):
            raise ValueError(f"security_protocol {self.security_protocol} needs sasl_username and sasl_password")
        if (self.ssl_cert_file is None) != (self.ssl_key_file is None):
            raise ValueError("ssl_cert_file and ssl_key_file go together: only one of them is given")
        return self

    def connection(self) -> "Connection":
        """The same as the clients want it. Raises BrokerRefused where no broker is named."""
        from monitor.kafka import Connection  # it loads the Kafka client, which most commands do without

        if not self.bootstrap:
            raise BrokerRefused(NO_BROKER)
        return Connection(
            bootstrap=self.bootstrap,
            security_protocol=self.security_protocol,
            sasl_mechanism=self.sasl_mechanism,
            sasl_username=_plain(self.sasl_username),
            sasl_password=_plain(self.sasl_password),
            ssl_ca_file=self.ssl_ca_file,
            ssl_cert_file=self.ssl_cert_file,
            ssl_key_file=self.ssl_key_file,
        )


class PollSettings(Section):
    """How feeds are fetched."""

    user_agent: HeaderText = "newsmonitor/0.1 (+https://github.com/newsmonitor)"
    allow_hosts: tuple[Host, ...] = ()  # private hosts that may be contacted all the same
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
    quarantine_seconds: Annotated[float, Field(gt=0)] = 600  # for a source that had as many in a row by itself
    stalled_seconds: Annotated[float, Field(ge=30)] = 120  # records waiting and none handled: the worker starts anew
    store: Literal["memory", "rocksdb"] = "memory"  # where the rows of the tables are kept beside their changelogs
    folder: OwnPath | None = None  # of the store rocksdb; default: stream in the cache folder
    follow: bool = False  # follow news.watches, which `monitor watches apply` writes, though `watches` names a file
    # The same name at each start makes a static member of the group: a quick restart moves no partitions.
    instance_id: Annotated[str, AfterValidator(member_name)] | None = None


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
    webhook_url: Annotated[Secret, AfterValidator(_webhook)]
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10


class EmailChannel(Section):
    """A mailbox, by SMTP."""

    id: Name
    kind: Literal["email"]
    host: Host
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: Secret | None = None
    sender: Mailbox
    to: Annotated[tuple[Mailbox, ...], Field(min_length=1)]
    timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 30

    @model_validator(mode="after")
    def _whole_login(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together: only one of them is given")
        return self


Channel = Annotated[ConsoleChannel | SlackChannel | EmailChannel, Field(discriminator="kind")]


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
    cache_dir: OwnPath | None = None  # where what is slow to build is kept; default: the user's cache folder
