"""Packed bytes → bytes, never more of them than allowed: a small download may unpack to gigabytes."""

import zlib

from monitor.errors import InputError

GZIP = b"\x1f\x8b"
NESTED = 3  # packings within each other that are opened

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS


def unpack(raw: bytes, *, limit_bytes: int, deflated: bool = False) -> bytes:
    """The bytes inside, whatever was announced: gzip is known by its first bytes, all else is taken as it is.

    `deflated` says that the sender announced deflate, which has no such mark: it is tried, and where the bytes are
    not packed after all they are taken as they are. Raises InputError beyond the limit and where a gzip is damaged.
    """
    for _ in range(NESTED):
        if raw.startswith(GZIP):
            raw = _inflate(raw, _GZIP_OR_ZLIB, limit_bytes)
        elif deflated:
            deflated, raw = False, _inflate_if_packed(raw, limit_bytes)
        else:
            break
    if len(raw) > limit_bytes:
        raise TooLarge(limit_bytes)
    return raw


class TooLarge(InputError):
    """There is more than is taken."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"the document is larger than {limit_bytes / 2**20:.3g} MiB (max_body_bytes)")


def _inflate(raw: bytes, window: int, limit_bytes: int) -> bytes:
    """One packing undone, all its members; padding behind the last is left aside."""
    plain = b""
    while True:
        unpacker = zlib.decompressobj(window)
        try:
            plain += unpacker.decompress(raw, limit_bytes + 1 - len(plain))
        except zlib.error as error:
            raise InputError(f"the document is packed and damaged: {error}") from None
        if len(plain) > limit_bytes:
            raise TooLarge(limit_bytes)
        if not unpacker.eof:
            raise InputError("the document is packed, and its end is missing")
        raw = unpacker.unused_data
        if not raw.startswith(GZIP):
            return plain


def _inflate_if_packed(raw: bytes, limit_bytes: int) -> bytes:
    """Servers mean zlib by "deflate", as RFC 9110 (section 8.4.1.2) does, or the bare stream."""
    for window in (zlib.MAX_WBITS, _RAW_DEFLATE):
        try:
            return _inflate(raw, window, limit_bytes)
        except TooLarge:
            raise
        except InputError:
            continue
    return raw
