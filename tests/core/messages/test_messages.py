from html.parser import HTMLParser
from typing import Any

import pytest

from monitor.core.messages.messages import Message, Note, Piece, compose, html, plain_text
from monitor.model import Change, Decision, Field, Hit
from tests.notify.alerts import HOSTILE, find, make_alert


def notes(message: Message) -> dict[str, str]:
    return {note.label: note.text for note in message.notes}


def test_a_message_shows_what_a_desk_needs() -> None:
    message = compose(make_alert())
    assert message.subject == message.headline == "Water returns to the old town"
    assert (message.label, message.watch, message.source) == ("New", "water", "Harbour Post")
    assert message.when == "2026-03-03 12:00 UTC"
    assert (message.link, message.host) == ("https://post.example.org/water", "post.example.org")
    assert message.excerpt == (
        Piece("Engineers opened the main valve in "),
        Piece("Raqa", hit=True),
        Piece(", and water reached the old town."),
    )
    assert message.notes == (Note("Why", "first report of its story"), Note("Found", "place:Raqqa (“Raqa”)"))


def test_an_update_shows_what_changed_and_of_what_it_is_an_update() -> None:
    changes = (Change(kind="figure", before="300", after="500"), Change(kind="marker", before=None, after="UPDATE 2"))
    message = compose(
        make_alert(decision=Decision.UPDATE, changes=changes, of_title="Water cut", of_source="AFP", origin="AFP")
    )
    assert message.subject == "Update: Water returns to the old town"
    found = notes(message)
    assert found["Changed"] == "figure: 300 → 500; marker: nothing → UPDATE 2"
    assert found["Update of"] == "“Water cut” (AFP)"
    assert found["Origin"] == "AFP"


def test_many_changes_are_counted() -> None:
    changes = tuple(Change(kind="figure", before=str(n), after=str(n + 1)) for n in range(13))
    assert notes(compose(make_alert(changes=changes)))["Changed"].endswith("figure: 9 → 10; and 3 more")


@pytest.mark.parametrize(
    ("decision", "label", "relation"),
    [
        (Decision.REPORT, "Report", "Same story as"),
        (Decision.CORRECTION, "Correction", "Correction of"),
        (Decision.KILL, "Kill notice", "Takes back"),
        (Decision.COPY, "Copy", "Copy of"),
    ],
)
def test_each_decision_has_its_words(decision: Decision, label: str, relation: str) -> None:
    message = compose(make_alert(decision=decision, of_title="Earlier"))
    assert message.label == label
    assert message.subject.startswith(f"{label}: ")
    assert notes(message)[relation] == "“Earlier”"


def test_a_headline_that_says_what_it_is_needs_no_label() -> None:
    title = "CORRECTION: three, not four, hurt"
    assert compose(make_alert(title, decision=Decision.CORRECTION)).subject == title


def test_a_quiet_alert_says_that_it_is_one() -> None:
    assert "Quiet" in notes(compose(make_alert(decision=Decision.REPORT, loud=False)))
    assert "Quiet" not in notes(compose(make_alert()))


def test_who_else_has_the_story() -> None:
    found = notes(compose(make_alert(carried_by=("A", "B"), reported_by=("C\nD",), backlog=True)))
    assert (found["Carried by"], found["Also reported by"]) == ("A, B", "C D")
    assert "Not fresh" in found


def test_how_many_carry_a_story_and_from_how_many_origins() -> None:
    def carried(**told: Any) -> str:
        return notes(compose(make_alert(**told)))["Carried by"]

    assert carried(outlets=9, originals=("AFP",)) == "9 outlets, one original by AFP"
    assert carried(outlets=1, originals=("Sund Post",)) == "1 outlet, one original by Sund Post"
    told = carried(outlets=4, originals=("AFP", "Sund\nPost"), carried_by=("A", "B"))
    assert told == "4 outlets, 2 originals by AFP, Sund Post; copies in A, B"
    assert carried(outlets=2, carried_by=("A",)) == "2 outlets, no original known; copies in A"


def test_dates_say_when_they_are_assumed() -> None:
    assert compose(make_alert(date_assumed=True)).when.startswith("2026-03-03 12:00 UTC (date assumed")
    assert compose(make_alert(published_at=None)).when == "undated, taken as 2026-03-03 12:00 UTC"


def test_what_is_missing_is_named() -> None:
    message = compose(make_alert("", source="", url=None, excerpt="", hits=(), reason=""))
    assert (message.headline, message.source, message.link) == ("(no headline)", "(source not named)", None)
    assert message.excerpt == ()
    assert message.notes == ()
    assert "(no headline)" in plain_text(message)
    assert "blockquote" not in html(message)


def test_hits_that_touch_or_overlap_are_one_and_strange_ones_are_left_out() -> None:
    spans = [(4, 9), (0, 3), (2, 6), (30, 40), (5, 5), (-1, 2)]
    hits = [Hit(field=Field.TEXT, start=start, end=end, text="", what="x") for start, end in spans]
    hits.append(Hit(field=Field.TITLE, start=10, end=12, text="", what="x"))
    message = compose(make_alert(excerpt="abcdefghijklmno", hits=tuple(hits)))
    assert message.excerpt == (Piece("abcdefghi", hit=True), Piece("jklmno"))


def test_evidence_names_each_word_once() -> None:
    excerpt = "Raqa and Rakka; flood"
    hits = find(excerpt, {"Raqa": "place:Raqqa", "Rakka": "place:Raqqa", "flood": "flood"})
    assert notes(compose(make_alert(excerpt=excerpt, hits=(*hits, *hits))))["Found"] == (
        "place:Raqqa (“Raqa”, “Rakka”), flood"
    )


def test_forty_kilobytes_are_cut_and_hits_beyond_the_cut_do_no_harm() -> None:
    excerpt = "water " * 7000 + "Raqa"
    message = compose(make_alert("headline " * 5000, excerpt=excerpt, hits=find(excerpt, {"Raqa": "place:Raqqa"})))
    assert sum(len(piece.text) for piece in message.excerpt) <= 1500
    assert message.excerpt[-1].text.endswith("water…")
    assert len(message.headline) <= 400
    assert len(message.subject) <= 240


def test_plain_text_marks_hits_with_brackets() -> None:
    text = plain_text(compose(make_alert()))
    assert "valve in [Raqa], and" in text
    assert "https://post.example.org/water\n" in text


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.shown = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.shown += data


def parsed(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    tags.close()
    return tags


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
def test_a_page_has_no_tags_but_its_own(title: str) -> None:
    ordinary = parsed(html(compose(make_alert())))
    hostile = parsed(html(compose(make_alert(title, source=title, watch=title, reason=title, excerpt=title, hits=()))))
    assert set(hostile.tags) <= set(ordinary.tags)
    assert hostile.links == ordinary.links


def test_a_page_shows_markup_as_it_was_written() -> None:
    assert "<script>alert(1)</script>" in parsed(html(compose(make_alert(HOSTILE["script"])))).shown


def test_a_script_address_is_no_link() -> None:
    message = compose(make_alert(url="javascript:alert(1)"))
    assert parsed(html(message)).links == []
    assert "javascript" not in plain_text(message)
