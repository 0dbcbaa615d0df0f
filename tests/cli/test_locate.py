"""`monitor locate`, and watches on places, on files."""

import json
from pathlib import Path

import pytest
import yaml
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


def test_homes_are_learned_from_reports_and_used_to_locate_and_to_match(tmp_path: Path) -> None:
    texts = [f"Police in Alexandria, Louisiana, reported a theft on day {n}." for n in range(5)]
    articles = lines_file(tmp_path / "a.jsonl", *texts)
    learned = run("places", "homes", "--articles", articles)
    assert (learned.exit_code, learned.stderr) == (0, "1 outlet has a home\n")
    assert learned.stdout == 'homes:\n  "Example Times": geonames/4331987  # Louisiana, US: 100% of 5 reports\n'
    report = lines_file(tmp_path / "b.jsonl", "A fire broke out in Alexandria.")
    home = tmp_path / "homes.yaml"
    home.write_text(learned.stdout + "watches: [{id: w, query: 'place:Louisiana'}]")
    (place,) = json.loads(run("locate", "--articles", report, "--watches", home).stdout)["places"]
    assert (place["region"], place["country"]) == ("Louisiana", "US")
    assert len(run("match", "--articles", report, "--watches", home).stdout.splitlines()) == 1
    home.write_text("watches: [{id: w, query: 'place:Louisiana'}]")
    assert run("match", "--articles", report, "--watches", home).stdout == ""


def test_an_outlets_name_is_written_so_that_it_is_read_again(tmp_path: Path) -> None:
    odd = 'A "b": # é \\ 東京'
    articles = lines_file(tmp_path / "a.jsonl", *["Police in Alexandria, Louisiana, met."] * 5)
    articles.write_text(articles.read_text().replace("Example Times", json.dumps(odd)[1:-1]))
    learned = run("places", "homes", "--articles", articles)
    assert list(yaml.safe_load(learned.stdout)["homes"]) == [odd]
