"""What keeps the rows of tables: the same promises in memory and in a folder, which also outlives its process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from monitor.errors import ConfigError, Stalled
from monitor.stream.stores import FolderStore, MemoryStore, Store
from tests.pipeline.commands import ROOT


def needs_rocksdb() -> None:
    """Skip where the package is not installed, save under CI."""
    if os.environ.get("CI") != "true":  # noqa: TID251 only tests ask
        pytest.importorskip("rocksdict")


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "folder":
        needs_rocksdb()
    made: Store = MemoryStore() if request.param == "memory" else FolderStore(tmp_path, "cluster")
    yield made
    made.close()


def test_rows_are_set_replaced_and_deleted_each_in_its_partition_and_table(store: Store) -> None:
    store.write("sketches", 0, [("0|a", b"1"), ("0|b", b"2"), ("0|c", b"3")])
    store.write("sketches", 0, [("0|a", b"4"), ("0|c", None), ("0|nobody", None)])
    store.write("sketches", 1, [("1|a", b"5")])
    store.write("judgements", 0, [("0|a", b"6")])
    assert sorted(store.rows("sketches", 0)) == [b"2", b"4"]
    assert store.rows("sketches", 1) == [b"5"]
    assert store.rows("judgements", 0) == [b"6"]
    assert store.rows("judgements", 1) == []


def test_an_offset_is_there_once_it_was_given_and_is_no_row(store: Store) -> None:
    store.write("sketches", 0, [("0|a", b"1")])
    assert store.offset("sketches", 0) is None
    store.write("sketches", 0, [], 0)
    store.write("sketches", 1, [], 12)
    store.write("sketches", 0, [("0|b", b"2")])
    assert (store.offset("sketches", 0), store.offset("sketches", 1)) == (0, 12)
    assert sorted(store.rows("sketches", 0)) == [b"1", b"2"]


def test_what_is_dropped_is_gone_with_its_offset_and_can_be_written_again(store: Store) -> None:
    store.write("sketches", 0, [("0|a", b"1")], 5)
    store.drop("sketches", 0)
    assert (store.rows("sketches", 0), store.offset("sketches", 0)) == ([], None)
    store.write("sketches", 0, [("0|b", b"2")], 1)
    assert (store.rows("sketches", 0), store.offset("sketches", 0)) == ([b"2"], 1)


def test_memory_forgets_a_partition_that_another_worker_owns() -> None:
    store = MemoryStore()
    store.write("sketches", 0, [("0|a", b"1")], 5)
    store.release("sketches", 0)
    assert (store.rows("sketches", 0), store.offset("sketches", 0)) == ([], None)


def test_a_folder_is_found_again_but_not_by_a_worker_of_another_cluster(tmp_path: Path) -> None:
    needs_rocksdb()
    first = FolderStore(tmp_path, "one")
    first.write("sketches", 0, [("0|ä", b"1")], 5)
    first.release("sketches", 0)
    assert first.offset("sketches", 0) == 5
    first.close()
    for cluster, offset, rows in (("two", None, []), ("one", 5, [b"1"])):
        store = FolderStore(tmp_path, cluster)
        assert (store.offset("sketches", 0), store.rows("sketches", 0)) == (offset, rows)
        store.close()


def test_a_folder_belongs_to_one_worker_at_a_time(tmp_path: Path) -> None:
    needs_rocksdb()
    first = FolderStore(tmp_path, "cluster")
    with pytest.raises(
        ConfigError, match=r"in use by another worker: give each a folder of its own with stream\.folder"
    ):
        FolderStore(tmp_path, "cluster")
    first.close()
    FolderStore(tmp_path, "cluster").close()


def test_a_folder_that_cannot_be_made_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    needs_rocksdb()
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"cannot write to .*file/rows: .*; name another folder with stream\.folder"):
        FolderStore(tmp_path / "file" / "rows", "cluster")


def test_without_the_package_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rocksdict", None)
    with pytest.raises(ConfigError, match=r"install newsmonitor\[rocksdb\], or set stream\.store to memory"):
        FolderStore(tmp_path, "cluster")


@pytest.mark.parametrize("damage", ["CURRENT", "MANIFEST-*", "offset"])
def test_what_is_damaged_is_removed_and_said(damage: str, tmp_path: Path) -> None:
    needs_rocksdb()
    store = FolderStore(tmp_path, "cluster")
    store.write("sketches", 0, [("0|a", b"1")], 5)
    store.write("sketches", 1, [("1|a", b"2")], 6)
    if damage == "offset":
        store._database("sketches", 0).put(b"\0offset", b"\xff?")
    store.close()
    for file in (tmp_path / "cluster" / "sketches-0").glob(damage):
        file.write_bytes(b"torn")
    store = FolderStore(tmp_path, "cluster")
    with capture_logs() as said:
        assert (store.offset("sketches", 0), store.rows("sketches", 0)) == (None, [])
    assert [line["event"] for line in said] == ["damaged, read anew"]
    assert (store.offset("sketches", 1), store.rows("sketches", 1)) == (6, [b"2"])
    store.write("sketches", 0, [("0|b", b"3")], 7)
    assert store.rows("sketches", 0) == [b"3"]
    store.close()


def test_rows_that_cannot_be_read_are_removed_and_the_worker_stops_to_read_them_anew(tmp_path: Path) -> None:
    needs_rocksdb()
    store = FolderStore(tmp_path, "cluster")
    store.write("sketches", 0, [(f"0|{n}", os.urandom(200)) for n in range(500)], 5)
    store._database("sketches", 0).flush()
    store.close()
    for file in (tmp_path / "cluster" / "sketches-0").glob("*.sst"):
        whole = bytearray(file.read_bytes())
        whole[50_000:52_000] = bytes(2000)
        file.write_bytes(whole)
    store = FolderStore(tmp_path, "cluster")
    with pytest.raises(Stalled, match=r"damaged .* and was removed: stopping"):
        store.rows("sketches", 0)
    assert (store.offset("sketches", 0), store.rows("sketches", 0)) == (None, [])
    store.close()


WRITER = """
import sys
from pathlib import Path
from monitor.stream.stores import FolderStore
store = FolderStore(Path(sys.argv[1]), "cluster")
for n in range(1_000_000):
    store.write("sketches", 0, [(f"0|{n}", b"%d" % n)], n)
    if n == 2000:
        print("enough", flush=True)
"""


def test_a_killed_worker_leaves_rows_as_far_as_its_offset_says(tmp_path: Path) -> None:
    needs_rocksdb()
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}  # noqa: TID251 inherited
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"enough\n"
        process.send_signal(signal.SIGKILL)
    store = FolderStore(tmp_path, "cluster")
    offset = store.offset("sketches", 0)
    assert offset is not None
    assert offset >= 2000
    assert sorted(map(int, store.rows("sketches", 0))) == list(range(offset + 1))
    store.close()
