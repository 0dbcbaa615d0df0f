"""A feed on loopback that gains entries when a test says so."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OLD = ("old", "Raqqa bakery reopens", "Nothing more is known.")
WANTED = ("new", "Families leave Raqa", "Buses took civilians out of Raqa; safe passage had been agreed.")


class FeedServer(ThreadingHTTPServer):
    """A feed on loopback whose entries can change, and that answers 304 to who has its newest state."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.entries = [OLD]
        self.statuses: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/feed.xml"


class _Handler(BaseHTTPRequestHandler):
    server: FeedServer

    def do_GET(self) -> None:
        etag = f'"{len(self.server.entries)}"'
        status = 304 if self.headers["If-None-Match"] == etag else 200
        self.server.statuses.append(status)
        body = _feed(self.server.entries).encode() if status == 200 else b""
        self.send_response(status)
        self.send_header("ETag", etag)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _feed(entries: list[tuple[str, str, str]]) -> str:
    items = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title><description>{text}</description></item>"
        for guid, title, text in entries
    )
    return f"<rss version='2.0'><channel><title>Example</title><link>http://example.org/</link>{items}</channel></rss>"


@contextmanager
def serving_feed() -> Iterator[FeedServer]:
    """A server at work until the block ends."""
    with FeedServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
