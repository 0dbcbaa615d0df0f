"""`monitor topics`: make the topics on a Kafka, or compare them with what this program needs."""

import sys
from pathlib import Path

import click

from monitor import cluster
from monitor.cli.connection import broker, broker_options, run
from monitor.kafka import Connection
from monitor.settings import KafkaSettings
from monitor.topics import TOPICS


@click.group("topics")
def command() -> None:
    """Create the topics on a Kafka, or check them."""


@command.command()
@broker_options
def create(config: Path | None, bootstrap: str | None) -> None:
    """Create the topics that are missing, then check all of them. It changes none that is there."""
    connection, settings = broker(config, bootstrap)
    made = run(cluster.create_topics(connection, TOPICS, settings.partitions, settings.replication))
    for name in made:
        click.echo(f"created {name}")
    _check(connection, settings)


@command.command()
@broker_options
def check(config: Path | None, bootstrap: str | None) -> None:
    """Report every topic that is missing or set otherwise; exit 1 where there is one."""
    _check(*broker(config, bootstrap))


def _check(connection: Connection, settings: KafkaSettings) -> None:
    faults = run(cluster.check_topics(connection, TOPICS, settings.partitions, settings.replication))
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        sys.exit(1)
    click.echo(f"{len(TOPICS)} topics are as they should be")
