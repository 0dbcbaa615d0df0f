"""How far a partition is through: only an unbroken row of finished records may be committed."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Record(Protocol):
    """What a consumer hands out."""

    @property
    def topic(self) -> str: ...  # noqa: D102
    @property
    def partition(self) -> int: ...  # noqa: D102
    @property
    def offset(self) -> int: ...  # noqa: D102
    @property
    def key(self) -> bytes | None: ...  # noqa: D102
    @property
    def value(self) -> bytes | None: ...  # noqa: D102
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...  # noqa: D102


@dataclass(slots=True, eq=False)
class Ticket:
    """A record on its way: `done` = it may be committed; `lost` = the partition went to another worker."""

    offset: int
    done: bool = False
    lost: bool = False


class Offsets:
    """The records of one partition that were taken and are not committed yet, in order."""

    def __init__(self) -> None:
        self._open: deque[Ticket] = deque()
        self._newest = -1
        self._finished: int | None = None

    def take(self, offset: int) -> Ticket | None:
        """A ticket for this record; None where it was taken before."""
        if offset <= self._newest:
            return None
        self._newest = offset
        ticket = Ticket(offset)
        self._open.append(ticket)
        return ticket

    def finished(self) -> int | None:
        """The last offset of the unbroken row of finished records, None while there is none."""
        while self._open and self._open[0].done:
            self._finished = self._open.popleft().offset
        return self._finished

    def lose(self) -> None:
        """The partition is another worker's now: what has not begun must not begin here."""
        for ticket in self._open:
            ticket.lost = True
