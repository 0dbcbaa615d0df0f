import gzip
import tracemalloc
import zlib

import pytest

from monitor.errors import InputError
from monitor.sources.unpack import TooLarge, unpack

PLAIN = b"<rss>" + b"x" * 1000


@pytest.mark.parametrize(
    "packed", [PLAIN, gzip.compress(PLAIN), gzip.compress(gzip.compress(PLAIN)), gzip.compress(PLAIN) + b"\0\0"]
)
def test_gzip_is_known_by_its_first_bytes(packed: bytes) -> None:
    assert unpack(packed, limit_bytes=2000) == PLAIN


def test_all_members_of_one_gzip() -> None:
    assert unpack(gzip.compress(PLAIN[:500]) + gzip.compress(PLAIN[500:]), limit_bytes=2000) == PLAIN


@pytest.mark.parametrize("window", [zlib.MAX_WBITS, -zlib.MAX_WBITS])
def test_deflate_with_and_without_its_frame(window: int) -> None:
    packer = zlib.compressobj(wbits=window)
    packed = packer.compress(PLAIN) + packer.flush()
    assert unpack(packed, limit_bytes=2000, deflated=True) == PLAIN
    assert unpack(packed, limit_bytes=2000) == packed


def test_a_deflated_bomb() -> None:
    with pytest.raises(TooLarge):
        unpack(zlib.compress(PLAIN), limit_bytes=100, deflated=True)


def test_deflate_announced_in_vain() -> None:
    assert unpack(PLAIN, limit_bytes=2000, deflated=True) == PLAIN


def test_the_limit_is_exact() -> None:
    for packed in (PLAIN, gzip.compress(PLAIN)):
        assert unpack(packed, limit_bytes=len(PLAIN)) == PLAIN
        with pytest.raises(TooLarge):
            unpack(packed, limit_bytes=len(PLAIN) - 1)


def test_a_bomb_is_never_unpacked_whole() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    tracemalloc.start()
    with pytest.raises(TooLarge):
        unpack(bomb, limit_bytes=100_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


@pytest.mark.parametrize("damaged", [gzip.compress(PLAIN)[:-20], b"\x1f\x8b\x08" + b"x" * 50])
def test_what_is_damaged_is_refused_never_read_in_part(damaged: bytes) -> None:
    with pytest.raises(InputError, match="packed"):
        unpack(damaged, limit_bytes=2000)
