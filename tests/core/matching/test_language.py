"""The language by its tables: what a query must find, letter by letter, what it leaves alone, and what is refused."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.core.matching.matches import match
from monitor.core.matching.watches import check_watch, compile_watches
from monitor.model import Field, Watch
from tests.core.gazetteer import SmallGazetteer
from tests.core.reading import CONCEPTS, article

TABLES = sorted((Path(__file__).parent / "language").glob("*.yaml"))
GROUPS: list[Mapping[str, Any]] = [group for path in TABLES for group in yaml.safe_load(path.read_text("utf-8"))]
CASES = [(group, kind, line) for group in GROUPS for kind in ("found", "left") for line in group.get(kind, ())]
REFUSED = [group["query"] for group in GROUPS if group.get("refused")]


def marked(line: str) -> tuple[dict[Field, str], set[tuple[Field, int, int]]]:
    """Title and text without their brackets, and what stood in brackets."""
    title, bar, text = line.partition("|")
    fields = {Field.TITLE: title, Field.TEXT: text} if bar else {Field.TITLE: "", Field.TEXT: title}
    plain, spans = {}, set()
    for field, written in fields.items():
        plain[field], found = _unbracketed(written)
        spans |= {(field, start, end) for start, end in found}
    return plain, spans


def _unbracketed(written: str) -> tuple[str, list[tuple[int, int]]]:
    kept, starts, spans = "", [0], []
    for char in written:
        if char == "[":
            starts.append(len(kept))
        elif char == "]":
            spans.append((starts[-1], len(kept)))
        else:
            kept += char
    return kept, spans


def hits(group: Mapping[str, Any], fields: Mapping[Field, str]) -> set[tuple[Field, int, int]] | None:
    watches = compile_watches([Watch(id="w", query=group["query"], allow_all=True)], SmallGazetteer(), CONCEPTS)
    read = article(fields[Field.TEXT], fields[Field.TITLE], source=group.get("source", "Example Times"))
    found = match(replace(read, language=group.get("language")), watches)
    if not found.watches:
        return None
    return {(hit.field, hit.start, hit.end) for number in found.watches[0].hits for hit in [found.hits[number]]}


@pytest.mark.parametrize(("group", "kind", "line"), CASES, ids=[f"{g['query']} {k} {t}"[:60] for g, k, t in CASES])
def test_a_query_finds_what_is_marked_and_nothing_else(group: Mapping[str, Any], kind: str, line: str) -> None:
    fields, spans = marked(line)
    assert hits(group, fields) == (spans if kind == "found" else None)


@pytest.mark.parametrize("query", REFUSED)
def test_what_makes_no_sense_or_could_match_everything_is_refused(query: str) -> None:
    error = check_watch(Watch(id="w", query=query), SmallGazetteer(), CONCEPTS)
    assert error is not None
    assert error.line >= 1
    assert error.column >= 1


def test_there_are_as_many_as_are_promised() -> None:
    assert len(CASES) + len(REFUSED) >= 300
