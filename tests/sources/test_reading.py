import gzip
import io
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import sources
from monitor.errors import FeedError, InputError
from monitor.model import Article
from monitor.sources import read_articles

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
FEED = (
    '<rss version="2.0"><channel><title>Desk</title><link>https://d.example.org/</link>'
    "<item><title>Newest</title><guid>2</guid><pubDate>Mon, 02 Mar 2026 11:00:00 GMT</pubDate></item>"
    "<item><title>Oldest</title><guid>1</guid><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate></item>"
    "</channel></rss>"
)


def read(*paths: Path | str) -> tuple[list[Article], list[str]]:
    faults: list[str] = []
    return list(read_articles(*paths, first_seen_at=NOW, on_error=faults.append)), faults


def write(folder: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def titles(articles: list[Article]) -> list[str]:
    return [article.title for article in articles]


def line(title: str, published_at: str | None = None) -> str:
    return json.dumps({"id": title, "title": title, "published_at": published_at}) + "\n"


class TestOneFile:
    @pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.ndjson", "a.json", "a"])
    def test_article_lines_by_ending_or_by_what_they_hold(self, tmp_path: Path, name: str) -> None:
        raw = (line("A") + line("B")).encode()
        (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith("gz") else raw)
        assert titles(read(tmp_path / name)[0]) == ["A", "B"]

    @pytest.mark.parametrize("name", ["f.xml", "f.rss", "f", "f.json", "f.xml.gz"])
    def test_a_feed_oldest_first(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_bytes(gzip.compress(FEED.encode()) if name.endswith("gz") else FEED.encode())
        articles, _ = read(tmp_path / name)
        assert titles(articles) == ["Oldest", "Newest"]
        assert {article.source for article in articles} == {"Desk"}

    def test_where_it_gives_no_dates_the_last_is_the_oldest(self, tmp_path: Path) -> None:
        write(tmp_path, f__xml=re.sub("<pubDate>.*?</pubDate>", "", FEED))
        assert titles(read(tmp_path / "f.xml")[0]) == ["Oldest", "Newest"]

    def test_two_snapshots_of_a_feed_hold_the_same_articles(self, tmp_path: Path) -> None:
        write(tmp_path, one__xml=FEED, two__xml=FEED.replace("<item>", "<item><author>x</author>", 1))
        assert {a.id for a in read(tmp_path / "one.xml")[0]} == {a.id for a in read(tmp_path / "two.xml")[0]}

    def test_a_json_feed(self, tmp_path: Path) -> None:
        write(tmp_path, f__json='{"version": "https://jsonfeed.org/version/1", "items": [{"id": 1, "title": "A"}]}')
        assert titles(read(tmp_path / "f.json")[0]) == ["A"]

    def test_a_seed(self, tmp_path: Path) -> None:
        write(tmp_path, s__txt="Port opens\n\nx\n\nSource: AFP")
        assert [(a.title, a.source) for a in read(tmp_path / "s.txt")[0]] == [("Port opens", "AFP")]

    def test_standard_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line("A").encode() + b"{\n")))
        articles, faults = read("-")
        assert (titles(articles), [fault[:5] for fault in faults]) == (["A"], ["-:2: "])

    def test_undated_lines_at_the_start_are_as_old_as_the_first_that_has_a_date(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        raw = line("A") + line("B") + line("C", published_at="2017-10-14T00:00:00Z")
        write(tmp_path, a__jsonl=raw)
        assert {a.published_at.year for a in read(tmp_path / "a.jsonl")[0] if a.published_at} == {2017}
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw.encode())))
        assert read("-")[0][0].published_at == NOW  # whoever feeds the pipe may be waiting for the answer

    def test_lines_come_as_they_are_read(self, tmp_path: Path) -> None:
        write(tmp_path, a__jsonl=line("A", published_at="2026-03-01T00:00:00Z") + "{\n")
        stream = read_articles(tmp_path / "a.jsonl", first_seen_at=NOW)
        assert next(stream).title == "A"
        with pytest.raises(InputError, match=r"a\.jsonl:2: this is no JSON"):  # without on_error nothing is passed over
            next(stream)


class TestWhatCannotBeUsed:
    def test_a_path_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"gone\.jsonl: there is no such file or folder; check the path"):
            read(tmp_path / "gone.jsonl")

    def test_a_page_instead_of_a_feed(self, tmp_path: Path) -> None:
        write(tmp_path, f__xml="<!doctype html><html><head><title>Sign in</title></head></html>")
        with pytest.raises(FeedError, match=r'f\.xml: this is an HTML page \(title "Sign in"\), not a feed'):
            read(tmp_path / "f.xml")

    def test_a_file_too_large(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sources, "LARGEST_FILE_BYTES", 10)
        write(tmp_path, s__txt="x" * 11)
        with pytest.raises(InputError, match=r"s\.txt: the file is larger than"):
            read(tmp_path / "s.txt")

    def test_a_picture_that_calls_itself_a_story(self, tmp_path: Path) -> None:
        write(tmp_path, s__txt=b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
        with pytest.raises(InputError, match=r"s\.txt: this is no text file"):
            read(tmp_path / "s.txt")

    @pytest.mark.parametrize("damage", [gzip.compress(line("A").encode() * 999)[:-9], b"\x1f\x8b\x08" + b"x" * 99])
    def test_a_damaged_archive(self, tmp_path: Path, damage: bytes) -> None:
        write(tmp_path, a__jsonl__gz=damage)
        with pytest.raises(InputError, match=r"a\.jsonl\.gz: cannot be read"):
            read(tmp_path / "a.jsonl.gz")

    def test_a_file_without_permission_or_a_folder_that_is_none(self, tmp_path: Path) -> None:
        write(tmp_path, a__jsonl=line("A"))
        with pytest.raises(InputError, match="cannot be read: Not a directory"):
            read(tmp_path / "a.jsonl" / "b")


class TestFolder:
    def test_stories_come_in_the_order_of_their_dates_undated_ones_where_their_names_put_them(
        self, tmp_path: Path
    ) -> None:
        write(
            tmp_path,
            a__txt=" date 2026-02-14 - X Report\nSecond\nx",
            b__txt="Third\n\nx",
            c__txt=" date 2026-02-13 - X Report\nFirst\nx",
            d__txt=" date 2026-02-15 - X Report\nFourth\nx",
        )
        articles, _ = read(tmp_path)
        assert titles(articles) == ["First", "Second", "Third", "Fourth"]
        assert [(a.date_assumed, a.published_at) for a in articles][2] == (
            True,
            datetime(2026, 2, 14, 0, 0, 1, tzinfo=UTC),
        )

    def test_an_undated_one_before_all_others_is_as_old_as_the_first_that_has_a_date(self, tmp_path: Path) -> None:
        write(tmp_path, a__txt="One\n\nx", b__txt=" date 2026-02-14 - X Report\nTwo\nx")
        articles, _ = read(tmp_path)
        assert titles(articles) == ["One", "Two"]
        assert [a.published_at for a in articles] == [datetime(2026, 2, 14, tzinfo=UTC)] * 2

    def test_where_none_has_a_date_names_decide(self, tmp_path: Path) -> None:
        write(tmp_path, b__txt="B", a__txt="A")
        articles, _ = read(tmp_path)
        assert titles(articles) == ["A", "B"]
        assert articles[0].published_at == NOW

    def test_bad_files_are_told_and_their_neighbours_never_notice(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            a__txt="A",
            b__txt=b"\x00\x01",
            c__jsonl="{\n" + line("C"),
            d__xml="<html></html>",
            e__png=b"x",
            f__txt="F",
            __hidden__txt="H",
            README__md="R",
        )
        (tmp_path / "sub").mkdir()
        write(tmp_path / "sub", g__txt="G")
        articles, faults = read(tmp_path)
        assert sorted(titles(articles)) == ["A", "C", "F", "G"]
        assert sorted(Path(fault.split(":")[0]).name for fault in faults) == ["b.txt", "c.jsonl", "d.xml", "e.png"]
        assert all(str(tmp_path) in fault for fault in faults)

    def test_the_same_story_has_the_same_id_alone_and_in_its_folder(self, tmp_path: Path) -> None:
        write(tmp_path, a__txt="A")
        assert read(tmp_path)[0][0].id == read(tmp_path / "a.txt")[0][0].id

    def test_several_paths_are_one_replay(self, tmp_path: Path) -> None:
        write(tmp_path, a__txt=" date 2026-02-14 - X Report\nA\nx", b__jsonl=line("B"))
        articles, _ = read(tmp_path / "a.txt", tmp_path / "b.jsonl")
        assert articles[1].published_at == datetime(2026, 2, 14, 0, 0, 1, tzinfo=UTC)
