"""Sequences of articles from YAML tables, and which of their articles are judged as a person at the desk would."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from monitor.model import Article, Judgement
from tests.core.newsroom import article, judged

FOLDER = Path(__file__).parent / "tables"
STEP_HOURS = 0.5


def sequences(*files: str) -> list[dict[str, Any]]:
    """The sequences of these tables, in their order."""
    return [found for file in files for found in yaml.safe_load((FOLDER / file).read_text("utf-8"))]


def faults(sequence: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Each article (counted from 1) that is judged otherwise than expected, and how."""
    rows = judged(*articles(sequence))
    wanted = sequence["articles"]
    for number, (row, want) in enumerate(zip(rows, wanted, strict=True), 1):
        if wrong := _fault(number, row, want, rows, wanted):
            yield number, f"{wrong} ({row.reason})"


def articles(sequence: Mapping[str, Any]) -> list[Article]:
    """The articles of a sequence in the order in which they come."""
    parts = sequence.get("parts", {})
    return [
        article(
            str(number),
            entry["title"],
            "\n".join(parts.get(part, part) for part in entry["text"]),
            hours=entry.get("hours", STEP_HOURS * (number - 1)),
            source=entry["source"],
            url=entry.get("url"),
        )
        for number, entry in enumerate(sequence["articles"], 1)
    ]


def _fault(
    number: int, row: Judgement, want: Mapping[str, Any], rows: Sequence[Judgement], wanted: Sequence[Mapping[str, Any]]
) -> str | None:
    if row.decision.value != want["expect"]:
        return f"{row.decision.value} instead of {want['expect']}"
    if "copy_of" in want and row.copy_of not in [str(of) for of in want["copy_of"]]:
        return f"copy of {row.copy_of} instead of {want['copy_of']}"
    for before, other in zip(rows[: number - 1], wanted, strict=False):
        if (before.story == row.story) != (other["story"] == want["story"]):
            return f"its story is {'' if before.story == row.story else 'not '}that of {before.article}"
    return None
