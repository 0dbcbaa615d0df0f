"""What was sent: so that an alert that comes twice is told once."""

from collections import OrderedDict
from typing import Protocol

MOST_REMEMBERED = 100_000


class Ledger(Protocol):
    """Remembers which alert went to which channel."""

    async def sent(self, channel: str, alert: str) -> bool:
        """Whether the channel has accepted this alert."""

    async def record(self, channel: str, alert: str) -> None:
        """Remember that it has."""


class MemoryLedger:
    """The newest deliveries of this process; the oldest are forgotten."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._sent: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def sent(self, channel: str, alert: str) -> bool:
        """Whether the channel has accepted this alert, as far as is remembered."""
        return (channel, alert) in self._sent

    async def record(self, channel: str, alert: str) -> None:
        """Remember that it has."""
        self._sent[channel, alert] = None
        if len(self._sent) > self._most:
            self._sent.popitem(last=False)
