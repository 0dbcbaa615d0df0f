"""`monitor explain`: why one article does, or does not, satisfy a watch."""

import sys
from pathlib import Path

import click

from monitor import clock
from monitor.cli.watching import open_watches
from monitor.core.matching.explain import explain, lines
from monitor.errors import InputError
from monitor.sources import read_articles


@click.command("explain")
@click.option("--watches", required=True, type=click.Path(path_type=Path), help="A file of watches.")
@click.option("--watch", "watch_id", required=True, metavar="ID", help="The watch to explain.")
@click.argument("file", type=click.Path())
def command(watches: Path, watch_id: str, file: str) -> None:
    """Show each part of the query, met or not, and the text of FILE with its hits marked.

    FILE holds one article: a story, or an article line (- for standard input).
    """
    watch_set = open_watches(watches, only=watch_id)
    articles = read_articles(file, first_seen_at=clock.now())
    article = next(articles, None)
    if article is None:
        raise InputError(f"{file}: there is no article in it")
    if next(articles, None) is not None:
        raise InputError(f"{file}: there are several articles in it; give a file with one")
    for explanation in explain(article, watch_set):
        for line in lines(explanation, _mark):
            click.echo(line)


def _mark(text: str) -> str:
    """Inverse on a terminal, in brackets elsewhere."""
    return click.style(text, reverse=True) if sys.stdout.isatty() else f"⟦{text}⟧"
