"""`monitor deadletters`: what could not be handled, and sending it back to where it came from."""

import base64
import dataclasses
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import click
import orjson
from aiokafka import AIOKafkaProducer

from monitor import clock, cluster, deadletters, kafka
from monitor.cli.connection import broker, broker_options, run
from monitor.errors import BrokerError, InputError, MonitorError, WireError
from monitor.kafka import Connection
from monitor.model import DeadLetter
from monitor.topics import CHANGELOGS, DEADLETTERS, TOPICS

KNOWN_TOPICS = {topic.name for topic in TOPICS} - {topic.name for topic in (DEADLETTERS, *CHANGELOGS)}
LONGEST_SHOWN = 4000


@dataclass(slots=True)
class Row:
    """A letter without its value, and when it was replayed."""

    id: str
    letter: DeadLetter
    replayed_at: str | None = None


@click.group("deadletters")
def command() -> None:
    """What could not be handled: list it, look at it, send it back."""


@command.command("list")
@broker_options
@click.option("--stage", help="Only those of this stage.")
@click.option("--replayed", is_flag=True, help="Also those that were replayed.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines.")
def list_(config: Path | None, bootstrap: str | None, stage: str | None, replayed: bool, as_json: bool) -> None:
    """List dead letters, oldest first in each partition."""
    rows = run(_rows(broker(config, bootstrap)[0], stage))
    shown = [row for row in rows if replayed or not row.replayed_at]
    for row in shown:
        click.echo(orjson.dumps(_summary(row)) if as_json else _line(row))
    if not as_json:
        hidden = len(rows) - len(shown)
        click.echo(f"{len(shown)} dead letters" + (f"; {hidden} replayed ones not shown" if hidden else ""), err=True)


@command.command()
@broker_options
@click.argument("id_", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; key, value and headers as base64.")
@click.option("--raw", is_flag=True, help="The original bytes and nothing else.")
def show(config: Path | None, bootstrap: str | None, id_: str, as_json: bool, raw: bool) -> None:
    """Show one dead letter whole; ID is as in the list."""
    letter = run(_letter(broker(config, bootstrap)[0], id_))
    if raw:
        click.get_binary_stream("stdout").write(letter.value or b"")
    elif as_json:
        click.echo(orjson.dumps({**_summary(Row(id_, letter)), **_bytes(letter)}))
    else:
        click.echo(_page(id_, letter))


@command.command()
@broker_options
@click.argument("id_", metavar="[ID]", required=False)
@click.option("--all", "every", is_flag=True, help="All that were not replayed yet.")
@click.option("--stage", help="All of this stage that were not replayed yet.")
def replay(config: Path | None, bootstrap: str | None, id_: str | None, every: bool, stage: str | None) -> None:
    """Send dead letters back to the topic and partition they came from; what was done twice changes nothing."""
    if sum((id_ is not None, every, stage is not None)) != 1:
        raise click.UsageError("give one of ID, --all, --stage STAGE")
    sent, refused = run(_replay(broker(config, bootstrap)[0], id_, stage))
    click.echo(f"{sent} sent back" + (f", {refused} not" if refused else ""), err=True)
    if refused:
        sys.exit(1)


async def _rows(connection: Connection, stage: str | None) -> list[Row]:
    """All letters, without their values; what is no letter is named on standard error and passed over."""
    rows: dict[str, Row] = {}
    notes: list[deadletters.Replayed] = []
    async for id_, found in _decoded(connection):
        if isinstance(found, deadletters.Replayed):
            notes.append(found)
        elif stage in {None, found.stage}:
            rows[id_] = Row(id_, dataclasses.replace(found, value=None, headers=()))
    for note in notes:
        if note.letter in rows:
            rows[note.letter].replayed_at = note.at.isoformat()
    return list(rows.values())


async def _decoded(connection: Connection) -> AsyncIterator[tuple[str, DeadLetter | deadletters.Replayed]]:
    async for record in cluster.read_all(connection, DEADLETTERS.name):
        id_ = deadletters.id_of(record)
        try:
            yield id_, deadletters.decode(record)
        except WireError as error:
            click.echo(f"{id_}: {_plain(str(error))}", err=True)


async def _letter(connection: Connection, id_: str) -> DeadLetter:
    """One letter. Raises InputError where there is none of this id."""
    partition, _, offset = id_.partition(":")
    record = None
    if partition.isdecimal() and offset.isdecimal():
        record = await cluster.read_one(connection, DEADLETTERS.name, int(partition), int(offset))
    found = deadletters.decode(record) if record else None
    if not isinstance(found, DeadLetter):
        raise InputError(f"there is no dead letter {id_}: `monitor deadletters list` shows those that there are")
    return found


async def _replay(connection: Connection, id_: str | None, stage: str | None) -> tuple[int, int]:
    """How many letters were sent back, and how many could not be."""
    sent = refused = 0
    async with kafka.started(kafka.producer(connection), connection) as producer:
        async for name, letter in _chosen(connection, id_, stage):
            try:
                await _send_back(producer, name, letter)
            except MonitorError as error:
                if isinstance(error, BrokerError) and error.retriable:
                    raise BrokerError(
                        f"{error}. {sent} dead letters were sent back before; the same command goes on"
                    ) from error
                click.echo(f"{name}: {_plain(str(error))}", err=True)
                refused += 1
            else:
                click.echo(f"{name} → {letter.topic}" + (f":{letter.partition}" if letter.partition >= 0 else ""))
                sent += 1
    return sent, refused


async def _chosen(connection: Connection, id_: str | None, stage: str | None) -> AsyncIterator[tuple[str, DeadLetter]]:
    if id_ is not None:
        yield id_, await _letter(connection, id_)
        return
    waiting = {row.id for row in await _rows(connection, stage) if not row.replayed_at}
    async for name, found in _decoded(connection):
        if name in waiting and isinstance(found, DeadLetter):
            yield name, found


async def _send_back(producer: AIOKafkaProducer, id_: str, letter: DeadLetter) -> None:
    """Acked first, noted then: a crash between the two only means that it is sent once more."""
    if letter.topic not in KNOWN_TOPICS:
        raise InputError(f"it did not come from a topic of this program but from {letter.topic!r}")
    key, value, headers = deadletters.original(letter)
    partition = letter.partition if letter.partition >= 0 else None  # it never lay in one: its key decides
    await kafka.send(producer, letter.topic, key, value, partition=partition, headers=headers)
    note_key, note, note_headers = deadletters.encode_replayed(deadletters.Replayed(letter=id_, at=clock.now()))
    await kafka.send(producer, DEADLETTERS.name, note_key, note, headers=note_headers)


def _summary(row: Row) -> dict[str, object]:
    letter = row.letter
    return {
        "id": row.id,
        "failed_at": letter.failed_at,
        "stage": letter.stage,
        "error": letter.error,
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "size_bytes": letter.size_bytes,
        "digest": letter.digest,
        "attempts": letter.attempts,
        "cut": letter.cut,
        "replayed_at": row.replayed_at,
    }


def _bytes(letter: DeadLetter) -> dict[str, object]:
    return {
        "key": _base64(letter.key),
        "value": _base64(letter.value),
        "headers": [[name, _base64(value)] for name, value in letter.headers],
    }


def _base64(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()


def _line(row: Row) -> str:
    letter = row.letter
    replayed = f"  replayed {row.replayed_at}" if row.replayed_at else ""
    origin = f"{letter.topic}:{letter.partition}:{letter.offset}"
    parts = [f"{row.id:>8}", f"{letter.failed_at:%Y-%m-%d %H:%M:%S}", f"{letter.stage:<8}", f"{origin:<24}"]
    return "  ".join([*parts, f"{letter.size_bytes:>9,} B", _plain(letter.error)[:200]]) + replayed


def _page(id_: str, letter: DeadLetter) -> str:
    lines = [f"{name:<12}{_plain(str(value))}" for name, value in _summary(Row(id_, letter)).items() if value]
    lines += [f"{'header':<12}{_plain(name)}: {_text(value)}" for name, value in letter.headers]
    return "\n".join([*lines, f"{'key':<12}{_text(letter.key)}", f"{'value':<12}{_text(letter.value)}"])


def _text(value: bytes | None) -> str:
    """Bytes for the eye: text where they are text, else hex digits; null and empty by name."""
    if not value:
        return "(null)" if value is None else "(empty)"
    try:
        shown = _plain(value[:LONGEST_SHOWN].decode())
    except UnicodeDecodeError:
        shown = value[: LONGEST_SHOWN // 2].hex(" ")
    return shown if len(value) <= LONGEST_SHOWN else f"{shown} … ({len(value):,} bytes: --raw has them all)"


def _plain(text: str) -> str:
    """Without what would steer a terminal."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
