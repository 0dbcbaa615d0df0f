"""`monitor places`: more places than those that come with the package."""

from pathlib import Path

import click

from monitor.gazetteer import import_places
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
