"""Where a worker keeps the rows of its tables: in memory, or in a folder that its successor finds again.

Either is a copy of the changelog up to an offset: a row is in the changelog first, and a copy that is lost, damaged or
of another log is read anew from there. It may hold more than its offset says, never less.
"""

import fcntl
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Protocol

from monitor import logs
from monitor.core.stories.arena import Disk
from monitor.errors import ConfigError, Fault, Stalled
from monitor.stream.diskfile import DiskFile

Row = tuple[str, bytes | None]  # key and value; None deletes

_OFFSET = b"\0offset"
_WRITE_BUFFER_BYTES = 8 * 1024 * 1024  # there are as many as tables times partitions


class Store(Protocol):
    """The rows of the tables, by table and partition."""

    def offset(self, table: str, partition: int) -> int | None:
        """The last record of the changelog that is in the rows, with all before it; None where there is none yet."""

    def rows(self, table: str, partition: int) -> list[bytes]:
        """The values, in no order. Raises Stalled where they cannot be read; then they are gone."""
        ...

    def write(self, table: str, partition: int, rows: Iterable[Row], offset: int | None = None) -> None:
        """Set or delete rows, and move the offset where one is given. Raises Stalled where that is impossible."""

    def drop(self, table: str, partition: int) -> None:
        """Forget rows and offset: they will be read anew."""

    def release(self, table: str, partition: int) -> None:
        """Another worker owns it now; what is kept of it may be of use should it come back."""

    def open_disk(self) -> Disk | None:
        """Where an index may lay what it seldom looks at; None where that stays in memory."""
        ...

    def close(self) -> None:
        """Let another process have what is kept."""


class MemoryStore:
    """Rows that end with the process."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, int], dict[str, bytes]] = {}
        self._offsets: dict[tuple[str, int], int] = {}

    def offset(self, table: str, partition: int) -> int | None:
        """The last record that is in the rows."""
        return self._offsets.get((table, partition))

    def rows(self, table: str, partition: int) -> list[bytes]:
        """The values, in no order."""
        return list(self._rows.get((table, partition), {}).values())

    def write(self, table: str, partition: int, rows: Iterable[Row], offset: int | None = None) -> None:
        """Set or delete rows, and move the offset where one is given."""
        held = self._rows.setdefault((table, partition), {})
        for key, value in rows:
            if value is None:
                held.pop(key, None)
            else:
                held[key] = value
        if offset is not None:
            self._offsets[table, partition] = offset

    def drop(self, table: str, partition: int) -> None:
        """Forget rows and offset."""
        self._rows.pop((table, partition), None)
        self._offsets.pop((table, partition), None)

    release = drop  # memory is dear, and the partition may never come back

    def open_disk(self) -> None:
        """All stays in memory."""

    def close(self) -> None:
        """Nothing to let go."""


class FolderStore:
    """Rows in RocksDB, one database for each table and partition, under a folder that this process has to itself.

    `cluster` is the id of the cluster whose changelogs these are. Writes are not forced to the disk: after a power cut
    the end is missing and is read again. A process that is killed loses nothing. Raises ConfigError where the folder
    cannot be used.
    """

    def __init__(self, folder: Path, cluster: str) -> None:
        self._folder = folder / cluster
        self._log = logs.logger("store")
        self._open: dict[tuple[str, int], Any] = {}
        self._rocks = _rocksdict()
        self._lock = _locked(folder)
        self._folder.mkdir(exist_ok=True)

    def offset(self, table: str, partition: int) -> int | None:
        """The last record that is in the rows."""
        found = self._database(table, partition).get(_OFFSET)
        return None if found is None else int(found)

    def rows(self, table: str, partition: int) -> list[bytes]:
        """The values, in no order. Raises Stalled where they cannot be read; then they are gone."""
        try:
            return list(_values(self._database(table, partition)))
        except Exception as error:
            self.drop(table, partition)
            raise Stalled(
                f"what {self._folder} has of {table} partition {partition} is damaged ({error}) and was removed:"
                " stopping, so that it is read anew from the changelog"
            ) from error

    def write(self, table: str, partition: int, rows: Iterable[Row], offset: int | None = None) -> None:
        """Set or delete rows, and move the offset with them where one is given. Raises Stalled."""
        batch = self._rocks.WriteBatch(raw_mode=True)
        for key, value in rows:
            if value is None:
                batch.delete(key.encode())
            else:
                batch.put(key.encode(), value)
        if offset is not None:
            batch.put(_OFFSET, b"%d" % offset)
        try:
            self._database(table, partition).write(batch)
        except Exception as error:
            raise Stalled(f"{self._folder} takes no rows of {table} partition {partition}: {error}") from error

    def drop(self, table: str, partition: int) -> None:
        """Forget rows and offset."""
        self.release(table, partition)
        shutil.rmtree(self._path(table, partition), ignore_errors=True)

    def release(self, table: str, partition: int) -> None:
        """Close its database."""
        database = self._open.pop((table, partition), None)
        if database is not None:
            database.close()

    def open_disk(self) -> Disk | None:
        """A file without a name in the folder; None, and a line of the log, where none can be made."""
        try:
            return DiskFile(self._folder)
        except OSError as error:
            self._log.warning("no file for what is remembered, it stays in memory", error=str(error))
            return None

    def close(self) -> None:
        """Close everything and let go of the folder."""
        for table, partition in list(self._open):
            self.release(table, partition)
        self._lock.close()

    def _database(self, table: str, partition: int) -> Any:
        found = self._open.get((table, partition))
        if found is None:
            found = self._open[table, partition] = self._opened(table, partition)
        return found

    def _opened(self, table: str, partition: int) -> Any:
        """A database that can be written; one that is damaged is removed first."""
        path = self._path(table, partition)
        try:
            return self._try_open(path)
        except Exception as error:
            self._log.warning("damaged, read anew", table=table, partition=partition, error=str(error))
            self.drop(table, partition)
        try:
            return self._try_open(path)
        except Exception as error:
            raise Stalled(f"{path} cannot be made or opened: {error}") from error

    def _try_open(self, path: Path) -> Any:
        options = self._rocks.Options(raw_mode=True)
        options.create_if_missing(True)
        options.set_write_buffer_size(_WRITE_BUFFER_BYTES)
        options.set_keep_log_file_num(1)
        database = self._rocks.Rdict(str(path), options)
        offset = database.get(_OFFSET)
        if offset is not None and not offset.isdigit():
            database.close()
            raise ValueError(f"its offset reads {offset!r:.40}")
        return database

    def _path(self, table: str, partition: int) -> Path:
        return self._folder / f"{table}-{partition}"


def _values(database: Any) -> Iterator[bytes]:
    """Its rows without the offset. Raises where a block is damaged; `items()` would end there without a word."""
    rows = database.iter()
    rows.seek_to_first()
    while rows.valid():
        if rows.key() != _OFFSET:
            yield rows.value()
        rows.next()
    rows.status()


def _rocksdict() -> Any:
    try:
        import rocksdict
    except ImportError:
        why = "needs the package rocksdict: install newsmonitor[rocksdb], or set stream.store to memory"
        raise _unusable(why) from None
    return rocksdict


def _locked(folder: Path) -> IO[bytes]:
    """The folder's lock, which ends with the process however that ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("wb")
    except OSError as error:
        raise _unusable(f"cannot write to {folder}: {error.strerror}; name another folder with stream.folder") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise _unusable(
            f"finds {folder} in use by another worker: give each a folder of its own with stream.folder"
        ) from None
    return lock


def _unusable(why: str) -> ConfigError:
    return ConfigError([Fault("monitor.yaml", 0, f"stream.store: rocksdb {why}")])
