"""Many small records in few arrays, or on a disk: what is held of each text, without an object for each."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

Scalar = TypeVar("Scalar", bound=np.generic)
Slots = npt.NDArray[np.int64]

CHUNK = 1 << 20  # bytes
GROWTH = 1.125  # by which a full array grows: small, for what is not yet used is paid for


class Column(Generic[Scalar]):
    """One value a slot, in an array that grows."""

    def __init__(self, dtype: type[Scalar]) -> None:
        self._values: npt.NDArray[Scalar] = np.zeros(1024, dtype)
        self._count = 0

    @property
    def values(self) -> npt.NDArray[Scalar]:
        """The values of all slots."""
        return self._values[: self._count]

    def append(self, value: Scalar | float) -> None:
        """The value of the next slot."""
        if self._count == len(self._values):
            self._grow(self._count + 1)
        self._values[self._count] = value
        self._count += 1

    def extend(self, values: npt.NDArray[Scalar]) -> None:
        """Values of the next slots."""
        end = self._count + len(values)
        if end > len(self._values):
            self._grow(end)
        self._values[self._count : end] = values
        self._count = end

    def _grow(self, wanted: int) -> None:
        grown = np.zeros(int(wanted * GROWTH) + 1, self._values.dtype)
        grown[: self._count] = self.values
        self._values = grown

    def keep(self, kept: npt.NDArray[np.bool_]) -> None:
        """Leave out the others."""
        self._values = self.values[kept]
        self._count = len(self._values)


class Disk(Protocol):
    """Where chunks may lie that are full; what lies there is let go with the object."""

    def write(self, at: int, chunk: bytes) -> bool:
        """Keep a chunk at this place; False where there is no room for it."""
        ...

    def read(self, at: int, length: int) -> bytes:
        """What was written at this place; raises what ends the work where it is not to be had."""
        ...


OpenDisk: TypeAlias = Callable[[], Disk | None]


def no_disk() -> None:
    """All stays in memory."""


class Arena:
    """Some bytes a slot, in chunks that stay where they are: nothing is copied as it grows.

    Chunks that are full lie on the disk, where one can be opened; so do most records, which are seldom looked at.
    """

    def __init__(self, open_disk: OpenDisk = no_disk) -> None:
        self._open_disk, self._disk = open_disk, open_disk()
        self._chunks: list[npt.NDArray[np.uint8] | None] = []  # None: on the disk
        self._last, self._used = np.empty(CHUNK, np.uint8), 0  # the chunk that is being filled, and how much of it is
        self._starts, self._lengths = Column(np.int64), Column(np.int32)

    def append(self, record: bytes) -> None:
        """The bytes of the next slot."""
        if self._used + len(record) > CHUNK:
            self._put_away()
            self._last, self._used = np.empty(max(CHUNK, len(record)), np.uint8), 0
        start, self._used = self._used, self._used + len(record)
        self._last[start : self._used] = np.frombuffer(record, np.uint8)
        self._starts.append(len(self._chunks) * CHUNK + start)
        self._lengths.append(len(record))

    def __getitem__(self, slot: int) -> bytes:
        at, length = int(self._starts.values[slot]), int(self._lengths.values[slot])
        number, start = divmod(at, CHUNK)
        chunk = self._last if number == len(self._chunks) else self._chunks[number]
        if chunk is not None:
            return chunk[start : start + length].tobytes()
        assert self._disk is not None, "what is not in memory is on the disk"
        return self._disk.read(at, length)

    def _put_away(self) -> None:
        """Lay the last chunk on the disk; one that is larger than the others has no place there."""
        disk = self._disk if self._used <= CHUNK else None
        away = disk is not None and disk.write(len(self._chunks) * CHUNK, self._last[: self._used].tobytes())
        self._chunks.append(None if away else self._last)

    def keep(self, kept: npt.NDArray[np.bool_]) -> None:
        """Leave out the records of the other slots."""
        fresh = Arena(self._open_disk)
        for slot in np.flatnonzero(kept).tolist():
            fresh.append(self[slot])
        self.__dict__ = fresh.__dict__
