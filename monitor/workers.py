"""Who is at work on a cluster: which stream workers there are, and how much of news.watches each has in use.

A worker that has put a set to use commits its offset to Kafka under a group of its own, named after it; the members of
the stream's group are the workers that live. So nobody keeps a list of workers, and one that died is waited for only
until its group misses it.
"""

from collections.abc import Mapping

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from monitor import cluster, kafka, topics
from monitor.kafka import Connection

TOPIC = TopicPartition(topics.WATCHES.name, 0)


def group_of(member: str) -> str:
    """The group under which a worker commits what it has in use."""
    return f"newsmonitor-watches-{member}"


async def offsets_in_use(connection: Connection) -> dict[str, int]:
    """Worker → offset of the last record of news.watches that its set has, -1 where it has none. Raises BrokerError."""
    async with kafka.started(kafka.admin(connection), connection) as admin:
        with cluster.asking("the broker does not say which workers there are"):
            answers = await cluster.coordinated(lambda: admin.describe_consumer_groups([topics.STREAM_APP]))
            members = {
                member["client_id"]
                for answer in answers
                for group in answer.to_object()["groups"]
                for member in group["members"]
            }
            return {member: await _committed(admin, group_of(member)) - 1 for member in sorted(members)}


async def in_use(connection: Connection, readers: Mapping[str, str]) -> str | None:
    """What somebody else has going on in these topics and their readers' groups, in words. Raises BrokerError."""
    waiting = sum(lag.waiting for lag in (await cluster.lags(connection, readers)).values())
    async with kafka.started(kafka.admin(connection), connection) as admin:
        with cluster.asking("the broker does not say who reads its topics"):
            answers = await cluster.coordinated(lambda: admin.describe_consumer_groups(sorted(set(readers.values()))))
    groups = [group for answer in answers for group in answer.to_object()["groups"] if group["members"]]
    found = [f"{len(group['members'])} in the group {group['group']}" for group in groups]
    return " and ".join(found + [f"{waiting} records that nobody has handled yet"] * bool(waiting)) or None


async def _committed(admin: AIOKafkaAdminClient, group: str) -> int:
    found = await cluster.coordinated(lambda: admin.list_consumer_group_offsets(group, partitions=[TOPIC]))
    return max(0, int(found[TOPIC].offset)) if TOPIC in found else 0
