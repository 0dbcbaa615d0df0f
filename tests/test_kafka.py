"""Clients and sends without a broker: what they ask for, and what is said of each error."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiokafka import errors as kafka_errors
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth

from monitor import kafka
from monitor.errors import BrokerError, BrokerRefused
from monitor.kafka import Connection

SECRET = "hunter-2-hunter"


class Producer:
    """Raises each error in turn, then takes the record."""

    def __init__(self, failures: Sequence[Exception]) -> None:
        self.failures, self.taken = list(failures), 0

    async def send_and_wait(self, *_: Any, **__: Any) -> str:
        if self.failures:
            raise self.failures.pop(0)
        self.taken += 1
        return "acked"


async def _send(error: Exception) -> BrokerError:
    with pytest.raises(BrokerError) as caught:
        await kafka.send(Producer([error]), "news.alerts", b"k", b"v")
    return caught.value


@pytest.mark.parametrize(
    "error",
    [
        kafka_errors.RequestTimedOutError(),
        kafka_errors.KafkaTimeoutError(),
        kafka_errors.NodeNotReadyError("node 1"),
        kafka_errors.NotEnoughReplicasError(),
        kafka_errors.NotLeaderForPartitionError(),
        kafka_errors.UnknownTopicOrPartitionError(),
        kafka_errors.KafkaConnectionError("gone"),
        kafka_errors.QuotaViolationError(),
        TimeoutError(),
    ],
)
async def test_what_passes_by_itself_may_be_tried_again(error: Exception) -> None:
    found = await _send(error)
    assert found.retriable
    assert not isinstance(found, BrokerRefused)
    assert "news.alerts" in str(found)


@pytest.mark.parametrize(
    "error",
    [
        kafka_errors.MessageSizeTooLargeError(),
        kafka_errors.RecordListTooLargeError(),
        kafka_errors.TopicAuthorizationFailedError("news.alerts"),
        kafka_errors.InvalidTopicError(),
        kafka_errors.PolicyViolationError(),
        kafka_errors.UnknownError(),
        kafka_errors.ProducerClosed(),
        AssertionError("Unrecognized partition"),
    ],
)
async def test_what_stays_wrong_is_refused(error: Exception) -> None:
    found = await _send(error)
    assert isinstance(found, BrokerRefused)
    assert not found.retriable
    assert "news.alerts" in str(found)


async def test_an_error_without_words_of_its_own_gets_kafkas() -> None:
    assert str(await _send(kafka_errors.NotEnoughReplicasError())).startswith(
        "the broker did not take a record for news.alerts: NotEnoughReplicasError ("
    )
    assert "number of in-sync replicas is lower" in str(await _send(kafka_errors.NotEnoughReplicasError()))


async def test_waits_grow_up_to_a_cap_and_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    told: list[tuple[str, float]] = []
    producer = Producer([kafka_errors.RequestTimedOutError()] * 5)
    acked = await kafka.retrying(
        partial(kafka.send, producer, "news.alerts", b"k", b"v"),
        lambda error, seconds: told.append((type(error).__name__, seconds)),
        longest_wait_seconds=1.0,
    )
    assert (acked, producer.taken) == ("acked", 1)
    assert slept == [0.2, 0.4, 0.8, 1.0, 1.0]
    assert told == [("BrokerError", seconds) for seconds in slept]


async def test_a_refusal_is_not_tried_again() -> None:
    producer = Producer([kafka_errors.MessageSizeTooLargeError()])
    with pytest.raises(BrokerRefused):
        await kafka.retrying(partial(kafka.send, producer, "news.alerts", b"k", b"v"))
    assert producer.taken == 0


def _with_login(protocol: str, **more: Any) -> Connection:
    return Connection(
        bootstrap="a.example:9092, b.example:9093",
        security_protocol=protocol,
        sasl_username="desk",
        sasl_password=SECRET,
        **more,
    )


@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"])
def test_faust_and_our_clients_are_let_in_alike(protocol: str) -> None:
    connection = _with_login(protocol)
    ours = kafka.client_kwargs(connection)
    options = kafka.faust_options(connection, scheme="careful")
    theirs = credentials_to_aiokafka_auth(options["broker_credentials"])
    assert options["broker"] == ["careful://a.example:9092", "careful://b.example:9093"]
    assert ours["bootstrap_servers"] == ["a.example:9092", "b.example:9093"]
    for name in ("security_protocol", "sasl_mechanism", "sasl_plain_username", "sasl_plain_password"):
        assert theirs.get(name) == ours.get(name), name
    assert (ours["ssl_context"] is None) == (not protocol.endswith("SSL"))
    assert (theirs.get("ssl_context") is None) == (ours["ssl_context"] is None)


def test_a_request_may_take_longer_than_a_session_and_a_heartbeat_less() -> None:
    for embedded, seconds in ((False, 25), (True, 6)):
        options = kafka.faust_options(Connection(bootstrap="a.example:9092", embedded=embedded))
        assert options["broker_session_timeout"] == seconds
        assert options["broker_heartbeat_interval"] * 3 <= seconds <= options["broker_request_timeout"]


def test_secrets_are_not_shown() -> None:
    connection = _with_login("SASL_PLAINTEXT")
    shown = f"{connection} {connection!r} {kafka.faust_options(connection)}"
    assert SECRET not in shown


def test_a_certificate_that_is_none_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "authority.pem"
    wrong.write_text("no certificate")
    for path, named in ((wrong, "authority.pem"), (tmp_path / "absent.pem", "absent.pem")):
        with pytest.raises(BrokerRefused, match=named):
            kafka.client_kwargs(_with_login("SSL", ssl_ca_file=path))


async def test_every_address_that_does_not_answer_is_named() -> None:
    connection = Connection(bootstrap="127.0.0.1:1,127.0.0.1:2")
    with pytest.raises(BrokerError) as away:
        async with kafka.started(kafka.producer(connection), connection):
            pytest.fail("it has started")  # pragma: no cover
    assert "no Kafka answers at 127.0.0.1:1 (" in str(away.value)
    assert "no Kafka answers at 127.0.0.1:2 (" in str(away.value)
