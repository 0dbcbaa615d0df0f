"""What the broker dropped before anybody read it: the one loss that only its readers can notice."""

from collections.abc import Mapping

from monitor import cluster, logs, metrics
from monitor.errors import BrokerError
from monitor.kafka import Connection


async def vanished(connection: Connection, readers: Mapping[str, str]) -> str | None:
    """What retention took from these readers (topic → consumer group) while none was at work; None where nothing.

    Each partition is logged and counted. That the broker does not say is no loss, and only logged.
    """
    log = logs.logger("broker")
    try:
        lags = await cluster.lags(connection, readers)
    except BrokerError as error:
        log.warning("cannot say whether records vanished", error=str(error))
        return None
    lost = {place: lag.vanished for place, lag in sorted(lags.items()) if lag.vanished}
    for (topic, partition), count in lost.items():
        metrics.records_vanished.labels(topic).inc(count)
        log.error("records vanished", topic=topic, partition=partition, records=count, reader=readers[topic])
    if not lost:
        return None
    topics = ", ".join(dict.fromkeys(topic for topic, _ in lost))
    return (
        f"{sum(lost.values())} records of {topics} were dropped by the broker before they were read: nobody was at work"
        " for longer than they are kept"
    )
