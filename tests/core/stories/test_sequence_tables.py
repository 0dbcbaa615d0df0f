"""Articles as the press sends them, in seven languages, one after another: the share judged right is held."""

import pytest

from tests.core.stories.sequences import faults, sequences

RIGHT = {"english.yaml": 1.0, "other_languages.yaml": 1.0, "later.yaml": 0.96, "fresh.yaml": 1.0}


@pytest.mark.parametrize(("table", "share"), RIGHT.items())
def test_share_of_articles_judged_as_a_desk_would(table: str, share: float) -> None:
    runs = sequences(table)
    wrong = [f"{run['name']}, article {number}: {what}" for run in runs for number, what in faults(run)]
    articles = sum(len(run["articles"]) for run in runs)
    assert 1 - len(wrong) / articles >= share, "\n".join(wrong)
