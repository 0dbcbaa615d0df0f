"""The examples of docs/watches.md do what it says."""

import re
from pathlib import Path

import pytest

from monitor.concepts import load_concepts
from monitor.core.matching.watches import check_watch
from monitor.model import Watch
from tests.core.gazetteer import SmallGazetteer
from tests.core.reading import hits

DOCS = (Path(__file__).parent.parent / "docs" / "watches.md").read_text()


def blocks(kind: str) -> list[list[str]]:
    return [block.strip().splitlines() for block in re.findall(rf"```{kind}\n(.*?)```", DOCS, re.DOTALL)]


EXAMPLES = [(query, example) for query, *examples in blocks("watch") for example in examples]
REFUSED = [query for block in blocks("refused") for query in block]


@pytest.mark.parametrize(("query", "example"), EXAMPLES)
def test_example(query: str, example: str) -> None:
    sign, _, content = example.partition(" ")
    title, _, text = content.rpartition("|")
    found = hits(query, text, title, concepts=load_concepts())
    assert {"+": True, "-": False}[sign] is (found is not None)


@pytest.mark.parametrize("query", REFUSED)
def test_refused(query: str) -> None:
    assert check_watch(Watch(id="w", query=query), SmallGazetteer(), load_concepts()) is not None


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 30
    assert len(REFUSED) > 10
