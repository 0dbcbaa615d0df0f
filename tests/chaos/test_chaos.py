"""A short run of `make chaos`, and one with a rule broken, which the verifier must not let pass."""

from pathlib import Path

import pytest

from tests.chaos.report import faults, keep, table
from tests.chaos.run import Plan, run
from tests.integration.conftest import or_skip
from tests.integration.kafka_server import find_java, jars

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def _can_run() -> None:
    or_skip(lambda: f"{find_java()} {jars()}")


async def test_nothing_is_lost_whoever_dies(tmp_path: Path) -> None:
    result = await run(Plan(kills=30, rounds=3, seed=11, session_seconds=5), tmp_path)
    print(table(result))
    keep(result, tmp_path)
    assert not result.findings, f"{table(result)}\n{faults(result)}\nThe evidence is in {tmp_path}"
    assert all(sum(ends.values()) >= 10 for ends in result.counted.values())
    assert len(result.history.accepted) > 100


async def test_a_worker_that_commits_before_it_has_handled_is_seen_to_lose(tmp_path: Path) -> None:
    plan = Plan(kills=3, seed=3, roles=("stream",), rule="commit-early", outages=0, steps=(), patience_seconds=10)
    result = await run(plan, tmp_path)
    kinds = {f"{one.leg}: {one.kind}" for one in result.findings}
    assert kinds & {"matched: lost", "judged, alerts: lost", "judged, suppressed: lost"}, table(result)


async def test_a_notifier_that_marks_an_alert_sent_before_it_sends_it_is_seen_to_lose(tmp_path: Path) -> None:
    plan = Plan(
        kills=3, seed=3, roles=("notify",), rule="mark-before-send", outages=0, steps=(), patience_seconds=10, rate=3
    )
    result = await run(plan, tmp_path)
    assert "delivered: lost" in {f"{one.leg}: {one.kind}" for one in result.findings}, table(result)
