"""What tests of several parts share: the gazetteer; the embedded broker, and a real Kafka where one can run."""

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest

from monitor.broker import EmbeddedBroker
from monitor.gazetteer import load_gazetteer
from monitor.gazetteer.atlas import Atlas
from monitor.kafka import Connection
from tests.integration.conftest import or_skip
from tests.integration.kafka_server import start_kafka


@pytest.fixture(scope="session")
def gazetteer() -> Atlas:
    """The whole gazetteer; built once on a machine, in the user's cache folder."""
    return load_gazetteer()


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
