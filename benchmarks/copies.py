"""How many articles a second are told from copies, in how much memory, and how well; datasketch and rensa beside it.

Seconds are those of the process's own CPU time, so that a busy machine changes little. Articles go through the
functions of the live stage, for one watch that takes everything; memory is what the index of a whole window adds to
the process. Beside it a `stream` worker takes such articles from a real Kafka. The peers get the same texts, and of
each the best of the settings tried here is shown.
"""

import gc
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks import livejudge
from benchmarks.newswire import Made, Newswire
from monitor import wire
from monitor.core.reports.words import plain_words
from monitor.core.stories.arena import OpenDisk, no_disk
from monitor.core.stories.stories import StoryIndex
from monitor.model import Article, Decision, Judgement, Match, Sketch, WatchMatch, WatchSettings
from monitor.sources import read_articles
from monitor.stream.diskfile import DiskFile

ARTICLES, RESTORED, PEER_ARTICLES = 100_000, 5_000, 1_500
CHANGED, PASSES = 2_000, 7
STORM_COPIES, STORM_WATCHES = 2_000, 200
PAGE = resource.getpagesize()
_EVERYTHING = WatchMatch(watch="everything", version="", hits=(), settings=WatchSettings(channels=("desk",)))
_THRESHOLDS = (0.3, 0.4, 0.5)
Joined = set[int]  # numbers of the articles that were taken for copies


def run(articles: Path | None = None, watches: Path | None = None) -> Mapping[str, object]:
    """Articles/s, MB, seconds and shares; `watches` changes nothing, for one takes everything."""
    _warm_up()
    if articles:
        return _stream([Made(article, "own") for article in _read(articles)], no_disk)
    figures = {**_in_its_own_process(_window, True), **_in_its_own_process(_window, False)}
    figures |= {**_restored(), **_in_its_own_process(_storm), **_price_of_changes(), **livejudge.run()}
    for name in ("this", "datasketch", "rensa"):
        figures |= _side(name)
    return figures


def _read(path: Path) -> Iterator[Article]:
    return read_articles(str(path), first_seen_at=Newswire().made(0).article.first_seen_at, on_error=print)


def _window(on_disk: bool) -> dict[str, object]:
    """A window of 100,000 articles, with what is remembered of them on a disk, as beside RocksDB, or in memory."""
    _warm_up()
    with tempfile.TemporaryDirectory(prefix="newsmonitor-bench-") as folder:
        figures = _stream(Newswire().stream(ARTICLES), partial(DiskFile, Path(folder)) if on_disk else no_disk)
    return {f"{'on disk' if on_disk else 'in memory'}: {name}": figure for name, figure in figures.items()}


def _stream(made: Iterable[Made], open_disk: OpenDisk) -> dict[str, object]:
    index, words = StoryIndex(open_disk), 0
    gc.collect()
    before, spent, sizes = resident(), list[float](), list[float]()
    for one in made:
        match = Match(article=one.article, watches=(_EVERYTHING,))
        started = time.process_time()
        index.apply(index.judge(match))
        spent.append(time.process_time() - started)
        words += one.article.text.count(" ")
        if len(spent) % (ARTICLES // 4) == 0:
            sizes.append((resident() - before) / 1e6)
    tenth = max(1, len(spent) // 10)
    return {
        "words an article": round(words / len(spent)),
        "articles/s": round(len(spent) / sum(spent)),
        "articles/s, first and last tenth": f"{_rate(spent[:tenth])}, {_rate(spent[-tenth:])}",
        f"MB after {len(spent):,} articles": round((resident() - before) / 1e6),
        "MB after each quarter": ", ".join(str(round(size)) for size in sizes),
    }


def _rate(seconds: Sequence[float]) -> int:
    return round(len(seconds) / sum(seconds))


def _restored() -> Mapping[str, object]:
    rows, sketches = list[bytes](), list[bytes]()
    for one in Newswire().stream(RESTORED):
        outcome = StoryIndex().judge(Match(article=one.article, watches=(_EVERYTHING,)))
        sketches += [wire.encode(outcome.sketch)] if outcome.sketch else []
        rows += [wire.encode(row) for row in outcome.judgements]
    started = time.process_time()
    StoryIndex().restore(
        (wire.decode(sketch, Sketch) for sketch in sketches), (wire.decode(row, Judgement) for row in rows)
    )
    seconds = time.process_time() - started
    return {
        "restore of 100,000, seconds": round(seconds / len(sketches) * 100_000, 1),
        "bytes of a sketch, a judgement": f"{_mean(sketches)}, {_mean(rows)}",
    }


def _storm() -> dict[str, object]:
    """One story, copied within a minute by many outlets, for many watches; what is remembered lies on a disk."""
    _warm_up()
    folder = tempfile.TemporaryDirectory(prefix="newsmonitor-bench-")
    index, first = StoryIndex(partial(DiskFile, Path(folder.name))), Newswire().made(1).article
    settings = WatchSettings(channels=("desk",))
    watches = tuple(WatchMatch(watch=f"w{n}", version="", hits=(), settings=settings) for n in range(STORM_WATCHES))
    before, taken, copies = resident(), list[float](), 0
    for number in range(STORM_COPIES):
        article = Newswire.renamed(first, number, timedelta(seconds=60 / STORM_COPIES * number))
        started = time.process_time()
        outcome = index.judge(Match(article=article, watches=watches))
        index.apply(outcome)
        taken.append(time.process_time() - started)
        copies += sum(row.decision is Decision.COPY for row in outcome.judgements)
    return {
        "storm: copies recognised": f"{copies} of {(STORM_COPIES - 1) * STORM_WATCHES}",
        "storm: ms a copy, first and last 100": f"{_ms(taken[1:101])}, {_ms(taken[-100:])}",
        "storm: bytes a judgement": round((resident() - before) / STORM_COPIES / STORM_WATCHES),
    }


def _price_of_changes() -> dict[str, object]:
    """How much longer an article takes because figures, sentences and wording are read for what changed in them."""
    made, without, whole = list(Newswire().stream(CHANGED)), list[list[float]](), list[list[float]]()
    for _ in range(PASSES):
        with ExitStack() as reading_nothing:
            for name in ("sketches.find_figures", "verdicts.figure_changes", "gather.new_sentences", "gather.reworded"):
                reading_nothing.enter_context(patch(f"monitor.core.stories.{name}", lambda *_, **__: ()))
            without.append(_seconds_each(made))
        whole.append(_seconds_each(made))
    # Of each article the quickest of its readings: what else the machine does meanwhile hits some, never all of them.
    quickest = [sum(map(min, zip(*passes, strict=True))) for passes in (whole, without)]
    return {"slower for reading what changed, %": round(100 * (quickest[0] / quickest[1] - 1), 1)}


def _seconds_each(made: Sequence[Made]) -> list[float]:
    index, taken = StoryIndex(), list[float]()
    for one in made:
        started = time.perf_counter()
        index.apply(index.judge(Match(article=one.article, watches=(_EVERYTHING,))))
        taken.append(time.perf_counter() - started)
    return taken


def _ours(made: Sequence[Made], _: float) -> tuple[Joined, object]:
    index, joined = StoryIndex(), set()
    for number, one in enumerate(made):
        outcome = index.judge(Match(article=one.article, watches=(_EVERYTHING,)))
        index.apply(outcome)
        joined |= {number for row in outcome.judgements if row.copy_of is not None}
    return joined, index


def _side(name: str) -> dict[str, Any]:
    """One of those compared, in a process of its own, at the best of its settings."""
    if name != "this" and find_spec(name) is None:
        return {name: "not installed (extra: bench)"}
    thresholds = _THRESHOLDS if name != "this" else (0.0,)
    tried = [_in_its_own_process(_beside, name, threshold) for threshold in thresholds]
    return max(tried, key=lambda figures: float(figures[f"{name}: f1"]))


def _in_its_own_process(work: Callable[..., dict[str, Any]], *arguments: object) -> dict[str, Any]:
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(work, *arguments).result()


def _beside(name: str, threshold: float) -> dict[str, Any]:
    made = list(Newswire().stream(PEER_ARTICLES))
    judge = _SIDES[name]
    judge(made[:50], threshold)
    gc.collect()
    before, started = resident(), time.process_time()
    joined, held = judge(made, threshold)
    spent, size = time.process_time() - started, resident() - before
    assert held is not None
    copies = {number for number, one in enumerate(made) if one.is_copy}
    both = len(joined & copies)
    precision, recall = both / max(1, len(joined)), both / len(copies)
    return {
        f"{name}: setting": threshold or "its own",
        f"{name}: articles/s": round(len(made) / spent),
        f"{name}: MB after {PEER_ARTICLES:,}": round(size / 1e6),
        f"{name}: precision, recall": f"{precision:.3f}, {recall:.3f}",
        f"{name}: f1": round(2 * precision * recall / max(1e-9, precision + recall), 3),
    }


def _datasketch(made: Sequence[Made], threshold: float) -> tuple[Joined, object]:
    from datasketch import MinHash, MinHashLSH

    index, joined = MinHashLSH(threshold=threshold, num_perm=128), set()
    for number, one in enumerate(made):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([pair.encode() for pair in _pairs(one.article.text)])
        if index.query(sketch):
            joined.add(number)
        index.insert(number, sketch)
    return joined, index


def _rensa(made: Sequence[Made], threshold: float) -> tuple[Joined, object]:
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=threshold, num_perm=128, num_bands=32)
    sketches: list[Any] = []
    joined: Joined = set()
    for number, one in enumerate(made):
        sketch = RMinHash(num_perm=128, seed=42)
        sketch.update(_pairs(one.article.text))
        if any(sketch.jaccard(sketches[other]) >= threshold for other in index.query(sketch)):
            joined.add(number)
        index.insert(number, sketch)
        sketches.append(sketch)
    return joined, (index, sketches)


_SIDES = {"this": _ours, "datasketch": _datasketch, "rensa": _rensa}


def _pairs(text: str) -> list[str]:
    words = plain_words(text).split()
    return [f"{one} {other}" for one, other in pairwise(words)]


def resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE


def _ms(seconds: Sequence[float]) -> float:
    return round(sum(seconds) / len(seconds) * 1000, 2)


def _mean(rows: Sequence[bytes]) -> int:
    return round(sum(map(len, rows)) / len(rows))


def _warm_up() -> None:
    """What is built once, before anything is measured."""
    for one in Newswire().stream(50):
        StoryIndex().judge(Match(article=one.article, watches=(_EVERYTHING,)))
