"""What the outbox says while the broker does not take records."""

import asyncio
from types import SimpleNamespace
from typing import Any

from aiokafka.errors import NotLeaderForPartitionError
from prometheus_client import REGISTRY

from monitor.outbox import Outbox
from monitor.progress import Progress
from monitor.stream.guard import Output
from monitor.topics import ALERTS, MATCHES, Topic


class FakeProducer:
    """Takes records of all topics but those that are `away`."""

    def __init__(self, away: Topic) -> None:
        self.away: str | None = away.name
        self.taken: list[bytes | None] = []

    async def send_and_wait(self, topic: str, value: bytes | None, *_: Any, **__: Any) -> Any:
        if topic == self.away:
            raise NotLeaderForPartitionError
        self.taken.append(value)
        return SimpleNamespace(partition=0, offset=len(self.taken))


def waits() -> float:
    return REGISTRY.get_sample_value("newsmonitor_broker_waits_total", {"topic": ALERTS.name}) or 0


def said(outbox: Outbox) -> str:
    return outbox.trouble or ""


async def test_a_topic_that_takes_nothing_now_is_trouble_until_it_does() -> None:
    producer, before = FakeProducer(away=ALERTS), waits()
    outbox = Outbox(producer, Progress([]), None)
    sending = asyncio.create_task(outbox.send(Output(ALERTS, "k", b"alert", 0)))
    await asyncio.sleep(0.05)
    assert "NotLeaderForPartition" in said(outbox)
    await outbox.send(Output(MATCHES, "k", None, 0))
    assert said(outbox), "what another topic takes does not help this one"
    producer.away = None
    await sending
    assert not said(outbox)
    assert producer.taken == [None, b"alert"]
    assert waits() > before
