"""What an outlet changes in a report that it carries: an update where it matters, a copy where it does not."""

from pathlib import Path
from typing import Any

import yaml

from monitor.core.stories.stories import StoryIndex
from monitor.model import Decision, Judgement
from tests.core.newsroom import article, match, tell

GROUPS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "tables" / "edits.yaml").read_text("utf-8"))
RECALL, PRECISION = 0.92, 0.94


def judged(text: str, old: str, new: str) -> Judgement:
    """What the changed text is to somebody who was told the other."""
    assert old in text or old.capitalize() in text or old.lower() in text.lower(), old
    index = StoryIndex()
    tell(index, match(article("first", "Ferry aground", text)))
    edited = text.replace(old, new)
    (row,) = tell(index, match(article("second", "Ferry aground", edited, hours=1, source="Other Post"))).judgements
    return row


def edits(kind: str) -> list[tuple[str, str, str]]:
    return [(group["text"], str(old), str(new)) for group in GROUPS for old, new in group[kind]]


def test_what_matters_is_an_update_and_what_does_not_a_copy() -> None:
    matters, cosmetic = edits("matters"), edits("cosmetic")
    assert min(len(matters), len(cosmetic)) >= 80
    missed = [f"{old} → {new}" for text, old, new in matters if judged(text, old, new).decision is Decision.COPY]
    taken = [f"{old} → {new}" for text, old, new in cosmetic if judged(text, old, new).decision is not Decision.COPY]
    found = len(matters) - len(missed)
    assert found >= RECALL * len(matters), missed
    assert found >= PRECISION * (found + len(taken)), taken


def test_an_update_says_what_changed() -> None:
    for text, old, new in edits("matters"):
        row = judged(text, old, new)
        assert row.decision is not Decision.UPDATE or row.changes, f"{old} → {new}"
