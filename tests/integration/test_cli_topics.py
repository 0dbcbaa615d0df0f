"""`monitor topics` on a real Kafka, and without one."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.topics import TOPICS
from tests.integration.conftest import or_skip
from tests.integration.kafka_server import Kafka, start_kafka


def run(*arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(main, ["topics", *arguments], env={"KAFKA_BOOTSTRAP": None})


@pytest.mark.kafka
def test_created_checked_and_created_again(tmp_path: Path) -> None:
    with _kafka(tmp_path / "kafka") as kafka:
        before = run("check", "--bootstrap", kafka.bootstrap)
        assert (before.exit_code, before.stderr.count("is missing")) == (1, len(TOPICS))

        created = run("create", "--bootstrap", kafka.bootstrap)
        assert created.exit_code == 0
        assert [line for line in created.stdout.splitlines() if line.startswith("created ")] == [
            f"created {topic.name}" for topic in TOPICS
        ]

        again = run("create", "--bootstrap", kafka.bootstrap)
        assert (again.exit_code, again.stdout) == (0, f"{len(TOPICS)} topics are as they should be\n")

        config = tmp_path / "monitor.yaml"
        config.write_text(f"kafka:\n  bootstrap: {kafka.bootstrap}\n  partitions: 8\n")
        config.chmod(0o600)
        changed = run("create", "--config", str(config))
        assert changed.exit_code == 1
        assert "news.matches has 4 partitions, expected 8" in changed.stderr
        assert "news.watches" not in changed.stderr


def _kafka(folder: Path) -> Kafka:
    running: list[Kafka] = []

    def start() -> str:
        running.append(start_kafka(folder))
        return running[0].bootstrap

    or_skip(start)
    return running[0]


@pytest.mark.parametrize("verb", ["create", "check"])
def test_nobody_there_is_one_line_and_exit_2(verb: str, caplog: pytest.LogCaptureFixture) -> None:
    result = run(verb, "--bootstrap", "127.0.0.1:1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("monitor: no Kafka answers at 127.0.0.1:1 (connection refused)")
    assert result.stderr.count("\n") == 1
    assert not caplog.records  # the client's own complaints would come between


def test_no_broker_named_says_how_to_name_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("check")
    assert result.exit_code == 2
    assert "give --bootstrap HOST:PORT, or set KAFKA_BOOTSTRAP" in result.stderr
