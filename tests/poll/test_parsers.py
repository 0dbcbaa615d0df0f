import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from monitor.errors import FeedError
from monitor.poll.parsers import parsers
from monitor.sources.feeds import ParsedFeed
from tests.poll.servers import rss


def misbehave(raw: bytes, url: str, content_type: str) -> ParsedFeed:
    """Runs in the child: the document says what to do."""
    match raw:
        case b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"spin":
            while True:
                pass
        case b"eat":
            bytearray(8 * 1024**3)
        case b"refuse":
            raise FeedError("no feed")
    return ParsedFeed(title=f"{raw.decode()} {url} {content_type}")


async def test_a_feed_is_parsed_elsewhere() -> None:
    async with parsers(1) as children:
        found = await children.parse(rss("One", "Two").encode(), "https://e.org/", "text/xml")
    assert [entry.title for entry in found.entries] == ["One", "Two"]


async def test_a_child_that_dies_or_uses_too_much_costs_only_its_own_document() -> None:
    async with parsers(2, parse=misbehave, cpu_seconds=1) as children:
        bad = [children.parse(raw, "", "") for raw in (b"die", b"spin", b"eat", b"refuse")]
        good = [children.parse(b"%d" % n, "u", "t") for n in range(6)]
        results = await asyncio.gather(*bad, *good, return_exceptions=True)
    assert [type(result) for result in results[:4]] == [FeedError] * 4
    assert "more than 1 s or crashed" in str(results[0])
    assert "more than 1 s or crashed" in str(results[1])
    assert "memory" in str(results[2])
    assert [result.title for result in results[4:] if isinstance(result, ParsedFeed)] == [f"{n} u t" for n in range(6)]


async def test_the_limit_is_for_each_document_not_for_a_child_s_life() -> None:
    async with parsers(1, parse=burn, cpu_seconds=1) as children:
        for _ in range(3):
            assert await children.parse(b"0.8", "", "") == ParsedFeed()


def burn(raw: bytes, _url: str, _content_type: str) -> ParsedFeed:
    until = time.process_time() + float(raw)
    while time.process_time() < until:
        pass
    return ParsedFeed()


async def test_what_is_no_feed_is_told_by_the_child() -> None:
    async with parsers(1) as children:
        with pytest.raises(FeedError, match="HTML page"):
            await children.parse(b"<html></html>", "", "")


ORPHAN = """
import asyncio, os, signal
from monitor.poll.parsers import parsers

async def main():
    async with parsers(1) as children:
        try:
            await children.parse(b"x", "", "")
        except Exception:
            pass
        print(*(p.pid for c in children._idle._queue for p in c._processes.values()), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_a_child_does_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    await ended(await started(tmp_path, ORPHAN))


BUSY = """
import asyncio, os, sys
from monitor.poll.parsers import parsers

def spin(raw, url, content_type):
    print(os.getpid(), flush=True)
    while True:
        pass

async def main():
    async with parsers(1, parse=spin, cpu_seconds=60) as children:
        task = asyncio.create_task(children.parse(b"x", "", ""))
        await asyncio.to_thread(sys.stdin.readline)
        task.cancel()

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_a_document_that_takes_long_does_not_hold_up_the_end(tmp_path: Path) -> None:
    await ended(await started(tmp_path, BUSY))


async def started(folder: Path, program: str) -> tuple[asyncio.subprocess.Process, int]:
    """The program, and the child that it has named."""
    (folder / "program.py").write_text(program)
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, folder / "program.py"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert parent.stdout is not None
    return parent, int(await parent.stdout.readline())


async def ended(family: tuple[asyncio.subprocess.Process, int]) -> None:
    """Tell the parent to end, and see that it does so with its child, far sooner than a document may take."""
    parent, child = family
    try:
        async with asyncio.timeout(10):
            await parent.communicate(b"\n")
            while running(child):  # noqa: ASYNC110 its parent is no more
                await asyncio.sleep(0.05)
    finally:
        if parent.returncode is None:
            parent.kill()
            await parent.wait()


def running(process: int) -> bool:
    """A zombie that nobody waits for has ended all the same."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
