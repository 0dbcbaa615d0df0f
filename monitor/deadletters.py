"""Dead letters ↔ records of news.deadletters: the original bytes as they were, and headers that say where from and why.

::

    key, value      the original's, unchanged; a null value is written as an empty one and named in `null`
    stage, error    who could not use it, and why
    topic, partition, offset, failed_at
    size, digest    of the original's value, however little of it is kept
    attempts        how often it was tried
    cut             what is not whole: value, key, headers (only where something is not)
    original.NAME   the original's own headers

A record with the header `replayed` is no letter: it says that the letter of that id was sent back to its topic.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from monitor.errors import WireError
from monitor.model import DeadLetter
from monitor.records import Record
from monitor.topics import MAX_BATCH_BYTES

Header = tuple[str, bytes]

ATTEMPTS = "newsmonitor-attempts"  # on a record sent back to its topic: how often it was tried before
LONGEST_ERROR = 2000
FRAMING_BYTES = 256  # of a record batch with one record in it, and the header `cut`
_ORIGINAL = "original."


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """The letter of this id was sent back to its topic."""

    letter: str
    at: datetime


def letter_of(record: Record, *, stage: str, error: str, failed_at: datetime) -> DeadLetter:
    """A letter for a record that could not be used; its attempts follow from its headers."""
    headers = tuple(record.headers)
    return DeadLetter(
        value=record.value,
        key=record.key,
        stage=stage,
        error=error,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        failed_at=failed_at,
        size_bytes=len(record.value or b""),
        digest=digest(record.value),
        attempts=attempts_before(headers) + 1,
        headers=tuple(header for header in headers if header[0] != ATTEMPTS),
    )


def digest(value: bytes | None) -> str:
    """What a letter keeps of a whole value: blake2b of 16 bytes, as hex digits."""
    return blake2b(value or b"", digest_size=16).hexdigest()


def id_of(record: Record) -> str:
    """The name of a letter for people: its place in news.deadletters."""
    return f"{record.partition}:{record.offset}"


def encode(letter: DeadLetter) -> tuple[bytes | None, bytes, list[Header]]:
    """Key, value and headers of the record; what is larger than a broker takes is cut, and says so."""
    own = _own_headers(letter)
    letter = _fitting(letter, own)
    if letter.cut:
        own.append(("cut", ",".join(letter.cut).encode()))
    return letter.key, letter.value or b"", own + [(_ORIGINAL + name, value) for name, value in letter.headers]


def decode(record: Record) -> DeadLetter | Replayed:
    """The letter in a record of news.deadletters, or the note that one was replayed. Raises WireError."""
    headers = list(record.headers)
    fields = {name: (value or b"").decode(errors="replace") for name, value in headers if not _is_original(name)}
    try:
        if "replayed" in fields:
            return Replayed(letter=fields["replayed"], at=datetime.fromisoformat(fields["replayed_at"]))
        return _letter(record, fields, headers)
    except KeyError as error:
        raise WireError(f"the record is no dead letter: it has no header {error}") from error
    except ValueError as error:
        raise WireError(f"the record is no dead letter: {error}") from error


def encode_replayed(note: Replayed) -> tuple[bytes | None, bytes, list[Header]]:
    """Key, value and headers of the record that says that a letter was replayed."""
    return None, b"", [("replayed", note.letter.encode()), ("replayed_at", note.at.isoformat().encode())]


def original(letter: DeadLetter) -> tuple[bytes | None, bytes | None, list[Header]]:
    """Key, value and headers with which a letter goes back to its topic. Raises WireError where it is not whole."""
    if letter.cut:
        raise WireError(
            f"only a part was kept ({', '.join(letter.cut)} cut; the value had {letter.size_bytes} bytes):"
            " it cannot be sent as it was"
        )
    if letter.key is None and letter.value is None:
        raise WireError("it had neither key nor value: there is nothing to send")
    return letter.key, letter.value, [*letter.headers, (ATTEMPTS, str(letter.attempts).encode())]


def _own_headers(letter: DeadLetter) -> list[Header]:
    fields = {
        "stage": letter.stage,
        "error": letter.error[:LONGEST_ERROR],
        "topic": letter.topic,
        "partition": str(letter.partition),
        "offset": str(letter.offset),
        "failed_at": letter.failed_at.isoformat(),
        "size": str(letter.size_bytes),
        "digest": letter.digest,
        "attempts": str(letter.attempts),
        **({"null": "value"} if letter.value is None else {}),
    }
    return [(name, text.encode(errors="replace")) for name, text in fields.items()]


def _letter(record: Record, fields: Mapping[str, str], headers: Iterable[Header]) -> DeadLetter:
    numbers = {name: int(fields[name]) for name in ("partition", "offset", "size", "attempts")}
    failed_at = datetime.fromisoformat(fields["failed_at"])
    if failed_at.tzinfo is None:
        raise ValueError("failed_at has no time zone")
    return DeadLetter(
        value=None if fields.get("null") == "value" else record.value,
        key=record.key,
        stage=fields["stage"],
        error=fields["error"],
        topic=fields["topic"],
        partition=numbers["partition"],
        offset=numbers["offset"],
        failed_at=failed_at,
        size_bytes=numbers["size"],
        digest=fields["digest"],
        attempts=numbers["attempts"],
        headers=tuple((name.removeprefix(_ORIGINAL), value) for name, value in headers if _is_original(name)),
        cut=tuple(filter(None, fields.get("cut", "").split(","))),
    )


def _fitting(letter: DeadLetter, own: Iterable[Header]) -> DeadLetter:
    """The same within what a broker takes: the end of the value goes first, then of the key, then all headers."""
    value, key = letter.value or b"", letter.key or b""
    over = FRAMING_BYTES + _size(own) + _size(letter.headers, _ORIGINAL) + len(key) + len(value) - MAX_BATCH_BYTES
    if over <= 0:
        return letter
    kept: dict[str, Any] = {"value": value[: max(0, len(value) - over)]}
    over -= len(value)
    if over > 0:
        kept["key"] = key[: max(0, len(key) - over)]
        over -= len(key)
    if over > 0:
        kept["headers"] = ()
    return dataclasses.replace(letter, cut=tuple(sorted({*letter.cut, *kept})), **kept)


def _size(headers: Iterable[Header], prefix: str = "") -> int:
    return sum(len(prefix) + len(name.encode()) + len(value or b"") + 10 for name, value in headers)


def _is_original(name: str) -> bool:
    return name.startswith(_ORIGINAL)


def attempts_before(headers: Iterable[Header]) -> int:
    """How often a record was tried before it came here, by its headers."""
    for name, value in headers:
        if name == ATTEMPTS and value and value.isdigit() and len(value) < 6:
            return int(value)
    return 0
