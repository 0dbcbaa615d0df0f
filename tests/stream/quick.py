"""`monitor` in a hurry: a member of a group that died is missed after 6 s, so that tests of crashes need not wait.

::

    python -m tests.stream.quick [--stuck-on ARTICLE] [--broken-recovery] [--endless-recovery] COMMAND …

With `--stuck-on` the broker never answers when what was made of that article is sent, and 3 s without progress are
long. With `--broken-recovery` a table cannot take over what its changelog has, with `--endless-recovery` it never gets
to the end of it.
"""

import asyncio
import sys

from monitor import app, ends, kafka, outbox, watchdog
from monitor.cli import main
from monitor.core.watchdog import Limits
from monitor.stream.guard import Output
from monitor.stream.tables import RowTable
from monitor.stream.worker import StreamWorker


def hurry() -> None:
    """What would take long takes short."""
    kafka.SESSION_SECONDS = 6.0
    ends.STOP_SECONDS = 20.0


def get_stuck_on(article: str) -> None:
    """A send without an end, and somebody impatient to notice."""
    send = outbox.Outbox.send

    async def stuck(self: outbox.Outbox, output: Output) -> int:
        return await (asyncio.Event().wait() if output.key == article else send(self, output))

    watchdog.EVERY_SECONDS = 0.5
    vars(app)["Limits"] = lambda **_: Limits(stalled_seconds=3)
    outbox.Outbox.send = stuck  # type: ignore[method-assign]


def break_recovery() -> None:
    """Rows that cannot be kept."""

    def full(self: RowTable, partition: int, records: object) -> None:
        raise OSError(f"no space left for partition {partition}")

    RowTable.recover = full  # type: ignore[method-assign]


def recover_without_end() -> None:
    """A start that is never over."""

    async def wait(self: StreamWorker) -> None:
        print("recovering", flush=True)
        await asyncio.Event().wait()

    StreamWorker._recovered = wait  # type: ignore[method-assign]


if __name__ == "__main__":
    hurry()
    if sys.argv[1] == "--endless-recovery":
        recover_without_end()
        del sys.argv[1]
    if sys.argv[1] == "--broken-recovery":
        break_recovery()
        del sys.argv[1]
    if sys.argv[1] == "--stuck-on":
        get_stuck_on(sys.argv[2])
        del sys.argv[1:3]
    main()
