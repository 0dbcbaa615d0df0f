"""What a destination must be able to do, and the one place that turns configured channels into notifiers."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol, TextIO

from monitor.model import Alert
from monitor.notify.console import ConsoleNotifier
from monitor.notify.email import EmailNotifier
from monitor.notify.slack import SlackNotifier
from monitor.settings import Channel, EmailChannel, SlackChannel


class Notifier(Protocol):
    """The code that sends to one channel. It keeps no memory of what it sent and never retries by itself."""

    @property
    def interval_seconds(self) -> float:
        """The pause that the destination wants between two messages."""

    async def send(self, alert: Alert) -> None:
        """Return once the destination has accepted the alert.

        Raises DeliveryError where trying again can help, DeliveryRefused where it cannot. Their texts hold neither
        secrets nor anything of the alert.
        """

    async def close(self) -> None:
        """Let go of connections; a second call does nothing."""


@asynccontextmanager
async def open_notifiers(channels: Sequence[Channel], console: TextIO) -> AsyncIterator[Mapping[str, Notifier]]:
    """The notifiers of these channels by id, closed at the end."""
    async with AsyncExitStack() as stack:
        notifiers: dict[str, Notifier] = {}
        for channel in channels:
            notifier = _notifier(channel, console)
            stack.push_async_callback(notifier.close)
            notifiers[channel.id] = notifier
        yield notifiers


def _notifier(channel: Channel, console: TextIO) -> Notifier:
    match channel:
        case SlackChannel():
            return SlackNotifier(channel)
        case EmailChannel():
            return EmailNotifier(channel)
        case _:
            return ConsoleNotifier(console)
