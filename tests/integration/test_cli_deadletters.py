"""`monitor deadletters` against a broker with letters in it."""

import asyncio
import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from click.testing import CliRunner, Result

from monitor import cluster, deadletters, kafka
from monitor.broker import EmbeddedBroker
from monitor.cli import main
from monitor.deadletters import ATTEMPTS, Header
from monitor.kafka import Connection
from monitor.model import DeadLetter
from monitor.topics import DEADLETTERS

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
POISON = b"\x1b[31m{\xff"


@pytest.fixture
def broker() -> Iterator[Connection]:
    with EmbeddedBroker() as embedded:
        yield Connection(bootstrap=embedded.bootstrap, embedded=True)


def letter(value: bytes | None, stage: str = "match", **changes: Any) -> DeadLetter:
    fields: dict[str, Any] = {
        "key": b"article-1",
        "error": "WireError: the record is no JSON",
        "topic": "news.articles",
        "partition": 3,
        "offset": 7,
        "failed_at": NOON,
        "size_bytes": len(value or b""),
        "digest": deadletters.digest(value),
    }
    return DeadLetter(value=value, stage=stage, **{**fields, **changes})


def bury(broker: Connection, *letters: DeadLetter, others: tuple[bytes, ...] = ()) -> None:
    """All into partition 0, in this order: their ids are 0:0, 0:1 …"""

    async def send() -> None:
        async with kafka.started(kafka.producer(broker), broker) as producer:
            for one in letters:
                key, value, headers = deadletters.encode(one)
                await kafka.send(producer, DEADLETTERS.name, key, value, partition=0, headers=headers)
            for other in others:
                await kafka.send(producer, DEADLETTERS.name, None, other, partition=0)

    asyncio.run(send())


def run(broker: Connection, *arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(main, ["deadletters", *arguments, "--bootstrap", broker.bootstrap])


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def content(broker: Connection, topic: str) -> list[ConsumerRecord]:
    async def read() -> list[ConsumerRecord]:
        return [record async for record in cluster.read_all(broker, topic)]

    return asyncio.run(read())


def test_an_empty_topic_is_an_empty_list(broker: Connection) -> None:
    result = run(broker, "list")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "0 dead letters\n")


def test_letters_are_listed_by_stage_and_what_is_none_does_no_harm(broker: Connection) -> None:
    bury(broker, letter(b"{"), letter(None, "story", topic="news.matches"), others=(b"someone else's",))
    result = run(broker, "list", "--json")
    assert [(row["id"], row["stage"], row["size_bytes"]) for row in lines(result)] == [
        ("0:0", "match", 1),
        ("0:1", "story", 0),
    ]
    assert "0:2: the record is no dead letter" in result.stderr
    (only,) = lines(run(broker, "list", "--json", "--stage", "story"))
    assert (only["topic"], only["partition"], only["offset"]) == ("news.matches", 3, 7)
    assert only["failed_at"] == "2026-03-03T12:00:00+00:00"


def test_a_list_for_people_is_one_line_each_and_steers_no_terminal(broker: Connection) -> None:
    bury(broker, letter(b"{", error="Broken: \x1b[2J\nnext \u202eline"), letter(b"[" * 2000))
    result = run(broker, "list")
    first, second = result.stdout.splitlines()
    assert "Broken: \\x1b[2J\\x0anext \\x202eline" in first
    assert "news.articles:3:7" in first
    assert "2,000 B" in second
    assert result.stderr == "2 dead letters\n"


def test_one_letter_is_shown_whole(broker: Connection) -> None:
    bury(broker, letter(POISON, headers=(("trace", b"\x01"),)))
    for_people = run(broker, "show", "0:0")
    assert for_people.exit_code == 0
    assert "1b 5b 33 31 6d 7b ff" in for_people.stdout
    assert "\x1b" not in for_people.stdout
    assert run(broker, "show", "0:0", "--raw").stdout_bytes == POISON
    (found,) = lines(run(broker, "show", "0:0", "--json"))
    assert base64.b64decode(found["value"]) == POISON
    assert base64.b64decode(found["key"]) == b"article-1"
    assert found["headers"] == [["trace", base64.b64encode(b"\x01").decode()]]


@pytest.mark.parametrize("id_", ["0:99", "9:0", "nonsense", "0:-1", ":"])
def test_a_letter_that_is_not_there_is_exit_2(broker: Connection, id_: str) -> None:
    for verb in ("show", "replay"):
        result = run(broker, verb, id_)
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"there is no dead letter {id_}" in result.stderr


def test_one_goes_back_to_its_place_with_its_bytes_and_headers(broker: Connection) -> None:
    headers: tuple[Header, ...] = (("trace", b"\x01"),)
    bury(broker, letter(POISON, topic="news.matches", attempts=2, headers=headers), letter(b"other"))
    result = run(broker, "replay", "0:0")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "0:0 → news.matches:3\n", "1 sent back\n")
    (record,) = content(broker, "news.matches")
    assert (record.key, record.value, record.partition) == (b"article-1", POISON, 3)
    assert list(record.headers) == [("trace", b"\x01"), (ATTEMPTS, b"2")]
    assert content(broker, "news.articles") == []


def test_one_that_never_lay_in_a_partition_goes_where_its_key_puts_it(broker: Connection) -> None:
    bury(broker, letter(b"{}", "poll", partition=-1, offset=-1))
    result = run(broker, "replay", "--all")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "0:0 → news.articles\n", "1 sent back\n")
    (record,) = content(broker, "news.articles")
    assert (record.key, record.value) == (b"article-1", b"{}")


def test_all_means_each_once(broker: Connection) -> None:
    bury(broker, letter(b"one"), letter(b"two", "story"), letter(None, key=b"gone"))
    assert run(broker, "replay", "--stage", "story").stdout == "0:1 → news.articles:3\n"
    assert run(broker, "replay", "--all").exit_code == 0
    assert run(broker, "replay", "--all").stderr == "0 sent back\n"
    assert [record.value for record in content(broker, "news.articles")] == [b"two", b"one", None]
    shown = run(broker, "list")
    assert (shown.stdout, shown.stderr) == ("", "0 dead letters; 3 replayed ones not shown\n")
    assert all(row["replayed_at"] for row in lines(run(broker, "list", "--json", "--replayed")))
    assert run(broker, "replay", "0:0").exit_code == 0  # by name it may go again


def test_what_cannot_go_back_says_why_and_the_others_go(broker: Connection) -> None:
    huge = letter(b"x" * 3_000_000)
    strange = letter(b"entry", topic="https://feeds.example/rss")
    away = letter(b"far", partition=9)
    bury(broker, huge, strange, letter(None, key=None), away, letter(b"good"))
    result = run(broker, "replay", "--all")
    assert (result.exit_code, result.stdout) == (1, "0:4 → news.articles:3\n")
    said = dict(line.split(": ", 1) for line in result.stderr.splitlines()[:4])
    assert "value cut; the value had 3000000 bytes" in said["0:0"]
    assert "not come from a topic of this program" in said["0:1"]
    assert "neither key nor value" in said["0:2"]
    assert "no partition 9" in said["0:3"]
    assert result.stderr.splitlines()[4] == "1 sent back, 4 not"
    assert len(lines(run(broker, "list", "--json"))) == 4  # those that did not go are still open


@pytest.mark.parametrize("arguments", [(), ("0:1", "--all"), ("--all", "--stage", "match")])
def test_which_ones_is_said_once(broker: Connection, arguments: tuple[str, ...]) -> None:
    result = run(broker, "replay", *arguments)
    assert result.exit_code == 2
    assert "one of ID, --all, --stage" in result.stderr


def test_a_letter_is_replayed_to_no_changelog(broker: Connection) -> None:
    bury(broker, letter(b"x", topic="newsmonitor-stream-judgements-changelog"), letter(b"x", topic=DEADLETTERS.name))
    result = run(broker, "replay", "--all")
    assert (result.exit_code, result.stdout) == (1, "")
