"""How many articles a second the matching engine reads, by how many watches it serves; perq beside it.

Seconds are those of the process's own CPU time, so that a busy machine changes little. An article costs normalisation,
the scan and the evaluation: which watches it satisfies, by number. Their ids and the evidence, all hits of each part
of each, come on top, and so does to decide which place a name means, where some watch needs it; each figure is told.
"""

import gc
import resource
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from benchmarks.material import BROAD_SHARE, given, material
from monitor.concepts import load_concepts
from monitor.core.matching.exceptions import is_exception
from monitor.core.matching.frequencies import counted
from monitor.core.matching.grammar import parse
from monitor.core.matching.matches import match
from monitor.core.matching.meanings import Meanings
from monitor.core.matching.page import Located
from monitor.core.matching.query import And, ConceptRef, Node, Or, PlaceRef, Term
from monitor.core.matching.watches import WatchSet, compile_watches
from monitor.core.places.places import locate
from monitor.gazetteer import load_gazetteer
from monitor.heap import staying
from monitor.model import Article, Watch
from monitor.settings import load_watch_file

SIZES = (1_000, 10_000, 100_000)
ARTICLES, LEARNED_FROM = 1_000, 1_000
PLACES_FOUND = 200  # articles for which places are found anew
CHANGES = 50
PASSES = 5  # over the articles, of which the middle one is told: names of places are met before
T = TypeVar("T")


def run(articles: Path | None = None, watches: Path | None = None) -> Mapping[str, object]:
    """Articles/s, milliseconds, seconds and MB."""
    made = material()
    read = given(articles) if articles else list(made.articles(ARTICLES))
    seen = read if articles else made.articles(LEARNED_FROM, seed=2)
    concepts = {**load_concepts(), **made.concepts}
    if watches:
        file = load_watch_file(watches)
        concepts |= load_concepts(file.concepts)
        sets = {"given": [entry.watch() for entry in file.watches]}
    else:
        sets = {f"{size:,} selective": made.watches(size) for size in SIZES}
        sets[f"{SIZES[-1]:,} with {BROAD_SHARE:.0%} broad"] = made.watches(SIZES[-1], BROAD_SHARE)
    meanings = Meanings(load_gazetteer(), concepts, counted(f"{article.title}\n{article.text}" for article in seen))
    located = {article.id: _places(article, meanings) for article in read}
    figures: dict[str, object] = {"characters an article": round(np.mean([len(a.title) + len(a.text) for a in read]))}
    for label, wanted in sets.items():
        found = _figures(wanted, read, located, meanings)
        figures |= {f"{label}: {name}": figure for name, figure in found.items()}
    return figures | {"peak memory, MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}


def _places(article: Article, meanings: Meanings) -> Located:
    assert meanings.gazetteer is not None
    return locate(article.title, article.text, meanings.gazetteer)


def _figures(
    wanted: Sequence[Watch], articles: Sequence[Article], located: Mapping[str, Located], meanings: Meanings
) -> Mapping[str, object]:
    figures: dict[str, object] = {}
    gc.collect()
    with staying():  # as a worker compiles its first set
        compiled, seconds = _timed(lambda: _compile(wanted, meanings))
        again, without_parsing = _timed(lambda: _compile(wanted, meanings, compiled))
    figures["parsing, s"] = round(seconds - without_parsing, 2)
    figures["compiling what is parsed, s"] = round(without_parsing, 2)
    figures |= _changes(again, wanted[:CHANGES])
    compiled = again
    figures |= _speed(again, articles, located)
    few, slow = articles[:PLACES_FOUND], _speed(again, articles[:PLACES_FOUND], {})
    figures |= {f"{name}, places found": slow[name] for name in ("articles/s", "p99, ms")}
    figures |= _while_compiling(again, wanted, few, located, meanings)
    gc.unfreeze()
    return {**figures, **_perq(wanted, articles, meanings)}


def _compile(wanted: Sequence[Watch], meanings: Meanings, before: WatchSet | None = None) -> WatchSet:
    return compile_watches(wanted, meanings.gazetteer, meanings.concepts, meanings.frequency, before=before)


def _changes(watches: WatchSet, some: Sequence[Watch]) -> Mapping[str, float]:
    """Milliseconds to add one and to remove one, the 99th percentile of many in a row."""
    added, removed = [], []
    for kept in some:
        one = Watch(id=f"added for {kept.id}", query=kept.query)
        watches, seconds = _timed(lambda watches=watches, one=one: watches.with_changes([one]))  # type: ignore[misc]
        added.append(seconds)
        watches, seconds = _timed(lambda watches=watches, kept=kept: watches.with_changes([], [kept.id]))  # type: ignore[misc]
        removed.append(seconds)
    return {"one added, ms": _p99(added), "one removed, ms": _p99(removed)}


def _speed(watches: WatchSet, articles: Sequence[Article], located: Mapping[str, Located]) -> dict[str, object]:
    def evaluated(article: Article) -> int:
        return match(article, watches, located.get(article.id)).count

    def proven(article: Article) -> int:
        return len(match(article, watches, located.get(article.id)).watches)

    figures: dict[str, object] = {}
    for label, work in (("", evaluated), (", evidence gathered", proven)):
        passes = sorted((_pass(work, articles) for _ in range(PASSES)), key=itemgetter(0))
        seconds, each, matches = passes[PASSES // 2]
        figures[f"articles/s{label}"] = round(len(articles) / seconds)
        figures[f"p99, ms{label}"] = _p99(each)
        figures["matches an article"] = round(matches / len(articles), 1)
    return figures


def _pass(work: Callable[[Article], int], articles: Sequence[Article]) -> tuple[float, list[float], int]:
    """Seconds of CPU for all articles, of the clock for each of them, and what the work counts in all."""
    each, counted = list[float](), 0
    started = time.process_time()
    for article in articles:
        before = time.perf_counter()
        counted += work(article)
        each.append(time.perf_counter() - before)
    return time.process_time() - started, each, counted


def _while_compiling(
    watches: WatchSet,
    wanted: Sequence[Watch],
    articles: Sequence[Article],
    located: Mapping[str, Located],
    meanings: Meanings,
) -> Mapping[str, float]:
    """Wall-clock p99 of matching while another thread compiles the same set, and while none does."""
    quiet = [_wall(lambda article=article: match(article, watches, located[article.id])) for article in articles]  # type: ignore[misc]
    thread = threading.Thread(target=_compile, args=(wanted, meanings, watches))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    thread.start()
    busy: list[float] = []
    while thread.is_alive():
        article = articles[len(busy) % len(articles)]
        busy.append(_wall(lambda article=article: match(article, watches, located[article.id])))  # type: ignore[misc]
    thread.join()
    sys.setswitchinterval(interval)
    return {"p99 by the clock, ms": _p99(quiet), "p99 by the clock while compiling, ms": _p99(busy)}


SWITCH_SECONDS = 0.0005  # how long a compiling thread may keep the interpreter from the one that matches


def _perq(wanted: Sequence[Watch], articles: Sequence[Article], meanings: Meanings) -> Mapping[str, object]:
    """The same watches as sets of words, which is all that perq compares: of places and phrases the first word."""
    if find_spec("perq") is None:
        return {"perq": "not installed (pip install -e .[bench])"}
    from perq import Document, MemoryStore, Query, QueryMatcher, index
    from perq.models import tokenize

    queries = [Query(watch.id, _clauses(parse(watch.query), meanings, tokenize)) for watch in wanted]
    few = articles[:PLACES_FOUND]
    with MemoryStore() as store:
        _, built = _timed(lambda: index(queries, store))
        matcher, taken, matches = QueryMatcher(store), [], 0
        for article in few:
            text = f"{article.title}\n{article.text}"
            found, seconds = _timed(lambda text=text: list(matcher.matches(Document(tokenize(text)))))  # type: ignore[misc]
            taken.append(seconds)
            matches += len(found)
    return {
        "perq, articles/s": round(len(few) / sum(taken)),
        "perq, p99, ms": _p99(taken),
        "perq, matches an article": round(matches / len(few), 1),
        "perq, compiling, s": round(built, 2),
    }


def _clauses(node: Node, meanings: Meanings, tokenize: Callable[[str], Sequence[str]]) -> list[tuple[str, ...]]:
    parts = node.parts if isinstance(node, And) else (node,)
    told = (_words(part, meanings, tokenize) for part in parts)
    return [clause for clause in told if clause]


def _words(node: Node, meanings: Meanings, tokenize: Callable[[str], Sequence[str]]) -> tuple[str, ...]:
    if isinstance(node, Or):
        return tuple(word for part in node.parts for word in _words(part, meanings, tokenize))
    if isinstance(node, ConceptRef):
        wordings = (wording for wording in meanings.concepts[node.name] if not is_exception(wording))
        return tuple(dict.fromkeys(tokenize(wording)[0] for wording in wordings))
    if isinstance(node, PlaceRef | Term):
        return tuple(tokenize(node.name if isinstance(node, PlaceRef) else node.text)[:1])
    return ()


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.process_time()
    done = work()
    return done, time.process_time() - started


def _wall(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _p99(seconds: Sequence[float]) -> float:
    """In milliseconds."""
    return round(float(np.percentile(seconds, 99)) * 1000, 2)
