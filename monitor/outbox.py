"""What the roles of this process send: each record acked by the broker before the call returns, and counted."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from aiokafka import AIOKafkaProducer

from monitor import clock, deadletters, kafka, metrics, topics, wire
from monitor.errors import BrokerError, BrokerRefused
from monitor.model import Article
from monitor.progress import Progress
from monitor.records import Record
from monitor.stream.guard import Output


@dataclass(frozen=True, slots=True)
class _Unsent:
    """A record that its topic does not take."""

    topic: str
    key: bytes
    value: bytes
    partition: int = -1
    offset: int = -1
    headers: tuple[kafka.Header, ...] = ()


class Outbox:
    """One producer for all roles of this process. While the broker is away its calls wait, and `trouble` says so.

    `room_bytes` is how much may wait in a partition for its reader of this process: the embedded broker forgets what is
    over its size, so there a call waits until its topic has room. None = as much as there is.
    """

    def __init__(self, producer: AIOKafkaProducer, progress: Progress, room_bytes: int | None) -> None:
        self._producer, self._progress, self._room_bytes = producer, progress, room_bytes
        self._troubles: dict[str, str] = {}

    @property
    def trouble(self) -> str | None:
        """What keeps records from a topic at this moment, in words."""
        return next(iter(self._troubles.values()), None)

    async def send(self, output: Output) -> int:
        """Send one output of a stage; return its offset. Raises BrokerRefused where the broker will never take it."""
        return await self._send(output.topic.name, output.key.encode(), output.value, output.partition)

    def publisher(self, source_kind: str, partition: int | None = None) -> Callable[[Article], Awaitable[None]]:
        """A function that publishes articles of this kind of source, to one partition where that is asked for.

        It raises BrokerRefused for an article that the broker will never take, once that is a dead letter.
        """

        async def publish(article: Article) -> None:
            key, value = article.id.encode(), wire.encode(article)
            try:
                await self._send(topics.ARTICLES.name, key, value, partition)
            except BrokerRefused as error:
                await bury(_Unsent(topics.ARTICLES.name, key, value), error)
                raise
            metrics.articles_published.labels(source_kind).inc()

        bury = self.burial("poll")
        return publish

    def burial(self, stage: str) -> Callable[[Record, Exception], Awaitable[None]]:
        """A function that puts a record which this stage could not handle where `monitor deadletters` finds it."""

        async def bury(record: Record, error: Exception) -> None:
            why = f"{type(error).__name__}: {error}"
            letter = deadletters.letter_of(record, stage=stage, error=why, failed_at=clock.now())
            key, value, headers = deadletters.encode(letter)
            await self._send(topics.DEADLETTERS.name, key, value, None, headers)

        return bury

    async def _send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        partition: int | None,
        headers: Sequence[kafka.Header] = (),
    ) -> int:
        if self._room_bytes is not None:
            await self._progress.room(topic, self._room_bytes)
        send = partial(kafka.send, self._producer, topic, key, value, partition=partition, headers=headers)
        sent = await kafka.retrying(send, partial(self._note_trouble, topic))
        self._troubles.pop(topic, None)
        self._progress.sent(topic, sent.partition, sent.offset, len(value or b""))
        return int(sent.offset)

    def _note_trouble(self, topic: str, error: BrokerError, seconds: float) -> None:
        metrics.broker_waits.labels(topic).inc()
        self._troubles[topic] = f"{error} (next try in {seconds:.0f} s)"
