"""`monitor places`: more places than those that come with the package."""

import json
import sys
from pathlib import Path

import click

from monitor.cli.articles import Articles, articles_option
from monitor.core.messages.harmless import one_line
from monitor.core.places.homes import LearnedHome, learn_homes
from monitor.core.places.places import regions
from monitor.gazetteer import import_places, load_gazetteer
from monitor.gazetteer.atlas import Atlas
from monitor.settings import cache_folder


@click.group("places")
def command() -> None:
    """The places that watches can name and articles are searched for."""


@command.command("import")
@click.argument("dump", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option(
    "--min-population", type=click.IntRange(0), default=0, show_default=True, help="Leave out what has fewer people."
)
def import_(dump: Path, min_population: int) -> None:
    """Take in the towns of a GeoNames dump: allCountries.txt, XX.txt or its .zip, 19 columns.

    They join those that come with the package, in place of an earlier import; a town that both have is taken as the
    dump has it. They are kept in the cache folder (MONITOR_CACHE_DIR), and every command that uses that folder has them
    from its next start on.
    """
    count = import_places(dump, cache_folder(), min_population)
    click.echo(f"{count:,} {'town' if count == 1 else 'towns'} of {dump} imported; running roles need a restart.")


@command.command("homes")
@articles_option
def homes(articles: str) -> None:
    """Learn from their own reports where outlets are at home, and write it as a file of watches says it.

    An outlet needs five reports here, of which a quarter plays in one region.
    """
    gazetteer = load_gazetteer(cache_folder())
    read = Articles(articles)
    learned = learn_homes((article.source, regions(article.title, article.text, gazetteer)) for article in read)
    if learned:
        click.echo("homes:")
    for outlet, home in learned.items():
        click.echo(_home_line(outlet, home, gazetteer))
    click.echo(f"{len(learned)} {'outlet has' if len(learned) == 1 else 'outlets have'} a home", err=True)
    sys.exit(1 if read.faulty else 0)


def _home_line(outlet: str, home: LearnedHome, gazetteer: Atlas) -> str:
    place = gazetteer.by_id(home.region)
    called = one_line(f"{place.name}, {place.country}") if place else "?"
    # A JSON string is one of YAML as well, whatever is in the outlet's name.
    return f"  {json.dumps(outlet)}: geonames/{home.region}  # {called}: {home.share:.0%} of {home.reports} reports"
