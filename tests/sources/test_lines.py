import io
import json
from datetime import UTC, datetime

import pytest

from monitor import wire
from monitor.core.reports.articles import revision
from monitor.errors import InputError
from monitor.model import Article
from monitor.sources import lines
from monitor.sources.lines import parse_line, read_lines

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def read(raw: bytes) -> tuple[list[Article], list[str]]:
    faults: list[str] = []
    return list(read_lines(io.BytesIO(raw), "a.jsonl", first_seen_at=NOW, report=faults.append)), faults


def line(**fields: object) -> bytes:
    return json.dumps({"id": "1", "title": "T", "text": "x", **fields}).encode() + b"\n"


def test_a_line_is_an_article_under_its_own_id() -> None:
    raw = line(
        source="Ours",
        url="https://e.org/1",
        published_at="2026-03-03T10:00:00+01:00",
        language="en",
        author="Desk",
        corrects="Old",
        spans=[1],
    )
    assert read(raw) == (
        [
            Article(
                id="1",
                revision=revision("T", "x"),
                source="Ours",
                title="T",
                text="x",
                url="https://e.org/1",
                published_at=datetime(2026, 3, 3, 9, tzinfo=UTC),
                first_seen_at=NOW,
                language="en",
                author="Desk",
                corrects="Old",
            )
        ],
        [],
    )


def test_offsets_hold_in_the_text_as_given() -> None:
    text = " two  spaces\r\n\tand a \x00 NUL "
    (article,), _ = read(line(text=text))
    assert article.text == text.replace("\x00", " ")


@pytest.mark.parametrize("raw_id", [17, "17"])
def test_an_id_may_be_a_number(raw_id: object) -> None:
    assert parse_line(line(id=raw_id), first_seen_at=NOW).id == "17"


def test_without_an_id_the_url_names_it_else_what_it_says() -> None:
    by_url = {
        parse_line(line(id=None, url=u, text=u), first_seen_at=NOW).id for u in ("https://e.org/", "http://e.org")
    }
    by_text = {parse_line(line(id="", text=text), first_seen_at=NOW).id for text in ("x", "y")}
    assert (len(by_url), len(by_text)) == (1, 2)


@pytest.mark.parametrize(
    "raw", [b'{"id":"1","title":"a\\ud800b"}', b'{"id":"1","title":"a\x07b"}', b'\xef\xbb\xbf{"title":"a b"}']
)
def test_odd_characters_lose_no_article(raw: bytes) -> None:
    assert len(parse_line(raw, first_seen_at=NOW).title) == 3


@pytest.mark.parametrize("name", ["id", "source", "url", "language", "author", "corrects"])
@pytest.mark.parametrize("odd", ["\ud800", "\x00", "x" * 2_000_000])
def test_whatever_a_field_says_the_article_can_be_sent(name: str, odd: str) -> None:
    (article,), faults = read(line(**{name: odd}))
    assert (len(wire.encode(article)) < 10_000, faults) == (True, [])


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (b"{", "a.jsonl:2: this is no JSON: "),
        (b"[1]", "a.jsonl:2: expected an object such as "),
        (b'"text"', "a.jsonl:2: expected an object such as "),
        (b"[" * 100_000, "a.jsonl:2: this is no JSON: "),
        (b"\xff\xfe\x00", "a.jsonl:2: this is no JSON: "),
        (b'{"id": "2"}', "a.jsonl:2: the article has neither a title nor a text"),
        (b'{"title": " ", "text": null}', "a.jsonl:2: the article has neither a title nor a text"),
        (b'{"title": ["T"]}', "a.jsonl:2: title: expected a text, found ['T']"),
        (b'{"title": "T", "id": true}', "a.jsonl:2: id: expected a text, found True"),
        (b'{"title": "T", "published_at": "soon"}', "a.jsonl:2: published_at: expected an instant such as "),
        (b'{"title": "T", "published_at": 3}', "a.jsonl:2: published_at: expected a text, found 3"),
    ],
)
def test_a_bad_line_is_told_and_its_neighbours_never_notice(bad: bytes, told: str) -> None:
    articles, faults = read(line(id="1") + bad + b"\n" + line(id="3"))
    assert [article.id for article in articles] == ["1", "3"]
    assert len(faults) == 1
    assert faults[0].startswith(told)


def test_blank_lines_count_but_say_nothing() -> None:
    articles, faults = read(b"\n" + line() + b"  \n{\n")
    assert (len(articles), [fault[:10] for fault in faults]) == (1, ["a.jsonl:4:"])


def test_a_line_too_long_is_told_under_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE_BYTES", 100)
    articles, faults = read(line(id="1") + line(id="2", text="x" * 950) + line(id="3") + b"{")
    assert [article.id for article in articles] == ["1", "3"]
    assert faults[0].startswith("a.jsonl:2: the line is longer than")
    assert faults[1].startswith("a.jsonl:4: ")


def test_a_bad_line_alone_raises_in_words() -> None:
    with pytest.raises(InputError, match="this is no JSON"):
        parse_line(b"nope", first_seen_at=NOW)
