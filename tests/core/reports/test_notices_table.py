"""Markers of agencies in their languages, and headlines that only hold such a word."""

from pathlib import Path
from typing import Any

import yaml

from monitor.core.reports.markers import is_notice, unmark

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "tables" / "notices.yaml").read_text("utf-8"))
RIGHT = 0.97
TEXT = "A ferry with ninety passengers ran aground off Onar on Tuesday, the harbour master said."


def kind_of(case: dict[str, Any]) -> str | None:
    marker = unmark(case["title"], case.get("text", TEXT)).marker
    return marker.kind if marker else None


def test_markers_are_told_from_headlines_that_hold_the_word() -> None:
    wrong = [f"{case['title']}: {kind_of(case)}, not {case['kind']}" for case in CASES if kind_of(case) != case["kind"]]
    assert len(CASES) >= 100
    assert len(wrong) <= (1 - RIGHT) * len(CASES), wrong


def test_corrections_and_kills_are_notices_and_no_other_is() -> None:
    for case in CASES:
        if kind_of(case) == case["kind"]:
            assert is_notice(case["title"], case.get("text", TEXT), None) is (case["kind"] in {"correction", "kill"})
