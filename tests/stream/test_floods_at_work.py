"""Floods of poison through the roles at work: one source is kept apart, many stop the process."""

import asyncio
import io

import orjson

from monitor import app, topics
from monitor.errors import CodeBroken
from monitor.topics import ARTICLES
from tests.pipeline.test_poison import article, at_work, put, until_there_are

LIMIT = 20


def poison(feed: str) -> bytes:
    return orjson.dumps({"v": 1, "kind": "article", "feed": feed, "title": 7})


async def test_a_source_that_floods_is_kept_apart_and_the_others_alert() -> None:
    console = io.StringIO()
    async with at_work(console) as (connection, roles, producer):
        for _ in range(LIMIT + 10):
            await put(producer, ARTICLES.name, poison("bad"))
        await put(producer, ARTICLES.name, article("second"))
        letters = await until_there_are(connection, LIMIT + 10)
        await app.finish_or_fail(roles, app.drained(roles, connection))
        healthy, parts = roles.health.report()
    assert sorted({letter.error.split(":")[0] for letter in letters}) == ["Quarantined", "WireError"]
    assert all(letter.value == poison("bad") for letter in letters)
    assert healthy
    assert parts["stream quarantine"] == "feed bad"
    assert "Convoy second leaves" in console.getvalue()


async def test_a_flood_from_many_sources_stops_the_process() -> None:
    async with at_work(io.StringIO()) as (_, roles, producer):
        for number in range(LIMIT + 10):
            await put(producer, topics.ARTICLES.name, poison(f"feed {number}"))
        async with asyncio.timeout(30):
            error = await roles.failed()
    assert isinstance(error, CodeBroken)
    assert "too many records in a row" in str(error)
