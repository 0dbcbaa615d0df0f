"""Whose a record is."""

import pytest

from monitor.stream.guard import Record
from monitor.stream.sources import LONGEST, source_of


@pytest.mark.parametrize(
    ("key", "value", "source"),
    [
        (b"k", b'{"v": 1, "feed": "bbc", "source": "BBC"}', "feed bbc"),
        (b"k", b'{"v": 1, "feed": null, "source": "BBC"}', "source BBC"),
        (b"k", b'{"v": 99, "kind": "match", "article": {"feed": "bbc"}}', "feed bbc"),
        (b"k", b'{"article": [], "source": "BBC"}', "key k"),
        (b"k", b"{", "key k"),
        (b"\xff", None, "key \ufffd"),
        (None, b"[1]", "partition 3"),
        (b"", b"[" * 100_000, "partition 3"),
        (b"k" * 1000, b"", "key " + "k" * (LONGEST - 4)),
    ],
)
def test_it_is_named_by_the_best_that_the_record_has(key: bytes | None, value: bytes | None, source: str) -> None:
    assert source_of(Record("news.articles", 3, 7, key, value)) == source
