"""The embedded broker: the mock cluster of librdkafka, in this process, on loopback, in memory.

It speaks Kafka's protocol to the same clients. What it does not do: keep more than 5 MiB or 100,000 batches of a
partition (older records vanish, read or not), compact, hold transactions, authenticate, make topics on request, or
rebalance a group of more than one member. Its memory ends with it.

librdkafka's mock cluster is reached by its C interface (rdkafka_mock.h), in the library that confluent-kafka ships.
"""

import ctypes
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self

from confluent_kafka import cimpl

from monitor import topics
from monitor.errors import BrokerRefused

PARTITION_BYTES = 5 * 1024 * 1024
PACE_BYTES = PARTITION_BYTES // 2  # sent and not read yet: more than this should wait for the readers
REBALANCE_DELAY_MS = 100  # what a group waits for more members; by default 3 s

_PRODUCER = 0  # RD_KAFKA_PRODUCER


class EmbeddedBroker:
    """A broker with all topics, for as long as the context lasts; `bootstrap` is its address."""

    def __init__(self, partitions: int = 4) -> None:
        self._partitions = partitions
        self._library = _library()
        self._client: int | None = None
        self._cluster: int | None = None
        self.bootstrap = ""

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._close()
            raise
        return self

    def _start(self) -> None:
        self._client = _quiet_client(self._library)
        self._cluster = self._library.rd_kafka_mock_cluster_new(self._client, 1)
        if not self._cluster:
            raise BrokerRefused("the embedded broker does not start: it needs a free port on 127.0.0.1")
        self.bootstrap = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster).decode()
        with _nudged(self.bootstrap):
            self._library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, REBALANCE_DELAY_MS)
            for topic in topics.TOPICS:
                self._create_topic(topic.name, topic.partitions(self._partitions))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._close()

    def create_topic(self, name: str, partitions: int) -> None:
        """A topic with this many partitions. Raises BrokerRefused, also where it is there already."""
        with _nudged(self.bootstrap):
            self._create_topic(name, partitions)

    def _create_topic(self, name: str, partitions: int) -> None:
        code = self._library.rd_kafka_mock_topic_create(self._cluster, name.encode(), partitions, 1)
        if code:
            why = self._library.rd_kafka_err2str(code).decode()
            raise BrokerRefused(f"the embedded broker made no topic {name} with {partitions} partitions: {why}")

    def _close(self) -> None:
        if self._cluster:
            self._library.rd_kafka_mock_cluster_destroy(self._cluster)
        if self._client:
            self._library.rd_kafka_destroy(self._client)
        self._cluster = self._client = None


@contextmanager
def _nudged(bootstrap: str) -> Iterator[None]:
    """Knock at the broker's door meanwhile: it may sleep through a call for a second, and wakes then."""
    host, _, port = bootstrap.rpartition(":")
    done = threading.Event()

    def knock() -> None:
        while not done.wait(0.01):
            with suppress(OSError):
                socket.create_connection((host, int(port)), timeout=1).close()

    knocking = threading.Thread(target=knock, name="embedded broker", daemon=True)
    knocking.start()
    try:
        yield
    finally:
        done.set()
        knocking.join()


def _library() -> Any:
    """librdkafka, found through the extension module that is linked with it, with the types of what we call."""
    library = ctypes.CDLL(cimpl.__file__)
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "rd_kafka_conf_new": (pointer, []),
        "rd_kafka_conf_set": (number, [pointer, text, text, text, ctypes.c_size_t]),
        "rd_kafka_new": (pointer, [number, pointer, text, ctypes.c_size_t]),
        "rd_kafka_destroy": (None, [pointer]),
        "rd_kafka_err2str": (text, [number]),
        "rd_kafka_mock_cluster_new": (pointer, [pointer, number]),
        "rd_kafka_mock_cluster_bootstraps": (text, [pointer]),
        "rd_kafka_mock_cluster_destroy": (None, [pointer]),
        "rd_kafka_mock_group_initial_rebalance_delay_ms": (None, [pointer, ctypes.c_int32]),
        "rd_kafka_mock_topic_create": (number, [pointer, text, number, number]),
    }
    for name, (result, arguments) in signatures.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            raise BrokerRefused(
                f"this build of confluent-kafka hides {name}, without which there is no embedded broker:"
                " install its wheel from the Python package index, or use a real Kafka (--bootstrap HOST:PORT)"
            ) from None
        function.restype, function.argtypes = result, arguments
    return library


def _quiet_client(library: Any) -> int:
    """The client that owns the cluster; it connects to nothing, so what it would say of that is noise."""
    fault = ctypes.create_string_buffer(512)
    settings = library.rd_kafka_conf_new()
    library.rd_kafka_conf_set(settings, b"log_level", b"3", fault, len(fault))
    client: int | None = library.rd_kafka_new(_PRODUCER, settings, fault, len(fault))
    if client is None:
        raise BrokerRefused(f"the embedded broker does not start: {fault.value.decode(errors='replace')}")
    return client
