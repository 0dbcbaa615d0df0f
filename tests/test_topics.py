"""The topics in code are those of the documentation, and ownership never moves."""

import re
from pathlib import Path

import pytest

from monitor import topics

DOCS = Path(__file__).parent.parent / "docs" / "topics.md"

# b2sum -l 64, modulo the count of partitions.
OWNERS = [
    ("raqqa-evacuation", 0x2A520E984A89780B, 3),
    ("desk", 0x8E3E065C593DDDFC, 0),
    ("é", 0xCB1ABF8BEFF3192F, 3),
    ("", 0xE4A6A0577479B2B4, 0),
]


@pytest.mark.parametrize(("key", "digest", "of_four"), OWNERS)
def test_a_watch_stays_with_its_partition(key: str, digest: int, of_four: int) -> None:
    assert topics.partition_of(key, 4) == of_four
    assert topics.partition_of(key, 2**64) == digest
    assert topics.partition_of(key, 1) == 0


def test_watches_spread_over_all_partitions() -> None:
    owners = {topics.partition_of(f"watch-{n}", 16) for n in range(300)}
    assert owners == set(range(16))


def _kept(topic: topics.Topic) -> str:
    days = topic.retention_ms and topic.retention_ms // topics.DAY
    parts = ["compact"] if topic.compact else []
    return ", ".join([*parts, f"{days} days"] if days else parts)


def test_the_documentation_has_the_same_table() -> None:
    rows = re.findall(r"^\| `(\S+)` \|.*\| ([^|]+) \|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert dict(rows) == {topic.name: _kept(topic) for topic in topics.TOPICS}


@pytest.mark.parametrize("topic", topics.TOPICS, ids=lambda topic: topic.name)
def test_kafka_is_told_how_long_to_keep(topic: topics.Topic) -> None:
    config = topic.config()
    assert config["cleanup.policy"] in {"compact", "delete", "compact,delete"}
    assert (config["retention.ms"] == "-1") == (config["cleanup.policy"] == "compact")


def test_names_are_plural_nouns_of_ours() -> None:
    names = [topic.name for topic in topics.TOPICS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"news\.[a-z]+s|suppressed|news\.suppressed", n) for n in names if n.startswith("news."))
