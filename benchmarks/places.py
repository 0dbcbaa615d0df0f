"""How many articles a second are read for the places that they name; a bare scan for all known names beside it.

Names recur, and what a run of words names is remembered: so one figure is for the first quarter of a stream, where all
names are new to the process, one for its last quarter, and one for names that it met before. Seconds are those of the
process's own CPU time.
"""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind

from benchmarks.copies import resident
from benchmarks.material import given, material
from monitor.core.matching.text import fold
from monitor.core.places.places import locate
from monitor.gazetteer import load_gazetteer
from monitor.model import Article

ARTICLES = 500
PASSES = 3  # over names met before


def run(articles: Path | None = None) -> Mapping[str, object]:
    """Articles/s, their length, what they name, MB, and how much faster the bare scan is."""
    read = given(articles) if articles else list(material().articles(ARTICLES))
    before = resident()
    gazetteer = load_gazetteer()
    named = 0

    def ours(article: Article) -> None:
        nonlocal named
        named += sum(map(len, locate(article.title, article.text, gazetteer)))

    quarters = [read[len(read) * n // 4 : len(read) * (n + 1) // 4] for n in range(4)]
    first, *_, last = [_rate(ours, quarter) for quarter in quarters]
    figures: dict[str, object] = {
        "characters an article": _length(read),
        "places an article": round(named / len(read), 1),
        "articles/s, first quarter of the stream": round(first),
        "articles/s, last quarter of the stream": round(last),
        "characters an article of the last quarter": _length(quarters[-1]),
    }
    gc.collect()
    gc.freeze()  # as a worker does once it has started
    again = sorted(_rate(ours, read) for _ in range(PASSES))[PASSES // 2]
    figures |= {"articles/s, names met before": round(again), "resident, MB": round((resident() - before) / 1e6)}
    scan = _rate(_bare_scan(list(gazetteer.keys())), read)
    return {**figures, "bare scan, articles/s": round(scan), "ratio to the bare scan": round(again / scan, 2)}


def _length(articles: Sequence[Article]) -> int:
    return round(sum(len(article.title) + len(article.text) for article in articles) / len(articles))


def _bare_scan(names: Sequence[str]) -> Callable[[Article], None]:
    """All known names, longest first, wherever they stand: no spelling, no rule, no sense of which place is meant."""
    automaton = AhoCorasick([f" {name} " for name in names], matchkind=MatchKind.LeftmostLongest, store_patterns=False)

    def scan(article: Article) -> None:
        for text in (article.title, article.text):
            automaton.find_matches_as_indexes(fold(text).text)

    return scan


def _rate(read: Callable[[Article], None], articles: Sequence[Article]) -> float:
    started = time.process_time()
    for article in articles:
        read(article)
    return len(articles) / (time.process_time() - started)
