"""A file of records that ends with the process, however that ends."""

import os
import tempfile
import weakref
from pathlib import Path

from monitor import logs
from monitor.errors import Stalled


class DiskFile:
    """A file without a name: nobody else sees it, and its room is free again once this object is gone.

    Raises OSError where none can be made.
    """

    def __init__(self, folder: Path) -> None:
        with tempfile.TemporaryFile(dir=folder) as file:
            self._fd = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._fd)
        self._folder, self._is_full = folder, False

    def write(self, at: int, chunk: bytes) -> bool:
        """Keep a chunk at this place; False, and a line of the log, where the disk takes it not."""
        written = 0
        try:
            while written < len(chunk):
                written += os.pwrite(self._fd, chunk[written:], at + written)
        except OSError as error:
            if not self._is_full:
                why = "the folder takes no more of what is remembered, it stays in memory"
                logs.logger("store").warning(why, folder=str(self._folder), error=str(error))
            self._is_full = True
            return False
        self._is_full = False
        return True

    def read(self, at: int, length: int) -> bytes:
        """What was written at this place. Raises Stalled where it is not to be had: it is built anew at a start."""
        try:
            found = os.pread(self._fd, length, at)
        except OSError as error:
            raise Stalled(f"{self._folder} does not give back what was laid there: {error}") from error
        if len(found) < length:
            raise Stalled(f"{self._folder} gives back less than was laid there: {len(found)} of {length} bytes")
        return found
