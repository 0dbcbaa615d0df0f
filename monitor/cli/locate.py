"""`monitor locate`: the places that articles name, a JSON line for each article."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click
import orjson

from monitor.cli.articles import Articles, articles_option
from monitor.core.places.places import Gazetteer, Place, Toponym, locate
from monitor.gazetteer import load_gazetteer
from monitor.model import Article
from monitor.settings import cache_folder, load_watch_file
from monitor.watchfile import WatchFile


@click.command("locate")
@articles_option
@click.option("--home", help="Where the outlet is at home: its towns are preferred, as in --home Ohio.")
@click.option(
    "--watches",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of watches, for its own places and its homes of outlets.",
)
def command(articles: str, home: str | None, watches: Path | None) -> None:
    """Write the places of each article with their spans in its text, and those of its title beside them."""
    own = load_watch_file(watches) if watches else WatchFile()
    gazetteer = load_gazetteer(cache_folder(), own.places, own.homes)
    given = gazetteer.meant(home, "--home") if home else None
    read = Articles(articles)
    for article in read:
        click.echo(_line(article, gazetteer, given or gazetteer.home(article.source)))
    sys.exit(1 if read.faulty else 0)


def _line(article: Article, gazetteer: Gazetteer, home: Place | None) -> bytes:
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
