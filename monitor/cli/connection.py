"""How commands reach the broker that the configuration, the environment or an option names."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click

from monitor.kafka import Connection
from monitor.settings import KafkaSettings, load_settings

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


def broker_options(command: F) -> F:
    """The options that name a configuration and a broker."""
    path = click.Path(path_type=Path, dir_okay=False)
    command = click.option("--bootstrap", metavar="HOST:PORT", help="The broker; default: KAFKA_BOOTSTRAP, --config.")(
        command
    )
    return click.option("--config", type=path, help="Default: monitor.yaml here, where there is one.")(command)


def broker(config: Path | None, bootstrap: str | None) -> tuple[Connection, KafkaSettings]:
    """The broker to talk to. Raises ConfigError; BrokerRefused where no broker is named anywhere."""
    settings = load_settings(config, bootstrap=bootstrap).kafka
    return settings.connection(), settings


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end; what the Kafka client logs of its troubles is said in our own errors."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    return asyncio.run(work)
