"""What a cluster has and what it should have: its topics, their settings, and how far their readers have come."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka import errors as kafka_errors
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from monitor import kafka
from monitor.errors import BrokerError, BrokerRefused
from monitor.kafka import Connection
from monitor.topics import TOPICS, Topic

ALREADY_THERE = kafka_errors.TopicAlreadyExistsError.errno
VISIBLE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Lag:
    """Offsets of one partition: its first record, the next that its group will read, the next to be written."""

    start: int
    committed: int
    end: int

    @property
    def waiting(self) -> int:
        """Records that are there and not read."""
        return self.end - max(self.start, self.committed)

    @property
    def vanished(self) -> int:
        """Records that the broker dropped before they were read."""
        return max(0, self.start - self.committed)


async def create_topics(
    connection: Connection, topics: Iterable[Topic] = TOPICS, partitions: int = 4, replication: int = 1
) -> list[str]:
    """Create the topics that are missing and return their names. Raises BrokerError (refused: with every reason)."""
    async with kafka.started(kafka.admin(connection), connection) as admin:
        there = await _described(admin)
        missing = [topic for topic in topics if topic.name not in there]
        if missing:
            await _create(admin, [_new(topic, partitions, replication) for topic in missing])
            await _until_visible(admin, {topic.name for topic in missing})
        return [topic.name for topic in missing]


async def check_topics(
    connection: Connection, topics: Iterable[Topic] = TOPICS, partitions: int = 4, replication: int = 1
) -> list[str]:
    """Every difference between the topics of the cluster and those of this program, for people. Raises BrokerError.

    The embedded broker keeps no settings of topics: there only their partitions are compared.
    """
    async with kafka.started(kafka.admin(connection), connection) as admin:
        there, faults, found = await _described(admin), [], []
        for topic in topics:
            if topic.name not in there:
                faults.append(f"{topic.name} is missing: `monitor topics create` makes it")
                continue
            found.append(topic)
            faults += _shape_faults(topic, there[topic.name], partitions, replication)
        settings = {} if connection.embedded else await _settings(admin, found)
        return faults + [fault for topic in found for fault in _setting_faults(topic, settings.get(topic.name))]


async def lags(connection: Connection, readers: Mapping[str, str]) -> dict[tuple[str, int], Lag]:
    """How far the readers of topics have come: topic → consumer group in, (topic, partition) → lag out.

    Topics that are not there are left out. Raises BrokerError.
    """
    found: dict[tuple[str, int], Lag] = {}
    async with (
        kafka.started(kafka.admin(connection), connection) as admin,
        kafka.started(_reader(connection), connection) as consumer,
    ):
        there = await _described(admin)
        for topic, group in readers.items():
            if topic in there:
                with asking(f"the broker does not say how far {group} has come in {topic}"):
                    found |= await _lags(admin, consumer, group, _places(topic, there[topic]))
    return found


async def _lags(
    admin: AIOKafkaAdminClient, consumer: AIOKafkaConsumer, group: str, partitions: list[TopicPartition]
) -> dict[tuple[str, int], Lag]:
    # What is committed is asked before the end, so that a lag of 0 means that all was read that was there then.
    committed = await coordinated(lambda: admin.list_consumer_group_offsets(group, partitions=partitions))
    spans = await _spans(consumer, partitions)
    # Without a commit (-1) a group begins at the first record that is there. A coordinator that is just loading its
    # groups names no partition at all, and is taken to know of no commit: so nothing counts as read that is not.
    known = {tp: found.offset for tp, found in committed.items() if found.offset >= 0}
    return {(tp.topic, tp.partition): Lag(start, known.get(tp, start), end) for tp, (start, end) in spans.items()}


async def read_all(connection: Connection, topic: str) -> AsyncIterator[ConsumerRecord]:
    """The records that are in a topic at this moment, partition by partition. Raises BrokerError."""
    every = await partitions(connection, topic)
    async with kafka.started(_reader(connection), connection) as consumer:
        spans = await _spans(consumer, every)
        for tp, (start, end) in spans.items():
            async for record in _between(consumer, tp, start, end):
                yield record


async def read_on(connection: Connection, topic: str, partition: int, offset: int) -> AsyncIterator[ConsumerRecord]:
    """The records that are in a partition at this moment, from this place on. Raises BrokerError."""
    tp = TopicPartition(topic, partition)
    if tp not in await partitions(connection, topic):
        raise BrokerError(f"{topic} has no partition {partition}: `monitor topics check` says what differs")
    async with kafka.started(_reader(connection), connection) as consumer:
        start, end = (await _spans(consumer, [tp]))[tp]
        async for record in _between(consumer, tp, max(start, offset), end):
            yield record


async def read_one(connection: Connection, topic: str, partition: int, offset: int) -> ConsumerRecord | None:
    """The record at this place, None where there is none. Raises BrokerError."""
    tp = TopicPartition(topic, partition)
    if tp not in await partitions(connection, topic):
        return None
    async with kafka.started(_reader(connection), connection) as consumer:
        start, end = (await _spans(consumer, [tp]))[tp]
        if not start <= offset < end:
            return None
        found = [record async for record in _between(consumer, tp, offset, offset + 1)]
        return found[0] if found else None


async def _spans(consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> dict[TopicPartition, tuple[int, int]]:
    """The first offset of each partition, and the one after its last."""
    with asking("the broker does not say where its records begin and end"):
        start, end = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
    return {tp: (start[tp], end[tp]) for tp in partitions}


async def _between(
    consumer: AIOKafkaConsumer, tp: TopicPartition, start: int, end: int
) -> AsyncIterator[ConsumerRecord]:
    if start >= end:
        return
    consumer.assign([tp])
    consumer.seek(tp, start)
    # Markers of transactions count as offsets and are never handed out, so the position decides.
    while (position := await consumer.position(tp)) < end:
        for record in await _fetch(consumer, tp, position):
            if record.offset < end:
                yield record


async def _fetch(consumer: AIOKafkaConsumer, tp: TopicPartition, position: int) -> list[ConsumerRecord]:
    """What comes next; nothing where only markers were passed. Raises BrokerError where the broker falls silent."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + kafka.REQUEST_SECONDS
    while loop.time() < deadline:
        with asking(f"the broker does not give {tp.topic}:{tp.partition}:{position}"):
            records: list[ConsumerRecord] = (await consumer.getmany(tp, timeout_ms=500)).get(tp, [])
        if records or await consumer.position(tp) > position:
            return records
    raise BrokerError(f"the broker stopped answering at {tp.topic}:{tp.partition}:{position}")


async def partitions(connection: Connection, topic: str) -> list[TopicPartition]:
    """The partitions of a topic. Raises BrokerError."""
    async with kafka.started(kafka.admin(connection), connection) as admin:
        found = (await _described(admin)).get(topic)
    if found is None:
        raise BrokerError(f"the broker shows no topic {topic}: `monitor topics create` makes it")
    return _places(topic, found)


def _places(topic: str, found: Mapping[str, Any]) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for number in sorted(p["partition"] for p in found["partitions"])]


def _reader(connection: Connection) -> AIOKafkaConsumer:
    """A consumer that looks around, in no group."""
    return kafka.consumer(connection, fetch_max_wait_ms=100)


@contextmanager
def asking(failed: str) -> Iterator[None]:
    """Errors of the client within the block become BrokerError, with what failed."""
    try:
        yield
    except (kafka_errors.KafkaError, OSError, TimeoutError) as error:
        raise BrokerError(f"{failed}: {kafka.named(error)}") from error


async def coordinated(ask: Callable[[], Awaitable[Any]]) -> Any:
    """The answer of a group's coordinator, which a broker that has just started has to find first."""
    for _ in range(int(VISIBLE_SECONDS * 4)):
        try:
            return await ask()
        except (kafka_errors.GroupCoordinatorNotAvailableError, kafka_errors.NotCoordinatorForGroupError):
            await asyncio.sleep(0.25)
    return await ask()


def _new(topic: Topic, partitions: int, replication: int) -> NewTopic:
    return NewTopic(topic.name, topic.partitions(partitions), replication, topic_configs=topic.config())


async def _create(admin: AIOKafkaAdminClient, new: list[NewTopic]) -> None:
    with asking("the broker created no topics"):
        answer = await admin.create_topics(new)
    refused = [
        f"{name}: {message or kafka_errors.for_code(code).description}"
        for name, code, message in answer.topic_errors
        if code not in {0, ALREADY_THERE}
    ]
    if refused:
        raise BrokerRefused("the broker did not create every topic:\n  " + "\n  ".join(refused))


async def _until_visible(admin: AIOKafkaAdminClient, names: set[str]) -> None:
    """A broker may answer before it shows a new topic with all its leaders."""
    try:
        async with asyncio.timeout(VISIBLE_SECONDS):
            while True:
                if names <= {name for name, topic in (await _described(admin)).items() if _led(topic)}:
                    return
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise BrokerError(
            f"the new topics do not show after {VISIBLE_SECONDS:.0f} s: {', '.join(sorted(names))}"
        ) from None


def _led(topic: Mapping[str, Any]) -> bool:
    return bool(topic["partitions"]) and all(partition["leader"] >= 0 for partition in topic["partitions"])


async def _described(admin: AIOKafkaAdminClient) -> dict[str, dict[str, Any]]:
    with asking("the broker does not say which topics it has"):
        return {topic["topic"]: topic for topic in await admin.describe_topics() if topic["error_code"] == 0}


async def _settings(admin: AIOKafkaAdminClient, topics: list[Topic]) -> dict[str, dict[str, str]]:
    """Topic → its settings, those that it has by default included; left out where this user may not see them."""
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in topics]
    with asking("the broker does not say how its topics are set"):
        answers = await admin.describe_configs(resources) if resources else []
    return {
        name: {entry[0]: entry[1] for entry in entries}
        for answer in answers
        for code, _message, _kind, name, entries in answer.resources
        if code == 0
    }


def _shape_faults(topic: Topic, found: Mapping[str, Any], partitions: int, replication: int) -> list[str]:
    expected, there = topic.partitions(partitions), len(found["partitions"])
    faults = []
    if there != expected:
        remedy = "it always has one" if topic.single else f"set kafka.partitions to {there}, or start with new topics"
        faults.append(
            f"{topic.name} has {there} partitions, expected {expected}: tables follow their partitions, so the number"
            f" cannot change ({remedy})"
        )
    copies = min((len(partition["replicas"]) for partition in found["partitions"]), default=0)
    if copies < replication:
        faults.append(f"{topic.name} is kept {copies} times, expected {replication} (kafka.replication)")
    return faults


def _setting_faults(topic: Topic, found: Mapping[str, str] | None) -> list[str]:
    if found is None:
        return []
    expected = topic.config()
    faults = []
    if set(found["cleanup.policy"].split(",")) != set(expected["cleanup.policy"].split(",")):
        faults.append(("cleanup.policy", ""))
    if topic.retention_ms is not None and not _at_least(found["retention.ms"], topic.retention_ms):
        faults.append(("retention.ms", " or more"))
    if not _at_least(found["max.message.bytes"], int(expected["max.message.bytes"])):
        faults.append(("max.message.bytes", " or more"))
    return [f"{topic.name} has {name} {found[name]}, expected {expected[name]}{more}" for name, more in faults]


def _at_least(found: str, expected: int) -> bool:
    return int(found) == -1 or int(found) >= expected
