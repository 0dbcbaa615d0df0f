"""`monitor` with a session of a few seconds, and on request with a rule broken: `launch.py SESSION RULE COMMAND…`.

A group waits for a member that was killed until its session is over: 25 s would make a short run long. A broken rule
shows that the verifier sees what it is there for.
"""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

from monitor import kafka
from monitor.cli import main

NOTHING = "none"
HEAD_START_SECONDS = 2.5  # enough for the commit that must not come first
MARK_SECONDS = 0.3  # between the mark and the send, most of what a lane spends on an alert


def _commit_early() -> None:
    """`stream` declares records handled, and only then handles them."""
    from monitor.stream.worker import StreamWorker

    handle = StreamWorker._handle

    async def early(self: Any, events: list[Any], guard: Any) -> None:
        async def nothing(_records: Any) -> None:
            """The records are handled later."""

        unguarded: Any = nothing
        unguarded.stage = guard.stage
        await handle(self, events, unguarded)
        await asyncio.sleep(HEAD_START_SECONDS)
        await guard([_record(event.message) for event in events])

    StreamWorker._handle = early  # type: ignore[method-assign]


def _record(message: Any) -> Any:
    from monitor.stream.guard import Record
    from monitor.stream.worker import _headers

    return Record(message.topic, message.partition, message.offset, message.key, message.value, _headers(message))


def _mark_before_send() -> None:
    """`notify` records an alert as sent, and only then sends it."""
    from monitor.model import Fate
    from monitor.notify.lane import Lane

    send = Lane._send

    async def early(self: Any, errand: Any) -> None:
        await self._record(errand, Fate.SENT)
        await asyncio.sleep(MARK_SECONDS)
        await send(self, errand)

    Lane._send = early  # type: ignore[method-assign]


RULES: dict[str, Callable[[], None]] = {
    NOTHING: lambda: None,
    "commit-early": _commit_early,
    "mark-before-send": _mark_before_send,
}


def run(arguments: list[str]) -> None:
    """Be that `monitor`."""
    session, rule, *command = arguments
    kafka.SESSION_SECONDS = float(session)
    RULES[rule]()
    sys.argv = ["monitor", *command]
    main()


if __name__ == "__main__":
    run(sys.argv[1:])
