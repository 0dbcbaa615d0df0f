"""Faust's app as this project sets it up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faust
from mode.supervisors import SupervisorStrategy

from monitor import topics
from monitor.stream.stores import Store
from monitor.stream.tables import RowTable

FETCH_BYTES = 4 * 1024 * 1024  # of a partition at once: what recoveries are made of


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """How the worker is set up: Faust's own settings of the broker, and ours.

    `folder` is for Faust's own use; `store` makes what keeps the rows of the tables; `instance_id` makes the member of
    the group one whose absence is noticed only after the session's time.
    """

    faust: Mapping[str, Any]
    folder: Path
    store: Callable[[], Store]
    instance_id: str | None
    partitions: int
    deadletters_in_a_row: int
    quarantine_seconds: float


class EndsOnce(SupervisorStrategy):
    """An agent that has ended stays ended: a stop cancels it, and would wait without end for one that starts anew."""

    async def restart_services(self, services: list[Any]) -> None:
        """Start nothing: an error in an agent ends the worker."""


def faust_app(options: StreamOptions) -> Any:
    """An app without agents and tables, set up to lose nothing."""
    return faust.App(
        topics.STREAM_APP,
        datadir=options.folder,
        store="memory://",
        Table=RowTable,
        processing_guarantee="at_least_once",
        consumer_auto_offset_reset="earliest",
        stream_wait_empty=True,
        producer_acks=-1,
        producer_request_timeout=30,
        broker_commit_interval=1,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        table_standby_replicas=0,
        consumer_group_instance_id=options.instance_id,
        consumer_max_fetch_size=FETCH_BYTES,
        **options.faust,
    )
