"""`monitor stories`: what each watch holds together as one story, and why each of its articles is in it."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import orjson

from monitor import cluster, wire
from monitor.cli.connection import broker, broker_options, run
from monitor.core.messages.harmless import one_line
from monitor.errors import InputError, WireError
from monitor.kafka import Connection
from monitor.model import Alert, Judgement, Suppressed
from monitor.topics import ALERTS, SUPPRESSED

Story = Sequence[Judgement]  # its members, the earliest first


@click.group("stories")
def command() -> None:
    """The stories that watches hold: list them, look at one."""


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
    found = [story for story in run(_read(broker(config, bootstrap)[0])) if story[0].story.startswith(id_)]
    if len(found) != 1:
        how_many = f"{len(found)} stories begin" if found else "no story begins"
        raise InputError(f"{how_many} with {id_!r}: `monitor stories list` shows the ids")
    for row in found[0]:
        click.echo(orjson.dumps(member(row)) if as_json else "\n".join(page(row)))


def gathered(rows: Iterable[Judgement]) -> list[Story]:
    """Judgements → stories; each judgement once, though there was an alert for each channel."""
    stories: dict[tuple[str, str], dict[str, Judgement]] = {}
    for row in rows:
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
        "held": row.held,
        "of": row.of,
        "copy_of": row.copy_of,
        "coverage": {"new_in_old": covered.new_in_old, "old_in_new": covered.old_in_new} if covered else None,
        "origin": row.origin,
        "changes": [{"kind": c.kind, "before": c.before, "after": c.after} for c in row.changes],
        "reason": row.reason,
    }


def page(row: Judgement) -> Iterator[str]:
    """An article of a story for people."""
    told = "told" if row.told else f"not told ({row.held})"
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
    """What was decided, told or not; a record that cannot be read is named on standard error and passed over."""
    for topic, judgement_in in ((ALERTS, _of_alert), (SUPPRESSED, _of_suppressed)):
        async for record in cluster.read_all(connection, topic.name):
            try:
                yield judgement_in(record.value)
            except WireError as error:
                click.echo(f"monitor: {topic.name} {record.partition}:{record.offset}: {error}", err=True)


def _of_alert(raw: bytes | None) -> Judgement:
    return wire.decode(raw, Alert).judgement


def _of_suppressed(raw: bytes | None) -> Judgement:
    return wire.decode(raw, Suppressed).judgement
