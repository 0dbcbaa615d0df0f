"""A topic of a test's own on the broker that it asks for."""

import pytest

from monitor import cluster
from monitor.broker import EmbeddedBroker
from monitor.kafka import Connection
from monitor.topics import Topic


async def connection_with(request: pytest.FixtureRequest, topic: Topic, partitions: int) -> Connection:
    """The broker of this parameter, "embedded" or "kafka", with this topic on it."""
    if request.param == "embedded":
        broker: EmbeddedBroker = request.getfixturevalue("embedded")
        broker.create_topic(topic.name, partitions)
        return Connection(bootstrap=broker.bootstrap, embedded=True)
    connection = Connection(bootstrap=request.getfixturevalue("kafka_bootstrap"))
    await cluster.create_topics(connection, [topic], partitions)
    return connection
