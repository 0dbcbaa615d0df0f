"""`monitor locate`: the places that articles name, a JSON line for each article."""

import sys
from collections.abc import Iterable

import click
import orjson

from monitor import clock
from monitor.core.places.places import Gazetteer, Toponym, locate
from monitor.errors import InputError
from monitor.gazetteer import load_gazetteer
from monitor.model import Article
from monitor.settings import cache_folder
from monitor.sources import read_articles


@click.command("locate")
@click.option(
    "--articles", required=True, type=click.Path(), help="Article lines (also .gz; - for standard input), or a story."
)
@click.option("--home", help="Where the outlet is at home: its towns are preferred, as in --home Ohio.")
def command(articles: str, home: str | None) -> None:
    """Write the places of each article with their spans in its text, and those of its title beside them."""
    gazetteer = load_gazetteer(cache_folder())
    if home and not gazetteer.resolve(home):
        near = ", ".join(gazetteer.nearest(home))
        raise InputError(f"--home: no place is called {home!r}" + (f"; did you mean {near}?" if near else ""))
    faults: list[str] = []

    def refuse(fault: str) -> None:
        faults[:] = [fault]
        click.echo(f"monitor: {fault}", err=True)

    for article in read_articles(articles, first_seen_at=clock.now(), on_error=refuse):
        click.echo(_line(article, gazetteer, home))
    sys.exit(1 if faults else 0)


def _line(article: Article, gazetteer: Gazetteer, home: str | None) -> bytes:
    in_title, in_text = locate(article.title, article.text, gazetteer, home=home)
    return orjson.dumps({"id": article.id, "places": _plain(in_text), "title_places": _plain(in_title)})


def _plain(toponyms: Iterable[Toponym]) -> list[dict[str, object]]:
    return [
        {
            "start": found.start,
            "end": found.end,
            "text": found.text,
            "geonames_id": found.place.geonames_id,
            "name": found.place.name,
            "country": found.place.country,
            "region": found.place.region,
            "lat": found.place.lat,
            "lon": found.place.lon,
            "score": found.score,
            "why": found.why,
        }
        for found in toponyms
    ]
