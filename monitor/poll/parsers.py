"""Parsing in child processes with limits: a document that eats CPU or memory ends its own child alone.

Each child is a pool of one, so that when one dies it is known whose document it was.
"""

import asyncio
import contextlib
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from monitor.errors import FeedError
from monitor.sources.feeds import ParsedFeed, parse_feed

CPU_SECONDS = 20  # for one document; a feed of 10 MB takes two
MEMORY_BYTES = 2 * 1024**3  # of address space, for a child
DOCUMENTS_A_CHILD = 2_000  # then it is replaced

Parse = Callable[[bytes, str, str], ParsedFeed]


class Parsers:
    """A few child processes that parse; an async context manager is `parsers(…)`."""

    def __init__(self, count: int, parse: Parse, cpu_seconds: int, memory_bytes: int) -> None:
        self._parse, self._cpu_seconds, self._memory_bytes = parse, cpu_seconds, memory_bytes
        self._idle: asyncio.LifoQueue[ProcessPoolExecutor] = asyncio.LifoQueue()
        self._children: set[ProcessPoolExecutor] = set()
        for _ in range(count):
            self._idle.put_nowait(self._child())

    async def parse(self, raw: bytes, url: str, content_type: str) -> ParsedFeed:
        """The feed in these bytes. Raises FeedError, also where they took more than they may."""
        child = await self._idle.get()
        try:
            return await asyncio.get_running_loop().run_in_executor(
                child, _limited, self._parse, self._cpu_seconds, raw, url, content_type
            )
        except BrokenProcessPool:
            child.shutdown(wait=False)
            self._children.discard(child)
            child = self._child()
            raise FeedError(f"reading the document took more than {self._cpu_seconds} s or crashed; given up") from None
        finally:
            self._idle.put_nowait(child)

    def close(self) -> None:
        """End the children at once, busy or not; what they are at is lost."""
        for child in self._children:
            processes = [*(child._processes or {}).values()]  # gone after the shutdown
            child.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.kill()  # it keeps nothing; one left alive would hold up the end of this program

    def _child(self) -> ProcessPoolExecutor:
        child = ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(self._memory_bytes,),
            max_tasks_per_child=DOCUMENTS_A_CHILD,
        )
        self._children.add(child)
        return child


@contextlib.asynccontextmanager
async def parsers(
    count: int = 2, *, parse: Parse | None = None, cpu_seconds: int = CPU_SECONDS, memory_bytes: int = MEMORY_BYTES
) -> AsyncIterator[Parsers]:
    """Child processes for as long as the block runs; `parse` replaces what they do."""
    children = Parsers(count, parse or _parse, cpu_seconds, memory_bytes)
    try:
        yield children
    finally:
        children.close()


def _parse(raw: bytes, url: str, content_type: str) -> ParsedFeed:
    return parse_feed(raw, url=url, content_type=content_type)


def _begin(memory_bytes: int) -> None:
    """Runs in the child first: it leaves Ctrl-C to its parent, and does not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _limited(parse: Parse, cpu_seconds: int, raw: bytes, url: str, content_type: str) -> ParsedFeed:
    """Runs in the child: the kernel ends it when the CPU time allowed from here on is used up."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime) + 1 + cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    try:
        return parse(raw, url, content_type)
    except MemoryError:
        raise FeedError("reading the document took more memory than it may") from None
