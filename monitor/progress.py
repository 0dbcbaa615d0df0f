"""How far the stages of this process have come: what replay paces itself by, and what /healthz tells."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Collection


class Progress:
    """Records sent and handled in this process, by topic and partition; only topics that are read here count."""

    def __init__(self, readers: Collection[str]) -> None:
        self._readers = frozenset(readers)
        self._waiting: dict[tuple[str, int], deque[tuple[int, int]]] = defaultdict(deque)
        self._bytes = 0
        self._changed = asyncio.Event()
        self.handled_total = 0

    def sent(self, topic: str, partition: int, offset: int, size_bytes: int) -> None:
        """A record was acked by the broker and now waits for its reader."""
        if topic in self._readers:
            self._waiting[topic, partition].append((offset, size_bytes))
            self._bytes += size_bytes

    def handled(self, topic: str, partition: int, offset: int) -> None:
        """A reader is through with this record and all before it."""
        waiting = self._waiting[topic, partition]
        while waiting and waiting[0][0] <= offset:
            self._bytes -= waiting.popleft()[1]
        self.handled_total += 1
        self._changed.set()

    @property
    def waiting_bytes(self) -> int:
        """What was sent and not handled yet, over all topics that are read here."""
        return self._bytes

    @property
    def waiting_records(self) -> int:
        """How many records were sent and not handled yet."""
        return sum(map(len, self._waiting.values()))

    async def until(self, waiting_bytes: int) -> None:
        """Return once no more than this is waiting; 0 = everything was handled. It waits as long as that takes."""
        while self._bytes > waiting_bytes or (waiting_bytes == 0 and self.waiting_records):
            self._changed.clear()
            await self._changed.wait()
