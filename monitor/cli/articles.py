"""What commands that read articles share: the option that names them, and their faults, told as they come."""

from collections.abc import Iterator

import click

from monitor import clock
from monitor.model import Article
from monitor.sources import read_articles

articles_option = click.option(
    "--articles", required=True, type=click.Path(), help="Article lines (also .gz; - for standard input), or a story."
)


class Articles:
    """The articles of a file or of standard input; `faulty` once one could not be read and was passed over."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.faulty = False

    def __iter__(self) -> Iterator[Article]:
        return read_articles(self._path, first_seen_at=clock.now(), on_error=self._refuse)

    def _refuse(self, fault: str) -> None:
        self.faulty = True
        click.echo(f"monitor: {fault}", err=True)
