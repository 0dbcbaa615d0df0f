"""`monitor stories` against a broker with decisions in it."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result

from monitor import kafka, wire
from monitor.broker import EmbeddedBroker
from monitor.cli import main
from monitor.core.stories.stories import Outcome, StoryIndex
from monitor.kafka import Connection
from monitor.topics import ALERTS, SUPPRESSED
from tests.core.newsroom import SETTINGS, article, match, tell

BRIDGE = (
    "The bridge over the Onar at Velm was closed on Friday after a barge struck a pillar. No one was hurt. Lorries are "
    "sent by way of the ferry at Sund, which crosses each half hour."
)
STRIKE = (
    "Bakers in Velm will stop work on Sunday night because talks about pay for night shifts failed, the union said."
)


@pytest.fixture
def broker() -> Iterator[Connection]:
    with EmbeddedBroker() as embedded:
        yield Connection(bootstrap=embedded.bootstrap, embedded=True)


def outcomes() -> list[Outcome]:
    index, two_channels = StoryIndex(), replace(SETTINGS, channels=("desk", "night"))
    return [
        tell(index, match(article("a", "Bridge shut", BRIDGE, source="Velm Post"), "one", settings=two_channels)),
        tell(index, match(article("s", "Bakers to strike", STRIKE, hours=1), "two")),
        tell(index, match(article("b", "Barge hits pillar", BRIDGE, hours=2, source="Sund\x1b[31m Mirror"), "one")),
    ]


def publish(broker: Connection, found: Sequence[Outcome], *others: bytes) -> None:
    async def send() -> None:
        async with kafka.started(kafka.producer(broker), broker) as producer:
            for outcome in found:
                for alert in outcome.alerts:
                    await kafka.send(producer, ALERTS.name, alert.channel.encode(), wire.encode(alert), partition=0)
                for silent in outcome.suppressed:
                    await kafka.send(producer, SUPPRESSED.name, b"one", wire.encode(silent), partition=0)
            for other in others:
                await kafka.send(producer, ALERTS.name, None, other, partition=0)

    asyncio.run(send())


def run(broker: Connection, *arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(main, ["stories", *arguments, "--bootstrap", broker.bootstrap])


def test_stories_are_listed_with_what_was_decided(broker: Connection) -> None:
    publish(broker, outcomes(), b"no alert of ours")
    result = run(broker, "list", "--json")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["watch"], row["articles"], row["told"], row["decisions"]) for row in rows] == [
        ("two", 1, 1, {"new": 1}),
        ("one", 2, 1, {"new": 1, "copy": 1}),
    ], "an alert on two channels is one article"
    assert "news.alerts 0:3" in result.stderr, "what cannot be read is named"
    shown = run(broker, "list", "--watch", "one")
    assert shown.stdout.endswith("one  “Bridge shut”  1 new, 1 copy\n")
    assert shown.stderr.endswith("1 stories\n")


def test_a_story_shows_every_article_and_why(broker: Connection) -> None:
    made = outcomes()
    publish(broker, made)
    story = made[0].judgements[0].story
    shown = run(broker, "show", story[:10]).stdout
    assert "new, told on desk, night  Velm Post: “Bridge shut”\n    first of its story" in shown
    assert "copy, not told (copy)  Sund[31m Mirror: “Barge hits pillar”" in shown, "no character moves the cursor"
    assert "100 % of it stands in “Bridge shut”, 100 % of that in it" in shown
    members = [json.loads(line) for line in run(broker, "show", story, "--json").stdout.splitlines()]
    assert [(row["article"], row["decision"], row["copy_of"]) for row in members] == [
        ("a", "new", None),
        ("b", "copy", "a"),
    ]


def test_a_story_that_nobody_has_is_said_so(broker: Connection) -> None:
    publish(broker, outcomes())
    result = run(broker, "show", "nothing")
    assert result.exit_code != 0
    assert "no story begins with 'nothing'" in result.stderr
