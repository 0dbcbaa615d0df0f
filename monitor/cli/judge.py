"""`monitor judge`: what each article is to each watch, as JSON lines."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import orjson

from monitor.cli.articles import Articles
from monitor.core.stories.stories import StoryIndex
from monitor.model import Article, Judgement, Match, WatchMatch, WatchSettings

Matcher = Callable[[Article], Match]

EVERYTHING = WatchMatch(watch="everything", version="", hits=(), settings=WatchSettings())


@click.command("judge")
@click.option("--articles", required=True, help="Article lines (also .gz, - for standard input), or stories.")
@click.option("--watches", type=click.Path(path_type=Path), help="Watches; without them one watch takes everything.")
def command(articles: str, watches: Path | None) -> None:
    """What each article is to each watch: new, copy, report, update, correction or kill, and why."""
    index, matcher = StoryIndex(), _matcher(watches)
    read = Articles(articles)
    for article in read:
        outcome = index.judge(matcher(_in_its_time(article)))
        index.apply(outcome)
        for judgement in outcome.judgements:
            click.echo(orjson.dumps(_line(judgement)))
    sys.exit(1 if read.faulty else 0)


def _matcher(path: Path | None) -> Matcher:
    if path is None:
        return lambda article: Match(article=article, watches=(EVERYTHING,))
    from monitor.cli.watching import open_watches  # the gazetteer is not needed without watches
    from monitor.core.matching.matches import match, whole

    watch_set = open_watches(path)

    def matched(article: Article) -> Match:
        return whole(article, match(article, watch_set))

    return matched


def _in_its_time(article: Article) -> Article:
    """The article as if it had been seen when it was published: the order of files is that of the past."""
    return replace(article, first_seen_at=article.published_at or article.first_seen_at)


def _line(row: Judgement) -> dict[str, object]:
    covered = row.coverage
    return {
        "id": row.article,
        "watch": row.watch,
        "story": row.story,
        "decision": row.decision,
        "told": row.told,
        "copy_of": row.copy_of,
        "of": row.of,
        "coverage": {
            "new_in_old": covered.new_in_old if covered else 0.0,
            "old_in_new": covered.old_in_new if covered else 0.0,
        },
        "origin": row.origin,
        "changes": [{"kind": c.kind, "before": c.before, "after": c.after} for c in row.changes],
        "reason": row.reason,
    }
