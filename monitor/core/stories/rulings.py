"""What a person rules of stories: an article out of its story, or one story into another.

A ruling changes rows, and so holds for what is judged against them later, and after a rebuild. The same ruling again
finishes what a first attempt left half done, and changes nothing else.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from monitor.core.stories.sketches import digest
from monitor.model import Judgement, Ruling, RulingKind


def split(row: Judgement, article: str, made_at: datetime) -> Ruling:
    """The ruling that an article is no part of the story of this row."""
    name = digest(RulingKind.SPLIT, row.watch, row.story, article)
    return Ruling(id=name, action=RulingKind.SPLIT, watch=row.watch, story=row.story, article=article, made_at=made_at)


def merge(row: Judgement, into: str, made_at: datetime) -> Ruling:
    """The ruling that the story of this row is part of another."""
    name = digest(RulingKind.MERGE, row.watch, row.story, into)
    return Ruling(id=name, action=RulingKind.MERGE, watch=row.watch, story=row.story, into=into, made_at=made_at)


def ruled(members: Iterable[Judgement], ruling: Ruling) -> tuple[Judgement, ...]:
    """The judgements of the ruling's story, in its order, that go elsewhere: as they stand there."""
    own = [row for row in members if row.watch == ruling.watch]
    if ruling.action is RulingKind.SPLIT:
        story, said = digest("story", ruling.watch, ruling.article or "", ruling.id), "split from its story"
        own = _with_copies(own, ruling.article)
    else:
        story, said = ruling.into or ruling.story, "its story was merged into this one"
    note = f"; {said} by ruling {ruling.id[:12]}"
    return tuple(replace(row, story=story, ruling=ruling.id, reason=row.reason + note) for row in own)


def _with_copies(members: Iterable[Judgement], article: str | None) -> list[Judgement]:
    """The revisions of an article, and what carries its text."""
    gone, kept = {article}, []
    for row in members:
        if row.article in gone or row.copy_of in gone:
            gone.add(row.article)
            kept.append(row)
    return kept
