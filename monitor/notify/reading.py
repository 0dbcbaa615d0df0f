"""Record → alert for a channel that is configured, or why it is none."""

from collections.abc import Collection

from monitor import wire
from monitor.errors import DeliveryRefused, MonitorError, WireError
from monitor.model import Alert
from monitor.records import Record


def read_alert(record: Record, channels: Collection[str]) -> Alert | MonitorError:
    """The alert in a record, or the error with which the record is to be buried."""
    try:
        alert = wire.decode(record.value, Alert)
    except WireError as error:
        return error
    except Exception as error:
        return WireError(f"{type(error).__name__} while reading the record")
    return alert if alert.channel in channels else _no_channel(alert, channels)


class Nowhere:
    """The notifier of channels that were configured when their alerts were taken over, and are no longer."""

    interval_seconds = 0.0

    def __init__(self, channels: Collection[str]) -> None:
        self._channels = channels

    async def send(self, alert: Alert) -> None:
        """Raises DeliveryRefused."""
        raise _no_channel(alert, self._channels)

    async def close(self) -> None:
        """Nothing is open."""


def _no_channel(alert: Alert, channels: Collection[str]) -> DeliveryRefused:
    known = ", ".join(channels) or "none"
    return DeliveryRefused(f"no channel {alert.channel!r:.80} is configured here (there are: {known:.200})")
