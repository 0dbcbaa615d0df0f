"""What a worker that gained, kept or lost partitions still knows of the stories of each."""

import itertools
from collections import defaultdict

import pytest
from structlog.testing import capture_logs

from monitor import wire
from monitor.core.stories.stories import StoryIndex
from monitor.stream.guard import Decided, Record
from monitor.stream.stages import StoryStage
from tests.core.newsroom import article, match

OFFSETS = itertools.count()
TEXT = "The convoy left the town of Harl at dawn with forty lorries and nobody has seen it since then, police said."


class Rows:
    """A table in memory."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[str, bytes]] = defaultdict(dict)

    def write(self, key: str, row: bytes | None) -> None:
        assert row is not None
        self.rows[int(key.partition("|")[0])][key] = row

    def rows_of(self, partition: int) -> list[bytes]:
        return list(self.rows[partition].values())


@pytest.fixture
def tables() -> dict[str, Rows]:
    return {"judgements": Rows(), "sketches": Rows()}


@pytest.fixture
def stage(tables: dict[str, Rows]) -> StoryStage:
    return StoryStage(tables, 4)


def tell(stage: StoryStage, id: str, partition: int, *, remembered: bool = True) -> list[str]:
    """Topics of what the story of one text becomes in one partition."""
    value = wire.encode(match(article(id, f"Convoy of {id} leaves", TEXT)))
    decided: Decided = stage.decide(Record("news.matches", partition, next(OFFSETS), b"", value))
    if remembered:
        stage.remember(decided.rows)
    return [output.topic.name for output in decided.outputs]


async def test_a_partition_that_came_with_rows_is_known_before_its_first_record(
    stage: StoryStage, tables: dict[str, Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(stage, "a", 2)
    heir = StoryStage(tables, 4)
    await heir.restore({2, 3}, {2, 3})
    monkeypatch.setattr(StoryIndex, "restore", None)  # it would be too late now
    assert tell(heir, "b", 2) == ["news.suppressed"]
    assert tell(heir, "c", 3) == ["news.alerts"]


async def test_a_partition_that_stayed_and_was_not_read_anew_keeps_what_it_knows(stage: StoryStage) -> None:
    tell(stage, "a", 0, remembered=False)
    await stage.restore({0}, set())
    assert tell(stage, "b", 0) == ["news.suppressed"]


async def test_one_whose_rows_were_read_or_that_was_away_knows_its_rows_and_no_more(stage: StoryStage) -> None:
    tell(stage, "a", 0, remembered=False)
    tell(stage, "a", 1, remembered=False)
    await stage.restore({0}, {0})
    assert tell(stage, "b", 0) == ["news.alerts"]
    await stage.restore({0, 1}, set())
    assert tell(stage, "b", 1) == ["news.alerts"]


@pytest.mark.parametrize("row", [b"", b"\xff garbage", b"[1]", b'{"v": 99, "kind": "sketch"}', b"[" * 100_000])
async def test_a_row_that_cannot_be_read_is_left_out_and_its_neighbours_are_known(
    stage: StoryStage, tables: dict[str, Rows], row: bytes
) -> None:
    for table in tables.values():
        table.write("0|bad", row)
    tell(stage, "a", 0)
    heir = StoryStage(tables, 4)
    with capture_logs() as lines:
        await heir.restore({0}, {0})
    assert tell(heir, "b", 0) == ["news.suppressed"]
    told = {(line["table"], line["rows"]) for line in lines if line["log_level"] == "error"}
    assert told == {("sketches", 1), ("judgements", 1)}
