"""Every metric: name, kind, unit, meaning, and labels that are bounded (never a URL, an article or an alert)."""

from collections import Counter as Tally

from prometheus_client import Counter, Gauge, Histogram, Info

BUSIEST = 50  # watches and channels with a label of their own; the rest are "other"

fetches = Counter("newsmonitor_fetches", "Polls of a feed by how they ended", ["outcome"])
fetch_seconds = Histogram("newsmonitor_fetch_duration_seconds", "From request to body")
entries_refused = Counter("newsmonitor_entries_refused", "Entries of a feed that could not become articles")
feed_last_success = Gauge("newsmonitor_feed_last_success_timestamp_seconds", "Newest successful poll of any feed")
articles_published = Counter("newsmonitor_articles_published", "Articles acked by the broker", ["source_kind"])

match_seconds = Histogram(
    "newsmonitor_match_duration_seconds",
    "One article against all watches, with the evidence of those that it satisfies",
    buckets=(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3),
)
matches = Counter("newsmonitor_matches", "Articles that satisfied a watch", ["watch"])
watches_loaded = Gauge("newsmonitor_watches_loaded", "Watches in the set at work")
alerts = Counter("newsmonitor_alerts", "Decisions to tell", ["watch", "kind"])
suppressed = Counter("newsmonitor_suppressed", "Decisions not to tell", ["reason"])

deliveries = Counter("newsmonitor_deliveries", "Alerts by how their delivery ended", ["channel", "outcome"])
delivery_retries = Counter("newsmonitor_delivery_retries", "Attempts that failed for now", ["channel"])
delivery_ambiguous = Counter(
    "newsmonitor_delivery_ambiguous",
    "Alerts sent again, marked, since an earlier attempt may have arrived",
    ["channel"],
)

memory_cut = Counter("newsmonitor_memory_cut", "Articles after which a watch had to forget its earliest", ["watch"])
rows_ignored = Counter(
    "newsmonitor_rows_ignored",
    "Records of a compacted topic that are damaged, foreign or empty, by why",
    ["topic", "reason"],
)

deadletters = Counter("newsmonitor_deadletters", "Records that could not be handled", ["stage", "reason"])
quarantined = Gauge("newsmonitor_quarantined_sources", "Sources whose records are dead letters untried", ["stage"])
broker_waits = Counter("newsmonitor_broker_waits", "Sends put off since the broker did not take them now", ["topic"])
records_vanished = Counter("newsmonitor_records_vanished", "Dropped by the broker before they were read", ["topic"])
last_progress = Gauge("newsmonitor_last_progress_timestamp_seconds", "Last record handled", ["stage"])
consumer_lag = Gauge("newsmonitor_consumer_lag_messages", "Records not yet handled", ["topic", "partition"])
alert_seconds = Histogram(
    "newsmonitor_alert_latency_seconds",
    "From the article's first sight to the end of this stage",
    ["stage"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000),
)
build = Info("newsmonitor_build", "Version of this program")

_seen: dict[str, Tally[str]] = {}


def bounded(kind: str, name: str) -> str:
    """The name as a label while fewer than 50 names of this kind were seen, else "other"."""
    names = _seen.setdefault(kind, Tally())
    if name in names or len(names) < BUSIEST:
        names[name] += 1
        return name
    return "other"
