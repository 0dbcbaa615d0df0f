"""`monitor stories`: what each watch holds together as one story, and why each of its articles is in it."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import orjson

from monitor import clock, cluster, wire
from monitor.applying import send_ruling
from monitor.cli.connection import broker, broker_options, run
from monitor.core.messages.harmless import one_line
from monitor.core.stories import rulings
from monitor.errors import InputError, WireError
from monitor.kafka import Connection
from monitor.model import Alert, Judgement, Ruling, Suppressed
from monitor.topics import ALERTS, CHANGELOGS, SUPPRESSED

Story = Sequence[Judgement]  # its members, the earliest first


@click.group("stories")
def command() -> None:
    """The stories that watches hold: list them, look at one, rule what belongs together."""


@command.command("list")
@broker_options
@click.option("--watch", help="Only those of this watch.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines.")
def list_(config: Path | None, bootstrap: str | None, watch: str | None, as_json: bool) -> None:
    """List stories, the one with the latest article last."""
    stories = run(_read(broker(config, bootstrap)[0]))
    shown = [story for story in stories if watch is None or story[0].watch == watch]
    for story in shown:
        click.echo(orjson.dumps(summary(story)) if as_json else line(story))
    if not as_json:
        click.echo(f"{len(shown)} stories", err=True)


@command.command()
@broker_options
@click.argument("id_", metavar="STORY")
@click.option("--json", "as_json", is_flag=True, help="JSON lines, one for each article.")
def show(config: Path | None, bootstrap: str | None, id_: str, as_json: bool) -> None:
    """Show one story: every article, what was decided of it, how much text it shares, and why.

    STORY is its id as in the list, or the beginning of it.
    """
    for row in _one_story(run(_read(broker(config, bootstrap)[0])), id_):
        click.echo(orjson.dumps(member(row)) if as_json else "\n".join(page(row)))


@command.command()
@broker_options
@click.argument("story", metavar="STORY")
@click.argument("article", metavar="ARTICLE")
def split(config: Path | None, bootstrap: str | None, story: str, article: str) -> None:
    """Rule that ARTICLE, with its copies, is no part of STORY: from now on it is a story of its own.

    Both are ids as `show --json` gives them, or their beginnings.
    """
    connection, _ = broker(config, bootstrap)
    found = _one_story(run(_read(connection)), story)
    names = sorted({row.article for row in found if row.article.startswith(article)})
    if len(names) != 1:
        raise InputError(f"{len(names) or 'no'} articles of this story begin with {article!r}: `monitor stories show`")
    _sent(connection, rulings.split(found[0], names[0], clock.now()))


@command.command()
@broker_options
@click.argument("story", metavar="STORY")
@click.argument("into", metavar="INTO")
def merge(config: Path | None, bootstrap: str | None, story: str, into: str) -> None:
    """Rule that STORY belongs to the story INTO, of the same watch."""
    connection, _ = broker(config, bootstrap)
    stories = run(_read(connection))
    first, second = _one_story(stories, story)[0], _one_story(stories, into)[0]
    if first.watch != second.watch:
        raise InputError(f"they are stories of two watches, {first.watch!r} and {second.watch!r}")
    if first.story == second.story:
        raise InputError("they are one story already")
    _sent(connection, rulings.merge(first, second.story, clock.now()))


def _one_story(stories: Iterable[Story], begin: str) -> Story:
    found = [story for story in stories if story[0].story.startswith(begin)]
    if len(found) != 1:
        how_many = f"{len(found)} stories begin" if found else "no story begins"
        raise InputError(f"{how_many} with {begin!r}: `monitor stories list` shows the ids")
    return found[0]


def _sent(connection: Connection, ruling: Ruling) -> None:
    run(send_ruling(connection, ruling))
    click.echo(f"ruling {ruling.id[:12]} is made; it holds for what is judged after it")


def gathered(rows: Iterable[Judgement]) -> list[Story]:
    """Judgements → stories; each judgement once, though there was an alert for each channel."""
    last = {row.key: row for row in rows}  # a ruling's row comes after the alert's
    stories: dict[tuple[str, str], dict[str, Judgement]] = {}
    for row in last.values():
        stories.setdefault((row.watch, row.story), {})[row.key] = row
    members = [sorted(story.values(), key=lambda row: (row.event_at, row.key)) for story in stories.values()]
    return sorted(members, key=lambda story: (story[-1].event_at, story[0].story))


def summary(story: Story) -> dict[str, Any]:
    """A story as a line of JSON."""
    decisions = [row.decision.value for row in story]
    return {
        "story": story[0].story,
        "watch": story[0].watch,
        "title": story[0].title,
        "first_at": story[0].event_at,
        "last_at": story[-1].event_at,
        "articles": len(story),
        "told": sum(row.told for row in story),
        "decisions": {decision: decisions.count(decision) for decision in dict.fromkeys(decisions)},
        "sources": sorted({row.source for row in story}),
    }


def line(story: Story) -> str:
    """A story as a line for people."""
    said = summary(story)
    counts = ", ".join(f"{count} {decision}" for decision, count in said["decisions"].items())
    last = f"{said['last_at']:%Y-%m-%d %H:%M}"
    return f"{said['story'][:12]}  {last}  {one_line(said['watch'])}  “{one_line(said['title'])}”  {counts}"


def member(row: Judgement) -> dict[str, Any]:
    """An article of a story as a line of JSON."""
    covered = row.coverage
    return {
        "story": row.story,
        "watch": row.watch,
        "article": row.article,
        "revision": row.revision,
        "event_at": row.event_at,
        "source": row.source,
        "title": row.title,
        "url": row.url,
        "decision": row.decision,
        "told": row.told,
        "channels": told_on(row),
        "held": row.held,
        "of": row.of,
        "copy_of": row.copy_of,
        "coverage": {"new_in_old": covered.new_in_old, "old_in_new": covered.old_in_new} if covered else None,
        "origin": row.origin,
        "changes": [{"kind": c.kind, "before": c.before, "after": c.after} for c in row.changes],
        "reason": row.reason,
        "ruling": row.ruling,
    }


def told_on(row: Judgement) -> list[str]:
    """The channels to which the alert on this article went."""
    return list(row.settings.channels) if row.told and row.settings else []


def page(row: Judgement) -> Iterator[str]:
    """An article of a story for people."""
    told = f"told on {one_line(', '.join(told_on(row)))}" if row.told else f"not told ({row.held})"
    origin = f", by {row.origin}" if row.origin else ""
    named = one_line(f"{row.source}{origin}: “{row.title}”")
    yield f"{row.event_at:%Y-%m-%d %H:%M}  {row.decision.value}, {told}  {named}"
    if row.coverage is not None:
        new, old = (round(share * 100) for share in (row.coverage.new_in_old, row.coverage.old_in_new))
        yield f"    {new} % of it stands in “{one_line(row.of_title or row.of or '')}”, {old} % of that in it"
    yield f"    {one_line(row.reason)}"


async def _read(connection: Connection) -> list[Story]:
    return gathered([row async for row in _judgements(connection)])


async def _judgements(connection: Connection) -> AsyncIterator[Judgement]:
    """What was decided, told or not, and then what rulings made of it, where it is still remembered.

    A record that cannot be read is named on standard error and passed over.
    """
    for topic, judgement_in in ((ALERTS, _of_alert), (SUPPRESSED, _of_suppressed), (CHANGELOGS[0], _of_row)):
        async for record in cluster.read_all(connection, topic.name):
            if record.value is None:
                continue  # forgotten by the stream, and still of interest here
            try:
                yield judgement_in(record.value)
            except WireError as error:
                click.echo(f"monitor: {topic.name} {record.partition}:{record.offset}: {error}", err=True)


def _of_alert(raw: bytes | None) -> Judgement:
    return wire.decode(raw, Alert).judgement


def _of_suppressed(raw: bytes | None) -> Judgement:
    return wire.decode(raw, Suppressed).judgement


def _of_row(raw: bytes | None) -> Judgement:
    return wire.decode(raw, Judgement)
