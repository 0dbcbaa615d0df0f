from dataclasses import replace

import pytest

from monitor.core.reports.origins import find_origin, same_outlet
from monitor.core.stories.sketches import read
from monitor.core.stories.stories import StoryIndex
from monitor.model import Decision
from tests.core.newsroom import START, article, judged, match, tell, unwatched


@pytest.mark.parametrize(
    ("source", "author", "text", "expected"),
    [
        ("Reuters", None, "Rain fell.", "Reuters"),
        ("Agence France-Presse", None, "Rain fell.", "AFP"),
        ("Velm Post", "By Associated Press", "Rain fell.", "AP"),
        ("Velm Post", None, "VELM, Onar (Reuters) - Rain fell.", "Reuters"),
        ("Velm Post", None, "Velm/AFP: Rain fell.", "AFP"),
        ("Velm Post", None, "VELM (dpa) — Rain fell.", "dpa"),
        ("Velm Post", None, "By Jo Miller, Associated Press\nRain fell.", "AP"),
        ("Velm Post", None, "Rain fell.\n\nSource: AFP", "AFP"),
        ("Velm Post", None, "Rain fell all day. (AFP)", "AFP"),
        ("Velm Post", None, "Rain fell. (Reporting by A. Person; Editing by B. Person)", "Reuters"),
        ("Velm Post", None, "The rain, an AFP reporter said, was warm.", None),
        ("Velm Post", "Jo Miller", "Rain fell.", None),
        ("Velm Post", None, "", None),
    ],
)
def test_origin(source: str, author: str | None, text: str, expected: str | None) -> None:
    assert find_origin(source, author, text) == expected


@pytest.mark.parametrize(
    ("source", "feed", "url", "expected"),
    [
        ("velm  post", "f9", "https://other.example/1", True),
        ("Onar Radio", "f1", "https://other.example/1", True),
        ("Onar Radio", None, "https://velm.example/2", True),
        ("Onar Radio", "f9", "https://velm.example/2", False),
        ("Onar Radio", None, "https://other.example/1", False),
        ("Onar Radio", None, "https://[bad", False),
        ("Reuters", "f9", "https://other.example/1", True),
        ("AFP", "f9", "https://other.example/1", False),
    ],
)
def test_same_outlet(source: str, feed: str | None, url: str, expected: bool) -> None:
    text = "VELM, Onar (Reuters) - Rain fell."
    old = replace(article("a", "Rain", text, source="Velm Post", url="https://www.velm.example/1"), feed="f1")
    new = replace(article("b", "Rain", "Rain fell.", source=source, url=url), feed=feed)
    assert same_outlet(new, read(old, START, 0).whole) is expected


def test_an_outlet_that_nobody_names_is_no_outlet() -> None:
    old, new = (article(n, "Rain", "Rain fell.", source="unknown", url=f"https://{n}.example/") for n in "ab")
    assert not same_outlet(new, read(old, START, 0).whole)


TEXT = "The bridge at the ferry landing was closed at dawn after its northern pier had sunk into the mud of the river."
HEADLINE = "Bridge of Talmen closed for good"


@pytest.mark.parametrize("marker", ["KILL", "CORRECTION"])
def test_a_notice_of_another_outlet_undoes_nothing_and_is_told_as_what_it_is(marker: str) -> None:
    index = StoryIndex()
    tell(index, match(article("a", HEADLINE, TEXT, source="Velm Post", url="https://velm.example/1")))
    notice = article("n", f"{marker}: {HEADLINE}", f"Please disregard “{HEADLINE}”.", hours=1, source="Nobody Daily")
    (row,) = tell(index, unwatched(notice)).judgements
    assert (row.decision, row.told) == (Decision.REPORT, True)
    assert f"marked {marker}, but not by its outlet" in row.reason
    (again,) = tell(index, unwatched(replace(notice, id="m", url="https://m.example/"))).judgements
    assert (again.decision, again.told) == (Decision.COPY, False)


def test_a_marker_over_other_news_takes_nothing_back() -> None:
    news = "Soldiers left three towns on the Euphrates while Kurdish families watched the convoy from the road."
    other = "Kurdish families on the Euphrates watched soldiers and a convoy leave; three towns are empty."
    first = article("a", "Convoy leaves three towns", news)
    rows = judged(first, article("b", "WITHDRAWAL: WHAT THE CONVOY MEANS FOR KURDISH TOWNS", other, hours=1))
    assert rows[1].decision in {Decision.NEW, Decision.REPORT}
