"""How far the stages of this process have come: what replay paces itself by, and what /healthz tells."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Collection


class Progress:
    """Records sent and handled in this process, by topic and partition; only topics that are read here count."""

    def __init__(self, readers: Collection[str]) -> None:
        self._readers = frozenset(readers)
        self._waiting: dict[tuple[str, int], deque[tuple[int, int]]] = defaultdict(deque)
        self._bytes: dict[tuple[str, int], int] = defaultdict(int)
        self._changed = asyncio.Event()

    def sent(self, topic: str, partition: int, offset: int, size_bytes: int) -> None:
        """A record was acked by the broker and now waits for its reader."""
        if topic in self._readers:
            self._waiting[topic, partition].append((offset, size_bytes))
            self._bytes[topic, partition] += size_bytes

    def handled(self, topic: str, partition: int, offset: int) -> None:
        """A reader is through with this record and all before it."""
        waiting = self._waiting[topic, partition]
        while waiting and waiting[0][0] <= offset:
            self._bytes[topic, partition] -= waiting.popleft()[1]
        self._changed.set()

    @property
    def waiting_records(self) -> int:
        """How many records were sent and not handled yet."""
        return sum(map(len, self._waiting.values()))

    async def room(self, topic: str, limit_bytes: int) -> None:
        """Return once no partition of the topic has more than this waiting."""
        while any(size > limit_bytes for (name, _), size in self._bytes.items() if name == topic):
            await self._change()

    async def drained(self) -> None:
        """Return once everything that was sent is handled."""
        while self.waiting_records:
            await self._change()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()
