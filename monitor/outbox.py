"""What the roles of this process send: each record acked by the broker before the call returns, and counted."""

from collections.abc import Awaitable, Callable, Sequence

from aiokafka import AIOKafkaProducer

from monitor import clock, deadletters, kafka, metrics, topics, wire
from monitor.errors import BrokerError
from monitor.model import Article
from monitor.progress import Progress
from monitor.stream.guard import Output


class Outbox:
    """One producer for all roles of this process. While the broker is away its calls wait, and `trouble` says so."""

    def __init__(self, producer: AIOKafkaProducer, progress: Progress) -> None:
        self._producer, self._progress = producer, progress
        self.trouble: str | None = None

    async def send(self, output: Output) -> None:
        """Send one output of a stage. Raises BrokerRefused where the broker will never take it."""
        await self._send(output.topic.name, output.key.encode(), output.value, output.partition)

    def publisher(self, source_kind: str, partition: int | None = None) -> Callable[[Article], Awaitable[None]]:
        """A function that publishes articles of this kind of source, to one partition where that is asked for."""

        async def publish(article: Article) -> None:
            await self._send(topics.ARTICLES.name, article.id.encode(), wire.encode(article), partition)
            metrics.articles_published.labels(source_kind).inc()

        return publish

    def burial(self, stage: str) -> Callable[[deadletters.Origin, Exception], Awaitable[None]]:
        """A function that puts a record which this stage could not handle where `monitor deadletters` finds it."""

        async def bury(record: deadletters.Origin, error: Exception) -> None:
            why = f"{type(error).__name__}: {error}"
            letter = deadletters.letter_of(record, stage=stage, error=why, failed_at=clock.now())
            key, value, headers = deadletters.encode(letter)
            await self._send(topics.DEADLETTERS.name, key, value, None, headers)

        return bury

    async def _send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes,
        partition: int | None,
        headers: Sequence[kafka.Header] = (),
    ) -> None:
        sent = await kafka.send_retrying(
            self._producer, topic, key, value, partition=partition, headers=headers, waiting=self._note_trouble
        )
        self.trouble = None
        self._progress.sent(topic, sent.partition, sent.offset, len(value))

    def _note_trouble(self, error: BrokerError, seconds: float) -> None:
        self.trouble = f"{error} (next try in {seconds:.0f} s)"
