"""When has a reader of topics stopped making progress for good, so that it has to be started anew?"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition that is owned, as seen at one moment."""

    topic: str
    partition: int
    mark: int  # the offset of the oldest record that is not handled yet: it moves with each that is
    waiting: int  # records that are there to be read, or read and not handled

    @property
    def name(self) -> str:
        """The partition for people."""
        return f"{self.topic}:{self.partition}"


@dataclass(frozen=True, slots=True)
class Sight:
    """A reader, as seen at one moment."""

    owned: tuple[Partition, ...] = ()
    ready: bool = True  # it has joined its group and recovered its tables
    life: int = 0  # moves while it recovers
    nobody: bool = False  # it owns nothing, and nobody else in its group owns anything
    waits_for: str | None = None  # what it waits for rightly, such as a broker that is away


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """For how many seconds a reader may stand still; more than its slowest record takes, with all retries."""

    stalled_seconds: float = 120.0
    joining_seconds: float = 300.0
    nobody_seconds: float = 60.0
    unseen_seconds: float = 30.0  # who did not look for so long was asleep, and knows nothing of that time


@dataclass(frozen=True, slots=True)
class _Suspicion:
    key: str
    mark: int
    limit_seconds: float
    text: str


class Watchdog:
    """Remembers since when each thing that should move has not; seconds are of a clock that only goes forward."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._since: dict[str, tuple[int, float]] = {}
        self._looked_at = float("-inf")

    def look(self, sight: Sight, now: float) -> str | None:
        """What is wrong for good; None while there is hope."""
        asleep = now - self._looked_at > self._limits.unseen_seconds
        self._looked_at = now
        before = {} if asleep or sight.waits_for is not None else self._since
        self._since = {}
        wrong = [text for found in self._suspicions(sight) if (text := self._judge(found, before, now))]
        return wrong[0] if wrong else None

    def _judge(self, found: _Suspicion, before: dict[str, tuple[int, float]], now: float) -> str | None:
        mark, since = before.get(found.key, (None, now))
        if mark != found.mark:
            since = now
        self._since[found.key] = (found.mark, since)
        still = now - since
        return f"{found.text} for {still:.0f} s" if still > found.limit_seconds else None

    def _suspicions(self, sight: Sight) -> Iterator[_Suspicion]:
        if not sight.ready:
            yield _Suspicion("joining", sight.life, self._limits.joining_seconds, "neither joined nor recovered")
            return
        if sight.nobody:
            text = "nobody in the group owns a partition"
            yield _Suspicion("nobody", 0, self._limits.nobody_seconds, text)
        for seen in sight.owned:
            if seen.waiting > 0:
                text = f"{seen.name}: {seen.waiting} records waiting and none handled after offset {seen.mark - 1}"
                yield _Suspicion(seen.name, seen.mark, self._limits.stalled_seconds, text)
