"""Named step boundaries at which a test can end this process as a power cut would, to show that nothing is lost there.

Off unless the settings arm one. Names say what has just become durable, or been done, when the process ends.
"""

import os
import signal

POINTS = (
    "poll.begun",
    "poll.published",
    "poll.remembered",
    "match.decided",
    "match.sent",
    "match.handled",
    "story.decided",
    "story.sent",
    "story.remembered",
    "story.handled",
    "notify.pending",
    "notify.sending",
    "notify.accepted",
    "notify.sent",
    "notify.committed",
)


class _Trap:
    """The boundary that is armed, and how often it is still to be passed."""

    def __init__(self, name: str, passes: int) -> None:
        self.name, self.passes = name, passes


_trap: _Trap | None = None


def arm(wish: str) -> None:
    """Arm a boundary, written NAME:COUNT: the process ends when it is reached for the COUNT-th time.

    Raises ValueError, saying what was expected.
    """
    global _trap  # noqa: PLW0603 one process ends once
    name, _, count = wish.partition(":")
    if name not in POINTS or not (count.isascii() and count.isdigit() and int(count) > 0):
        raise ValueError(f"expected NAME:COUNT, a count from 1 and one of {', '.join(POINTS)}; found {wish!r:.80}")
    _trap = _Trap(name, int(count))


def reached(name: str) -> None:
    """Say that this boundary is reached; ends the process with SIGKILL where that is what a test armed."""
    if _trap is not None:
        _spring(_trap, name)


def _spring(trap: _Trap, name: str) -> None:
    if name == trap.name:
        trap.passes -= 1
        if trap.passes == 0:
            os.kill(os.getpid(), signal.SIGKILL)
