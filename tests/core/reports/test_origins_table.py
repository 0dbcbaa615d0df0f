"""Credits as agencies and outlets write them, in their scripts, and texts that only speak of an agency."""

from pathlib import Path
from typing import Any

import yaml

from monitor.core.reports.origins import find_origin
from monitor.core.stories.sketches import read
from tests.core.newsroom import START, article

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "tables" / "origins.yaml").read_text("utf-8"))
REST = " ".join(
    f"The harbour master of Velm said so on the day {n} of the week, and more was not known." for n in range(9)
)
RIGHT = 0.95


def text_of(case: dict[str, Any]) -> str:
    written = str(case["text"])
    return f"{REST}\n{written[1:]}" if written.startswith("…") else written.removesuffix("…") + "\n" + REST


def test_origins_are_right() -> None:
    wrong = [
        f"{case['text']} → {found}, not {case['origin']}"
        for case in CASES
        if (found := find_origin(case["source"], case.get("author"), text_of(case))) != case["origin"]
    ]
    assert len(CASES) >= 100
    assert len(wrong) <= (1 - RIGHT) * len(CASES), wrong


def test_what_is_read_live_is_the_same() -> None:
    for case in CASES:
        made = article("a", "Ferry", text_of(case), source=case["source"])
        expected = find_origin(case["source"], None, text_of(case))
        assert read(made, START, 0).whole.origin == expected, case["text"]
