"""The shipped stories through the whole pipeline: the right alerts, each time, on both brokers.

`demo.txt` is the list of decisions, reviewed line by line against seeds/README.md. After a change that is meant, give
what `monitor replay seeds --watches seeds/watches.yaml --json` prints to this module, and review it again.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.pipeline.commands import SEEDS, monitor, running

GOLDEN = Path(__file__).with_name("demo.txt")


def decisions(lines: Iterable[str]) -> list[str]:
    """A line a decision: watch, article, what was decided, told or not, and why."""
    rows = (json.loads(line) for line in lines)
    return [
        f"{row['watch']} | {row['title']} ({row['source']}) | {row['decision']}"
        f"{'' if row['told'] else ', not told'} | {row['reason']}"
        for row in sorted(rows, key=lambda row: (row["watch"], row["event_at"], row["title"]))
    ]


def replayed(*arguments: str) -> list[str]:
    done = monitor("replay", SEEDS, "--watches", SEEDS / "watches.yaml", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_the_demo_gives_the_right_alerts_and_the_same_each_time() -> None:
    first = replayed()
    assert decisions(first) == GOLDEN.read_text().splitlines()
    assert replayed() == first


@pytest.mark.kafka
def test_a_real_kafka_gives_the_same_alerts(own_kafka: str) -> None:
    assert decisions(replayed("--bootstrap", own_kafka)) == GOLDEN.read_text().splitlines()


@pytest.mark.kafka
def test_a_replay_leaves_a_kafka_alone_where_others_are_at_work(own_kafka: str, tmp_path: Path) -> None:
    (tmp_path / "monitor.yaml").write_text("channels: [{id: desk, kind: console}]\nhttp: {port: 0}\n")
    broker = ("--bootstrap", own_kafka)
    with running("notify", *broker, cwd=tmp_path) as notify:
        notify.until(lambda it: "Running notify" in it.text)
        done = monitor("replay", SEEDS, "--watches", SEEDS / "watches.yaml", *broker)
        notify.stop()
    assert done.returncode == 2
    assert "is in use: 1 in the group newsmonitor-notify" in done.stderr
    assert "Traceback" not in done.stderr


def test_people_see_each_alert_and_what_was_not_told_and_why() -> None:
    done = monitor("replay", SEEDS, "--watches", SEEDS / "watches.yaml")
    assert done.returncode == 0, done.stderr
    assert "Buses wait as elders in Raqa strike bargain on letting civilians leave" in done.stdout
    assert "[safe passage]" in done.stdout
    assert "Not told" in done.stdout


if __name__ == "__main__":
    print("\n".join(decisions(sys.stdin)))
