"""The topics, in code: what a record is, its key, how it is spread, and how long it is kept."""

from dataclasses import dataclass
from hashlib import blake2b

DAY = 24 * 3600 * 1000
MAX_BATCH_BYTES = 1_048_588  # what a broker takes by default, framing included


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic; `retention_ms` None = kept for ever; `single` = one partition whatever the setting."""

    name: str
    retention_ms: int | None
    compact: bool = False
    single: bool = False

    def config(self) -> dict[str, str]:
        """Its settings as Kafka names them."""
        policy = ["compact"] if self.compact else []
        if self.retention_ms is not None:
            policy.append("delete")
        return {
            "cleanup.policy": ",".join(policy),
            "retention.ms": str(-1 if self.retention_ms is None else self.retention_ms),
            "max.message.bytes": str(MAX_BATCH_BYTES),
        }

    def partitions(self, setting: int) -> int:
        """How many partitions it has where the configuration says this many."""
        return 1 if self.single else setting


ARTICLES = Topic("news.articles", 7 * DAY)
MATCHES = Topic("news.matches", 7 * DAY)
ALERTS = Topic("news.alerts", 14 * DAY)
SUPPRESSED = Topic("news.suppressed", 14 * DAY)
DELIVERIES = Topic("news.deliveries", 30 * DAY, compact=True)
WATCHES = Topic("news.watches", None, compact=True, single=True)
CONTROLS = Topic("news.controls", None, compact=True)
FEEDS = Topic("news.feeds", None, compact=True)
DEADLETTERS = Topic("news.deadletters", 30 * DAY)

# The tables of the stream app: Faust looks for these names, and a changelog has as many partitions as news.matches.
STREAM_APP = "newsmonitor-stream"
TABLES = ("judgements", "sketches")
CHANGELOGS = tuple(Topic(f"{STREAM_APP}-{table}-changelog", None, compact=True) for table in TABLES)

TOPICS = (ARTICLES, MATCHES, ALERTS, SUPPRESSED, DELIVERIES, WATCHES, CONTROLS, FEEDS, DEADLETTERS, *CHANGELOGS)


def partition_of(key: str, partitions: int) -> int:
    """The partition that owns a watch or a channel: blake2b of its id, modulo the count of partitions."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big") % partitions
