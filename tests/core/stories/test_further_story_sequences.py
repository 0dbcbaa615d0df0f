"""More short runs of articles as a newsroom meets them."""

import pytest

from tests.core.newsroom import article
from tests.core.stories.test_story_sequences import (
    COPY,
    DAM,
    DAM_CUT,
    DAM_OTHERWISE,
    DAM_TITLE,
    NEW,
    OWN,
    REPORT,
    TRUCE,
    UPDATE,
    WRAP,
    Run,
    check,
)

RUNS = [
    Run(
        "two reports that share an address only",
        (
            article("a", DAM_TITLE, DAM, url="https://x.example/"),
            article("b", "Truce in Kelvar hills", TRUCE, url="https://x.example/", hours=1),
        ),
        ((NEW, None), (NEW, None)),
    ),
    Run(
        "a digest that holds a report among others",
        (
            article("a", "Truce in Kelvar hills", TRUCE),
            article("b", "The day in brief", f"{DAM}\n{WRAP.format(1, 'up', 'Monday', 7, 8, 9)}\n{TRUCE}", hours=3),
        ),
        ((NEW, None), (NEW, None)),
    ),
    Run(
        "a standing form with the figures of another day",
        (
            article("a", "Harbour index", WRAP.format("0.4", "higher", "Monday", "212", "209", "31")),
            article("b", "Harbour index", WRAP.format("1.7", "lower", "Tuesday", "204", "212", "28"), hours=24),
        ),
        ((NEW, None), (NEW, None)),
    ),
    Run(
        "one event in other words, the same day",
        (article("a", DAM_TITLE, DAM), article("b", "Orsk dam cracks", DAM_OTHERWISE, hours=6, source="Lesno Post")),
        ((NEW, None), (REPORT, "a")),
    ),
    Run(
        "the same words of an event, weeks apart",
        (
            article("a", DAM_TITLE, DAM),
            article("b", "Orsk dam cracks", DAM_OTHERWISE, hours=24 * 6, source="Lesno Post"),
        ),
        ((NEW, None), (NEW, None)),
    ),
    Run(
        "another event in the same town",
        (
            article("a", DAM_TITLE, DAM),
            article(
                "b",
                "Lesno chess club wins cup",
                "The chess club of Lesno beat the champions of the capital on Tuesday in a match that went on until "
                "midnight. A student of fourteen won the last game with a bishop. The town will give a dinner.",
                hours=10,
            ),
        ),
        ((NEW, None), (NEW, None)),
    ),
    Run(
        "the same item sent again and again",
        (
            article("a", DAM_TITLE, DAM, url="https://x.example/dam"),
            article("b", DAM_TITLE, DAM, url="https://x.example/dam", hours=1),
            article("c", DAM_TITLE, DAM, url="https://x.example/dam", hours=2),
        ),
        ((NEW, None), (COPY, "a"), (COPY, "a")),
    ),
    Run(
        "a copy of what was in its feed already and so was not told",
        (
            article("a", DAM_TITLE, DAM, backlog=True),
            article("b", "Dam", DAM, hours=1, source="Lesno Post"),
            article("c", "Dam again", DAM, hours=2, source="Tamm Mirror"),
        ),
        ((NEW, None), (NEW, "a"), (COPY, "b")),
    ),
    Run(
        "another report of an event of which nobody was told",
        (
            article("a", DAM_TITLE, DAM, backlog=True),
            article("b", "Orsk dam cracks", DAM_OTHERWISE, hours=1, source="Lesno Post"),
        ),
        ((NEW, None), (NEW, "a")),
    ),
    Run(
        "headlines alone",
        (
            article("a", "Ferry with eighty aboard sinks off Harbour Island in storm", ""),
            article("b", "Ferry with eighty aboard sinks off Harbour Island in storm", "", source="Lesno Post"),
            article("c", "Ferry with eighty aboard arrives at Harbour Island on time", "", hours=90),
        ),
        ((NEW, None), (COPY, "a"), (NEW, None)),
    ),
    Run(
        "a standing headline of two words over nothing",
        (article("a", "Weather warning", ""), article("b", "Weather warning", "", hours=80)),
        ((NEW, None), (NEW, None)),
    ),
    Run(
        "a headline with a marker's word in it",
        (
            article("a", DAM_TITLE, DAM),
            article("b", "Kill switch of Orsk dam was never tested", DAM, hours=1, source="Lesno Post"),
            article("c", "Update on crack in dam wall expected", DAM, hours=2, source="Tamm Mirror"),
        ),
        ((NEW, None), (COPY, "a"), (COPY, "a")),
    ),
    Run(
        "the next take, with most of the old one under a new lead",
        (
            article("a", DAM_TITLE, DAM),
            article(
                "b",
                "Orsk dam holds",
                "The wall of the Orsk dam has stood the night, and divers are to fill the crack with resin. Aircraft "
                "brought pumps from the coast before dawn, an officer of the fire service told reporters. "
                * 2
                + DAM.split(" Farmers")[0],
                hours=20,
            ),
        ),
        ((NEW, None), (UPDATE, "a")),
    ),
    Run(
        "a cut copy with much text of its own",
        (
            article("a", DAM_TITLE, DAM),
            article("b", "Dam", DAM.split(" Farmers")[0] + OWN, hours=1, source="Lesno Post"),
        ),
        ((NEW, None), (REPORT, "a")),
    ),
    Run(
        "an update by marker, in other words",
        (article("a", DAM_TITLE, DAM), article("b", "UPDATE 1-Orsk dam cracks", DAM_OTHERWISE, hours=6)),
        ((NEW, None), (UPDATE, "a")),
    ),
    Run(
        "what a carrier wrote itself, carried on by a third",
        (
            article("a", DAM_TITLE, DAM),
            article("b", "Dam", DAM_CUT + OWN.partition(", and")[0] + ".", hours=1, source="Lesno Post"),
            article("c", "Soup", DAM_CUT[-60:] + OWN.partition(", and")[0] + ".", hours=2, source="Tamm Mirror"),
        ),
        ((NEW, None), (COPY, "a"), (REPORT, "a")),
    ),
    Run(
        "Arabic copy",
        (
            article(
                "a",
                "هدنة في التلال",
                "اتفق الطرفان مساء الاثنين على وقف إطلاق النار خمسة أيام لنقل الجرحى من القرى القريبة من الجسر.",
            ),
            article(
                "b",
                "وقف النار",
                "اتفق الطرفان مساء الاثنين على وقف إطلاق النار خمسة أيام لنقل الجرحى من القرى القريبة من الجسر.",
            ),
        ),
        ((NEW, None), (COPY, "a")),
    ),
]


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_sequence(run: Run) -> None:
    check(run)
