"""How far a partition is through: only an unbroken row of finished records may be committed."""

from collections import deque
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Tenure:
    """The time for which a partition is ours: `lost` = it went to another worker, nothing of it may begin here."""

    lost: bool = False


@dataclass(slots=True, eq=False)
class Ticket:
    """A record on its way: `done` = it may be committed."""

    offset: int
    tenure: Tenure
    done: bool = False

    @property
    def lost(self) -> bool:
        """Whether it is another worker's by now."""
        return self.tenure.lost


class Offsets:
    """The records of one partition that were taken and are not committed yet, in order."""

    def __init__(self) -> None:
        self.tenure = Tenure()
        self._open: deque[Ticket] = deque()
        self._newest = -1
        self._finished: int | None = None

    def take(self, offset: int) -> Ticket | None:
        """A ticket for this record; None where it was taken before."""
        if offset <= self._newest:
            return None
        self._newest = offset
        ticket = Ticket(offset, self.tenure)
        self._open.append(ticket)
        return ticket

    def finished(self) -> int | None:
        """The last offset of the unbroken row of finished records, None while there is none."""
        while self._open and self._open[0].done:
            self._finished = self._open.popleft().offset
        return self._finished
