"""Where a test needs a real Kafka."""

import os
from collections.abc import Callable

import pytest

from tests.integration.kafka_server import KafkaUnavailable

Start = Callable[[], str]


def or_skip(start: Start) -> str:
    """What `start` gives; where this machine cannot, the test is skipped, but under CI it fails."""
    try:
        return start()
    except KafkaUnavailable as error:
        if os.environ.get("CI") == "true":  # noqa: TID251 only tests ask
            pytest.fail(f"under CI a real Kafka must run: {error}")
        pytest.skip(f"no real Kafka: {error}")
