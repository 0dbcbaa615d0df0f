"""`monitor match`: which watches articles satisfy, a JSON line for each article and watch."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import orjson

from monitor.cli.articles import Articles, articles_option
from monitor.cli.watching import open_watches
from monitor.core.matching.matches import match
from monitor.core.matching.watches import WatchSet
from monitor.model import Article, Hit


@click.command("match")
@click.option("--watches", required=True, type=click.Path(path_type=Path), help="A file of watches.")
@articles_option
def command(watches: Path, articles: str) -> None:
    """Write each match with its evidence: {"article", "watch", "hits": [{"field", "start", "end", "text", "what"}]}."""
    watch_set = open_watches(watches)
    read = Articles(articles)
    for article in read:
        for line in _lines(article, watch_set):
            click.echo(line)
    sys.exit(1 if read.faulty else 0)


def _lines(article: Article, watches: WatchSet) -> Iterator[bytes]:
    matched = match(article, watches)
    for found in matched.watches:
        hits = [_plain(matched.hits[number]) for number in found.hits]
        yield orjson.dumps({"article": article.id, "watch": found.watch, "hits": hits})


def _plain(hit: Hit) -> dict[str, object]:
    return {"field": hit.field, "start": hit.start, "end": hit.end, "text": hit.text, "what": hit.what}
