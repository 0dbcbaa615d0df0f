"""A Kafka of its own for each test that counts what is on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.conftest import or_skip
from tests.integration.kafka_server import Kafka, start_kafka
from tests.pipeline.commands import monitor
from tests.pipeline.feed_server import FeedServer, serving_feed


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[str]:
    """HOST:PORT of a fresh Kafka with all topics."""
    started: list[Kafka] = []

    def start() -> str:
        started.append(start_kafka(tmp_path / "kafka"))
        return started[0].bootstrap

    bootstrap = or_skip(start)
    with started[0]:
        made = monitor("topics", "create", "--bootstrap", bootstrap)
        assert made.returncode == 0, made.stderr
        yield bootstrap


@pytest.fixture
def feed() -> Iterator[FeedServer]:
    """A feed with one entry."""
    with serving_feed() as server:
        yield server
