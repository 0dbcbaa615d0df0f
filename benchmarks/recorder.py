"""`monitor notify` with a notifier that writes down what it accepts, and when: `recorder.py FILE COMMAND…`."""

import sys
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO

from monitor import app
from monitor.cli import main
from monitor.model import Alert
from monitor.notify.notifier import Notifier
from monitor.settings import Channel


class Recorder:
    """Accepts at once; one line an alert: seconds since 1970, channel, watch, article."""

    interval_seconds = 0.0

    def __init__(self, file: TextIO) -> None:
        self._file = file

    async def send(self, alert: Alert) -> None:
        """Write the line."""
        row = alert.judgement
        self._file.write(f"{time.time()} {alert.channel} {row.watch} {row.article}\n")  # noqa: TID251 it is measured

    async def close(self) -> None:
        """The file outlives the notifier."""


def run(path: Path, command: list[str]) -> None:
    """Be that `monitor`."""
    with path.open("w", buffering=1) as file:

        @asynccontextmanager
        async def recorders(channels: Iterable[Channel], *_: object) -> AsyncIterator[Mapping[str, Notifier]]:
            yield {channel.id: Recorder(file) for channel in channels}

        vars(app)["open_notifiers"] = recorders
        sys.argv = ["monitor", *command]
        main()


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2:])
