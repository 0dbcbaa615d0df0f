"""Watches, and all files together: every fault of all of them is told at once."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor import model
from monitor.errors import ConfigError
from monitor.settings import Settings, load_project, load_watch_file
from tests.configurations import faults_of, write


def _watch_faults(tmp_path: Path, text: str) -> list[str]:
    return faults_of(load_watch_file, write(tmp_path, watches=text).with_name("watches.yaml"))


def test_watches_alone_need_no_channels(tmp_path: Path) -> None:
    path = write(tmp_path, watches="watches:\n  - id: a\n    query: bridge\n    window_days: 3\n").with_name(
        "watches.yaml"
    )
    (entry,) = load_watch_file(path).watches
    assert entry.watch() == model.Watch(id="a", query="bridge", settings=model.WatchSettings(window_days=3))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "watches:\n  - id: a\n",
            "2: watches[0].query: expected a text of at least 1 and of at most 20000, found nothing",
        ),
        (
            "watches: [{id: a, query: b, alert_on: [news]}]",
            "1: watches[0].alert_on[0]: expected one of new, copy, report, update, correction, kill, found 'news'",
        ),
        ("watches: [{id: a, query: b, origin: 2}]", "1: watches[0].origin: unknown key; did you mean 'origins'?"),
        (
            "watches:\n  - {id: a, query: b}\n  - {id: a, query: c}\n",
            "3: watches[1].id: 'a' is here twice, first in line 2",
        ),
        *(
            (
                f"watches: [{{id: a, query: b, alert_on: {decisions}}}]",
                "1: watches[0].alert_on: expected at least one of new, report, update, correction, kill: as it is, "
                "nobody is ever told anything",
            )
            for decisions in ("[]", "[copy]", "[copy, copy]")
        ),
        ("concepts:\n  bridge: [span, ' - ']\n", "2: concepts.bridge[1]: ' - ' has no letters or digits to look for"),
        (
            "concepts:\n  bridge:\n  - sp*an\n",
            "3: concepts.bridge[0]: 'sp*an': * may only end a word, with white space or a hyphen behind it",
        ),
        ("concepts:\n  Bridge: [a]\n", "2: concepts.Bridge: expected a name of small letters, digits, . _ -"),
        ("concepts:\n  bridge: a\n", "2: concepts.bridge: expected a list of at least 1, found 'a'"),
        (
            "concepts:\n  bridge: [a, '']\n",
            "2: concepts.bridge[1]: expected a text of at least 1 and of at most 200, found ''",
        ),
        ("places:\n  - {name: a, lat: 1}\n", "2: places[0]: lat and lon go together: only one of them is given"),
        ("places:\n  - {name: a, lat: 91, lon: 0}\n", "2: places[0].lat: expected a number from -90 to 90, found 91"),
    ],
)
def test_a_fault_among_watches_is_told(tmp_path: Path, text: str, fault: str) -> None:
    assert _watch_faults(tmp_path, text) == [f"watches.yaml:{fault}"]


MAIN = "feeds: feeds.yaml\nwatches: watches.yaml\nchannels: [{id: desk, kind: console}]\n"


def _project_faults(tmp_path: Path, main: str = MAIN, feeds: str = "", watches: str = "") -> list[str]:
    return faults_of(load_project, write(tmp_path, main, feeds=feeds, watches=watches), environment={})


def test_a_project_has_its_feeds_and_watches(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        MAIN,
        feeds="feeds: [{url: 'https://example.org/rss'}]",
        watches="watches: [{id: a, query: bridge, channels: [desk]}]",
    )
    project = load_project(path, environment={}, bootstrap="kafka:9092")
    assert [feed.id for feed in project.feeds] == ["example.org-rss"]
    assert [watch.id for watch in project.watches.watches] == ["a"]
    assert project.settings.kafka.bootstrap == "kafka:9092"


def test_a_project_without_feeds_and_watches_is_one(tmp_path: Path) -> None:
    project = load_project(write(tmp_path, "channels: [{id: desk, kind: console}]"), environment={})
    assert (project.feeds, project.watches.watches) == ((), ())


def test_files_that_are_named_must_be_there(tmp_path: Path) -> None:
    path = write(tmp_path, "feeds: a.yaml\n\nwatches: b.yaml\n")
    folder = path.parent
    assert faults_of(load_project, path, environment={}) == [
        f"monitor.yaml:1: feeds: no such file: {folder}/a.yaml",
        f"monitor.yaml:3: watches: no such file: {folder}/b.yaml",
    ]


def test_a_name_that_no_file_can_have_is_a_fault(tmp_path: Path) -> None:
    (fault,) = _project_faults(tmp_path, f"feeds: {'x' * 300}\n")
    assert fault == f"{'x' * 300}: cannot be read: File name too long"


def test_alerts_must_reach_somebody(tmp_path: Path) -> None:
    watches = (
        "watches:\n  - id: a\n    query: bridge\n  - id: b\n    query: bridge\n    channels:\n    - desk\n    - dsk\n"
    )
    assert _project_faults(tmp_path, watches=watches) == [
        "watches.yaml:2: watches[0].channels: expected who is told (desk), found nobody",
        "watches.yaml:8: watches[1].channels[1]: no channel 'dsk' in the configuration; did you mean 'desk'?",
    ]
    (fault,) = _project_faults(tmp_path, "watches: watches.yaml", watches="watches: [{id: a, query: bridge}]")
    assert "the configuration has no channels yet" in fault


QUERIES = """watches:
  - id: syntax
    query: bridge AND (
    channels: [desk]
  - id: folded
    query: >-
      bridge AND
      concept:no-such-thing
    channels: [desk]
  - id: everything
    query: NOT bridge
    channels: [desk]
  - id: also-wrong
    query: AND
    channels: [dsk]
    origins: 0
places:
  - name: Nowhere at all
"""


def test_queries_are_checked_too_with_their_lines(tmp_path: Path) -> None:
    faults = _project_faults(tmp_path, watches=QUERIES)
    starts = [(fault.split(": ")[0], fault.split(": ")[1]) for fault in faults]
    assert starts == [
        ("watches.yaml:3", "watches[0].query"),
        ("watches.yaml:8", "watches[1].query"),
        ("watches.yaml:11", "watches[2].query"),
        ("watches.yaml:16", "watches[3].origins"),
        ("watches.yaml:18", "places[0]"),
    ]
    assert "column 15: there is no concept 'no-such-thing'" in faults[1]


def test_a_concept_at_fault_is_told_once_and_the_queries_that_use_it_are_not_blamed(tmp_path: Path) -> None:
    watches = "watches: [{id: a, query: 'concept:bridge OR concept:quay', channels: [desk]}]\n"
    watches += "concepts:\n  bridge: [sp*an]\n  quay: [pier]\n"
    (fault,) = _project_faults(tmp_path, watches=watches)
    assert fault.startswith("watches.yaml:3: concepts.bridge[0]: 'sp*an'")


def test_all_files_are_told_of_at_once(tmp_path: Path) -> None:
    faults = _project_faults(
        tmp_path,
        f"{MAIN}poll: {{per_host: 0}}\nlog: {{level: loud}}\n",
        "feeds: [{url: nowhere}]\nfeed: []\n",
        "watches: [{id: a, query: bridge, channels: [dsk]}]\nwatch: []\n",
    )
    assert [fault.split(": ")[0] for fault in faults] == [
        "monitor.yaml:4",
        "monitor.yaml:5",
        "feeds.yaml:1",
        "feeds.yaml:2",
        "watches.yaml:1",
        "watches.yaml:2",
    ]


def test_a_broken_file_hides_no_fault_of_another(tmp_path: Path) -> None:
    faults = _project_faults(tmp_path, f"{MAIN}log: {{level: loud}}\n", "feeds: [", "watches: [{id: a}]")
    assert [fault.split(": ")[0] for fault in faults] == ["monitor.yaml:4", "feeds.yaml:2", "watches.yaml:1"]


VALUES = st.sampled_from(
    ["", "a", "[]", "[a]", "[[]]", "{}", "{a: b}", "7", "-1", "true", "~", "[{}]", "[{id: a}]", "[{id: []}]"]
)
KEYS = st.sampled_from([*Settings.model_fields, "<<", "nonsense"])


@given(pairs=st.dictionaries(KEYS, VALUES, max_size=4))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_configuration_says_it_is_taken_or_refused(tmp_path: Path, pairs: dict[str, str]) -> None:
    path = write(tmp_path, "\n".join(f"{key}: {value}" for key, value in pairs.items()))
    with suppress(ConfigError):
        assert load_project(path, environment={})
