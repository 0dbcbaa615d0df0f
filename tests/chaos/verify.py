"""A history → what went wrong in it, leg by leg, so that no stage can lose anything unseen.

::

    published = news.articles │ match = news.matches │ story, in the order of each partition = news.alerts,
    news.suppressed │ alerts = accepted
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from monitor.core.matching.matches import match, split
from monitor.core.matching.watches import WatchSet
from monitor.core.stories.stories import StoryIndex
from monitor.model import Alert, Judgement, Match
from tests.chaos.history import Acceptance, Death, History, Logged
from tests.chaos.material import token_of

PartitionOf = Callable[[str, int], int]
AFTER_OUTAGE_SECONDS = 120.0  # in which a process may give up because of the broker, and be started again
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be; `leg` is the step that it belongs to."""

    leg: str
    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.leg}: {self.kind}: {self.what}"


def verify(history: History, watches: WatchSet, partitions: int, partition_of: PartitionOf) -> list[Finding]:
    """Everything that went wrong; empty = nothing was lost, invented, out of order or left behind."""
    return [
        *published(history),
        *matched(history, watches, partitions, partition_of),
        *judged(history),
        *delivered(history),
        *in_order(history),
        *repeated(history),
        *settled(history),
    ]


def published(history: History) -> Iterator[Finding]:
    """What was shown or acked is in news.articles, under one id, and what was aborted is not."""
    ids = defaultdict(set)
    for one in history.articles:
        ids[_token(one.value.title)].add((one.value.id, one.value.revision))
    yield from _missing("published", "lost", history.wanted - ids.keys())
    yield from _missing("published", "aborted and yet there", history.aborted & ids.keys())
    yield from _missing("published", "under several ids", {token for token, names in ids.items() if len(names) > 1})
    backlog = {_token(one.value.title) for one in history.articles if one.value.backlog}
    yield from _missing("published", "new, but taken for backlog", backlog - history.old)


def matched(history: History, watches: WatchSet, partitions: int, partition_of: PartitionOf) -> Iterator[Finding]:
    """news.matches holds what the pure match finds in news.articles: no watch is missing and none too many."""
    expected = set()
    for article in {
        (one.value.revision, one.value.id, one.value.edited): one.value for one in history.articles
    }.values():
        parts = split(article, match(article, watches), partitions, partition_of)
        expected |= {place for number, part in parts.items() for place in _places(number, part)}
    found = {place for one in history.matches for place in _places(one.partition, one.value)}
    yield from _compare("matched", expected, found)


def _places(partition: int, found: Match) -> Iterator[tuple[str, ...]]:
    name = (_token(found.article.title), found.article.id, found.article.revision, f"partition {partition}")
    yield name
    yield from ((*name, watch.watch) for watch in found.watches)


def judged(history: History) -> Iterator[Finding]:
    """The alerts and suppressions are exactly those of the pure core over each partition of news.matches."""
    alerts, silent = _pure_stories(history.matches)
    sent = {(*_fate(one.value.judgement), one.value.channel) for one in history.alerts}
    yield from _compare("judged, alerts", alerts, sent)
    yield from _compare("judged, suppressed", silent, {_fate(one.value.judgement) for one in history.suppressed})


def _pure_stories(matches: Sequence[Logged[Match]]) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
    indexes: dict[int, StoryIndex] = defaultdict(StoryIndex)
    seen: set[tuple[str, str, str]] = set()
    alerts, silent = set(), set()
    for one in sorted(matches, key=lambda one: (one.partition, one.offset)):
        found = _without_repeats(one.value, seen)
        if found is None:
            continue
        outcome = indexes[one.partition].judge(found)
        indexes[one.partition].apply(outcome)
        alerts |= {(*_fate(alert.judgement), alert.channel) for alert in outcome.alerts}
        silent |= {_fate(one.judgement) for one in outcome.suppressed}
    return alerts, silent


def _without_repeats(found: Match, seen: set[tuple[str, str, str]]) -> Match | None:
    """The match less the watches that had this revision before; None where nothing is left of it."""
    article = found.article
    fresh = [one for one in found.watches if (article.id, article.revision, one.watch) not in seen]
    seen |= {(article.id, article.revision, one.watch) for one in fresh}
    # An edit may concern those who were told before, so it counts even where no watch is named.
    return replace(found, watches=tuple(fresh)) if fresh or article.edited or not found.watches else None


def _fate(row: Judgement) -> tuple[str, ...]:
    """What was decided: the same article and watch under another decision or story is another fate."""
    return (_token(row.title), row.article, row.revision, row.watch, str(row.decision), row.story)


def delivered(history: History) -> Iterator[Finding]:
    """Each alert was accepted by its channel, and nothing was accepted that is no alert."""
    told = {_key(one.value) for one in history.alerts}
    accepted = {_accepted(one) for one in history.accepted}
    yield from _compare("delivered", told, accepted)


def in_order(history: History) -> Iterator[Finding]:
    """The alerts of one story reach a channel in the order in which they were sent."""
    first: dict[tuple[str, ...], float] = {}
    for acceptance in history.accepted:
        first.setdefault(_accepted(acceptance), acceptance.at)
    latest: dict[tuple[str, str], float] = {}
    for one in _once(history.alerts):
        story = (one.value.channel, one.value.judgement.story)
        at = first.get(_key(one.value))
        if at is not None and at < latest.get(story, 0.0):
            yield Finding("delivered", "before an earlier alert of its story", " ".join(_key(one.value)))
        latest[story] = max(latest.get(story, 0.0), at or 0.0)


def _once(alerts: Iterable[Logged[Alert]]) -> Iterator[Logged[Alert]]:
    """Each alert where it stands first in its partition."""
    seen = set()
    for one in sorted(alerts, key=lambda one: (one.partition, one.offset)):
        if _key(one.value) not in seen:
            seen.add(_key(one.value))
            yield one


def repeats(history: History) -> list[tuple[Acceptance, Acceptance]]:
    """Each acceptance of what its channel had accepted before, with the one before it."""
    last: dict[tuple[str, ...], Acceptance] = {}
    found = []
    for acceptance in history.accepted:
        before = last.get(_accepted(acceptance))
        if before is not None:
            found.append((before, acceptance))
        last[_accepted(acceptance)] = acceptance
    return found


def repeated(history: History) -> Iterator[Finding]:
    """A repeat has its reason: the sender was not told, or died in the gap; one a channel and death, and marked."""
    deaths = sorted((death for death in history.deaths if death.role == "notify"), key=lambda death: death.at)
    used: Counter[tuple[str, int]] = Counter()
    for before, again in repeats(history):
        if not again.marked:
            yield Finding("delivered", "repeated without a mark", _name(again))
        if before.cut_off:
            continue
        number = next((n for n, death in enumerate(deaths) if before.at - 1 <= death.at <= again.at), None)
        if number is None or not deaths[number].violent:
            yield Finding("delivered", "repeated without a reason", _name(again))
            continue
        used[again.channel, number] += 1
        if used[again.channel, number] > 1:
            yield Finding("delivered", "repeated although another was in the gap", _name(again))


def settled(history: History) -> Iterator[Finding]:
    """Nothing is left behind a commit, nothing is a dead letter, and no process ended badly by itself."""
    for partition, count in history.behind.items():
        yield Finding("settled", "left behind the commit", f"{partition}: {count}")
    for letter in history.deadletters[:SHOWN]:
        yield Finding("settled", "dead letter", letter)
    for death in history.deaths:
        if _badly(death) and not _excused(death, history):
            words = f"{death.worker} exit {death.code} ({death.kind}): {death.last_words}"
            yield Finding("settled", "ended badly", words)


def _badly(death: Death) -> bool:
    return not death.violent and (death.code != 0 or death.kind == "itself")


def _excused(death: Death, history: History) -> bool:
    """A process may stop itself when the broker fails it, since it is started again."""
    near = (outage.begun_at <= death.at <= outage.ended_at + AFTER_OUTAGE_SECONDS for outage in history.outages)
    return death.code > 0 and any(near)


def _token(title: str) -> str:
    return token_of(title) or title


def _key(alert: Alert) -> tuple[str, ...]:
    return alert.channel, alert.judgement.watch, _token(alert.judgement.title)


def _accepted(acceptance: Acceptance) -> tuple[str, ...]:
    return acceptance.channel, acceptance.watch, acceptance.token


def _name(acceptance: Acceptance) -> str:
    return " ".join(_accepted(acceptance))


def _missing(leg: str, kind: str, names: Iterable[str]) -> Iterator[Finding]:
    return (Finding(leg, kind, name) for name in sorted(names))


def _compare(leg: str, expected: set[Any], found: set[Any]) -> Iterator[Finding]:
    yield from _missing(leg, "lost", map(_words, expected - found))
    yield from _missing(leg, "invented", map(_words, found - expected))


def _words(parts: Hashable) -> str:
    assert isinstance(parts, tuple)
    return " ".join(parts)
