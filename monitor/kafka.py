"""Kafka clients with our settings: how to connect, send so that it is acked, and say clearly what is wrong.

Not idempotent: with aiokafka 0.14, one record that the broker refuses breaks the numbering of an idempotent producer's
partition for good, and every record after it fails. Ids come from content, so a record sent twice changes nothing, and
one batch at a time is under way for a partition, so a retry changes no order.
"""

import asyncio
import dataclasses
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka import errors as kafka_errors
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.conn import create_conn
from aiokafka.structs import RecordMetadata

from monitor import logs
from monitor.errors import BrokerError, BrokerRefused
from monitor.topics import MAX_BATCH_BYTES

REQUEST_SECONDS = 30.0
SESSION_SECONDS = 25.0
EMBEDDED_SESSION_SECONDS = 6.0  # the embedded broker misses a member that died only after this long
# A broker that has just started may know no topics yet: a group that is formed then owns nothing until it asks again.
METADATA_SECONDS = 5.0
LINGER_SECONDS = 0.005
BATCH_BYTES = 262_144

Header = tuple[str, bytes]
Waiting = Callable[[BrokerError, float], None]  # what is wrong, and in how many seconds it is tried again
Sent = TypeVar("Sent")
Client = TypeVar("Client", AIOKafkaProducer, AIOKafkaConsumer, AIOKafkaAdminClient)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where a broker is and how to be let in; `bootstrap` is HOST:PORT, several separated by commas."""

    bootstrap: str
    embedded: bool = False  # the one of this process
    security_protocol: str = "PLAINTEXT"  # or SSL, SASL_PLAINTEXT, SASL_SSL
    sasl_mechanism: str = "SCRAM-SHA-512"  # or SCRAM-SHA-256, PLAIN
    sasl_username: str | None = dataclasses.field(default=None, repr=False)
    sasl_password: str | None = dataclasses.field(default=None, repr=False)
    ssl_ca_file: Path | None = None
    ssl_cert_file: Path | None = None
    ssl_key_file: Path | None = None

    @property
    def addresses(self) -> list[str]:
        """Each HOST:PORT."""
        return [address.strip() for address in self.bootstrap.split(",") if address.strip()]

    @property
    def sasl(self) -> bool:
        """Whether a user name and a password are asked for."""
        return self.security_protocol.startswith("SASL")

    @property
    def session_seconds(self) -> float:
        """How long a member of a group may be silent."""
        return EMBEDDED_SESSION_SECONDS if self.embedded else SESSION_SECONDS


def client_kwargs(connection: Connection) -> dict[str, Any]:
    """What every aiokafka client needs to reach the broker. Raises BrokerRefused where a certificate is unusable."""
    options = {"bootstrap_servers": connection.addresses, **_security(connection)}
    return {**options, "request_timeout_ms": _ms(REQUEST_SECONDS)}


def faust_options(connection: Connection, scheme: str = "aiokafka") -> dict[str, Any]:
    """What a Faust app needs to reach the broker, as arguments of `faust.App`. Raises as `client_kwargs` does."""
    return {
        "broker": [f"{scheme}://{address}" for address in connection.addresses],
        "broker_credentials": _credentials(connection),
        "broker_session_timeout": connection.session_seconds,
        "broker_heartbeat_interval": connection.session_seconds / 4,
        "broker_request_timeout": REQUEST_SECONDS,
        "consumer_metadata_max_age_ms": _ms(METADATA_SECONDS),
        "producer_linger": LINGER_SECONDS,
        "producer_max_batch_size": BATCH_BYTES,
        "producer_max_request_size": MAX_BATCH_BYTES,
    }


def producer(connection: Connection, **options: Any) -> AIOKafkaProducer:
    """A producer whose sends are acked by all replicas; not started."""
    ours = {
        "acks": "all",
        "linger_ms": _ms(LINGER_SECONDS),
        "max_batch_size": BATCH_BYTES,
        "max_request_size": MAX_BATCH_BYTES,
    }
    return AIOKafkaProducer(**{**client_kwargs(connection), **ours, **options})


def consumer(connection: Connection, *topics: str, group: str | None = None, **options: Any) -> AIOKafkaConsumer:
    """A consumer that begins at the first record and commits only when told to; not started."""
    ours = {
        "group_id": group,
        "auto_offset_reset": "earliest",
        "enable_auto_commit": False,
        # The embedded broker knows no transactions worth the name.
        "isolation_level": "read_uncommitted" if connection.embedded else "read_committed",
        "session_timeout_ms": _ms(connection.session_seconds),
        "heartbeat_interval_ms": _ms(connection.session_seconds / 4),
        "metadata_max_age_ms": _ms(METADATA_SECONDS),
    }
    return AIOKafkaConsumer(*topics, **{**client_kwargs(connection), **ours, **options})


def admin(connection: Connection) -> AIOKafkaAdminClient:
    """A client that asks about and makes topics; not started."""
    return AIOKafkaAdminClient(**client_kwargs(connection))


@asynccontextmanager
async def started(client: Client, connection: Connection) -> AsyncIterator[Client]:
    """Start a client, hand it out, stop it. Raises BrokerError, saying what keeps it from the broker."""
    try:
        try:
            await client.start()
        except (kafka_errors.KafkaError, OSError, TimeoutError) as error:
            raise await _why_unreachable(connection) from error
        yield client
    finally:
        await (client.close() if isinstance(client, AIOKafkaAdminClient) else client.stop())


async def send(  # noqa: PLR0913 what a record is made of
    producer: AIOKafkaProducer,
    topic: str,
    key: bytes | None,
    value: bytes | None,
    *,
    partition: int | None = None,
    headers: Iterable[Header] = (),
) -> RecordMetadata:
    """Send one record and wait for the broker's ack.

    Raises BrokerError where trying again can help (the record may have arrived all the same), BrokerRefused where not.
    """
    if key is None and value is None:
        raise BrokerRefused(f"a record for {topic} has neither key nor value: there is nothing to send")
    try:
        return await producer.send_and_wait(topic, value, key, partition, headers=list(headers))
    except AssertionError:  # aiokafka's only word about a partition that is not there
        raise BrokerRefused(f"{topic} has no partition {partition}") from None
    except (kafka_errors.KafkaError, TimeoutError) as error:
        raise _translated(error, topic) from error


async def retrying(
    send: Callable[[], Awaitable[Sent]], waiting: Waiting | None = None, longest_wait_seconds: float = 30.0
) -> Sent:
    """What `send` gives, however long the broker stays away; each wait is logged and told to `waiting`.

    Raises BrokerRefused where the broker will never take it.
    """
    wait = 0.2
    while True:
        try:
            return await send()
        except BrokerRefused:
            raise
        except BrokerError as error:
            logs.logger("kafka").warning("waiting for the broker", error=str(error), seconds=wait)
            if waiting is not None:
                waiting(error, wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, longest_wait_seconds)


# Those that aiokafka's own `retriable` does not know to pass by themselves.
_PASSING = (
    kafka_errors.KafkaTimeoutError,
    kafka_errors.KafkaUnavailableError,
    kafka_errors.BrokerNotAvailableError,
    kafka_errors.ReplicaNotAvailableError,
    kafka_errors.QuotaViolationError,
    TimeoutError,
)


def _translated(error: Exception, topic: str) -> BrokerError:
    if isinstance(error, kafka_errors.UnknownTopicOrPartitionError):
        return BrokerError(
            f"the broker shows no topic {topic}: it is away, or `monitor topics create` has not been run on it"
        )
    if isinstance(error, kafka_errors.MessageSizeTooLargeError | kafka_errors.RecordListTooLargeError):
        return BrokerRefused(f"the record is too large for {topic}: it takes {MAX_BATCH_BYTES} bytes, framing included")
    if isinstance(error, kafka_errors.TopicAuthorizationFailedError):
        return BrokerRefused(f"this user may not write to {topic}")
    if isinstance(error, _PASSING) or getattr(error, "retriable", False):
        return BrokerError(f"the broker did not take a record for {topic}: {named(error)}")
    return BrokerRefused(f"the broker refused a record for {topic}: {named(error)}")


def named(error: Exception) -> str:
    """The kind of error and what is said of it: by itself, or by Kafka's protocol, or nothing."""
    text = ": ".join(map(str, error.args)) or getattr(error, "description", "")
    return f"{type(error).__name__} ({text})" if text else type(error).__name__


async def _why_unreachable(connection: Connection) -> BrokerError:
    """Try each address once more: a client that cannot start only says that it could not."""
    found = [await _fault_at(address, connection) for address in connection.addresses]
    refused = [fault for fault in found if isinstance(fault, BrokerRefused)]
    if refused:
        return refused[0]
    return BrokerError("; ".join(map(str, found)))


async def _fault_at(address: str, connection: Connection) -> BrokerError:
    host, _, port = address.rpartition(":")
    options = {**_security(connection), "request_timeout_ms": _ms(REQUEST_SECONDS)}
    try:
        (await create_conn(host.strip("[]"), int(port), **options)).close()
    except (kafka_errors.AuthenticationFailedError, kafka_errors.SaslAuthenticationFailed):
        return BrokerRefused(f"Kafka at {address} does not know this user name with this password")
    except (kafka_errors.UnsupportedSaslMechanismError, kafka_errors.IllegalSaslStateError):
        return BrokerRefused(f"Kafka at {address} does not let users in by {connection.sasl_mechanism}")
    except ssl.SSLError as error:
        return BrokerRefused(f"no secure connection to Kafka at {address}: {error.reason or error}")
    except (kafka_errors.KafkaConnectionError, OSError, TimeoutError) as error:
        return BrokerError(f"no Kafka answers at {address} ({_cause(error)}): is it running, and is this its address?")
    except kafka_errors.KafkaError as error:
        return BrokerError(f"Kafka at {address} did not let us in: {named(error)}")
    return BrokerError(
        f"Kafka at {address} takes connections but answers nothing:"
        f" does it want another security_protocol than {connection.security_protocol}, or is it just starting?"
    )


def _cause(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return named(error)


def _security(connection: Connection) -> dict[str, Any]:
    options: dict[str, Any] = {"security_protocol": connection.security_protocol, "ssl_context": _ssl(connection)}
    if connection.sasl:
        options["sasl_mechanism"] = connection.sasl_mechanism
        options["sasl_plain_username"] = connection.sasl_username
        options["sasl_plain_password"] = connection.sasl_password
    return options


def _credentials(connection: Connection) -> object:
    from faust.auth import SASLCredentials, SSLCredentials

    context = _ssl(connection)
    if connection.sasl:
        return SASLCredentials(
            username=connection.sasl_username,
            password=connection.sasl_password,
            ssl_context=context,
            mechanism=connection.sasl_mechanism,
        )
    return SSLCredentials(context) if context else None


def _ssl(connection: Connection) -> ssl.SSLContext | None:
    if not connection.security_protocol.endswith("SSL"):
        return None
    files: Mapping[str, Path | None] = {
        "ssl_ca_file": connection.ssl_ca_file,
        "ssl_cert_file": connection.ssl_cert_file,
        "ssl_key_file": connection.ssl_key_file,
    }
    try:
        context = ssl.create_default_context(cafile=files["ssl_ca_file"])
        if connection.ssl_cert_file:
            context.load_cert_chain(connection.ssl_cert_file, connection.ssl_key_file, password="")
    except (OSError, ValueError) as error:
        named = ", ".join(f"{name} {path}" for name, path in files.items() if path)
        raise BrokerRefused(f"the certificates for Kafka cannot be used ({named}): {error}") from error
    return context


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
