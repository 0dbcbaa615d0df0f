"""The index against trying every watch, on real articles, where these are at hand."""

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.core.matching.matches import match
from monitor.core.matching.page import Page
from monitor.core.matching.reading import Reading
from monitor.core.matching.watches import compile_watches
from monitor.model import Article, Watch
from tests.core.gazetteer import SmallGazetteer
from tests.core.reading import CONCEPTS, article

REAL = Path(__file__).parents[4] / "shared" / "data" / "text" / "bbc_2004_2005.jsonl.gz"
KEYWORDS = {"AND", "OR", "NOT", "NEAR"}
SHAPES = (
    "{0}",
    "{0} AND {1}",
    "{0} AND ({1} OR {2}) NOT {3}",
    '"{4}"',
    '"{0} {1}"~4',
    "{0} NEAR/6 {1}",
    "title:{0} OR text:({1} AND {2})",
    "concept:siege OR ({0} AND concept:evacuation)",
    "place:Syria AND {0}",
    "{5}* AND {1}",
    "'{0}'",
    "NOT ({0} OR NOT {1})",
)


@pytest.mark.skipif(not REAL.exists(), reason="the real articles are not at hand")
def test_the_index_finds_what_trying_every_watch_finds() -> None:
    draw = random.Random(3)
    read = list(articles(draw))
    watches = [Watch(id=str(number), query=query(draw, read), allow_all=True) for number in range(600)]
    compiled = compile_watches(watches, SmallGazetteer(), CONCEPTS)
    ((layer, _),) = compiled.layers
    satisfied = 0
    for one in read:
        reading = Reading(Page(one, compiled.gazetteer), layer)
        tried = [each.watch.id for each in layer.watches if reading.holds(each.node)]
        assert [found.watch for found in match(one, compiled).watches] == tried
        satisfied += len(tried)
    assert satisfied > 10 * len(read)


def articles(draw: random.Random) -> Iterator[Article]:
    with gzip.open(REAL) as lines:
        for line in draw.sample(list(lines), 40):
            fields = json.loads(line)
            yield article(fields["text"], fields["title"])


def query(draw: random.Random, read: list[Article]) -> str:
    words = [word for word in draw.choice(read).text.split() if word.isalpha() and word.upper() not in KEYWORDS]
    at = draw.randrange(len(words) - 2)
    picked = [draw.choice(words).lower() for _ in range(4)]
    return draw.choice(SHAPES).format(*picked, " ".join(words[at : at + 2]), picked[0][:4])
