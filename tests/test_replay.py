"""Publishing a replay's articles in their order: what cannot be published is told, and the rest goes on."""

from datetime import UTC, datetime

import pytest

from monitor.errors import BrokerError, BrokerRefused, MonitorError, WireError
from monitor.model import Article
from monitor.replay import replay

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
ARTICLES = [Article(id=id_, revision="r", source="s", title="t", text="", first_seen_at=NOON) for id_ in "abc"]


class Played:
    """A replay of three articles, the second of which cannot be published."""

    def __init__(self, error: MonitorError) -> None:
        self.error = error
        self.published: list[str] = []
        self.read: list[str] = []
        self.faults: list[str] = []

    async def publish(self, article: Article) -> None:
        if article.id == "b":
            raise self.error
        self.published.append(article.id)

    async def play(self) -> None:
        await replay(ARTICLES, self.publish, None, lambda article: self.read.append(article.id), self.faults.append)


@pytest.mark.parametrize("error", [BrokerRefused("too large"), WireError("cannot be written")])
async def test_an_article_that_will_never_be_taken_ends_nothing(error: MonitorError) -> None:
    played = Played(error)
    await played.play()
    assert (played.published, played.read, played.faults) == (["a", "c"], ["a", "b", "c"], [f"article b: {error}"])


async def test_where_trying_again_can_help_the_replay_does_not_go_on_without_it() -> None:
    played = Played(BrokerError("away"))
    with pytest.raises(BrokerError, match="away"):
        await played.play()
    assert (played.published, played.faults) == (["a"], [])
