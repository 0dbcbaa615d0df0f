"""Brokers for tests: the embedded one always, a real Kafka where this machine can run one or is given one."""

import os
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from monitor.broker import EmbeddedBroker
from monitor.kafka import Connection
from tests.integration.kafka_server import KafkaUnavailable, start_kafka

Start = Callable[[], str]


def or_skip(start: Start) -> str:
    """What `start` gives; where this machine cannot, the test is skipped, but under CI it fails."""
    try:
        return start()
    except KafkaUnavailable as error:
        if os.environ.get("CI") == "true":  # noqa: TID251 only tests ask
            pytest.fail(f"under CI a real Kafka must run: {error}")
        pytest.skip(f"no real Kafka: {error}")


@pytest.fixture(scope="session")
def kafka_bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """HOST:PORT of a real Kafka without topics of ours, or of that which KAFKA_BOOTSTRAP names."""
    given = os.environ.get("KAFKA_BOOTSTRAP")  # noqa: TID251 only tests ask
    if given:
        yield given
        return
    running = []

    def start() -> str:
        running.append(start_kafka(tmp_path_factory.mktemp("kafka")))
        return running[0].bootstrap

    try:
        yield or_skip(start)
    finally:
        for kafka in running:
            kafka.stop()


@pytest.fixture(scope="session")
def embedded() -> Iterator[EmbeddedBroker]:
    """An embedded broker that the tests of a session share."""
    with EmbeddedBroker() as broker:
        yield broker


@pytest.fixture
def unique() -> str:
    """A prefix for topics and groups of one test."""
    return f"t{uuid4().hex[:10]}"


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def connection(request: pytest.FixtureRequest) -> Connection:
    """Both brokers, one after the other."""
    if request.param == "embedded":
        broker: EmbeddedBroker = request.getfixturevalue("embedded")
        return Connection(bootstrap=broker.bootstrap, embedded=True)
    return Connection(bootstrap=request.getfixturevalue("kafka_bootstrap"))
