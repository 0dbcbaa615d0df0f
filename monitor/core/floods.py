"""Whose fault are dead letters? One source's, then it is kept apart for a while; many sources', then it is our code."""

from collections import Counter, deque
from enum import Enum, auto

MANY_SOURCES = 3  # as many in one row of dead letters do not all go wrong by themselves


class Verdict(Enum):
    """What to do after a dead letter."""

    GO_ON = auto()
    QUARANTINE = auto()
    STOP = auto()


class Floods:
    """Counts failures in a row: over all sources, and of each since it last went well.

    More than `limit` of one source → that source is quarantined for `seconds`; of several → stop. Where more than
    `limit` sources are in quarantine at once, the fault is not theirs either: stop.
    """

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit, self._seconds = limit, seconds
        self._row: deque[str] = deque(maxlen=limit + 1)
        self._runs: dict[str, int] = {}
        self._until: dict[str, float] = {}

    @property
    def calm(self) -> bool:
        """Whether nothing is counted and nobody is kept apart, so that nobody need ask whose a record is."""
        return not (self._row or self._runs or self._until)

    @property
    def quarantined(self) -> tuple[str, ...]:
        """The sources kept apart, the first first."""
        return tuple(self._until)

    def holds(self, source: str, now: float) -> bool:
        """Whether this source is in quarantine; `now` in seconds of any clock that only goes forward."""
        until = self._until.get(source)
        if until is not None and now >= until:
            del self._until[source]
        return source in self._until

    def fine(self, source: str) -> None:
        """A record of this source was handled."""
        self._row.clear()
        self._runs.pop(source, None)

    def failed(self, source: str, now: float) -> tuple[Verdict, str]:
        """A record of this source failed: what to do, and about which source."""
        self._row.append(source)
        self._count(source)
        if self._runs[source] > self._limit:
            return self._quarantine(source, now)
        if len(self._row) <= self._limit:
            return Verdict.GO_ON, source
        if len(set(self._row)) >= MANY_SOURCES:
            return Verdict.STOP, source
        ((worst, _),) = Counter(self._row).most_common(1)
        return self._quarantine(worst, now)

    def _count(self, source: str) -> None:
        # Sources are named from outside: the one that failed longest ago is forgotten before they grow too many.
        runs = self._runs.pop(source, 0)
        if len(self._runs) >= self._limit * self._limit:
            del self._runs[next(iter(self._runs))]
        self._runs[source] = runs + 1

    def _quarantine(self, source: str, now: float) -> tuple[Verdict, str]:
        self._until = {name: until for name, until in self._until.items() if until > now}
        if len(self._until) >= self._limit:
            return Verdict.STOP, source
        self._until[source] = now + self._seconds
        self._runs.pop(source, None)
        self._row = deque((name for name in self._row if name != source), maxlen=self._limit + 1)
        return Verdict.QUARANTINE, source
