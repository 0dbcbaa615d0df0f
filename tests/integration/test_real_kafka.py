"""What only a real Kafka shows: settings of topics, logins, encryption, and a broker that goes away and comes back."""

import asyncio
import ipaddress
import shutil
import socket
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from aiokafka import TopicPartition

from monitor import cluster, kafka, metrics, retention
from monitor.errors import BrokerError, BrokerRefused
from monitor.kafka import Connection
from monitor.topics import CHANGELOGS, DAY, MATCHES, TOPICS, Topic
from tests.integration.conftest import or_skip
from tests.integration.kafka_server import Kafka, start_kafka

pytestmark = pytest.mark.kafka

PASSWORD = "correct-horse-9"
OTHER_PASSWORD = "wrong-battery-7"


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[Kafka]:
    """A Kafka that the test may kill."""
    yield from _kafka(tmp_path)


@pytest.fixture(scope="module")
def sasl_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A Kafka that wants a user name and a password."""
    yield from _kafka(tmp_path_factory.mktemp("sasl"), users={"desk": PASSWORD})


def _kafka(
    folder: Path, users: dict[str, str] | None = None, properties: dict[str, str] | None = None
) -> Iterator[Kafka]:
    running: list[Kafka] = []

    def start() -> str:
        running.append(start_kafka(folder, users, properties))
        return running[0].bootstrap

    or_skip(start)
    with running[0]:
        yield running[0]


async def test_topics_are_created_once_and_then_as_they_should_be(kafka_bootstrap: str, unique: str) -> None:
    connection = Connection(bootstrap=kafka_bootstrap)
    ours = [
        Topic(f"{unique}-plain", 7 * DAY),
        Topic(f"{unique}-both", 30 * DAY, compact=True),
        Topic(f"{unique}-single", None, compact=True, single=True),
    ]
    assert len(await cluster.check_topics(connection, ours, 3)) == 3
    assert await cluster.create_topics(connection, ours[:2], 3) == [topic.name for topic in ours[:2]]
    assert await cluster.create_topics(connection, ours, 3) == [ours[2].name]
    assert await cluster.create_topics(connection, ours, 3) == []
    assert await cluster.check_topics(connection, ours, 3) == []
    faults = await cluster.check_topics(connection, ours, 4)
    assert [fault.split(":")[0] for fault in faults] == [f"{t.name} has 3 partitions, expected 4" for t in ours[:2]]


async def test_a_group_soon_owns_topics_that_its_broker_did_not_know_when_it_was_formed(
    kafka_bootstrap: str, unique: str
) -> None:
    """As after the restart of a broker, which answers before it has read what topics there are."""
    connection = Connection(bootstrap=kafka_bootstrap)
    async with kafka.started(kafka.consumer(connection, group=unique), connection) as consumer:
        consumer.subscribe([unique])
        assert await consumer.getmany(timeout_ms=2000) == {}
        await cluster.create_topics(connection, [Topic(unique, None)], 1)
        async with kafka.started(kafka.producer(connection), connection) as producer:
            await kafka.send(producer, unique, b"key", b"value")
        found = await asyncio.wait_for(consumer.getone(), 30)
    assert found.value == b"value"


async def test_settings_that_differ_are_each_a_fault(kafka_bootstrap: str, unique: str) -> None:
    connection = Connection(bootstrap=kafka_bootstrap)
    plain, feeds = Topic(f"{unique}-plain", 7 * DAY), Topic(f"{unique}-feeds", None, compact=True)
    await cluster.create_topics(connection, [Topic(plain.name, 2 * DAY), Topic(feeds.name, 7 * DAY)], 1)
    assert await cluster.check_topics(connection, [plain, feeds], 1, replication=3) == [
        f"{plain.name} is kept 1 times, expected 3 (kafka.replication)",
        f"{feeds.name} is kept 1 times, expected 3 (kafka.replication)",
        f"{plain.name} has retention.ms {2 * DAY}, expected {7 * DAY} or more",
        f"{feeds.name} has cleanup.policy delete, expected compact",
    ]
    assert await cluster.check_topics(connection, [Topic(plain.name, DAY)], 1) == []  # kept longer is no fault


async def test_what_the_broker_will_not_create_is_told_whole(kafka_bootstrap: str, unique: str) -> None:
    connection = Connection(bootstrap=kafka_bootstrap)
    wrong = [Topic(f"{unique}/slash", DAY), Topic(f"{unique}-good", DAY), Topic(f"{unique}-retention", -7)]
    with pytest.raises(BrokerRefused) as refused:
        await cluster.create_topics(connection, wrong, 1)
    assert f"{unique}/slash" in str(refused.value)
    assert f"{unique}-retention" in str(refused.value)
    assert f"{unique}-good" not in str(refused.value)
    assert len(await cluster.check_topics(connection, wrong, 1)) == 2


async def test_changelogs_have_the_partitions_of_matches(kafka_bootstrap: str) -> None:
    connection = Connection(bootstrap=kafka_bootstrap)
    await cluster.create_topics(connection)
    assert await cluster.check_topics(connection) == []
    async with kafka.started(kafka.producer(connection), connection) as producer:
        counts = [await producer.partitions_for(topic.name) for topic in (MATCHES, *CHANGELOGS)]
    assert counts == [{0, 1, 2, 3}] * len(counts)
    assert len(counts) > 1
    assert len(TOPICS) == len({topic.name for topic in TOPICS})


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
async def test_the_right_password_is_let_in(sasl_kafka: Kafka, mechanism: str, unique: str) -> None:
    connection = _login(sasl_kafka, mechanism, PASSWORD)
    await cluster.create_topics(connection, [Topic(unique, DAY)], 1)
    async with kafka.started(kafka.producer(connection), connection) as producer:
        await kafka.send(producer, unique, None, b"let in")
    assert [record.value async for record in cluster.read_all(connection, unique)] == [b"let in"]


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
async def test_a_wrong_password_is_refused_and_not_repeated(sasl_kafka: Kafka, mechanism: str) -> None:
    connection = _login(sasl_kafka, mechanism, OTHER_PASSWORD)
    with pytest.raises(BrokerRefused) as refused:
        await cluster.check_topics(connection)
    assert str(refused.value) == f"Kafka at {sasl_kafka.bootstrap} does not know this user name with this password"
    assert OTHER_PASSWORD not in f"{connection!r} {connection}"


async def test_a_mechanism_that_the_broker_lacks_is_named(sasl_kafka: Kafka) -> None:
    with pytest.raises(BrokerRefused, match="does not let users in by SCRAM-SHA-256"):
        await cluster.check_topics(_login(sasl_kafka, "SCRAM-SHA-256", PASSWORD))


async def test_no_login_where_one_is_wanted_says_which_setting_to_look_at(sasl_kafka: Kafka) -> None:
    with pytest.raises(BrokerError, match="does it want another security_protocol than PLAINTEXT"):
        await cluster.check_topics(Connection(bootstrap=sasl_kafka.bootstrap))


def _login(broker: Kafka, mechanism: str, password: str) -> Connection:
    return Connection(
        bootstrap=broker.bootstrap,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism=mechanism,
        sasl_username="desk",
        sasl_password=password,
    )


async def test_an_encrypted_connection_trusts_only_the_named_authority(tmp_path: Path, unique: str) -> None:
    own, stranger = _certificate(tmp_path / "own"), _certificate(tmp_path / "stranger")
    properties = {
        "listener.security.protocol.map": "CLIENTS:SSL,CONTROLLER:PLAINTEXT",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(own.with_name("both.pem")),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(own),
    }
    for broker in _kafka(tmp_path / "kafka", properties=properties):
        connection = Connection(bootstrap=broker.bootstrap, security_protocol="SSL", ssl_ca_file=own)
        assert await cluster.create_topics(connection, [Topic(unique, DAY)], 1) == [unique]
        with pytest.raises(BrokerRefused, match=r"no secure connection .*CERTIFICATE_VERIFY_FAILED"):
            await cluster.check_topics(
                Connection(bootstrap=broker.bootstrap, security_protocol="SSL", ssl_ca_file=stranger)
            )


def _certificate(folder: Path) -> Path:
    """A self-signed certificate for 127.0.0.1; both.pem beside it has its key too."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    folder.mkdir()
    address = ipaddress.IPv4Address("127.0.0.1")
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=kafka", "-days", "2"]
    command += ["-addext", f"subjectAltName=IP:{address}", "-keyout", "key.pem", "-out", "certificate.pem"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    (folder / "both.pem").write_text(key.read_text() + certificate.read_text())
    return certificate


async def test_sending_waits_out_a_broker_that_is_killed(own_kafka: Kafka, unique: str) -> None:
    connection = Connection(bootstrap=own_kafka.bootstrap)
    await cluster.create_topics(connection, [Topic(unique, DAY)], 1)
    waited = asyncio.Event()
    producer = kafka.producer(connection, request_timeout_ms=1500)
    async with kafka.started(producer, connection):
        await kafka.send(producer, unique, None, b"before")
        own_kafka.kill()
        sending = asyncio.create_task(
            kafka.retrying(partial(kafka.send, producer, unique, None, b"during"), lambda *_: waited.set())
        )
        await asyncio.wait_for(waited.wait(), 30)
        await asyncio.to_thread(own_kafka.restart)
        await sending
        await kafka.send(producer, unique, None, b"after")
    values = [record.value async for record in cluster.read_all(connection, unique)]
    assert list(dict.fromkeys(values)) == [b"before", b"during", b"after"]  # each at least once, in order


async def test_a_frozen_broker_is_an_error_that_may_be_tried_again(own_kafka: Kafka, unique: str) -> None:
    connection = Connection(bootstrap=own_kafka.bootstrap)
    await cluster.create_topics(connection, [Topic(unique, DAY)], 1)
    producer = kafka.producer(connection, request_timeout_ms=1000)
    async with kafka.started(producer, connection):
        await kafka.send(producer, unique, None, b"before")
        own_kafka.pause()
        with pytest.raises(BrokerError) as away:
            await kafka.send(producer, unique, None, b"frozen")
        own_kafka.resume()
        assert away.value.retriable
        await kafka.retrying(partial(kafka.send, producer, unique, None, b"after"))


async def test_records_of_aborted_transactions_are_not_read(kafka_bootstrap: str, unique: str) -> None:
    connection = Connection(bootstrap=kafka_bootstrap)
    await cluster.create_topics(connection, [Topic(unique, DAY)], 1)
    producer = kafka.producer(connection, transactional_id=unique)
    async with kafka.started(producer, connection):
        async with producer.transaction():
            await producer.send(unique, b"kept", partition=0)
        await producer.begin_transaction()
        await producer.send(unique, b"aborted", partition=0)
        await producer.abort_transaction()
    assert [record.value async for record in cluster.read_all(connection, unique)] == [b"kept"]
    assert await cluster.read_one(connection, unique, 0, 1) is None  # the marker of the first


async def test_what_retention_dropped_before_it_was_read_counts_as_vanished(kafka_bootstrap: str, unique: str) -> None:
    from aiokafka.admin import RecordsToDelete

    connection, group = Connection(bootstrap=kafka_bootstrap), f"{unique}-group"
    await cluster.create_topics(connection, [Topic(unique, DAY)], 1)
    place = TopicPartition(unique, 0)
    async with kafka.started(kafka.producer(connection), connection) as producer:
        for n in range(5):
            await kafka.send(producer, unique, None, str(n).encode())
    async with kafka.started(kafka.consumer(connection, unique, group=group), connection) as consumer:
        await consumer.getone()
        await consumer.commit({place: 1})
    async with kafka.started(kafka.admin(connection), connection) as admin:
        await admin.delete_records({place: RecordsToDelete(3)})
    lag = (await cluster.lags(connection, {unique: group}))[unique, 0]
    assert (lag.vanished, lag.waiting) == (2, 2)
    said = await retention.vanished(connection, {unique: group})
    assert said is not None
    assert said.startswith(f"2 records of {unique} were dropped by the broker before they were read")
    assert metrics.records_vanished.labels(unique)._value.get() == 2
    assert await retention.vanished(connection, {unique: f"{group}-new"}) is None


async def test_nobody_at_the_address_is_said_plainly() -> None:
    with socket.socket() as taken:  # bound, never listening
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(BrokerError) as away:
            await cluster.check_topics(Connection(bootstrap=address))
    assert str(away.value) == (
        f"no Kafka answers at {address} (connection refused): is it running, and is this its address?"
    )
    assert away.value.retriable
