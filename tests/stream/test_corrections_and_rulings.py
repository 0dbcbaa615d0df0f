"""On a real Kafka: corrections and kills reach exactly those who were told, and rulings hold, whoever is killed."""

import asyncio
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
import yaml

from monitor import cluster, topics
from monitor.cluster import create_topics
from monitor.core.reports.articles import revision
from monitor.kafka import Connection
from monitor.model import Article
from tests.pipeline.commands import monitor
from tests.stream.cluster import ARTICLE, Workshop, at_work, until
from tests.stream.test_real_workers import or_skip_kafka

pytestmark = pytest.mark.kafka
WATCHES = [
    {"id": "ferries", "query": "ferry", "channels": ["harbour"]},
    {"id": "fires", "query": "fire", "channels": ["brigade", "desk"]},
    {"id": "bridges", "query": "bridge", "channels": ["roads"]},
    {"id": "everything", "query": "the OR a", "channels": ["log"], "allow_all": True},
]
TEXT = (
    "A fire in the engine room stopped the ferry from Onar to Velm at noon on Tuesday, and ninety passengers were taken"
    " off by two tugs. Nobody was hurt, the harbour master said. The vessel is forty years old and was to be sold."
)
RIGHT = (
    "Smoke in a kitchen stopped the ship from Onar to Velm at noon on Tuesday, and nine passengers were taken off by"
    " two tugs. Nobody was hurt, the harbour master said. The vessel is forty years old and was to be sold."
)


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    (tmp_path / "project").mkdir()
    with or_skip_kafka(tmp_path / "kafka") as broker:
        asyncio.run(create_topics(Connection(bootstrap=broker.bootstrap)))
        made = Workshop(broker.bootstrap, tmp_path / "project")
        (made.folder / "watches.yaml").write_text(yaml.safe_dump({"watches": WATCHES}))
        settings = yaml.safe_load((made.folder / "monitor.yaml").read_text())
        names = ("harbour", "brigade", "desk", "roads", "log")
        settings["channels"] = [{"id": name, "kind": "console"} for name in names]
        (made.folder / "monitor.yaml").write_text(yaml.safe_dump(settings))
        yield made


def article(id: str, title: str, text: str, hours: float = 0, **others: object) -> Article:
    at = ARTICLE.first_seen_at + timedelta(hours=hours)
    made = replace(ARTICLE, id=id, title=title, text=text, revision=revision(title, text), first_seen_at=at)
    return replace(made, published_at=at, url=f"https://news.example/{id}", **others)  # type: ignore[arg-type]


def decided(workshop: Workshop) -> dict[str, set[tuple[str, str]]]:
    """Article → the channels that were told of it, each with the decision."""

    async def read() -> dict[str, set[tuple[str, str]]]:
        found: dict[str, set[tuple[str, str]]] = {}
        async for record in cluster.read_all(workshop.connection, topics.ALERTS.name):
            alert = orjson.loads(record.value or b"")
            told = found.setdefault(alert["judgement"]["article"], set())
            told.add((alert["channel"], alert["judgement"]["decision"]))
        return found

    return asyncio.run(read())


def test_the_watches_lie_in_several_partitions() -> None:
    assert len({topics.partition_of(name, 4) for name in ("ferries", "fires", "bridges", "everything")}) > 1


def test_a_correction_and_a_kill_reach_those_who_were_told_and_nobody_else(workshop: Workshop) -> None:
    told = {"harbour", "brigade", "desk", "log"}
    with workshop.worker() as worker:
        until(lambda: at_work(worker), 40, lambda: "not at work", worker)
        workshop.publish([article("original", "Ferry stopped by fire", TEXT)])
        workshop.until_decided(["original"], worker)
        worker.process.send_signal(signal.SIGKILL)
        worker.process.wait(5)
    with workshop.worker() as worker:
        until(lambda: at_work(worker), 40, lambda: "not at work", worker)
        notice = article(
            "notice", "CORRECTION: Ship stopped by smoke", RIGHT, 1, corrects="https://news.example/original"
        )
        workshop.publish([notice])
        workshop.until_decided(["notice"], worker, seconds=60)
        until(lambda: len(decided(workshop).get("notice", ())) >= 4, 30, lambda: str(decided(workshop)), worker)
        workshop.publish([article("late", "Fire stops ferry", TEXT, 1.5, source="Harbour Post")])
        kill = article(
            "kill",
            "KILL: Ship stopped by smoke",
            "Editors, please kill this story. It is withdrawn.",
            2,
            corrects="https://news.example/original",
        )
        workshop.publish([kill])
        until(lambda: len(decided(workshop).get("kill", ())) >= 4, 60, lambda: str(decided(workshop)), worker)
        assert worker.stop() == 0
    found = decided(workshop)
    assert found["original"] == {(channel, "new") for channel in told}
    assert {channel for channel, decision in found["notice"] if decision == "correction"} == told
    assert {channel for channel, decision in found["kill"] if decision == "kill"} == told
    assert "roads" not in {channel for reached in found.values() for channel, _ in reached}


def test_a_ruling_holds_for_later_copies_though_the_worker_is_killed(workshop: Workshop) -> None:
    other = "A lorry with sixty tons of gravel broke through the old bridge over the Sarn; its driver swam ashore."
    with workshop.worker() as worker:
        until(lambda: at_work(worker), 40, lambda: "not at work", worker)
        workshop.publish(
            [article("original", "Ferry stopped by fire", TEXT), article("gravel", "Bridge breaks", other)]
        )
        workshop.until_decided(["original", "gravel"], worker)
        stories = {row["title"]: row["story"] for row in listed(workshop) if row["watch"] == "everything"}
        merged = stories_command(workshop, "merge", stories["Bridge breaks"], stories["Ferry stopped by fire"])
        assert "ruling" in merged
        worker.process.send_signal(signal.SIGKILL)
        worker.process.wait(5)
    with workshop.worker() as worker:
        until(lambda: at_work(worker), 40, lambda: "not at work", worker)
        workshop.publish([article("copy", "Old bridge breaks", other, 1, source="Harbour Post")])
        workshop.until_decided(["copy"], worker)
        assert worker.stop() == 0
    (story,) = [row for row in listed(workshop) if row["watch"] == "everything"]
    assert story["story"] == stories["Ferry stopped by fire"]
    shown = stories_command(workshop, "show", story["story"], "--json")
    rows = {row["article"]: row for row in map(orjson.loads, shown.splitlines())}
    assert rows["copy"]["ruling"] == rows["gravel"]["ruling"] is not None
    assert rows["copy"]["decision"] == "copy"


def listed(workshop: Workshop) -> list[dict[str, str]]:
    return [orjson.loads(line) for line in stories_command(workshop, "list", "--json").splitlines()]


def stories_command(workshop: Workshop, *arguments: str) -> str:
    done = monitor("stories", *arguments, "--bootstrap", workshop.bootstrap, cwd=workshop.folder)
    assert done.returncode == 0, done.stderr
    return done.stdout
