"""A record that comes again, whenever it does, is judged as it was at first."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.stories.stories import StoryIndex
from tests.core.newsroom import match, tell
from tests.core.stories.sequences import articles, sequences

RUNS = [articles(run) for run in sequences("english.yaml", "fresh.yaml") if run["kind"] != "window"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(range(len(RUNS))), min_size=1, max_size=3, unique=True), st.data())
def test_what_comes_again_is_judged_as_at_first(chosen: list[int], data: st.DataObject) -> None:
    index = StoryIndex()
    found = [replace(article, id=f"{run}-{article.id}") for run in chosen for article in RUNS[run]]
    records = data.draw(st.permutations(found))
    first = []
    for offset, article in enumerate(records):
        first.append(tell(index, match(article), offset).judgements)
        again = data.draw(st.integers(0, offset))
        outcome = tell(index, match(records[again]), again)
        assert outcome.judgements == first[again]
        assert outcome.sketch is None, "nothing new is remembered of it"
