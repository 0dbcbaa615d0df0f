import json
from pathlib import Path

from click.testing import CliRunner, Result

from monitor.cli import main

FEED = '<rss version="2.0"><channel><title>Desk</title><item><title>A</title><guid>1</guid></item></channel></rss>'


def run(*arguments: Path | str) -> Result:
    return CliRunner(mix_stderr=False).invoke(main, ["parse", *map(str, arguments)])


def test_one_line_a_file_named_relative_to_the_folder(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.xml", "sub/a.xml", ".hidden", "MANIFEST.jsonl"):
        (tmp_path / name).write_text(FEED)
    result = run(tmp_path)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [row["file"] for row in rows] == ["b.xml", "sub/a.xml"]
    entry = {
        "id": "1",
        "link": None,
        "title": "A",
        "text": "",
        "published_at": None,
        "updated_at": None,
        "author": None,
    }
    assert rows[0] == {"file": "b.xml", "title": "Desk", "entries": [entry], "merged": 0, "error": None, "warnings": []}


def test_a_file_that_is_no_feed_has_its_line_and_the_exit_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<html><title>Sign in</title></html>")
    (tmp_path / "b.xml").write_text(FEED)
    result = run(tmp_path / "a.xml", tmp_path / "b.xml")
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert result.exit_code == 1
    assert (first["file"], first["entries"]) == (str(tmp_path / "a.xml"), [])
    assert first["error"].startswith('this is an HTML page (title "Sign in")')
    assert second["error"] is None
    assert "a.xml: this is an HTML page" in result.stderr


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    result = run(tmp_path / "gone")
    assert result.exit_code == 2
    assert "gone: there is no such file or folder" in result.stderr


def test_half_a_character_anywhere_in_a_json_feed_costs_no_entry(tmp_path: Path) -> None:
    odd = "a\ud800\x00b"
    names = ("id", "url", "title", "content_text", "content_html", "summary", "date_published")
    item = {**dict.fromkeys(names, odd), "authors": [{"name": odd}]}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": odd, "feed_url": odd, "items": [item]}
    (tmp_path / "f.json").write_text(json.dumps(feed))
    result = run(tmp_path / "f.json")
    assert (result.exit_code, result.stderr) == (0, "")
    row = json.loads(result.stdout)
    (entry,) = row["entries"]
    assert {row["title"], entry["id"], entry["title"], entry["author"]} == {"a\ufffd b"}
