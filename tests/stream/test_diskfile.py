"""What lies on a disk instead of in memory: the same answers, whatever the disk does."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from monitor.core.stories import arena as arena_module
from monitor.core.stories.arena import Arena, Disk, OpenDisk, no_disk
from monitor.core.stories.stories import StoryIndex
from monitor.errors import Stalled
from monitor.stream.diskfile import DiskFile
from monitor.stream.stores import FolderStore, MemoryStore, Store
from tests.core.newsroom import article, match, tell
from tests.pipeline.commands import ROOT
from tests.stream.test_stores import needs_rocksdb

SMALL = 256  # bytes of a chunk


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arena_module, "CHUNK", SMALL)


@pytest.fixture(params=["memory", "disk", "full disk"])
def open_disk(request: pytest.FixtureRequest, tmp_path: Path) -> OpenDisk:
    def full() -> Disk:
        disk = DiskFile(tmp_path)
        disk.write = lambda at, chunk: False  # type: ignore[method-assign]
        return disk

    return {"memory": no_disk, "disk": lambda: DiskFile(tmp_path), "full disk": full}[request.param]


@pytest.mark.usefixtures("small_chunks")
def test_records_are_the_same_wherever_they_lie(open_disk: OpenDisk) -> None:
    records = [bytes([n % 251]) * (n * 37 % (SMALL + 40)) for n in range(200)]  # some are larger than a chunk
    arena = Arena(open_disk)
    for record in records:
        arena.append(record)
    assert [arena[slot] for slot in range(200)] == records
    arena.keep(np.arange(200) % 3 == 0)
    arena.append(b"last")
    assert [arena[slot] for slot in range(68)] == [*records[::3], b"last"]


@pytest.mark.usefixtures("small_chunks")
def test_full_chunks_are_not_held_in_memory(tmp_path: Path) -> None:
    held = {}
    for name, open_disk in (("memory", no_disk), ("disk", lambda: DiskFile(tmp_path))):
        arena = Arena(open_disk)
        for _ in range(100):
            arena.append(bytes(100))
        arena.keep(np.arange(100) > 1)
        held[name] = sum(chunk is not None for chunk in arena._chunks)
    assert held == {"memory": 48, "disk": 0}


def test_a_file_is_closed_with_the_object(tmp_path: Path) -> None:
    before, disk = set(os.listdir("/proc/self/fd")), DiskFile(tmp_path)
    assert disk.write(0, b"ab")
    del disk
    assert set(os.listdir("/proc/self/fd")) <= before


@pytest.mark.usefixtures("small_chunks")
def test_an_index_decides_the_same_with_a_disk(open_disk: OpenDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.core.stories.shelf.UNPACKED", 2)
    monkeypatch.setattr("monitor.core.stories.library._GARBAGE", 4)
    told = [article(f"{n}", f"Lock {n} of Pell", _text(n), hours=9 * n, source=f"Post {n}") for n in range(40)]
    copies = [article(f"c{n}", "Locks", _text(n), hours=9 * n + 1, source="Echo") for n in range(0, 40, 3)]
    feed = sorted([*told, *copies], key=lambda one: one.first_seen_at)
    index, plain = StoryIndex(open_disk), StoryIndex()
    for one in feed:
        assert tell(index, match(one)) == tell(plain, match(one))


def _text(number: int) -> str:
    words = " ".join(f"gate{number}x{n} turned{n * number} by hand" for n in range(30))
    return f"At lock {number} of Pell the keepers met on day {number}. {words}."


def test_a_disk_that_is_full_is_told_of_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk, whole = DiskFile(tmp_path), os.pwrite

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with capture_logs() as logged:
        monkeypatch.setattr(os, "pwrite", full)
        assert [disk.write(0, b"ab"), disk.write(2, b"cd")] == [False, False]
        monkeypatch.setattr(os, "pwrite", whole)
        assert disk.write(2, b"cd")
        monkeypatch.setattr(os, "pwrite", full)
        assert not disk.write(4, b"ef")
    assert [line["error"] for line in logged] == ["[Errno 28] No space left on device"] * 2
    assert disk.read(2, 2) == b"cd"


def test_a_chunk_that_is_written_by_parts_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk, whole = DiskFile(tmp_path), os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda fd, data, at: whole(fd, data[:3], at))
    assert disk.write(10, b"abcdefgh")
    assert disk.read(10, 8) == b"abcdefgh"


def _fails(*_: object) -> bytes:
    raise OSError(errno.EIO, "Input/output error")


@pytest.mark.parametrize("pread", [_fails, lambda *_: b"a"])
def test_what_is_not_given_back_ends_the_work(
    pread: Callable[..., bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = DiskFile(tmp_path)
    disk.write(0, b"ab")
    monkeypatch.setattr(os, "pread", pread)
    with pytest.raises(Stalled, match=str(tmp_path)):
        disk.read(0, 2)


def test_nothing_is_left_of_a_process_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from monitor.stream.diskfile import DiskFile\n"
        "disk = DiskFile(Path(sys.argv[1])); assert disk.write(0, bytes(5000)); print('written', flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
    assert list(tmp_path.iterdir()) == []


def test_stores_say_where_an_index_may_lay_what_it_seldom_looks_at(tmp_path: Path) -> None:
    needs_rocksdb()
    memory: Store = MemoryStore()
    assert memory.open_disk() is None
    store = FolderStore(tmp_path, "cluster")
    disk = store.open_disk()
    assert disk is not None
    assert disk.write(0, b"ab")
    (tmp_path / "cluster").rename(tmp_path / "moved")
    with capture_logs() as logged:
        assert store.open_disk() is None
    assert "it stays in memory" in logged[0]["event"]
    store.close()


def test_a_restored_index_lies_on_the_disk_too(tmp_path: Path) -> None:
    opened: list[DiskFile] = []

    def open_disk() -> Disk:
        opened.append(DiskFile(tmp_path))
        return opened[-1]

    first, again = StoryIndex(), StoryIndex(open_disk)
    outcome = tell(first, match(article("a", "Lock", _text(1))))
    assert outcome.sketch is not None
    again.restore([outcome.sketch], outcome.judgements)
    later = match(article("b", "Lock", _text(1), hours=2, source="Echo"))
    assert again.judge(later).judgements == first.judge(later).judgements
    assert opened
