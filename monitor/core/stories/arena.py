"""Many small records in few arrays: what is held of each text, without an object for each."""

from typing import Generic, TypeVar

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


class Arena:
    """Some bytes a slot, in chunks that stay where they are: nothing is copied as it grows."""

    def __init__(self) -> None:
        self._chunks = [np.empty(CHUNK, np.uint8)]
        self._used = 0  # of the last chunk
        self._starts, self._lengths = Column(np.int64), Column(np.int32)

    def append(self, record: bytes) -> None:
        """The bytes of the next slot."""
        if self._used + len(record) > CHUNK:
            self._chunks.append(np.empty(max(CHUNK, len(record)), np.uint8))
            self._used = 0
        start, self._used = self._used, self._used + len(record)
        self._chunks[-1][start : self._used] = np.frombuffer(record, np.uint8)
        self._starts.append((len(self._chunks) - 1) * CHUNK + start)
        self._lengths.append(len(record))

    def __getitem__(self, slot: int) -> bytes:
        chunk, start = divmod(int(self._starts.values[slot]), CHUNK)
        return self._chunks[chunk][start : start + int(self._lengths.values[slot])].tobytes()

    def keep(self, kept: npt.NDArray[np.bool_]) -> None:
        """Leave out the records of the other slots."""
        fresh = Arena()
        for slot in np.flatnonzero(kept).tolist():
            fresh.append(self[slot])
        self._chunks, self._used, self._starts, self._lengths = (
            fresh._chunks,
            fresh._used,
            fresh._starts,
            fresh._lengths,
        )
