"""Real processes on a real Kafka, ended by SIGKILL at each named boundary of notify and poll: nothing is lost.

A second acceptance is possible only where the process ended between the server's acceptance and its own record of it,
and then the message says so.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiokafka.protocol.group import LeaveGroupRequest

from monitor import cluster, kafka, topics, wire
from monitor.app import NOTIFY_GROUP
from monitor.kafka import Connection
from monitor.model import Alert, Article, Delivery, Fate
from tests.integration.conftest import or_skip
from tests.integration.kafka_server import Kafka, start_kafka
from tests.notify.alerts import numbered
from tests.notify.servers import Mailbox, mail_server
from tests.pipeline.commands import monitor, running
from tests.pipeline.feed_server import WANTED, FeedServer

pytestmark = pytest.mark.kafka

ALERTS = 5
KILLED = -9
MAIN = """
feeds: feeds.yaml
channels:
  - id: desk
    kind: email
    host: 127.0.0.1
    port: {port}
    security: none
    sender: monitor@news.example.org
    to: [desk@example.org]
http: {{port: 0}}
poll: {{allow_hosts: [127.0.0.1]}}
"""


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A Kafka for all tests of this module: what one leaves there, the next must live with."""
    started: list[Kafka] = []

    def start() -> str:
        started.append(start_kafka(tmp_path_factory.mktemp("kills") / "kafka"))
        return started[0].bootstrap

    bootstrap = or_skip(start)
    with started[0]:
        made = monitor("topics", "create", "--bootstrap", bootstrap)
        assert made.returncode == 0, made.stderr
        yield Connection(bootstrap=bootstrap)


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mail_server() as server:
        yield server


@dataclass
class Place:
    """A folder with a configuration, and the Kafka that its roles are to use."""

    folder: Path
    connection: Connection

    async def run_until_killed(self, role: str, at: str) -> None:
        """Run the role until it ends itself at a boundary."""
        with running(
            role, "--bootstrap", self.connection.bootstrap, cwd=self.folder, env={"MONITOR_KILL_AT": at}
        ) as it:
            code = await asyncio.to_thread(it.process.wait, 60)
            assert code == KILLED, it.text
        if role == "notify":
            await bury_the_dead(self.connection)


def configured(folder: Path, connection: Connection, port: int = 25, feeds: str = "feeds: []") -> Place:
    (folder / "feeds.yaml").write_text(feeds + "\n")
    (folder / "monitor.yaml").write_text(MAIN.format(port=port))
    return Place(folder, connection)


async def bury_the_dead(connection: Connection) -> None:
    """Take members that died out of the group, which else would wait for them for as long as their session lasts."""
    async with kafka.started(kafka.admin(connection), connection) as admin:
        coordinator = await admin.find_coordinator(NOTIFY_GROUP)
        (described,) = await admin.describe_consumer_groups([NOTIFY_GROUP], coordinator)
        members = [member for group in described.groups for member in group[5]]
        for name, *_ in members:
            await admin._send_request_to_node(coordinator, LeaveGroupRequest(NOTIFY_GROUP, name))


async def published(connection: Connection, first: int) -> Sequence[Alert]:
    """Alerts with numbers from this one on, in the channel's partition."""
    alerts = [numbered(number) for number in range(first, first + ALERTS)]
    partition = topics.partition_of("desk", 4)
    async with kafka.started(kafka.producer(connection), connection) as producer:
        for alert in alerts:
            await kafka.send(producer, topics.ALERTS.name, b"desk", wire.encode(alert), partition=partition)
    return alerts


async def fates(connection: Connection, ids: set[str]) -> dict[str, Fate]:
    """The newest row of each alert."""
    rows = [wire.decode(record.value, Delivery) async for record in cluster.read_all(connection, "news.deliveries")]
    return {row.alert: row.fate for row in rows if row.alert in ids}


def received(box: Mailbox) -> list[tuple[str, bool]]:
    """Subject of each mail that was accepted, and whether it says that it may be a repeat."""
    bodies = [(mail, mail.get_body(("plain",))) for mail in box.mails]
    return [(str(mail["Subject"]), "Possibly repeated: " in body.get_content()) for mail, body in bodies if body]


# boundary, and how often it is passed before the end → mails that are accepted by then
NOTIFY = {
    "notify.pending:3": 0,
    "notify.sending:3": 2,
    "notify.accepted:3": 3,
    "notify.sent:3": 3,
}


@pytest.mark.parametrize("at", NOTIFY)
async def test_no_alert_is_lost_and_one_comes_twice_only_marked(
    at: str, connection: Connection, box: Mailbox, tmp_path: Path
) -> None:
    place = configured(tmp_path, connection, box.port)
    alerts = await published(connection, list(NOTIFY).index(at) * 100)
    await place.run_until_killed("notify", at)
    assert len(box.raw) == NOTIFY[at]
    await deliver_the_rest(place, alerts)
    expected = [alert.judgement.title for alert in alerts]
    twice = [expected[2]] if at == "notify.accepted:3" else []
    assert Counter(subject for subject, _ in received(box)) == Counter(expected + twice)
    marked = [subject for subject, is_marked in received(box) if is_marked]
    assert marked == ([expected[2]] if at in ("notify.sending:3", "notify.accepted:3") else [])


async def test_what_is_committed_is_delivered_from_the_ledger(
    connection: Connection, box: Mailbox, tmp_path: Path
) -> None:
    place = configured(tmp_path, connection, box.port)
    box.data = ["451 4.3.0 later"] * 3
    alerts = await published(connection, 1000)
    await place.run_until_killed("notify", "notify.committed:1")
    assert not await waiting(connection)
    await deliver_the_rest(place, alerts)
    counts = Counter(subject for subject, _ in received(box))
    assert counts.keys() == {alert.judgement.title for alert in alerts}
    # Deliveries go on while offsets are committed, so one may have been under way.
    marked = [subject for subject, is_marked in received(box) if is_marked]
    assert len(marked) <= 1
    assert all(count == 1 or subject in marked for subject, count in counts.items())


async def deliver_the_rest(place: Place, alerts: Sequence[Alert]) -> None:
    """Start notify again, and stop it when every alert is sent and every record committed."""
    ids, connection = {alert.id for alert in alerts}, place.connection
    with running("notify", "--bootstrap", connection.bootstrap, cwd=place.folder) as again:
        await asyncio.to_thread(again.until, lambda it: "Running notify" in it.text)
        async with asyncio.timeout(60):
            while await waiting(connection) or await fates(connection, ids) != dict.fromkeys(ids, Fate.SENT):
                assert again.process.poll() is None, again.text
                await asyncio.sleep(0.1)
        assert await asyncio.to_thread(again.stop) == 0, again.text


async def waiting(connection: Connection) -> int:
    """Alerts that the group has not taken over."""
    lags = await cluster.lags(connection, {topics.ALERTS.name: NOTIFY_GROUP})
    return sum(lag.waiting for lag in lags.values())


async def articles_of(connection: Connection, feed: str) -> list[Article]:
    found = [wire.decode(record.value, Article) async for record in cluster.read_all(connection, "news.articles")]
    return [article for article in found if article.feed == feed]


# boundary → how often the entries that the feed has before and after the end are published, and the backlog of each
POLL = {
    "poll.published:1": ([2, 1], [True, True]),  # the feed was never remembered, so it is seen for the first time again
    "poll.remembered:1": ([1, 1], [True, False]),
}


@pytest.mark.parametrize("at", POLL)
async def test_no_entry_is_lost_and_what_came_meanwhile_is_news(
    at: str, connection: Connection, feed: FeedServer, tmp_path: Path
) -> None:
    name = at.replace(":", "-").replace(".", "-")
    feeds = f"feeds:\n  - {{id: {name}, url: '{feed.url}', interval_seconds: 1}}"
    place = configured(tmp_path, connection, feeds=feeds)
    await place.run_until_killed("poll", at)
    feed.entries.insert(0, WANTED)
    await poll_until_seen(place, feed)
    times, backlog = POLL[at]
    found = await articles_of(connection, name)
    titles = [title for _, title, _ in reversed(feed.entries)]
    assert Counter(article.title for article in found) == dict(zip(titles, times, strict=True))
    assert len({(article.id, article.revision) for article in found}) == len(titles), "a repeat has the same id"
    assert {article.title: article.backlog for article in found} == dict(zip(titles, backlog, strict=True))


async def test_an_entry_that_was_published_and_not_remembered_is_no_backlog_afterwards(
    connection: Connection, feed: FeedServer, tmp_path: Path
) -> None:
    feeds = f"feeds:\n  - {{id: twice, url: '{feed.url}', interval_seconds: 1}}"
    place = configured(tmp_path, connection, feeds=feeds)
    await poll_until_seen(place, feed)
    feed.entries.insert(0, WANTED)
    await place.run_until_killed("poll", "poll.published:1")
    await poll_until_seen(place, feed)
    old, *new = await articles_of(connection, "twice")
    assert [old.backlog, *(article.backlog for article in new)] == [True, False, False]
    assert len({(article.id, article.revision) for article in new}) == 1


async def poll_until_seen(place: Place, feed: FeedServer) -> None:
    """Run the poller until it has been told that there is nothing newer than what it remembers."""
    feed.statuses.clear()
    with running("poll", "--bootstrap", place.connection.bootstrap, cwd=place.folder) as poller:
        await asyncio.to_thread(poller.until, lambda _: 304 in feed.statuses)
        assert await asyncio.to_thread(poller.stop) == 0
