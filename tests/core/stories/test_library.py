from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from monitor.core.stories.library import Library
from monitor.core.stories.rows import Rows
from monitor.core.stories.sketches import Remembered, read
from monitor.model import Decision, Judgement
from tests.core.newsroom import START, article

TEXT = "The bridge over the Onar at Velm was closed on Friday after a barge struck a pillar of it in the fog."


def _text(id: str, sequence: int, *, text: str = TEXT, url: str | None = None, hours: float = 0) -> Remembered:
    found = article(id, "Bridge shut", text, url=url, hours=hours)
    return read(found, found.first_seen_at, sequence).remembered


def _keys(texts: Iterable[Remembered]) -> list[str]:
    return [text.key for text in texts]


def _filled(*texts: Remembered) -> Library:
    library = Library()
    for text in texts:
        library.add(text)
    return library


def test_of_texts_that_share_as_much_the_earliest_comes_first() -> None:
    texts = [_text(str(n), n) for n in range(5)]
    library = _filled(*texts)
    assert _keys(library.sharing_text(texts[4])) == _keys(texts[:4])
    assert _keys(library.sharing_event(texts[4])) == _keys(texts[:4])


def test_what_shares_more_of_the_smaller_text_comes_first() -> None:
    half = _text("half", 0, text=TEXT[:60] + " while nobody at all was looking out of the window of the mill")
    whole = _text("whole", 1)
    assert _keys(_filled(half, whole).sharing_text(_text("new", 2))) == _keys([whole, half])


def test_events_far_apart_in_time_are_not_looked_at() -> None:
    library = _filled(_text("old", 0, hours=-100), _text("near", 1, hours=-1))
    assert [found.sketch.article for found in library.sharing_event(_text("new", 2))] == ["near"]


def test_a_text_is_as_rare_to_itself_as_if_it_were_not_held() -> None:
    other, own = _text("a", 0, text="Bakers strike in Velm."), _text("b", 1)
    with_it, without = _filled(other, own), _filled(other)
    assert np.array_equal(with_it.idf(own.terms.hashes, own), without.idf(own.terms.hashes, own))
    assert not np.array_equal(with_it.idf(own.terms.hashes, other), without.idf(own.terms.hashes, other))


def test_names_lead_to_their_texts_until_they_are_dropped() -> None:
    text = _text("a", 0, url="https://www.velm.example/bridge?utm_source=x")
    library = _filled(text)
    assert _keys(library.at_address("http://www.velm.example/bridge")) == [text.key]
    assert _keys(library.with_title("BRIDGE shut!")) == [text.key]
    assert _keys(library.of_article("a")) == [text.key]
    assert text.key in library
    library.drop(text.key)
    library.drop(text.key)
    assert not [*library.at_address(text.sketch.url), *library.with_title("Bridge shut"), *library.of_article("a")]
    assert list(library.sharing_text(_text("b", 1))) == []
    assert library.get(text.key) is None


def test_no_name_leads_to_nothing() -> None:
    library = _filled(_text("a", 0))
    assert library.at_address(None) == library.at_address("") == library.with_title("…") == []


def test_texts_that_come_at_once_are_found_like_those_that_come_one_by_one() -> None:
    short = [_text(f"s{n}", n, text=f"{TEXT} Word{n}.", url=f"https://velm.example/{n}") for n in range(20)]
    long = [_text(f"l{n}", 20 + n, text=" ".join(f"{TEXT} Word{k} of {n}." for k in range(60))) for n in range(5)]
    texts = [*short, *long]
    single, together = _filled(*texts), Library()
    together.add_all(texts[:12])
    together.add_all(texts[12:])
    together.add_all([])
    assert together.next_sequence == single.next_sequence
    for text in texts:
        assert _keys(together.sharing_text(text)) == _keys(single.sharing_text(text)) != []
        assert _keys(together.sharing_event(text)) == _keys(single.sharing_event(text)) != []
        assert _keys(together.at_address(text.sketch.url)) == _keys(single.at_address(text.sketch.url))
        assert _keys(together.of_article(text.sketch.article)) == [text.key]


def test_it_grows_beyond_its_first_size() -> None:
    texts = [_text(str(n), n, text=f"{TEXT} Word{n}.") for n in range(200)]
    library = _filled(*texts)
    assert library.next_sequence == 200
    assert next(library.sharing_text(texts[150])).key != texts[150].key
    assert len(list(library.sharing_text(texts[150]))) == 199


def _no_sketch(key: str) -> None:
    """Nothing is known of any text."""


def _row(id: str, watch: str = "desk") -> Judgement:
    return Judgement(
        watch=watch,
        article=id,
        revision="1",
        decision=Decision.NEW,
        told=True,
        story="s",
        reason="first of its story",
        source="Velm Post",
        title="Bridge shut",
        event_at=START,
    )


def test_a_story_keeps_the_order_of_the_partition() -> None:
    rows = Rows(_no_sketch)
    for id, sequence in (("b", 2), ("a", 1), ("c", 3)):
        rows.add(_row(id), sequence)
    assert [row.article for row in rows.story("s")] == ["a", "b", "c"]
    rows.drop(_row("b").key)
    rows.drop(_row("b").key)
    assert [row.article for row in rows.story("s")] == ["a", "c"]


def test_the_last_correction_of_an_article_is_known_until_it_is_dropped() -> None:
    rows = Rows(_no_sketch)
    original = _row("a")
    kill = replace(_row("k"), decision=Decision.KILL, of="a")
    rows.add(original, 0)
    rows.add(kill, 1)
    assert rows.undone(original) is Decision.KILL
    rows.drop(kill.key)
    assert rows.undone(original) is None
