"""`monitor locate`, and watches on places, on files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main

GUYANA = "watches: [{id: guyana, query: 'place:Guyana'}]"
BENGHAZI = "watches: [{id: benghazi, query: 'place:Benghazi'}]"
BALKANS = "watches: [{id: albania, query: 'place:Albania'}, {id: colombia, query: 'place:Colombia'}]"


def run(*arguments: object) -> Result:
    return CliRunner(mix_stderr=False).invoke(main, [str(argument) for argument in arguments])


def lines_file(path: Path, *texts: str) -> Path:
    articles = (
        {"id": f"a{n}", "source": "Example Times", "title": "Report", "text": t} for n, t in enumerate(texts, 1)
    )
    path.write_text("".join(json.dumps(article) + "\n" for article in articles))
    return path


def test_a_line_for_each_article(tmp_path: Path) -> None:
    articles = lines_file(tmp_path / "a.jsonl", "The road to Paris, Texas, is closed.", "Nothing happened.")
    result = run("locate", "--articles", articles)
    first, second = map(json.loads, result.stdout.splitlines())
    assert (result.exit_code, result.stderr) == (0, "")
    assert first["id"] == "a1"
    paris, texas = first["places"]
    expected = {"start": 12, "end": 17, "text": "Paris", "geonames_id": 4717560, "name": "Paris", "country": "US"}
    assert paris == paris | expected
    assert (round(paris["lat"], 2), round(paris["lon"], 2)) == (33.66, -95.56)
    assert 0.5 < paris["score"] <= 1
    assert texas["name"] == "Texas"
    assert second == {"id": "a2", "places": [], "title_places": []}


def test_a_bad_line_is_told_and_its_neighbours_read(tmp_path: Path) -> None:
    articles = lines_file(tmp_path / "a.jsonl", "Rain in Aleppo.", "Rain in Homs.")
    articles.write_text(articles.read_text().replace("\n", "\n{no json\n", 1))
    result = run("locate", "--articles", articles)
    assert [json.loads(line)["places"][0]["name"] for line in result.stdout.splitlines()] == ["Aleppo", "Homs"]
    assert result.exit_code == 1
    assert "a.jsonl:2:" in result.stderr


def test_the_home_of_the_outlet(tmp_path: Path) -> None:
    articles = lines_file(tmp_path / "a.jsonl", "Police in Dublin asked for witnesses.")
    result = run("locate", "--articles", articles, "--home", "Ohio")
    assert json.loads(result.stdout)["places"][0]["region"] == "Ohio"
    result = run("locate", "--articles", articles, "--home", "Ohiio")
    assert result.exit_code == 2
    assert "no place is called 'Ohiio'; did you mean Ohio" in result.stderr


@pytest.mark.parametrize(
    ("watches", "texts", "matched"),
    [
        (
            GUYANA,
            ("Georgetown beat Villanova 71-64 on Saturday.", "Dock workers in Georgetown, Guyana, walked out."),
            [("a2", "guyana")],
        ),
        (
            BENGHAZI,
            (
                "Ships queued off Banghazi on Friday.",
                "Navi ferme davanti a Bengasi venerdì.",
                "The airport of Binghazi reopened.",
                "أعيد فتح ميناء بنغازي الجمعة.",
                "The Bengals won in Cincinnati.",
            ),
            [("a1", "benghazi"), ("a2", "benghazi"), ("a3", "benghazi"), ("a4", "benghazi")],
        ),
        (BALKANS, ("The fire in Albany was out by Monday.", "Professors at Columbia voted on Friday."), []),
    ],
)
def test_watches_on_places(
    tmp_path: Path, watches: str, texts: tuple[str, ...], matched: list[tuple[str, str]]
) -> None:
    (tmp_path / "w.yaml").write_text(watches)
    articles = lines_file(tmp_path / "a.jsonl", *texts)
    result = run("match", "--watches", tmp_path / "w.yaml", "--articles", articles)
    assert result.exit_code == 0, result.stderr
    assert [(line["article"], line["watch"]) for line in map(json.loads, result.stdout.splitlines())] == matched
