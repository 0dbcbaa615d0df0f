"""How a process comes to its end: told by a signal, and within bounded time."""

import asyncio
import os
import signal
import sys
import threading

STOP_SECONDS = 40.0  # for what is in hand; below the time that an orchestrator gives


def end_within(seconds: float) -> None:
    """From now on this process has so long to end by itself; then it ends with code 1, and loses nothing by that."""
    timer = threading.Timer(seconds, _end_at_once, (seconds,))
    timer.daemon = True
    timer.start()


def _end_at_once(seconds: float) -> None:
    sys.stderr.write(
        f"It did not come to an orderly end within {seconds:.0f} s and ends now."
        " Nothing is lost: what was in hand is not committed, and will be read again.\n"
    )
    sys.stderr.flush()
    os._exit(1)


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
