import re
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.stories import figures
from monitor.core.stories.figures import MOST, Figure, dump, find_figures, load
from tests.core.newsroom import figures_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It killed 300 people.", ["300"]),
        ("It killed 1,200 people.", ["1200"]),
        ("Some 12 000 left.".replace(" 000", "\u00a0000"), ["12000"]),
        ("Between 300 and 400 fighters remain.", ["300", "400"]),
        ("A range of 300-400 fighters.", ["300", "400"]),
        ("Rovers won 3-1 on the day.", ["3-1"]),
        ("Fourteen drowned, twenty-one were saved.", ["14", "21"]),
        ("A dozen boats and two dozen men.", ["12", "24"]),
        ("Four hundred and fifty homes burnt.", ["450"]),
        ("It costs $3.5 million, or 2bn in all.", ["3500000", "2000000000"]),
        ("Shares rose 0.4 percent and fell 2.50%.", ["0.4", "2.5"]),
        ("٣٠٠ مقاتل في المدينة", ["300"]),
        ("They sat 26km away for £1200 each.", ["26", "1200"]),
        ("Some 2000 people came.", ["2000"]),
        ("One man spoke. Nobody else.", []),
        ("On 14 October 2017 and March 3, 2026 it rained.", []),
        ("In 2014 the war began; by 2016 it was over.", []),
        ("It came on 2026-03-03 at 20:24, not 9am or 10.30 pm or 0930 GMT.", []),
        ("See para 2, UPDATE 1, item 212 and page 4.", []),
        ("The 34th regiment flew F16 and MH17 over COVID-19 wards.", []),
        ("Kick-off at eight. Both sides unchanged.", []),
        ("https://x.example/a/2024/551?id=77 and 402 words", []),
        ("Share 12 or read more: 5 things", []),
        ("300x faster", []),
    ],
)
def test_figures_of_a_text(text: str, expected: list[str]) -> None:
    assert [figure.value for figure in figures_in("", text)] == expected


def test_a_figure_knows_what_it_counts() -> None:
    first, second = figures_in("", "Floods killed 9 people. Some 300 to 400 fighters remain, 14 percent of all.")[:2]
    assert first == Figure("t", "9", "killed", "people")
    assert first.shown == "9 people"
    assert second.after == "fighters"
    assert figures_in("", "up 14 percent")[0].shown == "14%"
    assert figures_in("", "they lead 2-1 through a goal")[0].shown == "2-1"


def test_headline_and_text_are_kept_apart() -> None:
    assert [f.field for f in figures_in("9 dead", "It killed 9 people")] == ["h", "t"]


def test_a_table_is_cut() -> None:
    assert len(figures_in("", " ".join(f"{n + 3} items" for n in range(1000)))) == MOST


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_any_text_is_read_and_kept(text: str) -> None:
    for figure in figures_in(text, text):
        assert load(dump(figure)) == figure


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Some 260 local fighters left.", ["260 fighters"]),
        ("Some 40 armed and angry men left.", ["40 armed"]),
        ("They are 14 strong.", ["14 strong"]),
        ("Between 300 and 400 Islamic State militants remain.", ["300 to 400 militants", "300 to 400 militants"]),
        ("It rose from 300 to 400 dead.", ["300 dead", "400 dead"]),
        ("We saw 12 boats and 14 cars.", ["12 boats", "14 cars"]),
        ("A crew of 20–30 sailors.", ["20 to 30 sailors", "20 to 30 sailors"]),
    ],
)
def test_a_figure_is_shown_with_what_it_counts(text: str, shown: list[str]) -> None:
    found = figures_in("", text)
    assert [figure.shown for figure in found] == shown
    assert [load(dump(figure)) for figure in found] == list(found)


AROUND = """
    killed a 48 007 300 1,200 12 000 people May O'Neil at à vers las page to 400 and million k m said. ’ - 25th words
    ago Uhr 19:30 © copyright café 48e of o'clock «cinq» 2014 pm (17) %
"""
PIECES = st.sampled_from(AROUND.split())


@settings(max_examples=1000)
@given(st.lists(st.tuples(PIECES, st.sampled_from([" ", " ", " ", "\n", ", ", ""])), max_size=12))
def test_the_short_way_for_numbers_between_words_says_what_the_long_way_does(
    pieces: list[tuple[str, str]],
) -> None:
    text = "".join(map("".join, pieces))
    starts = [found.start() for found in re.finditer(r"\b\d", text)]
    with patch.object(figures, "_between_words", lambda *_: None):
        long_way = find_figures(text, starts, 0, ())
    assert find_figures(text, starts, 0, ()) == long_way
