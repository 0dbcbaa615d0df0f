"""One tree of errors; each class says whether doing the same thing again can help.

::

    MonitorError
    ├── ConfigError          every fault of the configuration at once, with file and line   (exit 2)
    ├── InputError           a file or a line that cannot be used         (exit 2, or skipped)
    │   ├── FeedError        the bytes are no feed
    │   └── QueryError       a watch's query does not parse or names something unknown
    ├── WireError            a record that cannot be read                          (dead letter)
    │   └── UnknownVersion   … because a newer program wrote it
    ├── BrokerError          the broker is away or slow                            (retry)
    │   └── BrokerRefused    … or will never take this                             (dead letter, or stop)
    ├── FetchError           a feed did not answer as it should                    (retry at its next poll)
    │   └── AddressRefused   … or its address may not be contacted
    ├── DeliveryError        the channel is away or busy                           (retry)
    │   └── DeliveryRefused  … or will never take this                             (dead letter)
    ├── Quarantined          a source is kept apart after too many dead letters     (dead letter, untried)
    ├── Stalled              a reader stands still for good       (stop the process, its successor goes on)
    └── CodeBroken           too many records fail in a row: it is us, not them    (stop the process)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a configuration: where it is, and what was expected."""

    file: str
    line: int  # 1 = first; 0 = the file as a whole
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.message}"


class MonitorError(Exception):
    """Anything this program raises on purpose; its text is written for the person who reads it."""

    retriable: ClassVar[bool] = False


class ConfigError(MonitorError):
    """The configuration cannot be used; `faults` has every reason, in the order of the files."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class InputError(MonitorError):
    """A file, or a line of one, cannot be used."""


class FeedError(InputError):
    """The bytes are no feed."""


class QueryError(InputError):
    """A query does not parse, or names a field, place or concept that is not known."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        self.message, self.line, self.column = message, line, column
        super().__init__(f"line {line}, column {column}: {message}")


class WireError(MonitorError):
    """A record cannot be read as what its topic carries."""


class UnknownVersion(WireError):
    """A record was written by a newer version of this program."""


class BrokerError(MonitorError):
    """The broker did not take or give a record now; trying again can help."""

    retriable = True


class BrokerRefused(BrokerError):
    """The broker will never take this record or request."""

    retriable = False


class FetchError(MonitorError):
    """A feed did not answer as it should; `outcome` is the bounded label for metrics.

    `after_seconds` is the wait that the server asked for, if any.
    """

    retriable = True

    def __init__(self, message: str, outcome: str = "error", after_seconds: float | None = None) -> None:
        self.outcome, self.after_seconds = outcome, after_seconds
        super().__init__(message)


class AddressRefused(FetchError):
    """The address is private, reserved or of a scheme that is not fetched."""

    retriable = False

    def __init__(self, message: str) -> None:
        super().__init__(message, "refused")


class DeliveryError(MonitorError):
    """A channel did not take an alert now, or did not say that it did, which makes it `doubtful`.

    `after_seconds` is the wait that it asked for, if any.
    """

    retriable = True

    def __init__(self, message: str, after_seconds: float | None = None, *, doubtful: bool = False) -> None:
        self.after_seconds, self.doubtful = after_seconds, doubtful
        super().__init__(message)


class DeliveryRefused(DeliveryError):
    """A channel will never take this alert."""

    retriable = False


class Quarantined(MonitorError):
    """So many records of one source failed that the next are not tried for a while."""


class Stalled(MonitorError):
    """A reader has not made progress for so long that only a new start can help."""


class CodeBroken(MonitorError):
    """So many records failed in a row that the code, not the data, must be at fault."""
