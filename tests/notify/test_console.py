import io
import sys

import pytest

from monitor.errors import DeliveryRefused
from monitor.notify.console import ConsoleNotifier
from tests.notify.alerts import HOSTILE, make_alert, numbered


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _ordinary_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


async def test_a_file_gets_brackets_and_no_codes() -> None:
    stream = io.StringIO()
    await ConsoleNotifier(stream).send(make_alert())
    shown = stream.getvalue()
    assert "[Raqa]" in shown
    assert "\x1b" not in shown
    for part in ("New · water", "Water returns to the old town", "Harbour Post", "https://post.example.org/water"):
        assert part in shown
    assert "Why: first report of its story" in shown


async def test_a_terminal_gets_bold_hits() -> None:
    stream = Terminal()
    await ConsoleNotifier(stream).send(make_alert())
    assert "\x1b[1mRaqa\x1b[0m" in stream.getvalue()
    assert "[Raqa]" not in stream.getvalue()


@pytest.mark.parametrize(("columns", "width"), [("40", 80), ("100", 100), ("300", 120)])
async def test_lines_are_as_wide_as_people_read(monkeypatch: pytest.MonkeyPatch, columns: str, width: int) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    await ConsoleNotifier(stream).send(make_alert(excerpt="water " * 100, hits=()))
    assert (
        max(len(line) for line in stream.getvalue().replace("\x1b", "").splitlines() if line.startswith("water"))
        <= width
    )
    assert stream.getvalue().count("water water") > 0


async def test_a_long_address_stays_in_one_piece() -> None:
    stream = io.StringIO()
    url = "https://post.example.org/" + "a" * 200
    await ConsoleNotifier(stream).send(make_alert(url=url))
    assert url in stream.getvalue().splitlines()


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
async def test_no_text_moves_the_cursor_or_changes_colours(title: str) -> None:
    ordinary, hostile = Terminal(), Terminal()
    await ConsoleNotifier(ordinary).send(make_alert())
    await ConsoleNotifier(hostile).send(make_alert(title, source=title, reason=title))
    shown = hostile.getvalue()
    assert set(shown) & set(map(chr, [*range(10), *range(11, 27), *range(28, 32), *range(127, 160)])) == set()
    assert shown.count("\x1b[31") == ordinary.getvalue().count("\x1b[31") == 0
    assert not set(shown) & set("\u202e\u2066\u2028\ud83d")


async def test_markup_of_the_terminal_library_is_shown_as_it_is() -> None:
    stream = io.StringIO()
    await ConsoleNotifier(stream).send(make_alert("[bold red]Fire[/] :fire:"))
    assert "[bold red]Fire[/] :fire:" in stream.getvalue()


async def test_alerts_come_in_the_order_in_which_they_are_sent() -> None:
    stream = io.StringIO()
    console = ConsoleNotifier(stream)
    for number in range(5):
        await console.send(numbered(number))
    shown = stream.getvalue()
    positions = [shown.index(f"Headline {number}") for number in range(5)]
    assert positions == sorted(positions)


async def test_a_console_of_few_letters_gets_question_marks() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    await ConsoleNotifier(stream).send(make_alert("Räumung"))
    assert b"R?umung" in raw.getvalue()


async def test_a_closed_stream_refuses() -> None:
    stream = io.StringIO()
    console = ConsoleNotifier(stream)
    stream.close()
    with pytest.raises(DeliveryRefused, match="the console cannot be written to"):
        await console.send(make_alert())


async def test_closing_leaves_the_stream_to_its_owner() -> None:
    await ConsoleNotifier(sys.stdout).close()
    assert not sys.stdout.closed
