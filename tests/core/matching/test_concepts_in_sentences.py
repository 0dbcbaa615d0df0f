"""Concepts on sentences of our own: those that tell of a thing, and those that only use its words."""

from functools import cache
from pathlib import Path

import pytest
import yaml

from monitor.concepts import load_concepts
from monitor.core.matching.matches import match
from monitor.core.matching.watches import WatchSet, compile_watches
from monitor.model import Watch
from tests.core.reading import article

TABLES = Path(__file__).parent / "concepts"
CONCEPTS = load_concepts()


@cache
def watches(concept: str) -> WatchSet:
    return compile_watches([Watch(id="w", query=f"concept:{concept.replace(' ', '-')}")], None, CONCEPTS)


def found(concept: str, sentence: str) -> bool:
    return bool(match(article(sentence), watches(concept)).watches)


@pytest.mark.parametrize(
    ("table", "sentences", "recall", "precision"), [("sentences", 180, 0.98, 0.98), ("later", 90, 0.95, 0.95)]
)
def test_concepts_are_told_from_their_false_friends(
    table: str, sentences: int, recall: float, precision: float
) -> None:
    groups = yaml.safe_load((TABLES / f"{table}.yaml").read_text("utf-8"))
    telling = [(concept, text) for concept, group in groups.items() for text in group["tells"]]
    others = [(concept, text) for concept, group in groups.items() for text in group["not"]]
    missed = [f"{concept}: {text}" for concept, text in telling if not found(concept, text)]
    taken = [f"{concept}: {text}" for concept, text in others if found(concept, text)]
    hit = len(telling) - len(missed)
    assert len(telling) + len(others) >= sentences
    assert hit >= recall * len(telling), missed
    assert hit >= precision * (hit + len(taken)), taken
