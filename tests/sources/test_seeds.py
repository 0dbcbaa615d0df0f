from datetime import UTC, datetime

import pytest

from monitor.errors import InputError
from monitor.model import Article
from monitor.sources.seeds import parse_seed

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)

DATED = """ date 2026-02-14 - Harbour News Report
Port reopens after storm
Ships may enter again from noon.
Two piers stay closed.
"""
SIGNED = """Port opens again

Ships may enter from noon, the port said.

Two piers stay closed.

Source: AFP
"""


def seed(text: str | bytes, name: str = "one.txt") -> Article:
    return parse_seed(text if isinstance(text, bytes) else text.encode(), name, first_seen_at=NOW)


def test_a_line_with_date_and_source_a_title_a_paragraph_a_line() -> None:
    found = seed(DATED)
    assert (found.source, found.published_at) == ("Harbour News", datetime(2026, 2, 14, tzinfo=UTC))
    assert found.title == "Port reopens after storm"
    assert found.text == "Ships may enter again from noon.\nTwo piers stay closed."


def test_title_blank_line_paragraphs_and_source_at_the_end() -> None:
    found = seed(SIGNED)
    assert (found.source, found.published_at) == ("AFP", None)
    assert found.title == "Port opens again"
    assert found.text == "Ships may enter from noon, the port said.\n\nTwo piers stay closed."


@pytest.mark.parametrize("rest", [DATED, SIGNED])
def test_a_front_matter_may_stand_before_either_and_wins(rest: str) -> None:
    head = "---\nsource: 'Ours'\nurl: https://e.org/1\npublished_at: 2026-03-01T10:00:00Z\ncorrects: Port shut\n---\n"
    found = seed(head + rest)
    assert (found.source, found.url, found.corrects) == ("Ours", "https://e.org/1", "Port shut")
    assert found.published_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert found.title.startswith("Port ")


def test_what_is_in_neither_layout_is_still_an_article() -> None:
    found = seed("\n\nJust a line\nand another\n", "notes/odd.txt")
    assert (found.title, found.text, found.source) == ("Just a line", "and another", "odd")


def test_a_title_alone_is_enough_and_a_source_line_alone_is_a_title() -> None:
    assert (seed("Only this").title, seed("Source: AFP").title) == ("Only this", "Source: AFP")


@pytest.mark.parametrize("dash", ["-", "–", "—"])
def test_the_date_line_may_have_any_dash_a_time_and_no_source(dash: str) -> None:
    found = seed(f"Date 2026-02-14T08:30Z {dash} Wire\nT\nx")
    assert (found.source, found.published_at) == ("Wire", datetime(2026, 2, 14, 8, 30, tzinfo=UTC))
    assert seed("date 2026-02-14\nT\nx").published_at == datetime(2026, 2, 14, tzinfo=UTC)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_its_encoding_is_found(encoding: str) -> None:
    found = seed("Zürich: “Fähre” fährt wieder\n\nDie Fähre fährt.".encode(encoding))
    assert (found.title, found.text) == ("Zürich: “Fähre” fährt wieder", "Die Fähre fährt.")


def test_russian_in_its_old_encoding_is_found() -> None:
    text = "Паром снова ходит\n\nПорт открыт с полудня."
    assert seed(text.encode("cp1251")).title == "Паром снова ходит"


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
def test_line_ends_of_any_system(line_end: str) -> None:
    assert seed(DATED.replace("\n", line_end)).text == "Ships may enter again from noon.\nTwo piers stay closed."


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", "no text file"),
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"---\nsource: x\n---\n", "empty"),
        (b"---\nauthor: x\n---\nT\n", "line 2: expected one of source, url, published_at, corrects"),
        (b"---\npublished_at: soon\n---\nT\n", "expected a date such as"),
        (b" date 2026-02-31 - Wire Report\nT\n", "expected a date such as"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(raw: bytes, told: str) -> None:
    with pytest.raises(InputError, match=told):
        seed(raw)


def test_its_id_is_made_of_its_url_else_of_its_name() -> None:
    head = "---\nurl: https://e.org/{}\n---\nT\n"
    assert seed(head.format(1), "a.txt").id == seed(head.format("1?utm_source=x"), "b.txt").id
    assert seed("T\n", "a.txt").id == seed("edited\n", "a.txt").id != seed("T\n", "b.txt").id
