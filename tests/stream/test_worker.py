"""What a worker may judge: partitions whose tables came with them."""

import pytest
from faust.types import TP

from monitor import topics
from monitor.errors import Stalled
from monitor.stream.worker import _owned_matches

JUDGEMENTS, SKETCHES = (topic.name for topic in topics.CHANGELOGS)


def test_partitions_that_came_with_their_tables() -> None:
    names = (topics.ARTICLES.name, topics.MATCHES.name, JUDGEMENTS, SKETCHES)
    assert _owned_matches([*(TP(name, n) for name in names for n in (0, 2)), TP(topics.ARTICLES.name, 3)]) == {0, 2}


def test_one_without_is_not_judged() -> None:
    with pytest.raises(Stalled, match=f"partition 2 of news.matches came without that of {SKETCHES}"):
        _owned_matches([TP(topics.MATCHES.name, 2), TP(JUDGEMENTS, 2), TP(SKETCHES, 1)])
