"""Alerts on a terminal or in a file: one block an alert, in the order in which they are sent."""

import asyncio
import io
from typing import TextIO

from rich.console import Console
from rich.text import Text

from monitor.core.messages.messages import Message, Piece, compose
from monitor.errors import DeliveryRefused
from monitor.model import Alert

NARROWEST, WIDEST, PLAIN_WIDTH = 80, 120, 100


class ConsoleNotifier:
    """Writes to a stream: hits are bold on a terminal, in [brackets] elsewhere."""

    interval_seconds = 0.0

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        probe = Console(file=stream, legacy_windows=False)
        self._colours = probe.is_terminal
        width = min(max(probe.width, NARROWEST), WIDEST) if self._colours else PLAIN_WIDTH
        # It writes to memory: the stream gets whole blocks, and its errors are ours to name.
        self._console = Console(
            file=io.StringIO(),
            force_terminal=self._colours,
            width=width,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
        )

    async def send(self, alert: Alert) -> None:
        """Write the alert as one block. Raises DeliveryRefused when the stream takes nothing any more."""
        message = compose(alert)
        with self._console.capture() as captured:
            self._write(message)
        encoding = self._stream.encoding or "utf-8"
        block = captured.get().encode(encoding, "replace").decode(encoding)
        try:
            await asyncio.to_thread(self._put, block)  # a reader that pauses must not hold up the whole process
        except (OSError, ValueError) as error:
            raise DeliveryRefused(f"the console cannot be written to: {type(error).__name__}") from None

    def _put(self, block: str) -> None:
        self._stream.write(block)
        self._stream.flush()

    async def close(self) -> None:
        """Leave the stream open: it belongs to the caller."""

    def _write(self, message: Message) -> None:
        self._console.rule(Text(f"{message.label} · {message.watch}", "bold"), align="left", style="dim")
        self._console.print(Text(message.headline, "bold"))
        self._console.print(Text(f"{message.source} · {message.when}"))
        if message.link:
            self._console.print(Text(message.link, "dim"), soft_wrap=True)
        if message.excerpt:
            self._console.print(Text.assemble("\n", *map(self._piece, message.excerpt), "\n"))
        for note in message.notes:
            self._console.print(Text.assemble((f"{note.label}: ", "dim"), note.text))
        self._console.print()

    def _piece(self, piece: Piece) -> str | tuple[str, str]:
        if not piece.hit:
            return piece.text
        return (piece.text, "bold") if self._colours else f"[{piece.text}]"
