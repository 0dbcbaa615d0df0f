"""Poison at each stage: in the dead letters, whole, while its neighbours' alerts come out unharmed."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from monitor import app, cluster, deadletters, kafka, topics, wire
from monitor.core.matching import matches
from monitor.core.matching.watches import WatchSet, compile_watches
from monitor.kafka import Connection
from monitor.model import Article, DeadLetter, Watch, WatchSettings
from monitor.settings import ConsoleChannel, HttpSettings, Project, Settings
from monitor.stream import stages
from tests.pipeline.commands import monitor, running

ARTICLE = Article(
    id="good",
    revision="1",
    source="Levant Wire",
    title="Convoy leaves the city",
    text="A convoy left at dawn.",
    first_seen_at=datetime(2026, 3, 3, tzinfo=UTC),
)
POISON: dict[str, bytes | None] = {
    "garbage": b"\x00\xff garbage",
    "null": None,
    "empty": b"",
    "no object": b"[1, 2]",
    "another kind": b'{"v": 1, "kind": "watch", "id": "w", "query": "x"}',
    "unknown version": b'{"v": 99, "kind": "article"}',
    "900 kB": b"x" * 900_000,
}
STAGES = {topics.ARTICLES.name: "match", topics.MATCHES.name: "story", topics.ALERTS.name: "notify"}


def article(name: str, text: str = "") -> bytes:
    """One that the watch wants, and that is no copy of another."""
    text = text or f"The convoy {name} left. " + f"{name} " * 30
    return wire.encode(replace(ARTICLE, id=name, title=f"Convoy {name} leaves", text=text))


async def put(producer: AIOKafkaProducer, topic: str, value: bytes | None) -> None:
    await producer.send_and_wait(topic, value, key=b"poison", partition=0)


async def poison_everything(producer: AIOKafkaProducer) -> None:
    for topic in STAGES:
        for value in POISON.values():
            await put(producer, topic, value)


async def letters(connection: Connection) -> list[DeadLetter]:
    found = [deadletters.decode(record) async for record in cluster.read_all(connection, topics.DEADLETTERS.name)]
    return [letter for letter in found if isinstance(letter, DeadLetter)]


async def until_there_are(connection: Connection, count: int) -> list[DeadLetter]:
    async with asyncio.timeout(60):
        while len(found := await letters(connection)) < count:  # noqa: ASYNC110 it is remote
            await asyncio.sleep(0.2)
    return found


@asynccontextmanager
async def at_work(console: io.StringIO) -> AsyncIterator[tuple[Connection, app.Roles, AIOKafkaProducer]]:
    """The roles in this process, on the embedded broker."""
    channel = ConsoleChannel(id="desk", kind="console")
    project = Project(Settings(channels=(channel,), http=HttpSettings(port=0)))
    async with (
        app.broker(project.settings.kafka) as connection,
        app.running(project, connection, watch_set(), ("notify", "stream"), console) as roles,
        kafka.started(kafka.producer(connection), connection) as producer,
    ):
        yield connection, roles, producer


def watch_set() -> WatchSet:
    return compile_watches([Watch(id="convoys", query="convoy", settings=WatchSettings(channels=("desk",)))], None, {})


async def test_poison_ends_in_the_dead_letters_and_its_neighbours_alert() -> None:
    console = io.StringIO()
    async with at_work(console) as (connection, roles, producer):
        publish = roles.outbox.publisher("test", 0)
        await publish(wire.decode(article("first"), Article))
        await poison_everything(producer)
        await publish(wire.decode(article("second"), Article))
        found = await until_there_are(connection, len(POISON) * len(STAGES))
        await app.finish_or_fail(roles, app.drained(roles, connection))
    lines = console.getvalue().splitlines()
    assert lines.count("Convoy first leaves") == lines.count("Convoy second leaves") == 1
    for topic, stage in STAGES.items():
        mine = [letter for letter in found if letter.stage == stage]
        assert {letter.topic for letter in mine} == {topic}
        assert sorted((letter.value or b"", letter.value is None) for letter in mine) == sorted(
            (value or b"", value is None) for value in POISON.values()
        )
        assert all(letter.error for letter in mine)


async def test_an_article_that_makes_the_code_raise_is_a_dead_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    def fragile(found: Article, watches: WatchSet) -> matches.Matched:
        if found.id == "bomb":
            raise RecursionError("maximum recursion depth exceeded")
        return matches.match(found, watches)

    monkeypatch.setattr(stages, "match", fragile)
    console = io.StringIO()
    async with at_work(console) as (connection, roles, _):
        publish = roles.outbox.publisher("test", 0)
        for name in ("first", "bomb", "second"):
            await publish(wire.decode(article(name), Article))
        await app.finish_or_fail(roles, app.drained(roles, connection))
        (letter,) = await until_there_are(connection, 1)
    assert (letter.stage, letter.error) == ("match", "RecursionError: maximum recursion depth exceeded")
    assert letter.value == article("bomb")
    assert "Convoy second leaves" in console.getvalue()


async def test_an_article_whose_match_is_too_large_to_be_sent_is_a_dead_letter() -> None:
    console = io.StringIO()
    async with at_work(console) as (connection, roles, producer):
        room = topics.MAX_BATCH_BYTES - 200 - len(article("huge", "convoy "))  # for the article, not for its match
        await put(producer, topics.ARTICLES.name, article("huge", "convoy " + "x" * room))
        await roles.outbox.publisher("test", 0)(wire.decode(article("second"), Article))  # what drained() knows of
        (letter,) = await until_there_are(connection, 1)
        await app.finish_or_fail(roles, app.drained(roles, connection))
    assert letter.error.startswith("BrokerRefused: the record is too large for news.matches")
    assert "Convoy second leaves" in console.getvalue()


@pytest.mark.kafka
def test_dead_letters_of_real_roles_can_be_listed_shown_and_replayed(own_kafka: str, tmp_path: Path) -> None:
    (tmp_path / "watches.yaml").write_text("watches: [{id: convoys, query: convoy, channels: [desk]}]\n")
    (tmp_path / "monitor.yaml").write_text(
        "watches: watches.yaml\nchannels: [{id: desk, kind: console}]\nhttp: {port: 0}\n"
    )

    async def produce(*values: bytes | None) -> None:
        connection = Connection(bootstrap=own_kafka)
        async with kafka.started(kafka.producer(connection), connection) as producer:
            for value in values:
                await put(producer, topics.ARTICLES.name, value)

    def listed() -> list[dict[str, object]]:
        done = monitor("deadletters", "list", "--json", "--bootstrap", own_kafka)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    broker = ("--bootstrap", own_kafka)
    with running("stream", *broker, cwd=tmp_path) as stream, running("notify", *broker, cwd=tmp_path) as notify:
        asyncio.run(produce(article("first"), *POISON.values(), article("second")))
        notify.until(lambda it: "Convoy second leaves" in it.text, stream)
        assert "Convoy first leaves" in notify.text
        stream.until(lambda _: len(listed()) == len(POISON))
        name = str(listed()[0]["id"])
        shown = monitor("deadletters", "show", name, *broker)
        assert "the record is no JSON" in shown.stdout, shown.stderr
        replayed = monitor("deadletters", "replay", name, *broker)
        assert replayed.returncode == 0, replayed.stderr
        stream.until(lambda _: any(row["attempts"] == 2 for row in listed()))
        assert (stream.stop(), notify.stop()) == (0, 0)
    assert orjson.loads(monitor("deadletters", "list", "--json", "--replayed", *broker).stdout.splitlines()[0])
