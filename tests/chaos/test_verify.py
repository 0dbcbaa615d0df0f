"""The verifier on histories that went wrong, each in one way: it must see every one, and nothing in a sound one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.core.matching.matches import match, split
from monitor.core.matching.watches import WatchSet
from monitor.core.reports.articles import normalised
from monitor.core.stories.stories import StoryIndex
from monitor.model import Article
from monitor.settings import load_watch_file
from monitor.watchset import load_watch_set
from tests.chaos.history import Acceptance, Death, History, Logged, Outage
from tests.chaos.stalls import longest_wait, stalls, summary
from tests.chaos.verify import verify

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOON_SECONDS = NOON.timestamp()
WATCHES = (
    "watches:\n  - {id: bridge, query: bridge, channels: [desk]}\n  - {id: ferry, query: ferry, channels: [wire]}\n"
)
TEXT = "The bridge at the ferry landing was closed at dawn after its northern pier had sunk by a hand's breadth. "
OTHER = "Bakers found no flour in the stores of the quarter, so the bridge toll will be paid in grain from Monday on. "
LEAST = 3  # repeats of a sentence that make a text long enough to be told from a title


def one_partition(_key: str, _partitions: int) -> int:
    return 0


@pytest.fixture(scope="module")
def watches(tmp_path_factory: pytest.TempPathFactory) -> WatchSet:
    path = Path(tmp_path_factory.mktemp("watches"), "watches.yaml")
    path.write_text(WATCHES)
    return load_watch_set(load_watch_file(path))


def article(token: str, text: str) -> Article:
    return normalised(
        Article(
            id=f"id-{token}",
            revision="",
            source=f"Outlet {token}",
            title=f"Headline {token}",
            text=text,
            published_at=NOON,
            first_seen_at=NOON,
        )
    )


def logged(values: list[Any], after: float) -> list[Any]:
    return [Logged(0, n, NOON_SECONDS + n + after, value) for n, value in enumerate(values)]


@pytest.fixture
def sound(watches: WatchSet) -> History:
    """A bridge and a ferry story, its copy, and a story of bread: three alerts told, two suppressed."""
    articles = [article("k000001", TEXT * LEAST), article("k000002", TEXT * LEAST), article("k000003", OTHER * LEAST)]
    matches = [split(one, match(one, watches), 1, one_partition)[0] for one in articles]
    index = StoryIndex()
    outcomes = []
    for found in matches:
        outcomes.append(index.judge(found))
        index.apply(outcomes[-1])
    alerts = logged([alert for outcome in outcomes for alert in outcome.alerts], 10)
    return History(
        wanted=frozenset({"k000001", "k000002", "k000003"}),
        aborted=frozenset({"k000004"}),
        articles=logged(articles, 0),
        matches=logged(matches, 0.5),
        alerts=alerts,
        suppressed=logged([silent for outcome in outcomes for silent in outcome.suppressed], 10),
        accepted=[
            Acceptance(a.value.channel, a.value.judgement.watch, a.value.judgement.title.split()[-1], a.at + 1)
            for a in alerts
        ],
    )


def found(history: History, watches: WatchSet) -> set[str]:
    return {f"{one.leg}: {one.kind}" for one in verify(history, watches, 1, one_partition)}


def test_a_sound_history_is_found_sound(sound: History, watches: WatchSet) -> None:
    assert [len(part) for part in (sound.alerts, sound.suppressed, sound.accepted)] == [3, 2, 3]
    assert found(sound, watches) == set()


def twice(history: History) -> History:
    """Every record once more, as after a worker's death."""
    return replace(
        history,
        articles=[*history.articles, *history.articles],
        matches=[*history.matches, *(replace(one, offset=one.offset + 9) for one in history.matches)],
        alerts=[*history.alerts, *(replace(one, offset=one.offset + 9) for one in history.alerts)],
        suppressed=[*history.suppressed, *history.suppressed],
    )


def test_records_that_come_twice_change_nothing(sound: History, watches: WatchSet) -> None:
    assert found(twice(sound), watches) == set()


def other_id(history: History) -> History:
    last = history.articles[0]
    again = replace(last, offset=9, value=replace(last.value, id="another"))
    return replace(history, articles=[*history.articles, again])


def other_story(history: History) -> History:
    first = history.alerts[0]
    row = replace(first.value.judgement, story="elsewhere")
    return replace(history, alerts=[replace(first, value=replace(first.value, judgement=row)), *history.alerts[1:]])


def told_copy(history: History) -> History:
    """What should be held back is told, as by a worker that has forgotten the original."""
    copy = history.suppressed[0].value.judgement
    alert = replace(history.alerts[0].value, judgement=copy, id="made-up")
    return replace(history, alerts=[*history.alerts, replace(history.alerts[0], offset=9, value=alert)])


def shuffled(history: History) -> History:
    """Two alerts of one story and channel, the later accepted first."""
    first, *rest = history.alerts
    late = replace(first.value, judgement=replace(first.value.judgement, title="Headline k000002"))
    order = [
        Acceptance("desk", first.value.judgement.watch, "k000002", 1.0),
        Acceptance("desk", first.value.judgement.watch, "k000001", 2.0),
    ]
    return replace(history, alerts=[first, replace(first, offset=1, value=late), *rest], accepted=order)


def again(history: History, **fields: Any) -> History:
    first = history.accepted[0]
    return replace(history, accepted=[*history.accepted, replace(first, **{"at": first.at + 60, **fields})])


def dead(history: History, kind: str, code: int, role: str = "notify", at: float = 30.0) -> History:
    at += history.accepted[0].at
    return replace(history, deaths=[*history.deaths, Death(role, f"{role}-1", kind, code, at, last_words="gone")])


WRONG: dict[str, tuple[Callable[[History], History], set[str]]] = {
    "an entry never became an article": (
        lambda h: replace(h, wanted=h.wanted | {"k000009"}),
        {"published: lost"},
    ),
    "an aborted article is read": (
        lambda h: replace(h, aborted=frozenset({"k000001"})),
        {"published: aborted and yet there"},
    ),
    "one report, two ids": (other_id, {"published: under several ids", "matched: lost"}),
    "news taken for backlog": (
        lambda h: replace(h, articles=[replace(o, value=replace(o.value, backlog=True)) for o in h.articles]),
        {"published: new, but taken for backlog"},
    ),
    "an article was never matched": (
        lambda h: replace(h, matches=h.matches[:-1]),
        {"matched: lost", "judged, alerts: invented"},
    ),
    "a match without its article": (
        lambda h: replace(h, articles=h.articles[:-1]),
        {"published: lost", "matched: invented"},
    ),
    "an alert was never sent": (
        lambda h: replace(h, alerts=h.alerts[1:]),
        {"judged, alerts: lost", "delivered: invented"},
    ),
    "a suppression was never sent": (lambda h: replace(h, suppressed=h.suppressed[1:]), {"judged, suppressed: lost"}),
    "a copy was told": (told_copy, {"judged, alerts: invented", "delivered: lost"}),
    "another story": (other_story, {"judged, alerts: lost", "judged, alerts: invented"}),
    "an alert never arrived": (lambda h: replace(h, accepted=h.accepted[1:]), {"delivered: lost"}),
    "the wrong channel got it": (
        lambda h: replace(h, accepted=[*h.accepted, replace(h.accepted[0], channel="elsewhere")]),
        {"delivered: invented"},
    ),
    "a later alert came first": (
        shuffled,
        {"delivered: before an earlier alert of its story", "judged, alerts: invented", "delivered: lost"},
    ),
    "repeated, nobody died": (again, {"delivered: repeated without a mark", "delivered: repeated without a reason"}),
    "repeated after an orderly stop": (
        lambda h: dead(again(h, marked=True), "term", 0),
        {"delivered: repeated without a reason"},
    ),
    "repeated before the death": (
        lambda h: dead(again(h, marked=True), "kill", -9, at=90.0),
        {"delivered: repeated without a reason"},
    ),
    "repeated twice in one gap": (
        lambda h: dead(again(again(h, marked=True), marked=True, at=h.accepted[0].at + 20), "kill", -9, at=10),
        {"delivered: repeated without a reason"},
    ),
    "repeated unmarked": (lambda h: dead(again(h), "kill", -9), {"delivered: repeated without a mark"}),
    "left behind": (lambda h: replace(h, behind={"news.articles 0": 3}), {"settled: left behind the commit"}),
    "a dead letter": (lambda h: replace(h, deadletters=["{'error': b'x'}"]), {"settled: dead letter"}),
    "a process failed by itself": (lambda h: dead(h, "itself", 1), {"settled: ended badly"}),
    "a process ended by itself": (lambda h: dead(h, "itself", 0), {"settled: ended badly"}),
    "a process did not stop": (lambda h: dead(h, "term", -9), {"settled: ended badly"}),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_went_wrong_is_seen(sound: History, watches: WatchSet, name: str) -> None:
    spoil, expected = WRONG[name]
    assert found(spoil(sound), watches) == expected


@pytest.mark.parametrize("kind", ["kill", "step notify.accepted:3"])
def test_one_marked_repeat_for_a_death_in_the_gap_is_allowed(sound: History, watches: WatchSet, kind: str) -> None:
    assert found(dead(again(sound, marked=True), kind, -9), watches) == set()


def test_a_second_repeat_of_one_channel_and_death_is_not(sound: History, watches: WatchSet) -> None:
    second = next(one for one in sound.accepted[1:] if one.channel == sound.accepted[0].channel)
    history = dead(again(sound, marked=True), "kill", -9)
    history = replace(history, accepted=[*history.accepted, replace(second, at=second.at + 90, marked=True)])
    assert found(history, watches) == {"delivered: repeated although another was in the gap"}


def test_an_answer_that_was_cut_off_excuses_a_marked_repeat(sound: History, watches: WatchSet) -> None:
    cut = replace(sound, accepted=[replace(sound.accepted[0], cut_off=True), *sound.accepted[1:]])
    assert found(again(cut, marked=True, cut_off=False), watches) == set()


def test_a_process_may_give_up_while_the_broker_is_away(sound: History, watches: WatchSet) -> None:
    history = dead(sound, "itself", 1, role="stream")
    away = Outage("killed", history.deaths[0].at - 20, history.deaths[0].at - 10)
    assert found(replace(history, outages=[away]), watches) == set()


def test_a_stall_is_the_longest_wait_after_a_death(sound: History) -> None:
    assert longest_wait([(0, 1), (4, 12), (6, 7), (30, 99)], at=5, until=20) == 7
    assert longest_wait([(0, 1)], at=5, until=20) is None
    assert summary([3.0, None, 1.0, 2.0]) == "2.0 / 3.0"
    history = dead(sound, "kill", -9, at=-0.5)
    assert [stall.seconds for stall in stalls(history)] == [pytest.approx(1.0)]
