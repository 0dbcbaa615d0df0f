"""Real workers on a real Kafka that keep their rows in a folder: killed, and with a folder of another log."""

import asyncio
import re
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor import topics
from monitor.cluster import create_topics
from monitor.kafka import Connection
from monitor.stream.stores import FolderStore
from tests.pipeline.commands import Running
from tests.stream.cluster import Workshop, articles, at_work, until
from tests.stream.test_real_workers import decisions, or_skip_kafka
from tests.stream.test_stores import needs_rocksdb

pytestmark = pytest.mark.kafka
PARTITIONS = 2


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    """A Kafka of its own, and workers that keep their rows in `rows`."""
    needs_rocksdb()
    with or_skip_kafka(tmp_path / "kafka") as broker:
        asyncio.run(create_topics(Connection(bootstrap=broker.bootstrap), partitions=PARTITIONS))
        made = Workshop(broker.bootstrap, tmp_path, PARTITIONS)
        text = (tmp_path / "monitor.yaml").read_text().replace("level: warning", "level: info")
        (tmp_path / "monitor.yaml").write_text(text + "stream: {store: rocksdb, folder: rows}\n")
        yield made


def rows_read(worker: Running) -> int:
    """How many records of the changelogs the worker has read at its start."""
    until(lambda: at_work(worker) and "tables recovered" in worker.text, 30, lambda: "not at work", worker)
    found = re.search(r"rows_read=(\d+)", worker.text)
    assert found
    return int(found[1])


def test_a_killed_worker_reads_only_the_end_of_its_changelogs_and_knows_what_it_knew(workshop: Workshop) -> None:
    many = articles("kept", 300)
    with workshop.worker() as worker:
        assert rows_read(worker) == 0
        workshop.publish(many)
        workshop.until_decided([one.id for one in many], worker)
        worker.process.send_signal(signal.SIGKILL)
        worker.process.wait(5)
    with workshop.worker() as worker:
        assert rows_read(worker) < 100, "of 600 and more"
        workshop.publish([replace(many[3], id="copy-with-folder")])
        workshop.until_decided(["copy-with-folder"], worker)
        assert worker.stop() == 0
    assert decisions(workshop, "copy-with-folder") == ["copy"]
    forge_offsets(workshop.folder / "rows")
    with workshop.worker() as worker:
        assert rows_read(worker) > 600, "all of it, since the folder is of another log"
        assert "ahead of its changelog, read anew" in worker.text
        workshop.publish([replace(many[4], id="copy-with-forged-folder")])
        workshop.until_decided(["copy-with-forged-folder"], worker)
        assert worker.stop() == 0
    assert decisions(workshop, "copy-with-forged-folder") == ["copy"]


def forge_offsets(folder: Path) -> None:
    """Make the rows look as if they were of a longer changelog, and empty."""
    clusters = [path for path in folder.iterdir() if path.is_dir()]
    assert len(clusters) == 1
    store = FolderStore(folder, clusters[0].name)
    for table in topics.TABLES:
        for partition in range(PARTITIONS):
            store.drop(table, partition)
            store.write(table, partition, [], 1_000_000)
    store.close()
