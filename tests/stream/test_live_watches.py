"""Watches applied, changed and removed under load, on two workers of a real Kafka, one of which is killed."""

import asyncio
import signal
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import orjson
import pytest
import yaml

from monitor import cluster, kafka, topics, wire
from monitor.cluster import create_topics
from monitor.core.matching.matches import match
from monitor.core.matching.watches import WatchSet
from monitor.kafka import Connection
from monitor.model import Article, Match
from monitor.watchlist import Watchlist
from monitor.watchset import compile_saved
from tests.pipeline.commands import Running, monitor
from tests.stream.cluster import ARTICLE, Workshop, article, at_work, served, until
from tests.stream.test_real_workers import or_skip_kafka

pytestmark = pytest.mark.kafka
COLOURS = ("amber", "blue", "crimson", "dun", "ebony", "fawn", "green", "hazel")
ALWAYS: Mapping[str, object] = {"id": "always", "query": "convoy", "channels": ["desk"]}


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    """Workers whose configuration names no watches."""
    (tmp_path / "project").mkdir()
    with or_skip_kafka(tmp_path / "kafka") as broker:
        asyncio.run(create_topics(Connection(bootstrap=broker.bootstrap)))
        made = Workshop(broker.bootstrap, tmp_path / "project")
        settings = yaml.safe_load((made.folder / "monitor.yaml").read_text())
        del settings["watches"]
        (made.folder / "monitor.yaml").write_text(yaml.safe_dump(settings))
        yield made


class Load(threading.Thread):
    """Articles, less than a hundred a second, until it is stopped."""

    def __init__(self, workshop: Workshop) -> None:
        super().__init__()
        self._workshop, self._stopped, self.published = workshop, threading.Event(), list[Article]()

    def run(self) -> None:
        while not self._stopped.wait(0.4):
            number = len(self.published)
            some = [
                article(f"load-{n}", f"The {COLOURS[n % 8]} convoy {n} left. " + f"word{n} " * 9)
                for n in range(number, number + 40)
            ]
            self._workshop.publish(some)
            self.published += some

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def apply(workshop: Workshop, watches: Sequence[Mapping[str, object]], **others: object) -> dict[str, object]:
    (workshop.folder / "new.yaml").write_text(yaml.safe_dump({"watches": list(map(dict, watches)), **others}))
    done = monitor("watches", "apply", "new.yaml", "--json", "--bootstrap", workshop.bootstrap, cwd=workshop.folder)
    assert done.returncode == 0, done.stderr + done.stdout
    told: dict[str, object] = orjson.loads(done.stdout)
    return told


def watch(colour: str) -> Mapping[str, object]:
    return {"id": colour, "query": f"{colour} AND convoy", "channels": ["desk"]}


def test_each_match_is_what_the_set_of_its_offset_gives_though_a_worker_is_killed(workshop: Workshop) -> None:
    first = apply(workshop, [ALWAYS, *map(watch, COLOURS[:4])])
    assert (first["workers"], len(first["added"])) == (0, 5)  # type: ignore[arg-type]
    marked: dict[str, int] = {}
    load = Load(workshop)
    with workshop.worker() as one, workshop.worker() as two:
        until(lambda: at_work(one) and at_work(two), 40, lambda: "not at work", one, two)
        load.start()
        for version in range(8):
            wanted = [COLOURS[(version + n) % 8] for n in range(4)]
            told = apply(workshop, [ALWAYS, *map(watch, wanted)])
            name = f"mark-{version}"
            workshop.publish([article(name, f"The {wanted[-1]} convoy {name} left. " + f"{name}w " * 9)])
            marked[name] = int(str(told["offset"]))
            if version == 3:
                two.process.send_signal(signal.SIGKILL)
                two.process.wait(5)
        load.stop()
        workshop.until_decided([*(each.id for each in load.published), *marked], one, seconds=60)
        assert one.stop() == 0
    sets, matches = asyncio.run(sets_and_matches(workshop))
    exactly_what_the_sets_give(sets, matches)
    reached = {found.article.id: found.watches_offset or -1 for found in matches}
    late = {name: (reached[name], offset) for name, offset in marked.items() if reached[name] < offset}
    assert not late, "matched with an older set though `apply` had returned"
    missed = {each.id for each in load.published} - reached.keys()
    assert not missed


async def sets_and_matches(workshop: Workshop) -> tuple[dict[int, WatchSet], list[Match]]:
    """The set of every offset of news.watches, and all that was matched."""
    held, sets = Watchlist(), {}
    async for record in cluster.read_all(workshop.connection, topics.WATCHES.name):
        held.take(record)
        sets[record.offset] = compile_saved(held.copy())
    records = [record async for record in cluster.read_all(workshop.connection, topics.MATCHES.name)]
    return sets, [wire.decode(r.value, Match) for r in records if b'"kind":"removal"' not in r.value]


def exactly_what_the_sets_give(sets: dict[int, WatchSet], matches: Sequence[Match]) -> None:
    found: dict[tuple[str, int], set[str]] = defaultdict(set)
    articles = {}
    for each in matches:
        assert each.watches_offset is not None
        found[each.article.id, each.watches_offset] |= {one.watch for one in each.watches}
        articles[each.article.id] = each.article
    for (name, offset), watches in found.items():
        expected = {one.watch for one in match(articles[name], sets[offset]).watches}
        assert watches == expected, f"{name} at {offset}"
    assert len({offset for _, offset in found}) > 4


def test_a_removed_watch_is_forgotten_and_an_edited_one_keeps_its_stories(workshop: Workshop) -> None:
    apply(workshop, [ALWAYS, watch("amber")])
    text = "The amber convoy of the ford left at dawn. " + " ".join(f"word{n}" for n in range(60))
    with workshop.worker() as worker:
        until(lambda: at_work(worker), 40, lambda: "not at work", worker)
        workshop.publish([article("told", text)])
        workshop.until_decided(["told"], worker)
        told = apply(workshop, [{**watch("amber"), "query": "amber", "channels": ["desk"]}])
        assert (told["changed"], told["removed"]) == (["watch|amber"], ["watch|always"])
        apply(workshop, [ALWAYS, {**watch("amber"), "query": "amber"}])
        workshop.publish([article("copied", text)])
        workshop.until_decided(["copied"], worker)
        assert worker.stop() == 0
    decided = asyncio.run(decisions(workshop, "copied"))
    assert decided == {"amber": "copy", "always": "new"}


async def decisions(workshop: Workshop, name: str) -> dict[str, str]:
    """Watch → what the article was to it."""
    found = {}
    for topic in (topics.ALERTS, topics.SUPPRESSED):
        async for record in cluster.read_all(workshop.connection, topic.name):
            row = orjson.loads(record.value or b"")["judgement"]
            if row["article"] == name:
                found[row["watch"]] = row["decision"]
    return found


def test_what_cannot_be_used_leaves_the_old_watches_at_work_and_says_so(workshop: Workshop) -> None:
    apply(workshop, [ALWAYS])
    with workshop.worker() as worker:
        until(lambda: at_work(worker), 40, lambda: "not at work", worker)
        asyncio.run(save(workshop, b"watch|bad", b'{"v":1,"kind":"watch","id":"bad","query":"concept:nowhere"}'))
        asyncio.run(save(workshop, b"watch|worse", b"\x00 garbage"))
        until(lambda: "there is no concept 'nowhere'" in worker.text, 20, lambda: "no word of it", worker)
        workshop.publish([article("still")])
        workshop.until_decided(["still"], worker)
        removed = monitor("watches", "rm", "bad", "--bootstrap", workshop.bootstrap, cwd=workshop.folder)
        assert removed.returncode == 0, removed.stderr
        assert "1 removed" in removed.stdout
        listed = monitor("watches", "list", "--json", "--bootstrap", workshop.bootstrap, cwd=workshop.folder)
        assert [orjson.loads(line)["id"] for line in listed.stdout.splitlines()] == ["always"]
        assert "not in use: watch|worse: the record is no JSON" in listed.stderr
        missing = monitor("watches", "rm", "allways", "--bootstrap", workshop.bootstrap, cwd=workshop.folder)
        assert missing.returncode != 0
        assert "did you mean 'always'?" in missing.stderr
        assert worker.stop() == 0


def test_what_was_left_out_at_the_start_keeps_no_later_change_from_use(workshop: Workshop) -> None:
    apply(workshop, [ALWAYS])
    asyncio.run(save(workshop, b"watch|bad", b'{"v":1,"kind":"watch","id":"bad","query":"concept:nowhere"}'))
    with workshop.worker() as worker:
        until(lambda: at_work(worker), 40, lambda: "not at work", worker)
        assert "left out" in worker.text
        good = b'{"v":1,"kind":"watch","id":"good","query":"ferry","settings":{"channels":["desk"]}}'
        asyncio.run(save(workshop, b"watch|good", good))
        loaded = "newsmonitor_watches_loaded 2.0"
        until(lambda: loaded in served(worker, "/metrics"), 20, lambda: "not in use", worker)
        assert state_of(worker, "watches").startswith("1 not in use, among them watch|bad")
        workshop.publish([article("boat", "A ferry left the harbour at noon with nobody on board at all.")])
        workshop.until_decided(["boat"], worker)
        assert worker.stop() == 0
    assert asyncio.run(decisions(workshop, "boat")) == {"good": "new", "always": "new"}


def state_of(worker: Running, part: str) -> str:
    """What /healthz says of a part."""
    told: dict[str, str] = orjson.loads(served(worker, "/healthz"))
    return told.get(part, "")


async def save(workshop: Workshop, key: bytes, value: bytes) -> None:
    async with kafka.started(kafka.producer(workshop.connection), workshop.connection) as producer:
        await producer.send_and_wait(topics.WATCHES.name, value, key, 0)


def test_own_concepts_places_and_homes_that_are_edited_reach_a_running_worker(workshop: Workshop) -> None:
    queries = {"walkouts": "concept:walkout", "camp": 'place:"Camp Velm"', "louisiana": "place:Louisiana"}
    watches = [ALWAYS, *({"id": name, "query": query, "channels": ["desk"]} for name, query in queries.items())]
    camp = {"name": "Camp Velm", "lat": 36.5, "lon": 40.5}
    apply(workshop, watches, concepts={"walkout": ["walkout"]}, places=[camp])
    told = "The convoy halted near Velm Hutments when drivers downed tools in Alexandria. "
    with workshop.worker() as worker:
        until(lambda: at_work(worker), 40, lambda: "not at work", worker)
        workshop.publish([article("before", told + "One two three four five six. ")])
        workshop.until_decided(["before"], worker)
        edited = apply(
            workshop,
            watches,
            concepts={"walkout": ["walkout", "downed tools"]},
            places=[{**camp, "spellings": ["Velm Hutments"]}],
            homes={ARTICLE.source: "Louisiana"},
        )
        assert set(edited["changed"]) == {"concept|walkout", "place|Camp Velm"}  # type: ignore[call-overload]
        assert edited["added"] == [f"home|{ARTICLE.source}"]
        workshop.publish([article("after", told + "Seven eight nine ten eleven twelve. ")])
        workshop.until_decided(["after"], worker)
        assert worker.stop() == 0
    assert asyncio.run(decisions(workshop, "before")).keys() == {"always"}
    assert asyncio.run(decisions(workshop, "after")).keys() == {"always", *queries}
